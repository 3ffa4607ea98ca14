"""Runs whose numbers stop being finite: what is said of them, and how they are brought back."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import Activation
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.initializers import Initializer
from tests.support.data import X_DIABETES, Y_DIABETES
from tests.support.diverging import SMALL, TOO_FAST, Own, spoilt

X_CANCER, Y_CANCER = load_breast_cancer(return_X_y=True)


@pytest.mark.filterwarnings("ignore:Own.*without a kernel:UserWarning")
@pytest.mark.parametrize("activation", ["relu", Own()], ids=["native", "readable"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batch_layer_and_cause_are_named(activation: str | Activation, dtype: Any) -> None:
    X, y = spoilt(dtype=dtype)
    model = MLPRegressor(
        hidden_layer_sizes=(64, 4),
        random_state=0,
        batch_size=8,
        shuffle=False,
        activation=activation,
    )
    with pytest.raises(DivergenceError) as raised:
        model.fit(X, y)
    error, told = raised.value, str(raised.value)
    assert (error.epoch, error.batch, error.layer) == (1, 3, 1)
    assert told.startswith(f"{NON_FINITE} Training diverged in epoch 1 at a learning rate of 0.001")
    name = activation if isinstance(activation, str) else "own"
    assert f"in batch 3 of 5, the outputs of layer 1 (30→64, {name}) overflow {X.dtype}" in told
    assert f"Most likely the inputs are not scaled, and reach {X.max():.1e}: scale inputs" in told
    assert ("dtype='float64'" in told) == (dtype == np.float32)
    with pytest.raises(NotFittedError, match="not fitted"):
        model.predict(X)


def test_large_rate_and_unscaled_data_have_different_messages() -> None:
    with pytest.raises(DivergenceError, match="steps that were too large let the weights grow"):
        MLPRegressor(**TOO_FAST | {"learning_rate_init": 1e3}).fit(X_DIABETES, Y_DIABETES)
    with pytest.raises(DivergenceError, match=r"the targets are not scaled, and reach \d.*e\+200"):
        MLPRegressor(**TOO_FAST).fit(X_DIABETES, 1e200 * Y_DIABETES)
    with pytest.raises(DivergenceError, match=r"the inputs are not scaled, and reach \d.*e\+200"):
        MLPRegressor(**TOO_FAST).fit(1e200 * X_DIABETES, Y_DIABETES)


def test_weights_set_by_hand_that_are_no_numbers() -> None:
    model = MLPRegressor(hidden_layer_sizes=(5,), warm_start=True, max_iter=2, random_state=0)
    with pytest.warns(ConvergenceWarning):
        model.fit(X_DIABETES, Y_DIABETES)
    model.coefs_[1][2] = np.nan
    for way in ("raise", "restore"):
        model.set_params(on_divergence=way)
        # No rate mends them: nothing goes back, and nothing warns of it.
        with pytest.raises(DivergenceError, match=r"weights of layer 2 .* not finite before") as e:
            model.fit(X_DIABETES, Y_DIABETES)
        assert "warm_start=False" in str(e.value)


def test_a_rate_at_which_only_the_kernels_overflow() -> None:
    """The native step and NumPy's multiply in another order, of which one overflows."""
    X = X_DIABETES[:60, :4]
    given = {"hidden_layer_sizes": (5,), "random_state": 0, "learning_rate_init": 1e308}
    model = MLPRegressor(**given, on_divergence="restore")
    with (
        pytest.warns(RuntimeWarning, match="goes back"),
        pytest.raises(DivergenceError, match="lower the learning rate"),
    ):
        model.fit(X, Y_DIABETES[:60])


