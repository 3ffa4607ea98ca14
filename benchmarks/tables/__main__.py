"""Runs what has no record yet, prints who is ahead, and writes all records and a picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks import machine
from benchmarks.tables import picture, report, results
from benchmarks.tables.contenders import CONTENDERS
from benchmarks.tables.data import CannotRead, read, tables
from benchmarks.tables.measure import measure
from benchmarks.tables.results import Run
from benchmarks.tables.splits import ROWS
from benchmarks.timing import CannotRun
from benchmarks.workers import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """0; 1 where a run failed; 2 where the folder, a table or the file of results is not as it
    should be; 130 after Ctrl-C."""
    options = _parse(arguments)
    needed = [name for name in ("pandas", "pyarrow") if find_spec(name) is None]
    if needed:
        print(f"{needed[0]} is not installed: pip install 'rosenblatt[bench]'", file=sys.stderr)
        return 2
    try:
        paths = {path.stem: path for path in tables(options.data, options.tables)}
        runs = _wanted(options, paths)
        to_do = list(results.missing(runs, results.load(options.out), options.again))
        for table in dict.fromkeys(run.table for run in to_do):
            read(paths[table])
    except (CannotRead, results.CannotLoad) as reason:
        print(reason, file=sys.stderr)
        return 2
    code = _run(to_do, paths, options)
    kept = [record for record in results.load(options.out) if results.run_of(record) in set(runs)]
    print("\n".join(["", *report.lines(kept), "", str(options.out)]))
    if find_spec("matplotlib") is None:
        print("no picture: matplotlib is not installed", file=sys.stderr)
    elif picture.draw(kept, options.chart):
        print(options.chart)
    return code


def _wanted(options: argparse.Namespace, paths: Mapping[str, Path]) -> list[Run]:
    """Seed by seed, so that a run that is stopped has whole seeds."""
    names = [name for name in CONTENDERS if name in {*options.only, *options.again}]
    return [
        Run(name, table, seed, options.rows)
        for seed in dict.fromkeys(options.seeds)
        for table in paths
        for name in names
    ]


def _run(to_do: Sequence[Run], paths: Mapping[str, Path], options: argparse.Namespace) -> int:
    failed = False
    try:
        for run in _installed(to_do):
            try:
                record = measure(run, paths[run.table], options.threads)
            except CannotRun as reason:
                print(f"{run.contender}, {run.table}, seed {run.seed}: {reason}", file=sys.stderr)
                failed = True
                continue
            results.add(options.out, machine.describe(), record)
            print(report.line(record), flush=True)
    except KeyboardInterrupt:
        print("\nstopped: what was run until now is written", file=sys.stderr)
        return 130
    return int(failed)


def _installed(runs: Sequence[Run]) -> Iterator[Run]:
    there = {run.contender: CONTENDERS[run.contender].is_installed() for run in runs}
    for name in [name for name, installed in there.items() if not installed]:
        print(f"{name} is not installed: left out", file=sys.stderr)
    return (run for run in runs if there[run.contender])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    root, names = Path(ROOT), list(CONTENDERS)
    parser.add_argument(
        "--data",
        type=Path,
        default=root.parent / "shared" / "data",
        metavar="FOLDER",
        help="Parquet files with a column target: text is classified, floats are regressed",
    )
    parser.add_argument(
        "--tables", nargs="+", metavar="TABLE", help="file names without their ending"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=names,
        default=names,
        metavar="NAME",
        help=f"of {', '.join(names)}",
    )
    parser.add_argument(
        "--again",
        nargs="+",
        choices=names,
        default=[],
        metavar="NAME",
        help="run these anew, whatever is on record",
    )
    parser.add_argument("--seeds", nargs="+", type=_natural, default=[0, 1, 2], metavar="SEED")
    parser.add_argument(
        "--rows", type=_positive, default=ROWS, help="at most so many to fit on, and to test on"
    )
    parser.add_argument(
        "--threads", type=_positive, default=1, help="of the peers; ours take all cores"
    )
    parser.add_argument(
        "--out", type=Path, default=root / "benchmarks" / "tables" / "leaderboard.json", help="JSON"
    )
    parser.add_argument("--chart", type=Path, help="PNG; beside the JSON if not told")
    options = parser.parse_args(arguments)
    options.chart = options.chart or options.out.with_suffix(".png")
    return options


def _natural(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


if __name__ == "__main__":
    sys.exit(main())
