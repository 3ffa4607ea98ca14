"""Distributions of SciPy's that optuna draws from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_iris

from rosenblatt import MLPClassifier, StructureSearchCV
from rosenblatt.search.space import Space

pytest.importorskip("optuna")


@pytest.mark.parametrize(
    ("distribution", "p", "value"),
    [
        (stats.loguniform(1e-4, 1e-2), 0.5, 1e-3),
        (stats.uniform(2, 6), 0.25, 3.5),
        (stats.randint(3, 7), 0.6, 5),
        (stats.norm(1, 2), 0.5, 1.0),
    ],
)
def test_draw_is_a_quantile_of_the_distribution(distribution: Any, p: float, value: float) -> None:
    space = Space([(4,)], free=False, grid={"x": distribution}, step="")
    drawn = space.parameters({"x": p, "hidden_layer_sizes": 0})
    assert drawn["x"] == pytest.approx(value)
    assert type(drawn["x"]) is type(value)
    assert drawn["hidden_layer_sizes"] == (4,)


def test_ends_of_an_unbounded_distribution_are_finite() -> None:
    space = Space([(4,)], free=False, grid={"x": stats.norm()}, step="")
    distribution = space.distributions["x"]
    for p in (distribution.low, distribution.high):
        assert np.isfinite(space.parameters({"x": p, "hidden_layer_sizes": 0})["x"])


def test_search_over_a_distribution_of_scipy() -> None:
    X, y = load_iris(return_X_y=True)
    search = StructureSearchCV(
        MLPClassifier(max_iter=5, random_state=0),
        [(4,), (8,)],
        param_grid={
            "learning_rate_init": stats.loguniform(1e-4, 1e-1),
            "batch_size": stats.randint(16, 64),
        },
        strategy="optuna",
        n_candidates=6,
        cv=2,
        random_state=0,
    )
    with pytest.warns(UserWarning, match="converge"):
        search.fit(X, y)
    rates = search.cv_results_["param_learning_rate_init"]
    assert len(set(rates)) == 6
    assert all(1e-4 <= rate <= 1e-1 for rate in rates)
    assert all(16 <= size < 64 for size in search.cv_results_["param_batch_size"])
