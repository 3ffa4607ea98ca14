"""The contenders' processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.support.benchmark_reports import CASE, ROOT, quick_epochs


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def fake_worker(code: str) -> Any:
    from benchmarks.workers import Worker

    return Worker(command=[sys.executable, "-c", code])


DYING = """
import sys
sys.stdin.readline()
print("something first", file=sys.stderr)
sys.exit("no such luck")
"""


def test_a_worker_that_dies_says_its_last_words_and_leaves_nothing() -> None:
    from benchmarks.timing import CannotRun

    with fake_worker(DYING) as worker:
        for _ in range(2):
            with pytest.raises(CannotRun, match="died with exit code 1: no such luck"):
                worker.ask({"do": "run", "jobs": 1})
    assert not is_running(worker.pid)


def test_a_worker_ends_with_its_block_whatever_it_is_doing() -> None:
    busy = "import sys, time\nprint('{}', flush=True)\ntime.sleep(600)"
    worker = fake_worker(busy)

    def interrupted() -> None:
        with worker:
            assert worker.ask({}) == {}
            assert is_running(worker.pid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not is_running(worker.pid)


def test_a_worker_answers_what_it_cannot_do_and_goes_on() -> None:
    from benchmarks.timing import CannotRun
    from benchmarks.workers import Worker, environment

    task = {"do": "prepare", "peer": "rosenblatt", "quick": True, "threads": 1}
    with Worker(environment(1)) as worker:
        with pytest.raises(CannotRun, match="ValueError"):
            worker.ask(task | {"case": "no-such-case"})
        told = worker.ask(task | {"case": CASE})
        assert (told["facts"]["rows"], told["facts"]["entries"]) == (569, 569 * 30)
        assert told["setup"] == {"threads_used": 1}
        lap = worker.run(2)
        assert lap.steps == quick_epochs() * 18
        assert lap.loss is not None
        assert len(lap.loss_curve) == quick_epochs()


def test_a_worker_ends_when_its_owner_is_gone() -> None:
    owner = (
        "import os\nfrom benchmarks.workers import Worker\n"
        "print(Worker().pid, flush=True)\nos._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", owner], check=True, cwd=ROOT, capture_output=True, text=True
    )
    pid, waited = int(done.stdout), 0.0
    while is_running(pid) and waited < 30:
        time.sleep(0.1)
        waited += 0.1
    assert not is_running(pid)
