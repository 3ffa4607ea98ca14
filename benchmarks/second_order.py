"""Wall time to a given training loss on small regressions of real data: Levenberg-Marquardt, K-FAC,
L-BFGS and Adam, in one process, interleaved.

    python -m benchmarks.second_order

Every solver starts from the same weights, of several seeds. A first run finds the iteration after
which its loss over all rows is at most the target; what is timed is a whole `fit` of so many
iterations, for every seed, so that neither stopping rules nor validation count. Adam and K-FAC get
the best of several rates and batch sizes, chosen by their own first runs.
"""

from __future__ import annotations

import argparse
import itertools
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from benchmarks import machine
from benchmarks.timing import Contender, Lap, Pace, race
from rosenblatt import MLPRegressor

__all__ = ["main"]

BATCHES = (32, 128, 400)
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "Levenberg-Marquardt": [{"solver": "lm"}],
    "L-BFGS": [{"solver": "lbfgs", "max_fun": 10**6}],
    "K-FAC": [{"solver": "kfac", "batch_size": size} for size in BATCHES],
    "Adam": [
        {"solver": "adam", "learning_rate_init": rate, "batch_size": size}
        for rate, size in itertools.product((0.003, 0.01, 0.03), BATCHES)
    ],
}


@final
@dataclass(frozen=True)
class Task:
    """Standardised rows, a tanh network of one hidden layer, and the mean squared error wanted."""

    name: str
    load: Callable[[], tuple[Any, Any]]
    hidden: int
    target: float


def area() -> tuple[Any, Any]:
    """The mean area of breast_cancer's cell nuclei, from their nine other mean measurements."""
    X = scale(load_breast_cancer().data[:, :10])
    return np.delete(X, 3, axis=1), X[:, 3]


def diabetes() -> tuple[Any, Any]:
    X, y = load_diabetes(return_X_y=True)
    return scale(X), scale(y)


# A relation that a network can follow closely, and one of which it learns the noise.
TASKS = (
    Task("area of nuclei, 569 rows, 9-8-1", area, hidden=8, target=4e-4),
    Task("diabetes, 442 rows, 10-8-1", diabetes, hidden=8, target=0.32),
)


@final
@dataclass(frozen=True)
class Way:
    """A solver with its settings, and the iterations that it takes from each seed."""

    name: str
    settings: dict[str, Any]
    iterations: tuple[int, ...]
    seconds: float  # of the first runs, up to the target


def estimator(settings: dict[str, Any], hidden: int, seed: int, max_iter: int) -> MLPRegressor:
    return MLPRegressor(
        hidden_layer_sizes=hidden,
        activation="tanh",
        alpha=0.0,
        tol=0.0,
        n_iter_no_change=np.inf,
        max_iter=max_iter,
        random_state=seed,
        **settings,
    )


def first_runs(
    name: str, settings: dict[str, Any], task: Task, seeds: int, max_iter: int
) -> Way | None:
    """The iterations to the target, or None where a seed does not get there."""
    X, y = task.load()
    iterations, seconds = [], 0.0
    for seed in range(seeds):
        model = estimator(settings, task.hidden, seed, max_iter)
        # An epoch's own loss is a mean over batches, each at other weights.
        by_epochs = settings["solver"] in ("adam", "kfac")
        history = model.fit(X, y, **({"X_val": X, "y_val": y} if by_epochs else {})).history_
        losses = np.array([h["validation_loss" if by_epochs else "loss"] for h in history])
        below = np.flatnonzero(2 * losses <= task.target)
        if not len(below):
            return None
        iterations.append(int(below[0]) + 1)
        seconds += sum(h["seconds"] for h in history[: iterations[-1]])
    return Way(name, settings, tuple(iterations), seconds)


def best_ways(task: Task, seeds: int, max_iter: int) -> Iterator[Way]:
    for name, several in SETTINGS.items():
        # Iterations of these two cost some ten epochs of Adam.
        limit = max_iter // 10 if name in ("K-FAC", "Levenberg-Marquardt") else max_iter
        ways = [first_runs(name, settings, task, seeds, limit) for settings in several]
        there = [way for way in ways if way is not None]
        if there:
            yield min(there, key=lambda way: way.seconds)
        else:
            print(f"{name:20} some seed does not get there within {limit} iterations")


def contender(way: Way, task: Task) -> Contender:
    X, y = task.load()

    def run(jobs: int) -> Lap:
        start = time.perf_counter()
        for _ in range(jobs):
            models = [
                estimator(way.settings, task.hidden, seed, n).fit(X, y)
                for seed, n in enumerate(way.iterations)
            ]
        seconds = (time.perf_counter() - start) / jobs
        worst = max(float(np.mean((model.predict(X) - y) ** 2)) for model in models)
        assert worst <= task.target * (1 + 1e-6), (way.name, worst)
        return Lap(seconds, sum(way.iterations), worst)

    return Contender(way.name, None, "float64", run)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.second_order", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--max-iter", type=int, default=3000)
    options = parser.parse_args(arguments)
    told = machine.describe()
    print(f"{told['cpu']}, {told['cores_usable']} cores, load {machine.load_average()}")
    for task in TASKS:
        print(f"\n{task.name} tanh, float64, to a mean squared error of {task.target}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            ways = list(best_ways(task, options.seeds, options.max_iter))
            outcome = race([contender(way, task) for way in ways], Pace(options.repetitions, 0.3))
        for way, timing in zip(ways, outcome.timings, strict=True):
            q1, median, q3 = (
                1e3 * t / options.seeds
                for t in (timing.per_job.q1, timing.per_job.median, timing.per_job.q3)
            )
            print(
                f"{way.name:20} {median:9.2f} ms a fit ({q1:.2f} to {q3:.2f}),"
                f" iterations {min(way.iterations)} to {max(way.iterations)}, {way.settings}"
            )


if __name__ == "__main__":
    main()
