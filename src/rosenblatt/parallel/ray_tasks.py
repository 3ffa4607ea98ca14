"""Fits in processes of a Ray cluster: functions of what they share, which is sent there once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias, final

import sklearn

from rosenblatt.errors import InputError
from rosenblatt.parallel.ray_cluster import connected
from rosenblatt.parallel.stop_signal import StopSignal

__all__ = ["Backend", "RayTasks", "ray_tasks"]

Backend: TypeAlias = Literal["threads", "ray"]

POLL = 0.2  # seconds until a request to stop is noticed

# The last value that a process has been given: tasks of one search follow each other there.
SHARED: dict[str, Any] = {}


@final
class RayTasks:
    """Calls functions in other processes, one at a time for each thread that calls.

    A task whose process dies is begun anew by Ray.

    Parameters
    ----------
    ray : module
    shared : object
        The first argument of every function.

    Raises
    ------
    InputError
        If it cannot travel.
    """

    def __init__(self, ray: Any, shared: Any) -> None:
        self.ray = ray
        try:
            self._shared = ray.put(shared)
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            raise InputError(
                f"what is to be fitted cannot travel to other processes ({error}): leave out what"
                " cannot be pickled, such as a callback that holds an open file, or take"
                " backend='threads'."
            ) from error
        self._task = ray.remote(num_cpus=1)(applied)

    @property
    def size(self) -> int:
        """How many tasks the cluster's processors take at once."""
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def __call__(self, stop: StopSignal, function: Callable[..., Any], *given: Any) -> Any | None:
        """function(shared, *given), which is a module's own; None if a stop was requested first."""
        config = sklearn.get_config()
        # Within a list a reference is passed as it is, and is resolved once in each process.
        call = self._task.remote([self._shared], function, given, config)
        while not stop.requested:
            ready, _ = self.ray.wait([call], timeout=POLL)
            if ready:
                try:
                    return self.ray.get(call)
                except self.ray.exceptions.RayTaskError as error:
                    raise error.as_instanceof_cause() from None
        self.ray.cancel(call, force=True)
        return None


def applied(
    reference: list[Any],
    function: Callable[..., Any],
    given: tuple[Any, ...],
    config: dict[str, Any],
) -> Any:
    """What a process of the cluster does for one call."""
    import ray

    (shared,) = reference
    key = shared.hex()
    if key not in SHARED:
        SHARED.clear()
        SHARED[key] = ray.get(shared)
    with sklearn.config_context(**config):
        return function(SHARED[key], *given)


@contextmanager
def ray_tasks(backend: Backend, address: str | None, shared: Any) -> Iterator[RayTasks | None]:
    """Tasks on a cluster, which is connected as long as they are needed; None for threads.

    Raises
    ------
    ImportError
        Without Ray.
    ConnectionError
        If no cluster answers at the address.
    """
    if backend == "threads":
        yield None
        return
    with connected(address, 1) as ray:
        yield RayTasks(ray, shared)
