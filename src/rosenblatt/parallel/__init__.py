"""Many fits at once: worker threads, processes of a cluster, and the signal that stops them."""

from rosenblatt.parallel.pool import WorkerPool
from rosenblatt.parallel.ray_tasks import Backend, RayTasks, ray_tasks
from rosenblatt.parallel.stop_signal import CUT_SHORT, StopSignal

__all__ = ["CUT_SHORT", "Backend", "RayTasks", "StopSignal", "WorkerPool", "ray_tasks"]