def test_weights_whose_sum_has_no_inverse_are_refused() -> None:
    for dtype, weight in ((np.float64, 1e306), (np.float64, 1e308), (np.float32, 1e37)):
        X, y = X_DIABETES.astype(dtype), Y_DIABETES.astype(dtype)
        for solver in ("adam", "lbfgs", "lm"):
            with pytest.raises(ValueError, match="weights of the rows add up to more than"):
                MLPRegressor(**SMALL, solver=solver).fit(X, y, np.full(len(y), weight))
    classifier = MLPClassifier((4,), class_weight={0: 1e39, 1: 1e39}, dtype="float32")
    with pytest.raises(ValueError, match="divide sample_weight, or class_weight, by the largest"):
        classifier.fit(X_CANCER, Y_CANCER)


def test_targets_that_float32_does_not_hold_are_refused() -> None:
    X, y = X_DIABETES.astype(np.float32), 1e39 * Y_DIABETES
    with pytest.raises(ValueError, match=r"targets reach 2\..*e\+39, which float32 does not hold"):
        MLPRegressor(**SMALL).fit(X, y)
    with pytest.raises(ValueError, match="which float32 does not hold"):
        MLPRegressor(**SMALL).fit(X, Y_DIABETES, X_val=X, y_val=y)


def test_initial_weights_that_are_no_numbers_are_refused() -> None:
    class Spoilt(Initializer):
        def draw(self, rng: Any, n_in: int, n_out: int) -> Any:
            return np.full((n_in, n_out), np.nan), np.zeros(n_out)

    with pytest.raises(ValueError, match="Spoilt gives weights that are not finite"):
        MLPRegressor(**SMALL, initializer=Spoilt()).fit(X_DIABETES, Y_DIABETES)


@pytest.mark.parametrize("name", ["alpha", "l1"])
def test_a_penalty_that_overflows_names_itself(name: str) -> None:
    with pytest.raises(DivergenceError, match=r"alpha, or l1, is too large, .*: lower it"):
        MLPRegressor(**SMALL, **{name: 1e308}).fit(X_DIABETES, Y_DIABETES)


def test_lbfgs_tells_a_step_to_infinity_from_weights_that_were_no_numbers() -> None:
    with pytest.raises(
        DivergenceError, match=r"in iteration 1: .* inputs are not scaled"
    ) as raised:
        MLPRegressor(**SMALL, solver="lbfgs").fit(1e100 * X_DIABETES[:60], Y_DIABETES[:60])
    assert "warm_start" not in str(raised.value)


@pytest.mark.parametrize("solver", ["lbfgs", "lm", "gauss_newton", "kfac"])
@pytest.mark.parametrize(("of_X", "of_y"), [(1.0, 1e200), (1e200, 1.0)])
def test_solvers_of_curvature_name_the_layer(solver: str, of_X: float, of_y: float) -> None:
    model = MLPRegressor(
        hidden_layer_sizes=(4,), solver=solver, activation="identity", random_state=0
    )
    with pytest.raises(DivergenceError, match="of layer 2 ") as raised:
        model.fit(of_X * X_DIABETES, of_y * Y_DIABETES)
    assert raised.value.layer == 2
    assert ("inputs" if of_X > of_y else "targets") + " are not scaled" in str(raised.value)


OVERFLOWING_SQUARES = (
    r"the squares of the inputs or of the errors of layer 1 .* overflow float64"
    r"\. Most likely the inputs or the targets are not scaled: "
)


def test_kfacs_factors_overflow_before_anything_else_does() -> None:
    """Squares of 1e160 are no numbers, of a loss that is one."""
    X, y = 1e160 * X_DIABETES, Y_DIABETES
    with pytest.raises(DivergenceError, match=OVERFLOWING_SQUARES) as raised:
        MLPRegressor(**SMALL, solver="kfac", activation="tanh").fit(X, y)
    assert (raised.value.epoch, raised.value.batch, raised.value.layer) == (1, 1, 1)


