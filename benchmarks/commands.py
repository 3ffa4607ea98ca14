"""How long the command line takes beside the work itself: wall and CPU time of whole processes.

    python -m benchmarks.commands                        # this checkout
    python -m benchmarks.commands --against ../before    # and another one, taking turns

A model is trained on a few rows first; every line is the median of the repetitions.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

HERE = Path(__file__).parents[1]
COMMANDS = (
    "--help",
    "--version",
    "train --help",
    "predict --help",
    "train",
    "train rows.csv --epochs 0",
    "train rows.csv --solver foo",
    "predict model.safetensors row.csv",
    "inspect model.safetensors",
    "train pictures.csv --task classification --hidden none --epochs 1 --out p.safetensors",
    "train letters.csv --task classification --hidden none --epochs 1 --out l.safetensors",
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", type=Path, help="another checkout, built in place")
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args(arguments)
    checkouts = [HERE] if options.against is None else [options.against.resolve(), HERE]
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(folder)
        train = ["train", "rows.csv", "--epochs", "1", "--out", "model.safetensors"]
        seconds(HERE, train, folder)
        for line in COMMANDS:
            taken: list[list[tuple[float, float]]] = [[] for _ in checkouts]
            for _ in range(options.repetitions):
                for checkout, times in zip(checkouts, taken, strict=True):
                    times.append(seconds(checkout, line.split(), folder))
            shown = ("wall {:5.2f} s, CPU {:5.2f} s".format(*medians(times)) for times in taken)
            print(f"{line[:50]:50}", *shown, sep="   ", flush=True)


def write_tables(folder: Path) -> None:
    """Few rows, one row, and tables in the shapes of pictures and of letters."""
    rng = np.random.default_rng(0)
    tables = {"rows": (50, 4, 2), "row": (1, 4, 2), "pictures": (6000, 784, 10)}
    for name, (n, columns, classes) in {**tables, "letters": (6000, 16, 26)}.items():
        codes = rng.integers(classes, size=n)
        X = rng.normal(8, 3, (classes, columns))[codes] + rng.normal(0, 3, (n, columns))
        table = np.column_stack([X.clip(0, 255).astype(int), codes])
        header = ",".join([*(f"x{i}" for i in range(columns)), "target"])
        np.savetxt(folder / f"{name}.csv", table, "%d", ",", header=header, comments="")


def seconds(checkout: Path, arguments: Sequence[str], folder: Path) -> tuple[float, float]:
    """Wall and CPU time of one process."""
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, "-m", "rosenblatt", *arguments]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(times: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(map(statistics.median, zip(*times, strict=True)))


if __name__ == "__main__":
    main()
