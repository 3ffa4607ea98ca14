"""Normalisations: their formulas, the running statistics, and the estimators' parameter."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.engine.interface import fitting_state
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import SquaredError
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.philox import Draws
from tests.support.members import network, parameters, random_state

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_breast_cancer(return_X_y=True)
X = scale(X)
SETTINGS: dict[str, Any] = {"hidden_layer_sizes": (12, 8), "random_state": 0, "max_iter": 8}
LARGE = pytest.mark.filterwarnings("ignore:Features reach", "ignore:The predictions of")
BOTH = pytest.mark.parametrize("name", ["batch", "layer"])


def test_by_hand() -> None:
    """(1, 3) and (5, -1): rows have means 2 and 2 and deviations 1 and 3, columns 3, 1; 2, 2."""
    h = np.array([[1.0, 3.0], [5.0, -1.0]])
    for norm, expected in (
        (LayerNorm(1e-12), [[-1, 1], [1, -1]]),
        (BatchNorm(1e-12), [[-1, 1], [1, -1]]),
    ):
        by = norm.statistics(h, {}, training=True)
        np.testing.assert_allclose(norm.value(h, by), expected, rtol=1e-9)
    # With ε = 16: (1 - 3) / √(4 + 16), and for the first row (1 - 2) / √(1 + 16).
    by = BatchNorm(16.0).statistics(h, {}, training=True)
    np.testing.assert_allclose(BatchNorm(16.0).value(h, by)[0, 0], -2 / np.sqrt(20))
    by = LayerNorm(16.0).statistics(h, {}, training=True)
    np.testing.assert_allclose(LayerNorm(16.0).value(h, by)[0, 0], -1 / np.sqrt(17))


def test_running_statistics_by_hand() -> None:
    """Means 3 and 1; unbiased variances (4 + 4) / 1 = 8 and 8; momentum ¼ from 0 and 1."""
    norm, h = BatchNorm(momentum=0.25), np.array([[1.0, 3.0], [5.0, -1.0]])
    running = {"running_mean": np.zeros(2), "running_var": np.ones(2)}
    norm.track(running, norm.statistics(h, running, training=True), 2)
    np.testing.assert_allclose(running["running_mean"], [0.75, 0.25])
    np.testing.assert_allclose(running["running_var"], [2.75, 2.75])
    by = norm.statistics(h, running, training=False)
    np.testing.assert_allclose(norm.value(h, by)[0, 0], (1 - 0.75) / np.sqrt(2.75 + 1e-5))


def test_a_batch_of_one_row_takes_the_running_statistics_and_leaves_them() -> None:
    net = network(Tanh(), 3, 4, 2, normalization=BatchNorm())
    theta, state, x = parameters(net), random_state(net), np.array([[0.3, -1.0, 0.8]])
    predicted = forward(net, theta, x, state=state)
    trained = forward(net, theta, x, Draws(0, 0), state)
    np.testing.assert_array_equal(trained.scores, predicted.scores)
    with pytest.raises(ValueError, match=r"batch of one row, needs the network's state"):
        backpropagate(net, theta, x, np.zeros((1, 2)), SquaredError())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_whose_variance_overflows_is_normalised_as_others_are(dtype: Any) -> None:
    """Its neighbours to what they are alone. The gradient is that of the row over its size."""
    norm, h = LayerNorm(1e-30), np.array([[1, 3, 5], [1, 3, 5], [2, 2, 2], [1, np.nan, 3]], dtype)
    size = dtype(2.0) ** (np.finfo(dtype).maxexp - 4)
    alone = norm.value(h[:1], norm.statistics(h[:1], {}, training=True))
    h[1:3] *= size
    by = norm.statistics(h, {}, training=True)
    value = norm.value(h, by)
    assert value.dtype == dtype
    np.testing.assert_array_equal(value[:1], alone)
    np.testing.assert_allclose(value[1], value[0], rtol=4 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(value[2], 0)
    assert np.isnan(value[3]).all()
    grad = np.array([[1, -2, 0.5]] * 4, dtype)
    back = norm.pull_back(value, by, grad)
    np.testing.assert_allclose(size * back[1], back[0], rtol=1e-5)


def test_mismatched_shapes_are_refused() -> None:
    net = network(Tanh(), 3, 4, 2, normalization=BatchNorm())
    theta = parameters(net)
    for state in (None, np.ones(3), np.ones(8, np.float32)):
        with pytest.raises(ValueError, match=r"a state of 8 numbers of float64"):
            fitting_state(net, theta, state)
    for momentum in (0.0, 1.1, float("nan")):
        with pytest.raises(ValueError, match="momentum"):
            BatchNorm(momentum=momentum)
    for cls in (BatchNorm, LayerNorm):
        with pytest.raises(ValueError, match="epsilon"):
            cls(epsilon=0.0)


# Through the estimators.


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "given", ["batch", "layer", BatchNorm(1e-3, 0.5), LayerNorm(1e-3)], ids=repr
)
def test_predictions_by_hand(given: Any, dtype: str) -> None:
    model = MLPClassifier(
        **SETTINGS, normalization=given, dtype=dtype, learning_rate_init=0.01
    ).fit(X, Y)
    norm = {"batch": BatchNorm(), "layer": LayerNorm()}[given] if isinstance(given, str) else given
    named = {name: array.astype(float) for name, array in model.parameters_.items()}
    a = X
    for i in range(2):
        h = a @ named[f"layers.{i}.weight"] + named[f"layers.{i}.bias"]
        if isinstance(norm, BatchNorm):
            mean, var = named[f"layers.{i}.running_mean"], named[f"layers.{i}.running_var"]
        else:
            mean, var = h.mean(1, keepdims=True), h.var(1, keepdims=True)
        hat = (h - mean) / np.sqrt(var + norm.epsilon)
        a = np.maximum(named[f"layers.{i}.scale"] * hat + named[f"layers.{i}.shift"], 0)
    z = (a @ named["layers.2.weight"] + named["layers.2.bias"]).ravel()
    tolerance = 1e-4 if dtype == "float32" else 1e-10
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], 1 / (1 + np.exp(-z)), atol=tolerance)
    assert model.score(X, Y) > 0.9
    assert all(len(h["gradient_norm"]) == 3 for h in model.history_)


def test_running_statistics_approach_those_of_the_data() -> None:
    """At a rate of nothing they are an average over batches of what the first layer yields."""
    model = MLPRegressor(
        hidden_layer_sizes=6,
        normalization="batch",
        learning_rate_init=1e-12,
        batch_size=569,
        max_iter=200,
        tol=0,
        n_iter_no_change=1000,
        random_state=0,
    ).fit(X, Y)
    h = X @ model.coefs_[0] + model.intercepts_[0]
    np.testing.assert_allclose(
        model.parameters_["layers.0.running_mean"], h.mean(0), rtol=1e-6, atol=1e-7
    )
    np.testing.assert_allclose(
        model.parameters_["layers.0.running_var"], h.var(0, ddof=1), rtol=1e-6
    )


@BOTH
def test_partial_fit_goes_on_with_everything(name: str) -> None:
    settings = SETTINGS | {"shuffle": False, "batch_size": 100, "normalization": name}
    whole, pieces = MLPClassifier(**settings).fit(X, Y), MLPClassifier(**settings)
    for _ in range(8):
        pieces.partial_fit(X, Y, classes=[0, 1])
    np.testing.assert_array_equal(pieces.loss_curve_, whole.loss_curve_)
    for parameter, array in pieces.parameters_.items():
        np.testing.assert_array_equal(array, whole.parameters_[parameter])


@BOTH
def test_warm_start_goes_on_with_everything(name: str) -> None:
    settings = SETTINGS | {"shuffle": False, "solver": "sgd", "momentum": 0.0, "tol": 0}
    warm = MLPClassifier(**settings, normalization=name, warm_start=True).fit(X, Y).fit(X, Y)
    long = MLPClassifier(**settings | {"max_iter": 16}, normalization=name).fit(X, Y)
    for parameter, array in warm.parameters_.items():
        np.testing.assert_array_equal(array, long.parameters_[parameter])
    other = {"batch": "layer", "layer": "batch"}[name]
    for given in (other, None):
        with pytest.raises(ValueError, match="other layers than the one fitted so far"):
            warm.set_params(normalization=given).fit(X, Y)
    np.testing.assert_array_equal(
        warm.set_params(normalization=name).predict_proba(X), long.predict_proba(X)
    )


@BOTH
def test_early_stopping_restores_all_of_the_best(name: str) -> None:
    model = MLPClassifier(
        **SETTINGS | {"max_iter": 200},
        normalization=name,
        early_stopping=True,
        scoring="loss",
        learning_rate_init=0.02,
    ).fit(X[::2], Y[::2], X_val=X[1::2], y_val=Y[1::2])
    scores = model.validation_scores_
    assert scores is not None
    assert max(scores) > scores[-1], "a case in which the last epoch is not the best"
    p = model.predict_proba(X[1::2])[np.arange(len(Y[1::2])), Y[1::2]]
    assert np.log(p).mean() == pytest.approx(max(scores))


@BOTH
def test_pickle_and_weights_set_by_hand(name: str) -> None:
    model = MLPClassifier(**SETTINGS, normalization=name).fit(X, Y)
    expected = model.predict_proba(X)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), expected)
    np.testing.assert_array_equal(again.predictor()(X), expected)
    again.coefs_ = [W.copy() for W in again.coefs_]
    np.testing.assert_array_equal(again.predict_proba(X), expected)
    again.parameters_["layers.0.scale"][...] = 0  # of a copy, since the arrays were replaced
    np.testing.assert_array_equal(again.predict_proba(X), expected)
    model.parameters_["layers.0.scale"][...] = 0
    assert np.abs(model.predict_proba(X) - expected).max() > 0.01
    assert clone(model).normalization == name
    snapshot = model.predictor()
    before = snapshot(X)
    for array in model.parameters_.values():
        array[...] = 1
    np.testing.assert_array_equal(snapshot(X), before)


def test_a_running_statistic_that_is_written_counts_at_once() -> None:
    model = MLPClassifier(**SETTINGS, normalization="batch").fit(X, Y)
    before = model.predict_proba(X)
    model.parameters_["layers.1.running_mean"][...] += 1
    assert np.abs(model.predict_proba(X) - before).max() > 0.01


def test_a_last_batch_of_one_row() -> None:
    """41 rows in batches of 20."""
    model = MLPClassifier(**SETTINGS, normalization="batch", batch_size=20).fit(X[:41], Y[:41])
    assert np.isfinite(model.loss_curve_).all()


@pytest.mark.parametrize("rows", [1, 50])
def test_batches_that_never_have_two_rows_are_refused(rows: int) -> None:
    model = MLPRegressor(**SETTINGS, normalization="batch", batch_size=1)
    with pytest.raises(ValueError, match="batches of two rows or more"):
        model.fit(X[:rows], Y[:rows])


def test_lbfgs_takes_layer_normalisation_and_refuses_the_other() -> None:
    settings = SETTINGS | {"solver": "lbfgs", "max_iter": 100}
    assert MLPClassifier(**settings, normalization="layer").fit(X, Y).score(X, Y) > 0.95
    with pytest.raises(
        ValueError,
        match=r"'batch' does not go with solver='lbfgs'.*or normalization='layer', or leave",
    ):
        MLPClassifier(**settings, normalization="batch").fit(X, Y)


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(ValueError, match=r"'btch' is not known \(did you mean 'batch'\?\)"):
        MLPClassifier(**SETTINGS, normalization="btch").fit(X, Y)


@pytest.mark.parametrize("given", ["group", 1, True, BatchNorm])
def test_names_that_are_none(given: Any) -> None:
    with pytest.raises(ValueError, match="normalization"):
        MLPClassifier(**SETTINGS, normalization=given).fit(X, Y)


@LARGE
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 3e38), (np.float64, 1.7e308)])
def test_outputs_that_overflow_before_they_are_normalised(
    dtype: Any, size: float, solver: str
) -> None:
    """They are not learnt from as if all were alike, and have no prediction."""
    Z = np.random.default_rng(0).standard_normal((60, 64))
    y = Z[:, :4] @ [1.0, 2.0, -1.0, 0.5]
    settings: dict[str, Any] = {
        "hidden_layer_sizes": (5,),
        "random_state": 0,
        "normalization": "layer",
        "solver": solver,
        "max_iter": 20,
    }
    with pytest.raises(DivergenceError, match=r"the outputs of layer 1 .* overflow float") as e:
        MLPRegressor(**settings).fit((size * np.sign(Z)).astype(dtype), y)
    assert e.value.layer == 1
    assert ("dtype='float64'" in str(e.value)) == (dtype == np.float32)
    model = MLPRegressor(**settings).fit(Z.astype(dtype), y)
    rows = (size * np.sign(Z)).astype(dtype)
    overflowing = np.isnan(model.predict(rows))
    assert overflowing.any()
    np.testing.assert_array_equal(np.isnan(model.predictor()(rows)), overflowing)
    assert np.isfinite(model.predict(Z.astype(dtype))).all()


@LARGE
@pytest.mark.parametrize(
    ("dtype", "sizes"),
    [(np.float32, [1e15, 1e19, 1e25, 1e35]), (np.float64, [1e100, 1e154, 1e200, 1e300])],
)
def test_rows_whose_variance_overflows(dtype: Any, sizes: list[float]) -> None:
    """Without a bias, and with an ε of nearly nothing, their size makes no difference."""
    Z = np.random.default_rng(0).standard_normal((60, 4))
    y = (Z @ [1.0, 2.0, -1.0, 0.5] > 0).astype(int)
    settings: dict[str, Any] = {"hidden_layer_sizes": (5,), "random_state": 0, "max_iter": 20}
    model = MLPClassifier(**settings, normalization=LayerNorm(1e-30), dtype=dtype.__name__)
    model.fit(Z, y)
    model.intercepts_[0][...] = 0
    expected, trained = model.predict_proba(Z), []
    for size in sizes:
        rows = (size * Z).astype(dtype)
        np.testing.assert_allclose(model.predict_proba(rows), expected, atol=2e-5)
        np.testing.assert_allclose(model.predictor()(rows[:3]), expected[:3], atol=2e-5)
        again = MLPClassifier(**settings, normalization="layer", dtype=dtype.__name__)
        trained.append(again.fit(rows, y).predict_proba(rows))
    np.testing.assert_allclose(trained, [trained[0]] * len(sizes), atol=1e-3)
    assert np.ptp(trained[0][:, 0]) > 0.2


@pytest.mark.parametrize("name", ["batch", "layer"])
def test_threads_come_to_the_same(name: str) -> None:
    rng = np.random.default_rng(0)
    rows, y = rng.standard_normal((600, 40)), rng.standard_normal(600)
    curves = [
        MLPRegressor(
            hidden_layer_sizes=(300, 200), normalization=name, random_state=0, max_iter=3, n_jobs=n
        )
        .fit(rows, y)
        .loss_curve_
        for n in (1, 2)
    ]
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-7)