def test_lbfgs_keeps_the_last_step_before_an_overflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """An objective that is not finite beyond the third step is walked up to, and no further."""
    from rosenblatt.engine import native

    real = native.NativeObjective.value_and_gradient
    seen: list[Any] = []

    def cut_off(self: Any, theta: Any) -> Any:
        seen.append(theta.copy())
        value, penalty, g = real(self, theta)
        return (math.inf if len(seen) > 6 else value), penalty, g

    monkeypatch.setattr(native.NativeObjective, "value_and_gradient", cut_off)
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", random_state=0)
    with pytest.warns(ConvergenceWarning, match=r"failed to converge after \d+ .*in iteration \d"):
        model.fit(X_DIABETES, Y_DIABETES)
    packed = model.model_.network.pack(model.coefs_, model.intercepts_)
    assert any(np.array_equal(packed, theta) for theta in seen[:6])
    assert model.loss_ < 0.9 * real_loss_at(seen[0], model)


def real_loss_at(theta: Any, model: MLPRegressor) -> float:
    first = model.model_.network.weights_and_biases(theta)
    hidden = np.maximum(X_DIABETES @ first[0][0] + first[0][1], 0)
    return 0.5 * float(np.mean(((hidden @ first[1][0] + first[1][1])[:, 0] - Y_DIABETES) ** 2))


def test_a_first_partial_fit_that_fails_leaves_nothing() -> None:
    model = MLPClassifier((4,), solver="sgd", learning_rate_init=1e200)
    before = vars(model).copy()
    with pytest.raises(DivergenceError, match="diverged"):
        model.partial_fit(X_CANCER, Y_CANCER, classes=[0, 1])
    assert vars(model) == before
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        model.partial_fit(X_CANCER, Y_CANCER)


def test_a_later_partial_fit_that_fails_leaves_the_estimator_as_it_was() -> None:
    X = scale(X_CANCER)
    model, twin = (MLPClassifier((4,), random_state=0, batch_size=50) for _ in range(2))
    for learner in (model, twin):
        learner.partial_fit(X, Y_CANCER, classes=[0, 1])
    with pytest.raises(DivergenceError, match="inputs are not scaled"):
        model.partial_fit(1e300 * X, Y_CANCER)
    for learner in (model, twin):
        learner.partial_fit(X, Y_CANCER)
    np.testing.assert_array_equal(model.coefs_[0], twin.coefs_[0])
    assert model.loss_curve_ == twin.loss_curve_


@settings(max_examples=60)
@given(
    rate=st.integers(-20, 300),
    of_X=st.integers(-300, 300),
    of_y=st.integers(-300, 300),
    solver=st.sampled_from(["sgd", "adam", "rmsprop", "adagrad", "lion", "lbfgs", "lm", "kfac"]),
    activation=st.sampled_from(["identity", "tanh", "relu", "elu", "softplus"]),
    more=st.sampled_from(
        [
            {},
            {"on_divergence": "restore"},
            {"early_stopping": True},
            {"dtype": "float32"},
            {"clip_norm": 1.0},
            {"max_norm": 1.0},
            {"averaging": "ema"},
            {"normalization": "batch"},
            {"normalization": "layer"},
        ]
    ),
)
def test_no_weight_is_ever_not_a_number(
    rate: int, of_X: int, of_y: int, solver: str, activation: str, more: dict[str, Any]
) -> None:
    parameters = {"solver": solver, "activation": activation, "max_iter": 4, "random_state": 0}
    if solver in ("sgd", "adam", "rmsprop", "adagrad", "lion"):
        parameters |= {"learning_rate_init": 10.0**rate, "batch_size": 16}
    if solver in ("lbfgs", "lm", "kfac"):
        more = {}
    X, y = X_DIABETES[:60] * 10.0**of_X, Y_DIABETES[:60] * 10.0**of_y
    if more.get("dtype") == "float32":
        X, y = np.clip(X, -1e38, 1e38), np.clip(y, -1e38, 1e38)
    model = MLPRegressor(
        hidden_layer_sizes=(3,),
        **parameters,
        **more,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.fit(X, y)
        except DivergenceError:
            assert not hasattr(model, "coefs_")
            return
    assert all(np.isfinite(array).all() for array in model.parameters_.values())
