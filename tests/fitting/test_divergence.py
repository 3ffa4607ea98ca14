"""Runs whose numbers stop being finite: what is said of them, and how they are brought back."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import Activation, Elementwise
from rosenblatt.averaging import SWA
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.fitting.loss_monitor import LossMonitor
from rosenblatt.fitting.rollback import MOST, Rollback
from rosenblatt.initializers import Initializer
from rosenblatt.optimizers import SGD

X_DIABETES, Y_DIABETES = load_diabetes(return_X_y=True)
X_DIABETES, Y_DIABETES = scale(X_DIABETES), scale(Y_DIABETES)
X_CANCER, Y_CANCER = load_breast_cancer(return_X_y=True)

ignore_convergence = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
ignore_returns = pytest.mark.filterwarnings("ignore:Training diverged:RuntimeWarning")

SMALL: dict[str, Any] = {"hidden_layer_sizes": (4,), "random_state": 0}
TOO_FAST: dict[str, Any] = {
    "solver": "sgd",
    "learning_rate_init": 8.0,
    "hidden_layer_sizes": (16,),
    "random_state": 0,
    "max_iter": 60,
    "batch_size": 64,
}


class Own(Elementwise):
    """An activation without a kernel, so that the readable engine trains."""

    def value(self, z: Any) -> Any:
        return np.where(z > 0, z, 0)

    def derivative(self, z: Any, a: Any) -> Any:
        return (z > 0).astype(z.dtype)


def spoilt(rows: int = 40, dtype: Any = np.float32) -> tuple[Any, Any]:
    """Rows of unit variance, but for one in the third batch of eight."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, 30))
    y = X[:, 0].copy()
    X[21] = 0.99 * np.finfo(dtype).max
    return X.astype(dtype), y.astype(dtype)


# What is said.


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
    with pytest.raises(NotFittedError):
        model.predict(X)


def test_a_rate_too_large_is_told_apart_from_data_that_are_not_scaled() -> None:
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


def test_kfacs_factors_overflow_before_anything_else_does() -> None:
    """Squares of 1e160 are no numbers, of a loss that is one."""
    X, y = 1e160 * X_DIABETES, Y_DIABETES
    with pytest.raises(DivergenceError, match=r"squares of what layer 1 .* takes in") as raised:
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


# What no step comes upon.


@ignore_convergence
def test_what_the_last_step_leaves_is_looked_at_too() -> None:
    """Weights of 1e200 are numbers, and what they predict is not."""
    given = TOO_FAST | {"learning_rate_init": 1e200, "batch_size": 442, "max_iter": 1}
    with pytest.raises(DivergenceError, match=r"after its step .* overflow") as raised:
        MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    assert raised.value.epoch == 1
    assert raised.value.layer is not None
    with pytest.raises(DivergenceError, match="after its step"):
        MLPRegressor(**given).partial_fit(X_DIABETES, Y_DIABETES)
    model = MLPRegressor(**given, on_divergence="restore")
    with pytest.warns(RuntimeWarning, match="after its step"):
        model.fit(X_DIABETES, Y_DIABETES)
    begun = MLPRegressor(**given | {"learning_rate_init": 1e-300}).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_array_equal(model.coefs_[0], begun.coefs_[0])


EXPLODING = TOO_FAST | {"learning_rate_init": 1.0, "batch_size": 442, "max_iter": 200}


@ignore_convergence
def test_a_loss_that_explodes_and_stalls_is_told() -> None:
    given = EXPLODING | {
        "learning_rate_init": 2.0,
        "batch_size": 200,
        "hidden_layer_sizes": (32, 16),
    }
    with pytest.warns(RuntimeWarning, match=r"the loss has risen from .*e\+.* steps are too large"):
        model = MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    assert model.loss_ > 1e10 * model.loss_curve_[0]


@ignore_convergence
@ignore_returns
@pytest.mark.parametrize("batch_size", [442, 64])
@pytest.mark.parametrize("rate", [1.0, 2.0, 3.0, 30.0, 1e3, 1e6])
def test_no_run_that_goes_back_ends_where_it_has_exploded(rate: float, batch_size: int) -> None:
    given = EXPLODING | {"learning_rate_init": rate, "batch_size": batch_size, "momentum": 0.0}
    model = MLPRegressor(**given, on_divergence="restore").fit(X_DIABETES, Y_DIABETES)
    assert sum(entry["restores"] for entry in model.history_) > 0
    assert model.score(X_DIABETES, Y_DIABETES) > 0.3


