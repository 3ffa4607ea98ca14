"""Many fits at once: a pool of worker threads, and the signal that stops them."""

from rosenblatt.parallel.pool import WorkerPool
from rosenblatt.parallel.stop_signal import CUT_SHORT, StopSignal

__all__ = ["CUT_SHORT", "StopSignal", "WorkerPool"]
