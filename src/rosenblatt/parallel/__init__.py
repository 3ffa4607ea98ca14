"""Many fits at once: threads that share them out, and what ends them all."""

from rosenblatt.parallel.pool import WorkerPool
from rosenblatt.parallel.stop_signal import CUT, StopSignal

__all__ = ["CUT", "StopSignal", "WorkerPool"]
