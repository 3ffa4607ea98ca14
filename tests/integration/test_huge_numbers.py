"""Parameters beyond what arrays and floats hold, and of no type at all: one sentence each."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPEnsembleRegressor,
    MLPRegressor,
    Perceptron,
    StructureSearchCV,
    TableClassifier,
    TableEncoder,
    TableRegressor,
)
from rosenblatt.optimizers import Adam
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(20, 3))
Y = (X[:, 0] > 0).astype(int)
MAKERS: dict[str, Any] = {
    "MLPClassifier": MLPClassifier,
    "MLPRegressor": MLPRegressor,
    "MLPEnsembleClassifier": MLPEnsembleClassifier,
    "MLPEnsembleRegressor": MLPEnsembleRegressor,
    "StructureSearchCV": lambda: StructureSearchCV(MLPClassifier()),
    "Perceptron": Perceptron,
    "TableClassifier": TableClassifier,
    "TableRegressor": TableRegressor,
    "TableEncoder": TableEncoder,
}
CASES = [
    (name, parameter)
    for name, make in MAKERS.items()
    for parameter in make().get_params(deep=False)
    if parameter != "estimator"
]


@pytest.mark.parametrize(("name", "parameter"), CASES)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_no_float_holds(name: str, parameter: str, sign: int) -> None:
    """Of 5,000 digits Python refuses to write all, which an error that shows it runs into."""
    for number in (10**400, 10**5000):
        estimator = MAKERS[name]().set_params(**{parameter: sign * number})
        with pytest.raises(
            ValueError, match=f"^The '{parameter}' parameter of .* more than 300 digits"
        ):
            estimator.fit(X, Y)


@pytest.mark.parametrize(
    ("name", "parameter"), [("MLPClassifier", "alpha"), ("TableClassifier", "time_limit")]
)
def test_a_fraction_is_none_of_numpys_numbers(name: str, parameter: str) -> None:
    estimator = MAKERS[name]().set_params(**{parameter: Fraction(1, 3)})
    with pytest.raises(ValueError, match=f"^The '{parameter}' parameter of {name} is a Fraction"):
        estimator.fit(X, Y)


@pytest.mark.parametrize("make", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize(
    "sizes", [2**63, 2**62, (2**63,), [3, 2**64], (2**31, 2**31), np.array([2**62])]
)
def test_layers_beyond_all_memory(make: Any, sizes: Any) -> None:
    with pytest.raises(ValueError, match=r"^hidden_layer_sizes makes a network of more weights"):
        make(hidden_layer_sizes=sizes).fit(X, Y)


@pytest.mark.parametrize("sizes", [(10**400,), [3, 10**5000]])
def test_layers_of_numbers_that_no_float_holds(sizes: Any) -> None:
    with pytest.raises(ValueError, match=r"^The 'hidden_layer_sizes' parameter of MLPClassifier"):
        MLPClassifier(hidden_layer_sizes=sizes).fit(X, Y)


@pytest.mark.parametrize("n", [2**40, 2**62, 2**63, 2**64])
def test_networks_beyond_all_memory(n: int) -> None:
    with pytest.raises(ValueError, match="n_estimators"):
        MLPEnsembleClassifier(n_estimators=n).fit(X, Y)


@pytest.mark.parametrize("make", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("value", [np.array(1), np.array([1]), {}, [], object(), 1j, b"float32"])
def test_what_is_no_float_type(make: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^The 'dtype' parameter of MLP"):
        make(dtype=value).fit(X, Y)


@pytest.mark.parametrize(
    ("value", "kept"),
    [("float32", "float32"), (np.float64, "float64"), (np.dtype("float32"), "float32")],
)
def test_float_types(value: Any, kept: str) -> None:
    net = MLPRegressor(dtype=value, max_iter=1).fit(X, Y)
    assert net.coefs_[0].dtype == kept


@pytest.mark.parametrize("make", [KFAC, LevenbergMarquardt, GaussNewton])
def test_numbers_of_second_order_methods(make: Any) -> None:
    for field in fields(make):
        if isinstance(field.default, float):
            with pytest.raises(
                ValueError,
                match=f"^{field.name} of {make.__name__} must be a number that a float holds",
            ):
                make(**{field.name: 10**5000})


def test_numbers_of_optimizers() -> None:
    with pytest.raises(ValueError, match="lr of "):
        MLPClassifier(solver=Adam(lr=10**400)).fit(X, Y)
