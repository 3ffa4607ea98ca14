"""Is it malignant? A rare class, and a threshold that follows from what errors cost.

    python examples/tumour.py --cost 20

The table is the one of breast tumours in scikit-learn. To miss a malignant one costs --cost times
as much as to call a benign one malignant, and the decision is the one that costs least.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split

from rosenblatt import TableClassifier
from rosenblatt.tabular import CostMatrix

RARE = 0.15  # the share of malignant tumours in what is learnt from
COVERAGE = 0.99
LABELS = ("benign", "malignant")


@dataclass(frozen=True, eq=False)
class Diagnosed:
    """Tumours that were set aside, with the classes by cost and by probability alone."""

    model: TableClassifier
    truth: np.ndarray
    by_cost: np.ndarray
    likeliest: np.ndarray
    sets: np.ndarray
    cost: float

    def cost_of(self, decided: np.ndarray) -> float:
        """Of a hundred tumours."""
        missed = (self.truth == "malignant") & (decided == "benign")
        alarms = (self.truth == "benign") & (decided == "malignant")
        return float(100 * np.mean(self.cost * missed + alarms))


def tumours(share: float, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """The table, of whose malignant rows some are left out, as most tumours are benign."""
    loaded = load_breast_cancer(as_frame=True)
    names = np.array(["malignant", "benign"])[loaded.target]
    malignant = np.flatnonzero(names == "malignant")
    benign = np.flatnonzero(names == "benign")
    n_kept = round(len(benign) * share / (1 - share))
    kept = np.random.default_rng(seed).permutation(malignant)[:n_kept]
    rows = np.sort(np.concatenate([benign, kept]))
    return loaded.data.iloc[rows].reset_index(drop=True), names[rows]


def diagnosed(cost: float, *, preset: str = "fast", seed: int = 0) -> Diagnosed:
    """Learn from two thirds of the rows, and decide on the others."""
    X, y = tumours(RARE, seed)
    X, X_aside, y, y_aside = train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=seed)
    costs = CostMatrix({"malignant": {"benign": cost}})
    model = TableClassifier(preset, decision=costs, random_state=seed).fit(X, y)
    p = model.predict_proba(X_aside)
    return Diagnosed(
        model,
        y_aside,
        model.predict(X_aside),
        np.asarray(model.classes_)[p.argmax(axis=1)],
        model.predict_set(X_aside, coverage=COVERAGE),
        cost,
    )


def lines(found: Diagnosed) -> list[str]:
    told = [
        f"{len(found.truth)} tumours that were set aside,"
        f" {np.mean(found.truth == 'malignant'):.0%} malignant;"
        f" one that is missed costs {found.cost:g} false alarms",
        f"malignant from a probability of {found.model.threshold_:.3f} on",
    ]
    for name, decided in (("by cost", found.by_cost), ("likeliest", found.likeliest)):
        counts = confusion_matrix(found.truth, decided, labels=LABELS)
        told.append(
            f"{name:10} {counts[1, 0]:3} missed, {counts[0, 1]:3} false alarms:"
            f" a cost of {found.cost_of(decided):.1f} in a hundred tumours"
        )
    open_cases = found.sets.sum(axis=1) > 1
    told.append(
        f"{open_cases.sum()} tumours stay open: sets that are right in {COVERAGE:.0%} of the cases"
        " hold both classes"
    )
    return told


def main(arguments: Sequence[str] | None = None) -> Diagnosed:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cost", type=float, default=20.0, help="of a malignant tumour missed")
    parser.add_argument("--preset", default="fast", choices=["fast", "default", "best"])
    options = parser.parse_args(arguments)
    found = diagnosed(options.cost, preset=options.preset)
    print("\n".join(lines(found)))
    return found


if __name__ == "__main__":
    main()
