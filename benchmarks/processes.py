"""The two races whose every job is a process: time to the first prediction, and peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.cases import Case, case_named
from benchmarks.peers import Peer
from benchmarks.races import OURS, Demand, Held, Race
from benchmarks.startup import PEERS as STARTERS
from benchmarks.timing import CannotRun, Contender, Lap, LeftOut, Outcome, Pace, race
from benchmarks.workers import ROOT, environment

__all__ = ["MEMORY_CASES", "memory_record", "startup"]

MEMORY_CASES = ("50000x30-256-256-256", "csr-20000x10000-100")


def startup(name: str, peers: Sequence[Peer], repetitions: int) -> Held:
    """Seconds from before a peer's import to its first prediction by a model from a file."""
    names = [peer.name for peer in peers if peer.name in STARTERS]
    folder: AbstractContextManager[str] = TemporaryDirectory()
    with folder as path:
        contenders, left_out = [], []
        for peer in names:
            try:
                _output("benchmarks.startup", "save", peer, path)
            except CannotRun as reason:
                left_out.append(LeftOut(peer, None, str(reason)))
                continue
            contenders.append(Contender(peer, None, "float32", partial(_start, peer, path)))
        pace = Pace(repetitions, seconds=0.0)
        outcome = race(contenders, pace)
    demands = tuple(Demand(OURS, peer, None) for peer in names if peer != OURS and OURS in names)
    facts = {
        "job": "import, read a model of 30-64-32-1 from a file, classify a row; a fresh process",
        "data": "one row",
        "rows": 1,
        "features": 30,
        "classes": 2,
        "hidden": [64, 32],
        "batch": 1,
    }
    race_ = Race(name, "start-up", "start", facts, pace, (), demands, lambda _: [])
    return Held(race_, facts, Outcome(outcome.timings, (*left_out, *outcome.left_out)))


def _start(peer: str, folder: str, jobs: int) -> Lap:
    predict: Callable[[], str] = partial(_output, "benchmarks.startup", "predict", peer, folder)
    return Lap(sum(float(predict()) for _ in range(jobs)) / jobs, steps=1)


def memory_record(
    case_name: str, peers: Sequence[Peer], cores: int, quick: bool, repetitions: int
) -> dict[str, Any]:
    """Peak memory of one epoch, medians of fresh processes: plain data for JSON and table."""
    case = case_named(case_name, quick)
    assert isinstance(case, Case)
    threads = min(case.threads, cores)
    contenders, left_out = [], []
    for peer in peers:
        if not peer.enters(case) or peer.name == "torch.compile":
            continue
        arguments = [peer.name, case_name, str(threads), *(["quick"] if quick else [])]
        try:
            found = [
                json.loads(_output("benchmarks.memory", *arguments, threads=threads))
                for _ in range(repetitions)
            ]
        except CannotRun as reason:
            left_out.append(asdict(LeftOut(peer.name, threads, str(reason))))
            continue
        medians = {key: float(np.median([one[key] for one in found])) for key in found[0]}
        contenders.append({"name": peer.name, "threads": threads, "mebibytes": medians})
    return {
        "name": f"memory-{case_name}",
        "kind": "memory",
        "job": "one epoch in a fresh process",
        "contenders": contenders,
        "left_out": left_out,
        "ratios": [],
        "checks": [],
    }


def _output(module: str, *arguments: str, threads: int | None = None) -> str:
    """What a fresh process of ours prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=False,
        cwd=Path(ROOT),
        env=environment(threads),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines()
        raise CannotRun(words[-1] if words else f"exit code {done.returncode}")
    return done.stdout
