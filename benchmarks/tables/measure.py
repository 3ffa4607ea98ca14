"""One run, in a process of its own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine
from benchmarks.tables.contenders import CONTENDERS, is_ours
from benchmarks.tables.results import Record, Run
from benchmarks.workers import Worker, environment

__all__ = ["measure"]

COMMAND = (sys.executable, "-m", "benchmarks.tables.job")


def measure(run: Run, path: Path, threads: int) -> Record:
    """The scores and costs of a run on the table at `path`; CannotRun where it fails.

    `threads` is for the peers; ours take what they take from any user. Threads that wait sleep: on
    a busy machine OpenMP's would take many times the CPU seconds of the work.
    """
    ours = is_ours(run.contender)
    question = {
        "contender": run.contender,
        "path": str(path.resolve()),
        "seed": run.seed,
        "rows": run.rows,
        "threads": machine.usable_cores() if ours else threads,
    }
    settings = environment(None if ours else threads) | {"OMP_WAIT_POLICY": "passive"}
    with Worker(settings, COMMAND) as worker:
        told = worker.ask(question)
    return {
        **run._asdict(),
        **told,
        "threads": question["threads"],
        "version": CONTENDERS[run.contender].version(),
        "cpu": machine.describe()["cpu"],
        "load_average": machine.load_average(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
    }
