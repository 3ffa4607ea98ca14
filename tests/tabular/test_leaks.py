"""Columns that say nothing of the target but to whoever has seen it: scores stay at chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from sklearn.model_selection import cross_val_score

from rosenblatt import TableClassifier, TableRegressor

N = 2000


def categories(kind: str, rng: np.random.Generator) -> npt.NDArray[Any]:
    """Of N rows, whose targets they do not depend on."""
    if kind == "few":
        return np.char.add("c", rng.integers(30, size=N).astype(str))
    if kind == "many":
        return np.char.add("c", rng.integers(600, size=N).astype(str))
    # Half of the rows have one of their own.
    own = np.char.add("own", np.arange(N).astype(str))
    return np.where(
        rng.random(N) < 0.5, own, np.char.add("c", rng.integers(20, size=N).astype(str))
    )


def planted(kind: str, seed: int) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"code": categories(kind, rng), "noise": rng.normal(size=N)})
    return frame, np.where(rng.random(N) < 0.5, "yes", "no")


def at_chance(scores: list[float]) -> bool:
    """Within four standard errors of one half: a leak of 30 categories was 0.1 above."""
    return abs(float(np.mean(scores)) - 0.5) < 4 * 0.5 / np.sqrt(N * len(scores))


@pytest.mark.parametrize("kind", ["few", "many", "own"])
def test_a_random_category_tells_nothing_of_rows_outside(kind: str) -> None:
    scores = []
    for seed in range(3):
        frame, y = planted(kind, seed)
        scores.append(TableClassifier("fast", random_state=seed).fit(frame, y).validation_score_)
    assert at_chance(scores), scores


def test_groups_that_share_categories_tell_nothing_of_each_other() -> None:
    scores = []
    for seed in range(3):
        frame, y = planted("few", seed)
        groups = np.random.default_rng(seed).integers(40, size=N)
        # Rows of a group have one target, as the visits of a patient do.
        y = np.where(np.random.default_rng(seed + 9).random(40) < 0.5, "yes", "no")[groups]
        fitted = TableClassifier("fast", random_state=seed).fit(frame, y, groups=groups)
        scores.append(fitted.validation_score_)
    # 40 independent targets a table.
    assert abs(np.mean(scores) - 0.5) < 4 * 0.5 / np.sqrt(40 * 3), scores


def test_a_random_category_tells_nothing_of_a_number() -> None:
    rng = np.random.default_rng(0)
    frame, _ = planted("few", 0)
    scores = [
        TableRegressor("fast", random_state=0).fit(frame, rng.normal(size=N)).validation_score_
        for _ in range(2)
    ]
    assert max(scores) < 0.005, scores


def test_cross_validation_is_at_chance() -> None:
    frame, y = planted("few", 1)
    scores = cross_val_score(TableClassifier("fast", random_state=0), frame, y, cv=3)
    assert at_chance([float(scores.mean())]), scores
