"""The trace of one sample: worked by hand, `backpropagate`'s bits, differences (B1-B13)."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from rosenblatt import MLPClassifier, MLPRegressor, Perceptron, ThresholdNeuron, trace
from rosenblatt.backprop import backpropagate
from rosenblatt.errors import InputError
from rosenblatt.regularization.penalties import L2, ElasticNet
from tests.support.members import central_difference
from tests.tracing.shared import LN_2, LN_3, by_hand

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 3))
LABELS = np.where(X[:, 0] > 0, "yes", "no")
CLASSES = np.digitize(X[:, 0], [-0.5, 0.5])
NUMBERS = np.sin(X.sum(1))


def fitted(kind: Any, y: Any, **parameters: Any) -> Any:
    given = {"hidden_layer_sizes": (3, 2), "activation": "tanh", "solver": "lbfgs", "alpha": 0.1}
    return kind(**given | {"random_state": 0, "max_iter": 1000} | parameters).fit(X, y)


CASES = {
    "binary": (MLPClassifier, LABELS, {}),
    "classes": (MLPClassifier, CLASSES, {}),
    "labels": (MLPClassifier, np.eye(3, dtype=int)[CLASSES], {}),
    "number": (MLPRegressor, NUMBERS, {"l1": 0.2, "solver": "adam", "tol": 0.1}),
    "numbers": (MLPRegressor, np.column_stack([NUMBERS, X[:, 0]]), {}),
    "poisson": (MLPRegressor, np.abs(NUMBERS), {"loss": "poisson"}),
    "float32": (MLPRegressor, NUMBERS, {"dtype": "float32", "solver": "adam", "tol": 0.1}),
}


def test_numbers_worked_by_hand() -> None:
    first, last = by_hand().layers
    np.testing.assert_allclose(first.z, [LN_2, -LN_3], rtol=1e-14)
    np.testing.assert_allclose(first.a, [0.6, -0.8], rtol=1e-14)
    np.testing.assert_allclose(last.z, [2.5], rtol=1e-14)
    np.testing.assert_allclose(last.delta, [0.5], rtol=1e-13)
    # W² δ² = (1, -0.5), g' = 1 - a² = (0.64, 0.36)
    np.testing.assert_allclose(first.error, [1.0, -0.5], rtol=1e-13)
    np.testing.assert_allclose(first.slope, [0.64, 0.36], rtol=1e-13)
    np.testing.assert_allclose(first.delta, [0.64, -0.18], rtol=1e-13)
    np.testing.assert_allclose(first.weight_gradient, [[0.64, -0.18], [1.28, -0.36]])
    np.testing.assert_allclose(last.weight_gradient, [[0.3], [-0.4]])
    np.testing.assert_allclose(last.new_weight, [[1.97], [-0.96]])
    np.testing.assert_allclose(last.new_bias, [0.45])
    assert by_hand().loss == pytest.approx(0.125, rel=1e-13)


def test_the_penalty_has_its_part() -> None:
    seen = by_hand(0.5)
    last = seen.layers[-1]
    np.testing.assert_allclose(last.loss_gradient, [[0.3], [-0.4]])
    np.testing.assert_allclose(last.penalty_gradient, [[1.0], [-0.5]])
    np.testing.assert_allclose(last.weight_gradient, [[1.3], [-0.9]])
    squares = LN_2**2 + LN_3**2 + 0.25 + 1 + 4 + 1
    assert seen.objective == pytest.approx(0.125 + 0.25 * squares, rel=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_bits_are_those_of_back_propagation(case: str) -> None:
    kind, y, parameters = CASES[case]
    est = fitted(kind, y, **parameters)
    seen, model = trace(est, X[4], y[4], learning_rate=0.25), est.model_
    theta, dtype = model.parameters, model.parameters.dtype
    encoded = est.targets_.encode(np.asarray(y[4])[None], dtype)
    penalty = ElasticNet(0.1, 0.2) if case == "number" else L2(0.1)
    whole = backpropagate(model.network, theta, X[4].astype(dtype), encoded, model.loss, penalty)
    for i, layer in enumerate(seen.layers):
        np.testing.assert_array_equal(layer.z, whole.forward.z[i][0])
        np.testing.assert_array_equal(layer.a, whole.forward.a[i + 1][0])
        np.testing.assert_array_equal(layer.delta, whole.delta[i][0])
        np.testing.assert_array_equal(layer.weight_gradient, whole.weight_gradients[i])
        np.testing.assert_array_equal(layer.bias_gradient, whole.bias_gradients[i])
        np.testing.assert_array_equal(layer.weight, est.coefs_[i])
        if parameters.get("solver") != "adam":  # shown is plain descent
            stepped = layer.weight - dtype.type(0.25) * layer.weight_gradient
            np.testing.assert_array_equal(layer.new_weight, stepped)
        assert layer.new_weight.dtype == dtype
        np.testing.assert_allclose(
            layer.loss_gradient + layer.penalty_gradient, layer.weight_gradient, rtol=1e-5
        )
        np.testing.assert_allclose(layer.error * layer.slope, layer.delta, rtol=1e-4, atol=1e-7)
    np.testing.assert_array_equal(seen.prediction, whole.prediction[0])
    assert seen.objective == pytest.approx(whole.objective, rel=1e-6)


def test_gradients_are_differences_of_the_objective() -> None:
    est = fitted(MLPClassifier, CLASSES)
    seen, model = trace(est, X[4], CLASSES[4]), est.model_

    def objective(theta: Any) -> float:
        y = np.array([float(CLASSES[4])])
        return backpropagate(model.network, theta, X[4], y, model.loss, L2(0.1)).objective

    units = np.eye(model.n_parameters)
    numeric = np.array(
        [
            central_difference(lambda h, e=e: objective(model.parameters + h * e), 0, 1e-3)
            for e in units
        ]
    )
    pairs = zip(seen.layers, model.network.weights_and_biases(numeric), strict=True)
    for layer, (dW, db) in pairs:
        np.testing.assert_allclose(layer.weight_gradient, dW, atol=1e-9)
        np.testing.assert_allclose(layer.bias_gradient, db, atol=1e-9)


def test_targets_stand_at_their_outputs() -> None:
    seen = trace(fitted(MLPClassifier, CLASSES), X[4], CLASSES[4])
    assert seen.y.tolist() == [float(k == CLASSES[4]) for k in range(3)]
    np.testing.assert_array_equal(seen.layers[-1].delta, seen.prediction - seen.y)
    assert trace(fitted(MLPClassifier, LABELS), X[4], "yes").y.tolist() == [1.0]
    est = fitted(MLPRegressor, NUMBERS, loss="quantile", solver="adam", tol=0.1)
    assert trace(est, X[4], 0.5).y.tolist() == [0.5]


def test_the_rate_is_the_estimators() -> None:
    est = fitted(
        MLPRegressor, NUMBERS, solver="sgd", momentum=0.0, tol=0.1, learning_rate_init=0.02
    )
    seen = trace(est, X[0], NUMBERS[0])
    assert (seen.learning_rate, seen.note) == (0.02, "")
    assert (
        "solver lbfgs takes its step from more"
        in trace(fitted(MLPRegressor, NUMBERS), X[0], 0.0).note
    )


def test_a_perceptron_steps_by_its_rule() -> None:
    """w = (0, -1) and b = -1 at (1, 2), where ŷ = 0: half of (1, 2) is added for y = 1 (P1)."""
    wrong = Perceptron(learning_rate=0.5).fit([[0.0, 0.0], [1.0, 1.0]], [0, 1])
    wrong.coef_[...], wrong.intercept_[...] = [[0.0, -1.0]], [-1.0]
    seen = trace(wrong, [1.0, 2.0], 1)
    assert seen.layers[0].z.tolist() == [-3.0]
    assert (seen.prediction.tolist(), seen.layers[0].delta.tolist()) == ([0.0], [-1.0])
    np.testing.assert_array_equal(seen.layers[0].new_weight, [[0.5], [0.0]])
    np.testing.assert_array_equal(seen.layers[0].new_bias, [-0.5])
    right = trace(wrong, [1.0, 2.0], 0)
    np.testing.assert_array_equal(right.layers[0].new_weight, right.layers[0].weight)


def test_a_threshold_neuron_learns_nothing() -> None:
    seen = trace(ThresholdNeuron([1, 1], -2), [1, 0], 1)
    assert (seen.prediction.tolist(), seen.learning_rate) == ([0.0], 0.0)
    np.testing.assert_array_equal(seen.layers[0].new_weight, seen.layers[0].weight)
    assert "∂" not in str(seen)


def test_plain_data_is_json() -> None:
    data = json.loads(json.dumps(trace(fitted(MLPClassifier, LABELS), X[4], LABELS[4]).as_dict()))
    assert data["label"] == str(LABELS[4])
    assert [len(layer["z"]) for layer in data["layers"]] == [3, 2, 1]
    assert data["objective"] == data["loss"] + data["penalty"]


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (X[0, :2], "yes", r"x must be one row of 3 numbers, got an array of the shape \(2,\)"),
        (X[:2], "yes", "x must be one row of 3 numbers"),
        ([1.0, "a", 2.0], "yes", "x must be a row of 3 numbers"),
        ([1.0, np.nan, 2.0], "yes", "x holds NaN or infinity"),
        (X[0], "maybe", "y='maybe' is no class of the estimator, which has no, yes"),
        (X[0], ["yes", "no"], "is no class of the estimator"),
    ],
)
def test_bad_samples(x: Any, y: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        trace(fitted(MLPClassifier, LABELS), x, y)


def test_what_cannot_be_traced() -> None:
    with pytest.raises(NotFittedError):
        trace(MLPClassifier(), X[0], "yes")
    with pytest.raises(NotFittedError):
        trace(Perceptron(), X[0], 1)
    with pytest.raises(TypeError, match="MLPClassifier, MLPRegressor, Perceptron or Threshold"):
        trace(object(), X[0], 1)  # type: ignore[arg-type]
    normalised = fitted(MLPRegressor, NUMBERS, normalization="layer")
    with pytest.raises(ValueError, match="dense layers with an activation and nothing else"):
        trace(normalised, X[0], 0.0)
    with pytest.raises(ValueError, match=r"y='a' is no target|could not convert"):
        trace(fitted(MLPRegressor, NUMBERS), X[0], "a")
    with pytest.raises(ValueError, match="y has 1 numbers, and the estimator has 2 targets"):
        trace(fitted(MLPRegressor, np.column_stack([NUMBERS, NUMBERS])), X[0], 1.0)
    with pytest.raises(ValueError, match="is no class of the neuron, which has 0, 1"):
        trace(ThresholdNeuron([1, 1], -2), [1, 0], 2)
    with pytest.raises(ValueError, match="learning_rate must be 0 or more"):
        trace(ThresholdNeuron([1, 1], -2), [1, 0], 1, learning_rate=-1)


def test_numbers_beyond_the_float_type_are_remarked() -> None:
    model = fitted(MLPRegressor, NUMBERS, dtype="float32", solver="sgd", activation="relu")
    assert trace(model, X[0], 1.0).is_finite
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        seen = trace(model, [1e35, 1e35, -1e35], 1.0)
    assert not seen.is_finite
    assert not seen.as_dict()["is_finite"]
    assert seen.to_text().endswith("inf and nan stand for them.")
    assert seen.to_text("zh").endswith("用 inf 和 nan 表示。")
    for x, y, what in (([1e39, 0, 0], 1.0, "x"), (X[0], -1e39, "y")):
        with pytest.raises(InputError, match=f"{what} holds numbers beyond float32"):
            trace(model, x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        neuron = trace(ThresholdNeuron([1e300, -1e300], 0.0), [1e300, 0.0], 1)
    assert not neuron.is_finite
    assert neuron.layers[0].z == np.inf
