"""Runs the races, prints the table as it grows, and writes everything measured as JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import chart, machine, report
from benchmarks.cases import CASES, PREDICTIONS, Case, Prediction
from benchmarks.many import MANY_CASES, many_fits_race
from benchmarks.overview import overview
from benchmarks.peers import PEERS, Peer
from benchmarks.peers.ours import BFloat16, Predictor
from benchmarks.processes import MEMORY_CASES, memory_record, startup
from benchmarks.races import OURS, hold, prediction_race, training_race, whole_fit_race
from benchmarks.timing import Pace

QUICK = Pace(repetitions=2, seconds=0.0, settle=0.0)
OUR_WAYS = (Predictor.name, BFloat16.name)
WHOLE_FIT, STARTUP = "whole-fit", "start-up"
COMPILER_CACHE = "TORCHINDUCTOR_CACHE_DIR"
MANY = {f"many-{name}": name for name in MANY_CASES}
MEMORY = {f"memory-{name}": name for name in MEMORY_CASES}


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where a check failed or one of the two that must run did not.

    A missed ratio is printed only: the machine may be busy.
    """
    options = _parse(arguments)
    # Whoever asks for us asks for all our ways.
    asked = {*options.peer, *(OUR_WAYS if OURS in options.peer else ())}
    peers = [peer for peer in PEERS if peer.name in asked]
    missing = [peer.name for peer in peers if not peer.is_installed()]
    for name in missing:
        print(f"{name} is not installed: left out", file=sys.stderr)
    peers = [peer for peer in peers if peer.name not in missing]

    load_before, stopped = machine.load_average(), False
    records: list[dict[str, Any]] = []
    print("\n".join(report.heading(machine.describe(), load_before)))
    with _compiler_cache():
        try:
            for record in _records(options, peers):
                records.append(record)
                print("\n".join(report.lines(record)), flush=True)
        except KeyboardInterrupt:
            print("\nstopped: what was raced until now is written", file=sys.stderr)
            stopped = True
    print("\n".join(overview(records)))
    told = {
        "format": 2,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": options.quick,
        "machine": machine.describe(),
        "load_average": {"before": load_before, "after": machine.load_average()},
        "peers_missing": missing,
        "races": records,
    }
    report.write(told, options.out)
    print(f"\nload average {load_before} before, {machine.load_average()} after; {options.out}")
    if find_spec("matplotlib") is None:
        print("no chart: matplotlib is not installed", file=sys.stderr)
    elif chart.draw(told, options.chart):
        print(options.chart)
    return 130 if stopped else int(any(_is_broken(record) for record in records))


@contextmanager
def _compiler_cache() -> Iterator[None]:
    """A folder of this run's own for what PyTorch compiles, so that its compile times are those of
    a first use, on every run."""
    before = os.environ.get(COMPILER_CACHE)
    with TemporaryDirectory() as folder:
        os.environ[COMPILER_CACHE] = folder
        try:
            yield
        finally:
            del os.environ[COMPILER_CACHE]
            if before is not None:
                os.environ[COMPILER_CACHE] = before


def _is_broken(record: dict[str, Any]) -> bool:
    """Another peer may fail to work on a machine; we and scikit-learn, which checks us, may not."""
    failed = [one["name"] for one in record["left_out"] if one["failed"]]
    return any(name.startswith((OURS, "scikit-learn")) for name in failed) or any(
        not check["holds"] for check in record["checks"]
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    cases = [case.name for case in (*CASES, *PREDICTIONS)] + [*MANY, STARTUP, *MEMORY, WHOLE_FIT]
    names = [peer.name for peer in PEERS if peer.name not in OUR_WAYS]
    results = Path("benchmarks/results")
    parser.add_argument("--quick", action="store_true", help="try the suite out: short, unreliable")
    parser.add_argument("--case", nargs="+", choices=cases, default=cases, metavar="CASE")
    parser.add_argument("--peer", nargs="+", choices=names, default=names, metavar="PEER")
    parser.add_argument("--out", type=Path, default=results / "latest.json", help="JSON")
    parser.add_argument("--chart", type=Path, help="PNG; beside the JSON if not told")
    options = parser.parse_args(arguments)
    options.chart = options.chart or options.out.with_suffix(".png")
    return options


def _records(options: argparse.Namespace, peers: Sequence[Peer]) -> Iterator[dict[str, Any]]:
    cores, quick = machine.usable_cores(), options.quick
    for given in (*CASES, *PREDICTIONS):
        if given.name not in options.case:
            continue
        case = given.shortened() if quick else given
        pace = QUICK if quick else _pace(given)
        if isinstance(case, Case):
            yield report.summary(hold(training_race(case, peers, cores, quick, pace)))
        else:
            yield report.summary(hold(prediction_race(case, peers, cores, quick, pace)))
    for name, case_name in MANY.items():
        if name in options.case:
            pace = QUICK if quick else Pace(repetitions=3, seconds=0.3)
            yield report.summary(hold(many_fits_race(case_name, peers, cores, quick, pace)))
    if STARTUP in options.case:
        yield report.summary(startup(STARTUP, peers, repetitions=2 if quick else 5))
    for name, case_name in MEMORY.items():
        if name in options.case:
            yield memory_record(case_name, peers, cores, quick, repetitions=1 if quick else 3)
    if WHOLE_FIT in options.case:
        pace = QUICK if quick else Pace(repetitions=7, seconds=0.5)
        yield report.summary(hold(whole_fit_race(WHOLE_FIT, peers, pace)))


def _pace(case: Case | Prediction) -> Pace:
    """The races with the highest demands are measured longer."""
    return Pace(case.repetitions, seconds=0.5 if case.repetitions > 5 else 0.3)


if __name__ == "__main__":
    sys.exit(main())
