"""Ctrl-C for experiments, whose fits would each end early and let the next one begin."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interrupted", "interrupts_passed_on"]


class Interrupted(BaseException):
    """Ctrl-C, which no fit takes for the end of its own training alone."""


@contextmanager
def interrupts_passed_on() -> Iterator[None]:
    """Raise Interrupted where the handler of SIGINT raises KeyboardInterrupt for the first time.

    A second one may come when nobody is there any more to take Interrupted.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    is_first = True

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal is_first
        try:
            before(number, frame)
        except KeyboardInterrupt:
            if not is_first:
                raise
            is_first = False
            raise Interrupted from None

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
