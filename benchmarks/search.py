"""A structure search beside scikit-learn's GridSearchCV over its own MLPClassifier.

    python -m benchmarks.search

The same candidates, folds, seeds, batches, epochs and float type, the same number of jobs, and
scikit-learn's worker processes warm. The two take turns; told are medians, their ratio, the share
of the cores that ours kept busy, and the largest difference between the scores.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier as Peer
from sklearn.preprocessing import StandardScaler

from benchmarks import machine
from rosenblatt import MLPClassifier, StructureSearchCV

WIDTHS = (*range(2, 60, 2), 64)  # thirty


@dataclass(frozen=True)
class Case:
    name: str
    load: Callable[..., Any]
    candidates: list[tuple[int, ...]]
    batch_size: int
    epochs: int
    wanted: float

    def network(self, cls: Any) -> Any:
        return cls(
            batch_size=self.batch_size,
            max_iter=self.epochs,
            n_iter_no_change=self.epochs + 1,
            random_state=0,
        )


CASES = (
    Case(
        "breast_cancer",
        load_breast_cancer,
        [*((w,) for w in WIDTHS), *((w, w) for w in WIDTHS)],
        batch_size=32,
        epochs=100,
        wanted=15,
    ),
    Case(
        "digits",
        load_digits,
        [(16,), (32,), (64,), (96,), (128,), (192,), (256,), (128, 64), (256, 128)],
        batch_size=200,
        epochs=50,
        wanted=3,
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=joblib.cpu_count())
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--case", choices=[case.name for case in CASES], nargs="+")
    parser.add_argument("--dtype", nargs="+", default=["float64", "float32"])
    given = parser.parse_args()
    print(f"{machine.describe()['cpu']}, load average {machine.load_average()}")
    for case in CASES:
        if given.case is None or case.name in given.case:
            for dtype in given.dtype:
                race(case, dtype, given.jobs, given.turns)


def race(case: Case, dtype: str, jobs: int, turns: int) -> None:
    X, y = case.load(return_X_y=True)
    X = StandardScaler().fit_transform(X).astype(dtype)
    ours = StructureSearchCV(case.network(MLPClassifier), case.candidates, n_jobs=jobs, refit=False)
    theirs = GridSearchCV(
        case.network(Peer),
        {"hidden_layer_sizes": case.candidates},
        cv=5,
        n_jobs=jobs,
        refit=False,
        return_train_score=True,
    )
    joblib.Parallel(n_jobs=jobs)(joblib.delayed(warm)() for _ in range(4 * jobs))
    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    busy = []
    for _ in range(turns):
        for name, search in (("ours", ours), ("theirs", theirs)):
            start, cpu = time.perf_counter(), time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search.fit(X, y)
            seconds[name].append(time.perf_counter() - start)
            if name == "ours":
                busy.append((time.process_time() - cpu) / (jobs * seconds[name][-1]))
    scores = [search.cv_results_["mean_test_score"] for search in (ours, theirs)]
    difference = np.abs(scores[0] - scores[1]).max()
    mine, peer = (float(np.median(seconds[name])) for name in ("ours", "theirs"))
    print(
        f"{case.name}: {len(case.candidates)} candidates, 5 folds, {case.epochs} epochs in batches"
        f" of {case.batch_size}, {dtype}, {jobs} jobs\n"
        f"  rosenblatt {mine:.2f} s ({told(seconds['ours'])}), cores busy {np.median(busy):.0%}\n"
        f"  GridSearchCV over scikit-learn's {peer:.2f} s ({told(seconds['theirs'])})\n"
        f"  {peer / mine:.1f} times as fast, wanted {case.wanted:g}; best score"
        f" {scores[0].max():.4f} and {scores[1].max():.4f}, largest difference of a candidate's"
        f" {difference:.2g}"
    )


def told(seconds: list[float]) -> str:
    return " ".join(f"{s:.2f}" for s in seconds)


def warm() -> int:
    """Imports in a worker what its fits will need."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Peer((2,), max_iter=1).fit(np.zeros((4, 1)), [0, 1, 0, 1])
    return 0


if __name__ == "__main__":
    main()
