"""`activation`: names, objects, one a layer, and a member of the user's own (N3, N4)."""

from __future__ import annotations

import pickle
import warnings
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import (
    ELU,
    GELU,
    Activation,
    Elementwise,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Step,
    Tanh,
)
from rosenblatt.engine import steps
from rosenblatt.options.activations import activations, chosen_activations
from rosenblatt.support.types import FloatArray
from tests.support.data import ignore_convergence

X, Y = load_breast_cancer(return_X_y=True)
X = scale(X)
SHORT: dict[str, Any] = {"hidden_layer_sizes": (9, 8), "max_iter": 3, "random_state": 0}


def hidden(model: Any) -> list[Activation]:
    return [layer.activation for layer in model.model_.network.layers[:-1]]


@ignore_convergence
@pytest.mark.parametrize("name", activations())
def test_every_name_learns_handwritten_digits(name: str) -> None:
    digits, classes = load_digits(return_X_y=True)
    # A hidden softmax or a hard sigmoid starts with nearly equal units, and wants a larger rate.
    model = MLPClassifier(64, activation=name, learning_rate_init=0.02, max_iter=60, random_state=0)
    model.fit(digits[::2] / 16, classes[::2])
    assert hidden(model) == list(chosen_activations(name))
    assert model.score(digits[1::2] / 16, classes[1::2]) > 0.9


@ignore_convergence
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("swish", [SiLU(), SiLU()]),
        ("sigmoid", [Sigmoid(), Sigmoid()]),
        (LeakyReLU(0.2), [LeakyReLU(0.2)] * 2),
        (["tanh", "relu"], [Tanh(), ReLU()]),
        (("gelu", ELU(0.5)), [GELU(), ELU(0.5)]),
        ([Softmax(), "identity"], [Softmax(), Identity()]),
    ],
    ids=repr,
)
def test_names_objects_and_lists(given: Any, expected: list[Activation]) -> None:
    model = MLPClassifier(activation=given, **SHORT).fit(X, Y)
    assert hidden(model) == expected
    copy = pickle.loads(pickle.dumps(model))
    assert hidden(copy) == expected
    np.testing.assert_array_equal(copy.predict_proba(X), model.predict_proba(X))
    assert hidden(clone(model).fit(X, Y)) == expected


@ignore_convergence
def test_a_list_that_changes_is_seen_by_predictions() -> None:
    model = MLPClassifier(activation=["tanh", "tanh"], **SHORT).fit(X, Y)
    before = model.predict_proba(X)
    model.activation[1] = "relu"
    assert not np.array_equal(model.predict_proba(X), before)


@ignore_convergence
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_aliases_and_objects_train_alike(solver: str) -> None:
    settings = SHORT | {"solver": solver}
    runs = [
        MLPClassifier(activation=given, **settings).fit(X, Y)
        for given in ("logistic", "sigmoid", Sigmoid(), ["logistic", Sigmoid()])
    ]
    for other in runs[1:]:  # with scikit-learn's narrower weights of a logistic network
        np.testing.assert_array_equal(other.coefs_[0], runs[0].coefs_[0])


def test_without_hidden_layers_a_name_stands_for_nothing() -> None:
    model = MLPClassifier(activation=[], hidden_layer_sizes=(), max_iter=300, tol=1e-3)
    assert hidden(model.fit(X, Y)) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("rleu", ["'rleu' is not known (did you mean 'relu'?)", "'gelu', 'silu'"]),
        ("LeakyRelu", ["did you mean 'leaky_relu'?"]),
        ("??", ["activation='??' is not known. Known are 'identity'"]),
        (["tanh", "rleu"], ["did you mean 'relu'?"]),
        (["tanh"], ["lists 1 activations", "there are 2 hidden layers"]),
        (["tanh"] * 3, ["lists 3 activations", "there are 2 hidden layers"]),
        ("step", ["cannot be trained by gradient descent", "slope is 0", "'logistic'"]),
        (Step(), ["rosenblatt.Perceptron", "rosenblatt.ThresholdNeuron"]),
        (["tanh", Step()], ["cannot be trained by gradient descent"]),
    ],
    ids=repr,
)
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_invalid_activation_is_refused_before_training(
    given: Any, words: list[str], solver: str
) -> None:
    model = MLPClassifier(activation=given, solver=solver, hidden_layer_sizes=(9, 8))
    with pytest.raises(ValueError, match=r"activation|step") as refused:
        model.fit(X, Y)
    assert all(word in str(refused.value) for word in words), refused.value
    assert not hasattr(model, "history_")


