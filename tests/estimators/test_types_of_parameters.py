"""Numbers and booleans of other types: taken like Python's, or refused in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt import MLPClassifier, MLPRegressor, StructureSearchCV, find_learning_rate
from rosenblatt.optimizers import Adam

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
LABELS = (X > 0).astype(int)


def regressor(**given: Any) -> MLPRegressor:
    return MLPRegressor(**{"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0, **given})


BOOLEANS = [
    "deterministic",
    "residual",
    "shuffle",
    "early_stopping",
    "nesterovs_momentum",
    "warm_start",
]


@pytest.mark.parametrize("name", BOOLEANS)
@pytest.mark.parametrize("value", [True, False])
def test_booleans_of_numpy_are_booleans(name: str, value: bool) -> None:
    plain, numpys = (
        regressor(solver="sgd", **{name: made(value)}).fit(X, X[:, 0]) for made in (bool, np.bool_)
    )
    np.testing.assert_array_equal(plain.predict(X.tolist()), numpys.predict(X.tolist()))
    np.testing.assert_array_equal(plain.predict(X), numpys.predict(X))
    np.testing.assert_array_equal(plain.predictor()(X), numpys.predictor()(X))


@pytest.mark.parametrize(
    "name",
    [
        "alpha",
        "l1",
        "learning_rate_init",
        "tol",
        "epsilon",
        "max_norm",
        "clip_norm",
        "clip_value",
        "max_time",
        "grad_tol",
        "input_noise",
        "power_t",
    ],
)
def test_a_whole_number_beyond_floats_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"The '{name}' parameter"):
        regressor(**{name: 10**400}).fit(X, X[:, 0])


def test_so_is_that_of_an_optimizer() -> None:
    with pytest.raises(ValueError, match=r"^lr of Adam must be a number that a float holds"):
        regressor(solver=Adam(lr=10**400)).fit(X, X[:, 0])


@pytest.mark.parametrize("dropout", [np.array(1), {0: -1}, {0: 0.5}, np.array("a"), [None]])
def test_dropout_must_be_rates(dropout: Any) -> None:
    with pytest.raises(ValueError, match="dropout"):
        regressor(dropout=dropout).fit(X, X[:, 0])


def test_dropout_may_be_an_array_of_one_number() -> None:
    expected = regressor(dropout=0.5).fit(X, X[:, 0]).predict(X)
    for given in (np.array(0.5), np.array([0.5]), np.float32(0.5)):
        np.testing.assert_array_equal(regressor(dropout=given).fit(X, X[:, 0]).predict(X), expected)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("y", [LABELS * 3, LABELS * -1, LABELS * 3.0, sp.csr_array(LABELS * 3)])
def test_labels_are_marked_by_0_and_1(y: Any, class_weight: Any) -> None:
    model = MLPClassifier((3,), max_iter=2, class_weight=class_weight)
    with pytest.raises(ValueError, match=r"y marks .* by 0 and 1, and has (3|-1)"):
        model.fit(X, y)
    known = MLPClassifier((3,), max_iter=2).fit(X, LABELS)
    with pytest.raises(ValueError, match="y marks the labels"):
        known.partial_fit(X, y)


def test_a_search_needs_a_fold() -> None:
    with pytest.raises(ValueError, match="cv gives no fold"):
        StructureSearchCV(regressor(), [(2,)], cv=[]).fit(X, X[:, 0])


@pytest.mark.parametrize(
    "given", [{"lowest": None}, {"lowest": "a"}, {"highest": 10**400}, {"highest": np.nan}]
)
def test_the_rates_of_a_range_test_are_numbers(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="0 < lowest < highest is needed"):
        find_learning_rate(regressor(), X, X[:, 0], **given)


@pytest.mark.parametrize("n_steps", [12.5, None, "a", 3])
def test_the_steps_of_a_range_test_are_counted(n_steps: Any) -> None:
    with pytest.raises(ValueError, match="n_steps must be a whole number"):
        find_learning_rate(regressor(), X, X[:, 0], n_steps=n_steps)


def test_a_range_test_takes_large_whole_numbers() -> None:
    found = find_learning_rate(regressor(), X, X[:, 0], highest=2**64)
    assert found.suggestion > 0
