"""Another problem is refused: other parameters, data, weights or validation rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.errors import InputError
from tests.support.checkpointed import (
    X,
    Y,
    estimator,
    fitted,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


OTHERS = {
    "alpha": {"alpha": 0.5},
    "hidden_layer_sizes": {"hidden_layer_sizes": (8, 6)},
    "random_state": {"random_state": 4},
    "solver": {"solver": "nadam"},
    "early_stopping": {"early_stopping": True},
    "dtype": {"dtype": "float32"},
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_problem_is_refused_and_nothing_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    files = {p: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(InputError, match=f"of another problem: {name} is .* and was "):
        fitted(estimator("adam", path, **OTHERS[name]))
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == files


@pytest.mark.parametrize(
    "rows",
    [
        (X[:-1], Y[:-1], None),
        (X + 1e-12, Y, None),
        (X, 1 - Y, None),
        (X, Y + 1, None),
        (X, Y, np.ones(len(X))),
        (sp.csr_matrix(X), Y, None),
    ],
    ids=["fewer rows", "other inputs", "other targets", "other labels", "weights", "sparse"],
)
def test_other_data_are_another_problem(rows: Any, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    with pytest.raises(InputError, match="differ"):
        estimator("adam", path).fit(rows[0], rows[1], rows[2])


def test_validation_rows_are_a_part_of_the_problem(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    estimator("adam", path).fit(X, Y, X_val=X[:50], y_val=Y[:50])
    estimator("adam", path).fit(X, Y, X_val=X[:50], y_val=Y[:50])
    with pytest.raises(InputError, match="validation rows differ"):
        estimator("adam", path).fit(X, Y, X_val=X[:51], y_val=Y[:51])


def test_a_warm_start_is_another_problem(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    est = fitted(estimator("adam", path, warm_start=True))
    with pytest.raises(InputError, match="the weights to begin from differ"):
        fitted(est)