@ignore_convergence
def test_epochs_at_the_last_weights_that_explode_end_at_good_ones() -> None:
    """A limit of epochs falls where the loss has risen, which is no place to stay."""
    given = EXPLODING | {"max_iter": 4, "momentum": 0.0}
    with pytest.warns(RuntimeWarning, match="Training ends where it has gone wrong, in epoch 4"):
        exploded = MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    assert exploded.score(X_DIABETES, Y_DIABETES) < -10
    model = MLPRegressor(**given, on_divergence="restore")
    with pytest.warns(RuntimeWarning, match="the loss has risen from"):
        model.fit(X_DIABETES, Y_DIABETES)
    assert model.n_iter_ == 4
    assert model.score(X_DIABETES, Y_DIABETES) > -1


def test_losses_next_to_nothing_rise_and_fall() -> None:
    trend = LossMonitor()
    for loss in (2.0, 1e-20, 5e-17):
        trend.observe(loss)
    assert not trend.is_far(5e-17)
    assert trend.is_far(1e-3)
    assert not trend.has_exploded(1e-3)
    assert trend.has_exploded(5.0)


# What a fit that fails leaves behind.


def test_a_first_partial_fit_that_fails_leaves_nothing() -> None:
    model = MLPClassifier((4,), solver="sgd", learning_rate_init=1e200)
    before = vars(model).copy()
    with pytest.raises(DivergenceError):
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


# Going back.


def shown(model: MLPRegressor) -> list[Any]:
    return [*model.parameters_.values(), np.array(model.loss_curve_)]


@ignore_convergence
@ignore_returns
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"momentum": 0.0},
        {"learning_rate": "adaptive"},
        {"learning_rate": "cosine"},
        {"normalization": "layer", "residual": True},
        {"dropout": 0.2},
        {"averaging": SWA(0.5)},
        {"averaging": "ema"},
        {"max_norm": 1e100},
        {"dtype": "float32"},
        {"activation": Own()},
    ],
    ids=lambda more: ", ".join(more) or "plain",
)
@pytest.mark.filterwarnings("ignore:Own.*without a kernel:UserWarning")
def test_gone_back_to_the_beginning_a_fit_is_one_at_the_smaller_rate(more: dict[str, Any]) -> None:
    """Bit for bit: memory, statistics, averages and draws are those of the beginning."""
    rate, y = 2.0**10, Y_DIABETES
    given = TOO_FAST | {"shuffle": False, "max_iter": 4, "n_iter_no_change": 100, "batch_size": 4}
    given |= more
    model = MLPRegressor(**given | {"learning_rate_init": rate}, on_divergence="restore")
    model.fit(X_DIABETES, y)
    assert model.history_[0]["restores"] >= 2
    assert sum(entry["restores"] for entry in model.history_[1:]) == 0
    used = model.history_[0]["learning_rate"]
    k = model.history_[0]["restores"]
    assert used == rate * 0.5 * 0.25 ** (k - 1)
    again = MLPRegressor(**given | {"learning_rate_init": used}).fit(X_DIABETES, y)
    for ours, theirs in zip(shown(model), shown(again), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@ignore_convergence
@ignore_returns
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"nesterovs_momentum": False},
        {"solver": SGD(8.0), "learning_rate_init": 0.001},
        {"learning_rate": "one_cycle", "learning_rate_init": 50.0},
        {"learning_rate": "plateau"},
        {"learning_rate": "invscaling", "learning_rate_init": 1e3},
        {"early_stopping": True, "scoring": "loss"},
        {"averaging": "swa", "n_iter_no_change": 100},
        {"dtype": "float32"},
        {"hidden_layer_sizes": (32, 32), "learning_rate_init": 1.0},
        {"learning_rate_init": 1e6},
    ],
    ids=lambda more: ", ".join(more) or "plain",
)
def test_a_run_that_goes_back_learns(more: dict[str, Any]) -> None:
    given = TOO_FAST | {"activation": "identity"} | more
    if "early_stopping" not in given:
        with pytest.raises(DivergenceError):
            MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    model = MLPRegressor(**given, on_divergence="restore")
    with pytest.warns(RuntimeWarning, match="Training goes back to where it was well"):
        model.fit(X_DIABETES, Y_DIABETES)
    assert all(np.isfinite(array).all() for array in shown(model))
    assert model.score(X_DIABETES, Y_DIABETES) > 0.3  # of 0.51 that a linear model has at best


@ignore_convergence
@ignore_returns
def test_raw_columns_are_learnt_from_after_all() -> None:
    """Columns and target up to 346, as they come."""
    X, y = load_diabetes(return_X_y=True, scaled=False)
    given = TOO_FAST | {"activation": "identity", "learning_rate_init": 0.01, "max_iter": 200}
    with pytest.raises(DivergenceError, match="scale inputs and targets"):
        MLPRegressor(**given).fit(X, y)
    model = MLPRegressor(**given, on_divergence="restore").fit(X, y)
    assert model.score(X, y) > 0.3