@pytest.mark.parametrize("given", [3, None, LeakyReLU, {"tanh"}])
def test_non_activation_is_refused_by_its_type(given: Any) -> None:
    with pytest.raises(ValueError, match="'activation' parameter of MLPClassifier must be"):
        MLPClassifier(activation=given).fit(X, Y)
    with pytest.raises(TypeError, match="activation takes names, objects"):
        MLPClassifier(activation=[given], hidden_layer_sizes=9).fit(X, Y)


@pytest.mark.parametrize("make", [lambda: LeakyReLU(-0.1), lambda: LeakyReLU(np.nan)])
def test_a_leak_is_not_negative(make: Any) -> None:
    with pytest.raises(ValueError, match="leak of LeakyReLU must be 0 or more, got"):
        make()


@pytest.mark.parametrize("alpha", [0, -1, np.inf, np.nan])
def test_alpha_of_elu_is_positive(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha of ELU must be above 0"):
        ELU(alpha)


# Members of the user's own.


@final
@dataclass(frozen=True)
class Sine(Elementwise):
    """Sitzmann et al. 2020."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.sin(z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.cos(z)


@final
@dataclass(frozen=True)
class Root(Elementwise):
    """NaN below 0, or with its derivative only."""

    in_value: bool = True

    def value(self, z: FloatArray) -> FloatArray:
        with np.errstate(invalid="ignore"):
            return np.sqrt(z if self.in_value else np.abs(z))

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        with np.errstate(invalid="ignore"):
            return 0.5 / np.sqrt(z)


@ignore_convergence
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_custom_activation_trains_and_warns_once(solver: str) -> None:
    settings: dict[str, Any] = {"solver": solver, "learning_rate_init": 0.01, "max_iter": 30}
    model = MLPRegressor(hidden_layer_sizes=16, activation=Sine(), random_state=0, **settings)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        model.fit(X, Y)
        model.warm_start = True
        model.fit(X, Y)
    told = [w for w in seen if "Sine: without a kernel" in str(w.message)]
    assert len(told) == 1
    assert told[0].filename == __file__
    assert model.score(X, Y) > 0.7
    assert np.isfinite(model.predict(X)).all()


@pytest.mark.filterwarnings("ignore:.*without a kernel")
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize(("in_value", "what"), [(True, "value"), (False, "derivative")])
def test_nan_of_ones_own_activation_is_an_error_at_once(
    in_value: bool, what: str, solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = []
    backpropagate = steps.backpropagate

    def counted(*given: Any, **named: Any) -> Any:
        batches.append(1)
        return backpropagate(*given, **named)

    monkeypatch.setattr(steps, "backpropagate", counted)
    model = MLPClassifier(activation=Root(in_value), solver=solver, random_state=0)
    with pytest.raises(ValueError, match=f"Root gives NaN as the {what} of a finite pre-activ"):
        model.fit(X, Y)
    assert len(batches) == 1
    assert not hasattr(model, "coefs_")


@pytest.mark.filterwarnings("ignore:.*without a kernel")
@pytest.mark.parametrize("solver", ["kfac", "lm", "gauss_newton"])
@pytest.mark.parametrize(("in_value", "what"), [(True, "value"), (False, "derivative")])
def test_nan_of_ones_own_activation_is_an_error_of_second_order_too(
    in_value: bool, what: str, solver: str
) -> None:
    epochs: list[Any] = []
    model = MLPRegressor(
        activation=Root(in_value), solver=solver, random_state=0, callbacks=[epochs.append]
    )
    with pytest.raises(ValueError, match=f"Root gives NaN as the {what} of a finite pre-activ"):
        model.fit(X, Y)
    assert not epochs
    assert not hasattr(model, "coefs_")
