"""Properties that are computed once: no thread, and no forked child, waits for another."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import rosenblatt
from rosenblatt.support.cached_property import cached_property


@dataclass(frozen=True)
class Answer:
    ready: threading.Event
    entered: threading.Event = field(default_factory=threading.Event)
    calls: list[int] = field(default_factory=list)

    @cached_property
    def value(self) -> object:
        """What takes its time."""
        self.calls.append(1)
        self.entered.set()
        assert self.ready.wait(60)
        return object()


def test_computed_once_for_each_instance() -> None:
    ready = threading.Event()
    ready.set()
    one, other = Answer(ready), Answer(ready)
    assert one.value is one.value
    assert one.value is not other.value
    assert one.calls == [1]
    assert Answer.value.__doc__ == "What takes its time."


def test_no_instance_waits_for_another() -> None:
    """A child forked meanwhile would wait without end: in it nobody lets the lock go."""
    slow, quick = Answer(threading.Event()), Answer(threading.Event())
    quick.ready.set()
    computing = threading.Thread(target=lambda: slow.value)
    computing.start()
    assert slow.entered.wait(60)
    got: list[object] = []
    asking = threading.Thread(target=lambda: got.append(quick.value))
    asking.start()
    asking.join(20)
    slow.ready.set()
    computing.join()
    asking.join()
    assert quick.entered.is_set()
    assert got == [quick.value]


def test_threads_that_ask_at_once_get_one_value() -> None:
    answer = Answer(threading.Event())
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(answer.value)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert answer.entered.wait(60)
    answer.ready.set()
    for thread in threads:
        thread.join()
    assert len(set(map(id, got))) == 1


def test_no_property_has_the_lock_of_functools() -> None:
    for path in Path(rosenblatt.__file__).parent.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not line.startswith("from functools import") or "cached_property" not in line
            assert "@functools.cached_property" not in line
