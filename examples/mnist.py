"""Which digit is it? A convolutional network, and the pictures that it confuses most.

    python examples/mnist.py mnist.parquet --rows 60000 --pictures seen
    python examples/mnist.py mnist.parquet --rows 60000 --best

The table has a column for each pixel and one of labels. The last --test rows are set aside. With
--best a deeper network learns longer, from pictures that are moved and turned in every step.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import (
    ConvNetClassifier,
    FeatureMapDisplay,
    FilterDisplay,
    MostConfusedDisplay,
    SaliencyDisplay,
)
from rosenblatt.network import Augmentation, Conv2D, Dense, Layer, MaxPool2D, Rotate, Shift
from rosenblatt.normalizations import BatchNorm
from rosenblatt.schedules import OneCycle, RateRule


def normed(filters: int, size: int) -> Conv2D:
    return Conv2D(filters, size, padding=size // 2, normalization=BatchNorm())


@dataclass(frozen=True)
class Plan:
    """A network, and how it learns."""

    layers: tuple[Layer, ...]
    epochs: int
    rate: float
    schedule: str | RateRule
    batch: int
    augmentation: tuple[Augmentation, ...] = ()


QUICK = Plan(
    (Conv2D(8, 5), MaxPool2D(2), Conv2D(24, 5), MaxPool2D(2), Dense(128)), 6, 0.002, "cosine", 100
)
BEST = Plan(
    (
        *(normed(16, 5), MaxPool2D(2)),
        *(normed(32, 3), MaxPool2D(2)),
        *(normed(64, 3), MaxPool2D(2)),
        Dense(128, dropout=0.3),
    ),
    epochs=25,
    rate=0.003,
    schedule=OneCycle(),
    batch=128,
    augmentation=(Shift(2), Rotate(10)),
)


@dataclass(frozen=True, eq=False)
class Recognised:
    """Pictures that were set aside, of shape (n, side, side), with their probabilities."""

    net: ConvNetClassifier
    pictures: np.ndarray
    truth: np.ndarray
    probabilities: np.ndarray

    @property
    def labels(self) -> np.ndarray:
        return np.asarray(self.net.classes_)[self.probabilities.argmax(axis=1)]

    @property
    def error(self) -> float:
        return float(np.mean(self.labels != self.truth))

    @property
    def confused(self) -> np.ndarray:
        """Rows that are wrong, the surest first."""
        wrong = np.flatnonzero(self.labels != self.truth)
        return wrong[np.argsort(-self.probabilities[wrong].max(axis=1))]


def recognised(
    X: np.ndarray,
    y: np.ndarray,
    n_test: int,
    *,
    plan: Plan = QUICK,
    epochs: int | None = None,
    seed: int = 0,
) -> Recognised:
    """Learn from all pictures but the last ones, in pixels between 0 and 1.

    Parameters
    ----------
    X : uint8 array (n, side * side)
    y : array (n,)
    n_test : int
    plan : Plan
    epochs : int, optional
        Those of the plan by default.
    seed : int
    """
    side = int(np.sqrt(X.shape[1]))
    pictures = X.reshape(len(X), side, side)
    net = ConvNetClassifier(
        plan.layers,
        augmentation=plan.augmentation,
        batch_size=plan.batch,
        learning_rate_init=plan.rate,
        learning_rate=plan.schedule,
        max_iter=epochs or plan.epochs,
        random_state=seed,
    )
    with warnings.catch_warnings():  # the schedule ends with the last epoch
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(pictures[:-n_test], y[:-n_test])
    aside = pictures[-n_test:]
    return Recognised(net, aside, y[-n_test:], net.predict_proba(aside))


def lines(found: Recognised) -> list[str]:
    told = [
        f"{len(found.truth):,} pictures that were set aside, error {found.error:.2%}",
        "confused most often:",
    ]
    wrong = found.confused
    pairs = pd.Series(list(zip(found.truth[wrong], found.labels[wrong], strict=True)))
    for (true, taken), n in pairs.value_counts().head(3).items():
        told.append(f"  {true} taken for {taken}: {n}")
    return told


def draw(found: Recognised, folder: Path) -> None:
    """Filters, the feature maps and the saliency of the first picture, and the surest errors."""
    first = found.pictures[0]
    displays = {
        "filters": FilterDisplay.from_estimator(found.net),
        "maps": FeatureMapDisplay.from_estimator(found.net, first),
        "saliency": SaliencyDisplay.from_estimator(found.net, first),
        "confused": MostConfusedDisplay.from_predictions(
            found.pictures, found.truth, found.probabilities, found.net.classes_
        ),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, display in displays.items():
        display.figure_.savefig(folder / f"{name}.png")


def main(arguments: Sequence[str] | None = None) -> Recognised:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("table", type=Path, help="a Parquet file, a row for each picture")
    parser.add_argument("--target", default="target", help="the column of labels")
    parser.add_argument("--rows", type=int, help="learn from the first rows, so many")
    parser.add_argument("--test", type=int, default=10_000, help="rows at the end to set aside")
    parser.add_argument("--best", action="store_true", help="a deeper network, varied pictures")
    parser.add_argument("--epochs", type=int, help="in place of the network's own number")
    parser.add_argument("--pictures", type=Path, help="a folder of PNG files: what it has learnt")
    options = parser.parse_args(arguments)
    table = pd.read_parquet(options.table)
    y = table[options.target].to_numpy(str)
    X = table.drop(columns=options.target).to_numpy(np.uint8)
    n = options.rows if options.rows is not None else len(X) - options.test
    rows = np.r_[:n, len(X) - options.test : len(X)]
    plan = BEST if options.best else QUICK
    found = recognised(X[rows], y[rows], options.test, plan=plan, epochs=options.epochs)
    print("\n".join(lines(found)))
    if options.pictures is not None:
        draw(found, options.pictures)
        print(f"{options.pictures} has filters, feature maps, a saliency and the surest errors")
    return found


if __name__ == "__main__":
    main()
