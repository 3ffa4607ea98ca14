"""A property that is computed once, without a lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, final, overload

__all__ = ["cached_property"]

T = TypeVar("T")


@final
class cached_property(Generic[T]):
    """As `functools.cached_property`, which up to Python 3.11 holds a lock for all instances.

    A thread that computes keeps all others out, and where the process is forked meanwhile, the
    child waits for that lock without end. Here threads that ask at once may compute at once; all
    get the value that was stored first.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        self.func = func
        self.__doc__ = func.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value: T = vars(instance).setdefault(self.func.__name__, self.func(instance))
        return value
