"""The pool of worker threads: what it runs, and how it ends on errors and Ctrl-C."""

from __future__ import annotations

import _thread
import itertools
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
import sklearn

from rosenblatt.parallel import StopSignal, WorkerPool


class Endless:
    """A task that ends when the stop is requested, or after a time that no test should take."""

    def __init__(self, stop: StopSignal, seconds: float = 20.0) -> None:
        self.stop, self.seconds = stop, seconds
        self.begun, self.stopped = threading.Event(), False

    def __call__(self, item: int) -> None:
        self.begun.set()
        end = time.perf_counter() + self.seconds
        while time.perf_counter() < end:
            if self.stop.requested:
                self.stopped = True
                return
            time.sleep(0.001)


def test_every_item_is_run_and_reported_in_the_callers_thread() -> None:
    run, reported = [], []
    with WorkerPool(3, StopSignal()) as pool:
        pool.run(run.append, range(20), lambda k: reported.append((k, threading.current_thread())))
    assert sorted(run) == sorted(k for k, _ in reported) == list(range(20))
    assert {thread for _, thread in reported} == {threading.current_thread()}
    assert not pool.interrupted


def test_an_error_of_a_task_ends_the_others() -> None:
    stop = StopSignal()
    endless = Endless(stop)

    def task(item: int) -> None:
        if item == 0:
            endless(item)
        else:
            assert endless.begun.wait(20)
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"), WorkerPool(2, stop) as pool:
        pool.run(task, range(3))
    assert stop.requested
    assert endless.stopped


def test_ctrl_c_ends_running_tasks_and_drops_the_others() -> None:
    stop = StopSignal()
    endless, begun = Endless(stop), []

    def task(item: int) -> None:
        begun.append(item)
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGINT)
        endless(item)

    with WorkerPool(1, stop) as pool:
        pool.run(task, range(3))
    assert pool.interrupted
    assert endless.stopped
    assert begun == [0]


def test_ctrl_c_at_any_moment_leaves_no_lock_locked() -> None:
    """It may fall between any two instructions of the thread that waits, also within a library."""
    moments, n_interrupted = random.Random(0), 0
    for _ in range(500):
        left = itertools.count(moments.randint(1, 150), -1)

        def task(item: int, left: Iterator[int] = left) -> None:
            if next(left) == 0:
                _thread.interrupt_main()
            time.sleep(0)

        with WorkerPool(2, StopSignal()) as pool:
            pool.run(task, range(200))
        n_interrupted += pool.interrupted
    assert n_interrupted > 400


@pytest.mark.parametrize("error", [KeyboardInterrupt, LookupError])
def test_an_interruption_while_tasks_are_submitted_drops_them(error: type[BaseException]) -> None:
    """A task that ran already would come to its own end before Ctrl-C is heard."""
    run: list[int] = []

    def items() -> Iterator[int]:
        yield from range(3)
        raise error

    raised = pytest.raises(LookupError) if error is LookupError else nullcontext()
    with raised, WorkerPool(2, StopSignal()) as pool:
        pool.run(run.append, items())
    assert pool.interrupted
    assert not run


def test_tasks_have_the_callers_scikit_learn_configuration() -> None:
    found = []
    with sklearn.config_context(assume_finite=True), WorkerPool(2, StopSignal()) as pool:
        pool.run(lambda _: found.append(sklearn.get_config()["assume_finite"]), range(3))
    assert found == [True] * 3


def test_filters_of_warnings_and_the_switch_interval_are_restored() -> None:
    filters, interval = list(warnings.filters), sys.getswitchinterval()
    with WorkerPool(2, StopSignal()) as pool:
        pool.run(lambda _: warnings.simplefilter("ignore"), range(3))
    assert list(warnings.filters) == filters
    assert sys.getswitchinterval() == interval
