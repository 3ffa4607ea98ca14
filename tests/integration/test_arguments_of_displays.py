"""What is no text, no axes and no options is refused by name, in exports and displays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    ConvNetClassifier,
    FilterDisplay,
    MLPRegressor,
    StructureSearchCV,
    StructureSearchDisplay,
    find_learning_rate,
)
from rosenblatt.explain import integrated_gradients

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).standard_normal((30, 2))
Y = X[:, 0]
STRANGE = {
    "number": 5,
    "bytes": b"a",
    "array": np.arange(3000),
    "list": [[]],
    "long text": "x" * 2000 + "\n",
}


@pytest.fixture(scope="module")
def net() -> MLPRegressor:
    return MLPRegressor(hidden_layer_sizes=(2,), max_iter=2, random_state=0).fit(X, Y)


@pytest.fixture(scope="module")
def search() -> StructureSearchCV:
    small = MLPRegressor(max_iter=2, random_state=0)
    return StructureSearchCV(small, [(), (2,)], cv=2, n_jobs=1).fit(X, Y)


CALLS: dict[str, Callable[[MLPRegressor, Any], Any]] = {
    "name of C": lambda net, value: net.to_c(name=value),
    "name of R": lambda net, value: net.to_r(name=value),
    "keys": lambda net, value: net.to_sql(keys=value),
    "table": lambda net, value: net.to_sql(table=value),
    "weights": lambda net, value: net.to_tfjs(weights=value),
    "output": lambda net, value: integrated_gradients(net, X, X[:2], output=value),
}


def refuses(call: Callable[[], Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        call()
    said = str(refused.value)
    assert "\n" not in said
    assert len(said) < 400
    assert "must be" in said or "cannot name" in said or " is n" in said, said


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("call", CALLS)
def test_names(net: MLPRegressor, call: str, value: str) -> None:
    if (call, value) in {("table", "long text"), ("weights", "long text")}:
        pytest.skip("a name that may be")
    refuses(lambda: CALLS[call](net, STRANGE[value]))


@pytest.mark.parametrize("value", [5, b"a", [], ["a"], np.arange(3000)], ids=str)
def test_the_target_of_pmml(net: MLPRegressor, value: Any) -> None:
    refuses(lambda: net.to_pmml(target=value))


@pytest.mark.parametrize("value", STRANGE)
def test_displays(search: StructureSearchCV, value: str) -> None:
    pytest.importorskip("matplotlib")
    given, draw = STRANGE[value], StructureSearchDisplay.from_estimator
    refuses(lambda: draw(given))
    refuses(lambda: draw(search, ax=given))
    refuses(lambda: draw(search, line_kw=given))
    refuses(lambda: draw(search, fill_between_kw=given))
    refuses(lambda: find_learning_rate(MLPRegressor(), X, Y).plot(ax=given))


def test_axes_of_pictures() -> None:
    pytest.importorskip("matplotlib")
    pictures = np.random.default_rng(0).random((20, 6, 6))
    net = ConvNetClassifier(max_iter=1, random_state=0).fit(pictures, np.arange(20) % 2)
    for given in STRANGE.values():
        refuses(lambda given=given: FilterDisplay.from_estimator(net, ax=given))  # type: ignore[misc]
