"""A fit to Parquet files larger than memory: makes them, and measures what each process holds.

    python -m benchmarks.cluster_files --gigabytes 20 --workers 4

The files are numbers that do not compress, 24 columns of float64 and a class, a gigabyte each.
Peaks are resident memory as the kernel has it, without pages that processes share, in MB.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rosenblatt import MLPClassifier
from rosenblatt.cluster import ClusterTraining

COLUMNS, GROUP = 24, 65_536
ROWS_OF_GIGABYTE = 10**9 // (8 * COLUMNS)


def make_files(folder: Path, gigabytes: float) -> None:
    """A class that follows from half of the columns, with noise."""
    rng = np.random.default_rng(0)
    w = np.where(np.arange(COLUMNS) % 2, 1.0, 0.0)
    left = int(gigabytes * ROWS_OF_GIGABYTE)
    names = [f"x{k}" for k in range(COLUMNS)]
    for number in range(-(-left // ROWS_OF_GIGABYTE)):
        rows = min(left, ROWS_OF_GIGABYTE)
        left -= rows
        schema = pa.schema([*((name, pa.float64()) for name in names), ("y", pa.string())])
        with pq.ParquetWriter(
            folder / f"part-{number:03}.parquet", schema, compression="NONE", use_dictionary=["y"]
        ) as writer:
            for first in range(0, rows, GROUP):
                X = rng.standard_normal((min(GROUP, rows - first), COLUMNS))
                y = np.where(X @ w + rng.standard_normal(len(X)) > 0, "yes", "no")
                columns = dict(zip(names, X.T, strict=True))
                writer.write_table(pa.table({**columns, "y": y}, schema))


def private_megabytes(pid: int) -> tuple[str, float]:
    """The process's name, and its resident memory that is no other's."""
    status = Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    kilobytes = int(fields.get("RssAnon", "0 kB").split()[0])
    command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    return command.rsplit("/", 1)[-1], kilobytes / 1024


def below(root: int) -> Iterator[int]:
    """The process and all that it has started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rsplit(")", 1)[1].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    yield from found


@contextmanager
def peaks() -> Iterator[dict[str, float]]:
    """The largest memory of each kind of process, by its name, looked at twice a second."""
    found: dict[str, float] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            for pid in below(os.getpid()):
                try:
                    name, megabytes = private_megabytes(pid)
                except (OSError, ValueError):
                    continue
                name = "the caller" if pid == os.getpid() else name
                found[name] = max(found.get(name, 0.0), megabytes)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=20)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the files are made, and left")
    parser.add_argument(
        "--lost-after", type=float, default=60, help="seconds; long on a busy machine"
    )
    parser.add_argument("--address", help="'inproc' for all workers in one process")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        begun = time.perf_counter()
        if not any(folder.iterdir()):
            make_files(folder, given.gigabytes)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e9
        print(f"{size:.2f} GB made in {time.perf_counter() - begun:.0f} s", flush=True)
        est = MLPClassifier(
            (32,),
            max_iter=given.epochs,
            batch_size=1024,
            random_state=0,
            early_stopping=True,
            validation_fraction=0.01,
        )
        begun = time.perf_counter()
        with peaks() as found, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            training = ClusterTraining(
                est, given.workers, address=given.address, lost_after=given.lost_after
            )
            model = training.fit(folder, target="y")
        print(f"fitted in {time.perf_counter() - begun:.0f} s", model.history_[-1])
        print("validation accuracy", model.validation_score_)
        for name, megabytes in sorted(found.items(), key=lambda item: -item[1]):
            print(f"{megabytes:8.0f} MB  {name}")


if __name__ == "__main__":
    main()
