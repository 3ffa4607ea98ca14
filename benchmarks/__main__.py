"""Runs the races, prints the table as it grows, and writes everything measured as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine, report
from benchmarks.cases import CASES
from benchmarks.peers import PEERS, Peer
from benchmarks.races import Race, training_race, whole_fit_race
from benchmarks.timing import Pace, race

FULL = Pace(repetitions=7, seconds=0.5)
QUICK = Pace(repetitions=2, seconds=0.0, settle=0.0)
WHOLE_FIT = "whole-fit"


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where a check failed. A missed ratio is printed only: the machine may be busy."""
    options = _parse(arguments)
    peers = [peer for peer in PEERS if peer.name in options.peer]
    missing = [peer.name for peer in peers if not peer.is_installed()]
    for name in missing:
        print(f"{name} is not installed: left out", file=sys.stderr)
    peers = [peer for peer in peers if peer.name not in missing]

    load_before = machine.load_average()
    pace = QUICK if options.quick else FULL
    records = []
    print("\n".join(report.heading(machine.describe(), load_before)))
    for entry in _races(options, peers):
        records.append(report.summary(entry, race(entry.contenders, pace)))
        print("\n".join(report.lines(records[-1])), flush=True)
    report.write(
        {
            "format": 1,
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "quick": options.quick,
            "machine": machine.describe(),
            "load_average": {"before": load_before, "after": machine.load_average()},
            "peers_missing": missing,
            "races": records,
        },
        options.out,
    )
    print(f"\nload average {load_before} before, {machine.load_average()} after; {options.out}")
    return int(any(not check["holds"] for record in records for check in record["checks"]))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    cases = [case.name for case in CASES] + [WHOLE_FIT]
    names = [peer.name for peer in PEERS]
    parser.add_argument("--quick", action="store_true", help="try the suite out: short, unreliable")
    parser.add_argument("--case", nargs="+", choices=cases, default=cases, metavar="CASE")
    parser.add_argument("--peer", nargs="+", choices=names, default=names, metavar="PEER")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/latest.json"))
    return parser.parse_args(arguments)


def _races(options: argparse.Namespace, peers: Sequence[Peer]) -> Iterator[Race]:
    cores = machine.usable_cores()
    for case in CASES:
        if case.name in options.case:
            yield training_race(case.shortened() if options.quick else case, peers, cores)
    if WHOLE_FIT in options.case:
        yield whole_fit_race(WHOLE_FIT, peers)


if __name__ == "__main__":
    sys.exit(main())
