"""The same work on every row group, in this process or in those of a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar, final

from rosenblatt.errors import InputError

__all__ = ["Here", "OnRay", "Over"]

R = TypeVar("R")
AHEAD = 2  # tasks for each process whose results wait to be taken


class Over(Protocol):
    """A way to run `work(shared, k)` for k = 0 … n - 1; results come in this order.

    Merges of them are then the same to the bit wherever they were computed.
    """

    def __call__(
        self, work: Callable[[Any, int], R], shared: Any, numbers: Sequence[int]
    ) -> Iterator[R]: ...


@final
class Here:
    """In this process, one after another."""

    def __call__(
        self, work: Callable[[Any, int], R], shared: Any, numbers: Sequence[int]
    ) -> Iterator[R]:
        return (work(shared, k) for k in numbers)


@final
class OnRay:
    """In as many processes of a cluster at once as there are workers."""

    def __init__(self, ray: Any, workers: int) -> None:
        self.ray, self.workers = ray, workers

    def __call__(
        self, work: Callable[[Any, int], R], shared: Any, numbers: Sequence[int]
    ) -> Iterator[R]:
        ray = self.ray
        task, reference = ray.remote(num_cpus=1)(work), ray.put(shared)
        waiting: deque[Any] = deque()
        left = iter(numbers)
        try:
            while True:
                while len(waiting) < AHEAD * self.workers and (k := next(left, None)) is not None:
                    waiting.append(task.remote(reference, k))
                if not waiting:
                    return
                yield self._result(waiting.popleft())
        finally:
            for call in waiting:
                ray.cancel(call, force=True)

    def _result(self, call: Any) -> Any:
        try:
            return self.ray.get(call)
        except self.ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, InputError):
                raise error.cause from None
            raise error.as_instanceof_cause() from None
