"""Dropout: the mask, what it does to a pass, the estimators' parameter."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.engine.native import NativeObjective
from rosenblatt.engine.reference import ReferenceObjective
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Dropout
from rosenblatt.problem import Arrays
from rosenblatt.regularization.dropout import dropout_mask
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.philox import Draws, Stream
from tests.support.data import X_CANCER, Y_CANCER
from tests.support.members import network, parameters

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5, 0.9])
def test_the_share_left_out_is_the_rate(rate: float) -> None:
    mask = dropout_mask(Stream(5, 0, 1), (1000, 300), rate, np.float64)
    assert set(np.unique(mask)) == {0, 1 / (1 - rate)}
    chance = np.sqrt(rate * (1 - rate) / mask.size)
    assert (mask == 0).mean() == pytest.approx(rate, abs=5 * chance)
    # By rows and by columns as well: no unit and no row is favoured.
    for axis in (0, 1):
        z = ((mask == 0).mean(axis) - rate) / np.sqrt(rate * (1 - rate) / mask.shape[axis])
        assert np.abs(z).max() < 5
        assert z.std() == pytest.approx(1, abs=0.2)


def test_masks_of_steps_layers_and_seeds_differ() -> None:
    masks = [
        dropout_mask(Draws(seed, step).stream(layer), (8, 8), 0.5, np.float32).tobytes()
        for seed in (1, 2)
        for step in (0, 1)
        for layer in (1, 2)
    ]
    assert len(set(masks)) == 8


def test_a_larger_batch_begins_with_the_smaller_ones_mask() -> None:
    small, large = (dropout_mask(Stream(1, 2, 3), (n, 7), 0.5, np.float64) for n in (10, 30))
    np.testing.assert_array_equal(large[:10], small)


def test_dropped_units_are_absent_from_forward_and_gradient() -> None:
    net = network(Tanh(), 3, 6, 2, dropout=0.5)
    theta, X = parameters(net), np.random.default_rng(0).standard_normal((1, 3))
    draws = Draws(4, 0)
    trace = backpropagate(net, theta, X, np.zeros((1, 2)), SquaredError(), draws=draws)
    *_, dropout = trace.forward.blocks[0].leaves()
    assert isinstance(dropout.layer, Dropout)
    mask = dropout.kept
    out = mask[0] == 0
    assert 0 < out.sum() < 6
    np.testing.assert_array_equal(dropout.out, 2 * dropout.x * (mask > 0))
    for gradient in (
        trace.weight_gradients[0].T,
        trace.bias_gradients[0],
        trace.weight_gradients[1],
    ):
        assert not gradient[out].any()
        assert gradient[~out].all()


def test_a_prediction_uses_all_units() -> None:
    net, plain = network(Tanh(), 3, 6, 2, dropout=0.5), network(Tanh(), 3, 6, 2)
    theta, X = parameters(net), np.random.default_rng(0).standard_normal((5, 3))
    np.testing.assert_array_equal(forward(net, theta, X).scores, forward(plain, theta, X).scores)


def test_mismatched_shapes_are_refused() -> None:
    net = network(Tanh(), 3, 6, 2, dropout=0.5)
    with pytest.raises(ValueError, match="needs `draws`"):
        backpropagate(net, parameters(net), np.zeros((1, 3)), np.zeros((1, 2)), SquaredError())
    arrays = Arrays(np.zeros((4, 3)), np.zeros((4, 2)))
    for make in (
        lambda: ReferenceObjective(net, SquaredError(), L2(), arrays),
        lambda: NativeObjective(net, SquaredError(), L2(), arrays, 1),
    ):
        with pytest.raises(ValueError, match="change from step to step"):
            make()
    for rate in (-0.1, 1.0, float("nan")):
        with pytest.raises(ValueError, match=r"\[0, 1\)"):
            Dense(3, dropout=rate)


# Through the estimators.

SETTINGS: dict[str, Any] = {"hidden_layer_sizes": (20, 10), "random_state": 0, "max_iter": 8}


def test_dropout_changes_the_training_and_not_what_is_drawn_before() -> None:
    plain = MLPClassifier(**SETTINGS | {"learning_rate_init": 1e-12}).fit(X_CANCER, Y_CANCER)
    thinned = MLPClassifier(**SETTINGS | {"learning_rate_init": 1e-12}, dropout=0.5)
    thinned.fit(X_CANCER, Y_CANCER)
    for W, other in zip(plain.coefs_, thinned.coefs_, strict=True):
        np.testing.assert_allclose(W, other, atol=1e-8)
    assert abs(plain.loss_curve_[0] - thinned.loss_curve_[0]) > 1e-3


@pytest.mark.parametrize("rates", [0.3, [0.3, 0.0], (0.0, 0.5), np.array([0.2, 0.4])], ids=repr)
def test_a_seed_means_the_same_every_time(rates: Any) -> None:
    fits = [
        MLPClassifier(**SETTINGS, dropout=rates, n_jobs=n).fit(X_CANCER, Y_CANCER)
        for n in (1, 1, 2)
    ]
    assert fits[0].loss_curve_ == fits[1].loss_curve_
    # Threads add up in another order, and leave out the same units.
    np.testing.assert_allclose(fits[2].loss_curve_, fits[0].loss_curve_, rtol=1e-9)
    hidden = fits[0].model_.network.layers[:-1]
    assert [layer.dropout for layer in hidden] == np.broadcast_to(rates, 2).tolist()


def test_several_threads_leave_out_the_same_units() -> None:
    """Wide enough that the work is shared."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((600, 40)), rng.standard_normal(600)
    curves = [
        MLPRegressor(
            hidden_layer_sizes=(300, 200), dropout=0.5, random_state=0, max_iter=3, n_jobs=n
        )
        .fit(X, y)
        .loss_curve_
        for n in (1, 2)
    ]
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-9)


