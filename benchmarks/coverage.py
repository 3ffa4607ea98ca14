"""How many test rows conformal intervals and sets cover, table by table.

    python -m benchmarks.coverage --data FOLDER [--tables adult letter] [--seeds 3 4 5]

The rows are those of `benchmarks.tables` of these seeds, the learner has its defaults. Each line
has the means over the seeds: the coverage where 0.9 was asked for, its distance to that in points,
in brackets what two standard errors of such a distance are where everything holds (the test rows'
and the threshold's, which is a quantile of the training rows), the mean width in standard
deviations of the target or the mean number of classes, and the coverages at the other levels.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, final

import numpy as np

from benchmarks.tables.data import TARGET, Task, read, tables
from benchmarks.tables.splits import split
from rosenblatt import TableClassifier, TableRegressor

LEVELS = (0.9, 0.5, 0.8, 0.95, 0.99)


@final
@dataclass(frozen=True)
class Measured:
    """Of one split: the coverage at each level, the size at the first, the variance expected."""

    coverage: dict[float, float]
    size: float
    variance: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of Parquet files")
    parser.add_argument("--tables", nargs="+", help="names; otherwise all of the folder")
    parser.add_argument("--seeds", type=int, nargs="+", default=[3, 4, 5])
    options = parser.parse_args(arguments)
    names = options.tables or sorted(path.stem for path in options.data.glob("*.parquet"))
    levels = " ".join(f"{level:6}" for level in LEVELS[1:])
    print(f"{'':20} {LEVELS[0]:>6}  points (two errors)   size {levels}")
    for path in tables(options.data, names):
        measured = [measure(path, seed) for seed in options.seeds]
        print(line(path.stem, measured), flush=True)


def measure(path: Path, seed: int) -> Measured:
    table = read(path)
    train, test = split(table.frame, seed)
    X, X_test = train.drop(columns=TARGET), test.drop(columns=TARGET)
    first = LEVELS[0]
    variance = first * (1 - first) * (1 / len(train) + 1 / len(test))
    if table.task is Task.CLASSIFICATION:
        y, y_test = (part[TARGET].to_numpy(dtype=object) for part in (train, test))
        classifier = TableClassifier(random_state=seed).fit(X, y)
        sets = {level: classifier.predict_set(X_test, coverage=level) for level in LEVELS}
        covered = {level: held(classifier, sets[level], y_test) for level in LEVELS}
        return Measured(covered, float(sets[first].sum(axis=1).mean()), variance)
    y, y_test = (part[TARGET].to_numpy(dtype=np.float64) for part in (train, test))
    regressor = TableRegressor(random_state=seed).fit(X, y)
    ends = {level: regressor.predict_interval(X_test, coverage=level).T for level in LEVELS}
    covered = {k: float(((low <= y_test) & (y_test <= up)).mean()) for k, (low, up) in ends.items()}
    lower, upper = ends[first]
    return Measured(covered, float((upper - lower).mean() / y_test.std()), variance)


def held(classifier: TableClassifier, sets: Any, y: Any) -> float:
    """The share of rows whose class is in their set; a class unknown to training is in none."""
    positions = {label: j for j, label in enumerate(classifier.classes_)}
    rows = [(i, positions[label]) for i, label in enumerate(y) if label in positions]
    return sum(bool(sets[i, j]) for i, j in rows) / len(y)


def line(name: str, measured: Sequence[Measured]) -> str:
    first, *others = (mean(m.coverage[level] for m in measured) for level in LEVELS)
    error = 2 * (sum(m.variance for m in measured) ** 0.5) / len(measured)
    shown = " ".join(f"{share:6.3f}" for share in others)
    points = f"{100 * (first - LEVELS[0]):+7.2f} ({100 * error:4.2f})"
    size = mean(m.size for m in measured)
    return f"{name:20} {first:6.3f} {points:18} {size:7.3f} {shown}"


if __name__ == "__main__":
    main()
