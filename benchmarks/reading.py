"""Reading a text file beside other readers: seconds, CPU seconds and peak memory.

"rosenblatt, features" is all that comes before a training: read, recognised, encoded.

    python -m benchmarks.reading [--rows N] [--repetitions N]

Two files are written: 30 columns of numbers (long and short fractions, whole numbers), and 784 of
whole numbers in 6,000 rows. Every reading is a process of its own, and the readers take turns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.memory import peak
from benchmarks.workers import ROOT, environment

FEATURES = "rosenblatt, features"
READERS = ("rosenblatt", FEATURES, "pandas", "pandas, 1 thread", "polars", "pyarrow")
PACKAGES = {"rosenblatt": "pyarrow", FEATURES: "pyarrow", "pandas, 1 thread": "pandas"}


def reader(name: str) -> Callable[[Path], Any]:
    """The reading of a file, imports done."""
    if name == "rosenblatt":
        from rosenblatt.table.files import read_table

        return read_table
    if name == FEATURES:
        from rosenblatt.table import learn_encoding, read_table

        def features(path: Path) -> Any:
            table = read_table(path).table
            return learn_encoding(table, target=table.names[-1]).encode(table)

        return features
    if name.startswith("pandas"):
        import pandas as pd

        if name != "pandas":
            pd.set_option("mode.max_threads", 1)
        return lambda path: pd.read_csv(path, engine="c")
    if name == "polars":
        import polars as pl

        return lambda path: pl.read_csv(path)
    from pyarrow import csv

    return lambda path: csv.read_csv(path)


def measured(name: str, path: Path) -> dict[str, float]:
    read = reader(name)
    imported = peak()
    wall, cpu = time.perf_counter(), time.process_time()
    table = read(path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    del table
    return {"seconds": wall, "CPU seconds": cpu, "imported": imported, "peak": peak()}


def write_numbers(path: Path, n_rows: int) -> None:
    """Fractions of 17 digits, of two decimals, and whole numbers, ten columns of each."""
    draw = np.random.default_rng(0)
    with path.open("w") as file:
        file.write(",".join(f"f{i}" for i in range(30)) + "\n")
        for start in range(0, n_rows, 10_000):
            n = min(10_000, n_rows - start)
            columns: list[list[str]] = []
            for _ in range(10):
                columns.append([repr(x) for x in draw.normal(size=n).tolist()])
                columns.append([f"{x:.2f}" for x in (100 * draw.normal(size=n)).tolist()])
                columns.append([str(x) for x in draw.integers(0, 1000, n).tolist()])
            file.writelines(",".join(row) + "\n" for row in zip(*columns, strict=True))


def write_pictures(path: Path) -> None:
    draw = np.random.default_rng(0)
    header = ",".join(f"p{i}" for i in range(784))
    np.savetxt(path, draw.integers(0, 256, (6000, 784)), "%d", ",", header=header, comments="")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    names = [name for name in READERS if find_spec(PACKAGES.get(name, name))]
    with TemporaryDirectory() as folder:
        numbers, pictures = Path(folder, "numbers.csv"), Path(folder, "pictures.csv")
        write_numbers(numbers, options.rows)
        write_pictures(pictures)
        for path, job in ((numbers, f"{options.rows:,} x 30 numbers"), (pictures, "6,000 x 784")):
            print(
                f"\n{job}, {path.stat().st_size / 2**20:.0f} MiB; medians of {options.repetitions}"
            )
            report(path, names, options.repetitions)


def report(path: Path, names: list[str], repetitions: int) -> None:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for turn in range(repetitions):
        for i in range(len(names)):
            name = names[(turn + i) % len(names)]
            found[name].append(in_process(name, path))
    for name in names:
        medians = {key: np.median([one[key] for one in found[name]]) for key in found[name][0]}
        print(
            f"{name:20s} {medians['seconds']:6.2f} s  {medians['CPU seconds']:6.2f} s of CPU  peak "
            f"{medians['peak']:5.0f} MiB ({medians['imported']:.0f} after the import)"
        )


def in_process(name: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reading", "measure", name, str(path)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(None), capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measured(sys.argv[2], Path(sys.argv[3]))))
    else:
        main()
