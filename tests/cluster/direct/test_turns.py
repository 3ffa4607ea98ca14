"""Turns in which large replies are sent."""

from __future__ import annotations

import threading
import time

from rosenblatt.cluster.direct.turns import Turns


def test_who_comes_second_waits_for_the_first() -> None:
    turns, order = Turns(10.0), []
    begun = threading.Event()

    def first() -> None:
        with turns.one():
            begun.set()
            time.sleep(0.1)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)
    with turns.one():
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_nobody_waits_for_long_and_the_turn_stays_whose_it_is() -> None:
    turns, begun, over = Turns(0.05), threading.Event(), threading.Event()

    def stopped() -> None:
        with turns.one():
            begun.set()
            over.wait(10)

    thread = threading.Thread(target=stopped)
    thread.start()
    assert begun.wait(10)
    for _ in range(2):  # the second would find a turn that was given back by the wrong one
        with turns.one():
            assert turns.taken
    assert turns.taken
    over.set()
    thread.join()
    assert not turns.taken


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns(10.0)
    for _ in range(2):
        try:
            with turns.one():
                raise OSError
        except OSError:
            pass
    assert not turns.taken
