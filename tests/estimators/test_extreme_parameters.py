"""Every parameter with values that no one means: a fit, or a ValueError or TypeError."""

from __future__ import annotations

import contextlib
import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, Perceptron

pytestmark = pytest.mark.filterwarnings("ignore")
X = np.random.default_rng(0).standard_normal((30, 3))
Y = (X[:, 0] > 0).astype(int)
SMALL: dict[str, Any] = {"hidden_layer_sizes": (3,), "max_iter": 3, "random_state": 0}
BASES: dict[str, tuple[type, dict[str, Any]]] = {
    "classifier": (MLPClassifier, SMALL),
    "invscaling": (MLPClassifier, {**SMALL, "solver": "sgd", "learning_rate": "invscaling"}),
    "lbfgs": (MLPClassifier, {**SMALL, "solver": "lbfgs"}),
    "regressor": (MLPRegressor, {**SMALL, "early_stopping": True}),
    "perceptron": (Perceptron, {"max_iter": 3}),
}
VALUES = [
    *(2**31, 2**63 - 1, 2**63, 2**64, 10**30, -1, 0, -0.0, 1.5, 1e300, -1e300, 1e-300, 5e-324),
    *(float("inf"), float("-inf"), float("nan"), np.int64(3), np.float32(0.5), np.float64("nan")),
    *(np.bool_(True), True, False, None, "x", np.array(3), [1], (1,)),
]
CASES = [
    (base, name)
    for base, (cls, given) in BASES.items()
    for name in inspect.signature(cls).parameters
    if name not in given or name in ("max_iter", "random_state")
]


@pytest.mark.parametrize(("base", "name"), CASES)
def test_a_parameter_of_any_value(
    base: str,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # where a checkpoint "x" may lie
    cls, given = BASES[base]
    for value in VALUES:
        if name == "max_iter" and type(value) is int and 2**31 <= value < 2**53:
            continue  # an honest number of epochs
        with contextlib.suppress(ValueError, TypeError):  # an InputError is a ValueError
            cls(**{**given, name: value}).fit(X, Y).predict(X)


@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
def test_more_epochs_than_there_can_be(cls: Any) -> None:
    for n in (2**53 + 1, 2**63, 10**30):
        with pytest.raises(ValueError, match=r"max_iter.*9007199254740992"):
            cls(max_iter=n).fit(X, Y)


def test_a_rate_that_falls_at_once() -> None:
    for power in (1e300, 2**63, 400):
        rate = {"solver": "sgd", "learning_rate": "invscaling", "power_t": power}
        model = MLPClassifier(**{**SMALL, **rate}).fit(X, Y)
        assert [epoch["learning_rate"] for epoch in model.history_][1:] == [0.0, 0.0]