@ignore_convergence
@ignore_returns
def test_statistics_of_batches_go_back_as_well() -> None:
    given = {"normalization": "batch", "hidden_layer_sizes": (8,), "batch_size": 13}
    given |= {
        "solver": "sgd",
        "random_state": 0,
        "max_iter": 6,
        "shuffle": False,
        "dtype": "float32",
    }
    y = 1e3 * Y_DIABETES
    model = MLPRegressor(**given, learning_rate_init=2.0**11, on_divergence="restore")
    model.fit(X_DIABETES, y)
    used = model.history_[-1]["learning_rate"]
    assert sum(entry["restores"] for entry in model.history_) == model.history_[0]["restores"] > 0
    again = MLPRegressor(**given, learning_rate_init=used).fit(X_DIABETES, y)
    for ours, theirs in zip(shown(model), shown(again), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@ignore_convergence
@ignore_returns
def test_partial_fit_keeps_the_smaller_rate() -> None:
    model = MLPRegressor(**TOO_FAST | {"learning_rate_init": 1e6}, on_divergence="restore")
    for _ in range(4):
        model.partial_fit(X_DIABETES, Y_DIABETES)
    rates = [entry["learning_rate"] for entry in model.history_]
    assert model.history_[0]["restores"] > 3
    assert rates[0] < 1e6
    assert rates == sorted(rates, reverse=True)
    assert all(np.isfinite(array).all() for array in shown(model))


def test_it_is_given_up_in_the_end() -> None:
    model = MLPRegressor(**SMALL, learning_rate_init=1e300, on_divergence="restore")
    with (
        pytest.warns(RuntimeWarning, match="goes back") as warned,
        pytest.raises(DivergenceError, match=f"of no use to go back {MOST} times in a row"),
    ):
        model.fit(X_DIABETES, Y_DIABETES)
    assert sum("goes back" in str(w.message) for w in warned) == MOST
    assert {w.filename for w in warned} == {__file__}


def test_what_no_rate_can_mend_is_told_at_once() -> None:
    X, y = spoilt()
    X[:] = X[21]
    model = MLPRegressor(**SMALL, batch_size=8, on_divergence="restore")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DivergenceError, match="smaller rate does not help"):
            model.fit(X, y)


@pytest.mark.parametrize("solver", ["lbfgs", "lm", "gauss_newton", "kfac"])
def test_solvers_without_a_rate_have_nothing_to_lower(solver: str) -> None:
    with pytest.raises(
        ValueError,
        match=r"on_divergence='restore' does not go with solver=.*it needs a learning rate that",
    ):
        MLPRegressor(solver=solver, on_divergence="restore").fit(X_DIABETES, Y_DIABETES)


def test_unknown_ways() -> None:
    with pytest.raises(ValueError, match="on_divergence"):
        MLPRegressor(on_divergence="ignore").fit(X_DIABETES, Y_DIABETES)


@ignore_convergence
@ignore_returns
def test_callbacks_and_curves_see_the_epochs_that_count() -> None:
    told: list[int] = []
    model = MLPRegressor(
        **TOO_FAST | {"learning_rate_init": 1e3, "max_iter": 20},
        on_divergence="restore",
        callbacks=[lambda e: told.append(e.epoch)],
    ).fit(X_DIABETES, Y_DIABETES)
    assert told == [entry["epoch"] for entry in model.history_] == list(range(1, model.n_iter_ + 1))
    assert len(model.loss_curve_) == model.n_iter_
    assert np.isfinite(model.loss_curve_).all()
    assert model.t_ == model.n_iter_ * len(X_DIABETES)
    assert not model._progress.recovery.good  # copies are let go of


# The state to go back to.


def test_a_state_is_good_once_an_epoch_has_set_out_from_it() -> None:
    theta, steps = np.zeros(2), np.zeros(1, np.int64)
    recovery = Rollback()
    recovery.begins((theta, steps))
    for n, well in enumerate([True, True, True, False, False], start=1):
        theta[:], steps[0] = n, n
        recovery.epoch_ended(well, (theta, steps))
    theta[:] = np.nan
    recovery.go_back((theta, steps))
    # The third epoch went well; the fourth, from what it left, did not.
    assert theta.tolist() == [2, 2]
    assert steps.tolist() == [2]
    assert recovery.is_at((theta, steps))
    assert recovery.scale == 0.5
    theta[:] = 7
    recovery.go_back((theta, steps))
    assert theta.tolist() == [2, 2]
    assert recovery.scale == 0.5 * 0.25


def test_two_epochs_that_go_well_end_a_row() -> None:
    theta = np.zeros(2)
    recovery = Rollback()
    recovery.begins((theta,))
    for _ in range(3):
        recovery.go_back((theta,))
    recovery.epoch_ended(True, (theta,))
    assert recovery.in_a_row == 3
    recovery.epoch_ended(True, (theta,))
    assert recovery.in_a_row == 0
    recovery.go_back((theta,))
    assert recovery.scale == 0.5 * 0.25 * 0.25 * 0.5
    assert recovery.total == 4


# Never.


@settings(max_examples=60, deadline=None)
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