def test_partial_fit_goes_on_drawing() -> None:
    """Epoch by epoch as in one: the seed stays, and the steps count on."""
    settings = SETTINGS | {"shuffle": False, "dropout": 0.5, "batch_size": 100}
    whole = MLPClassifier(**settings).fit(X_CANCER, Y_CANCER)
    pieces = MLPClassifier(**settings)
    for _ in range(8):
        pieces.partial_fit(X_CANCER, Y_CANCER, classes=[0, 1])
    np.testing.assert_array_equal(pieces.loss_curve_, whole.loss_curve_)


def test_a_pickled_or_copied_estimator_predicts_the_same() -> None:
    model = MLPClassifier(**SETTINGS, dropout=0.5).fit(X_CANCER, Y_CANCER)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X_CANCER), model.predict_proba(X_CANCER))
    assert again.model_.network == model.model_.network
    assert clone(model).dropout == 0.5


@pytest.mark.parametrize("rate", [1, 1.0, -0.1, [0.5], [0.5, 1.0], ["a", "b"], "half", None])
def test_rates_that_are_none(rate: Any) -> None:
    with pytest.raises(ValueError, match="dropout"):
        MLPClassifier(**SETTINGS, dropout=rate).fit(X_CANCER, Y_CANCER)


def test_lbfgs_refuses_dropout() -> None:
    with pytest.raises(
        ValueError,
        match=r"dropout=0.5 does not go with solver='lbfgs': it needs a solver that takes",
    ):
        MLPClassifier(**SETTINGS, solver="lbfgs", dropout=0.5).fit(X_CANCER, Y_CANCER)
    MLPClassifier(**SETTINGS, solver="lbfgs", dropout=0.0).fit(X_CANCER, Y_CANCER)


def test_dropout_regularises() -> None:
    """On few noisy rows it fits the training rows less, and others no worse."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((240, 20))
    y = X[:, 0] + 0.5 * rng.standard_normal(240)
    fits = [
        MLPRegressor(
            hidden_layer_sizes=100,
            dropout=p,
            random_state=0,
            max_iter=300,
            alpha=0,
            tol=0,
            n_iter_no_change=1000,
        ).fit(X[:60], y[:60])
        for p in (0.0, 0.5)
    ]
    assert fits[0].score(X[:60], y[:60]) > fits[1].score(X[:60], y[:60])
    assert fits[0].score(X[60:], y[60:]) < fits[1].score(X[60:], y[60:])
