"""Penalties, clipping, constraints, averages and stopping rules by the estimators' parameters."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.averaging import EMA, SWA
from rosenblatt.backprop import backpropagate
from rosenblatt.errors import DivergenceError
from rosenblatt.normalizations import BatchNorm
from rosenblatt.regularization.penalties import ElasticNet
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence

SMALL: dict[str, Any] = {"hidden_layer_sizes": (8, 5), "random_state": 0}


def all_weights(model: Any) -> Any:
    return np.concatenate([W.ravel() for W in (*model.coefs_, *model.intercepts_)])


# Penalties.


@ignore_convergence
@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_l1_is_in_alphas_scale(alpha: float) -> None:
    """In full batch the loss is the mean loss + α/(2n) ΣW² + l1/n Σ|W|, at the weights it met."""
    settings = SMALL | {"alpha": alpha, "l1": 0.7, "batch_size": 442, "shuffle": False}
    model = MLPRegressor(**settings, max_iter=2).fit(X_DIABETES, Y_DIABETES)
    before = MLPRegressor(**settings, max_iter=1).fit(X_DIABETES, Y_DIABETES)
    squares = sum((W**2).sum() for W in before.coefs_)
    lengths = sum(np.abs(W).sum() for W in before.coefs_)
    error = np.mean((before.predict(X_DIABETES) - Y_DIABETES) ** 2) / 2
    expected = error + (alpha / 2 * squares + 0.7 * lengths) / 442
    assert model.loss_curve_[1] == pytest.approx(expected, rel=1e-12)


@ignore_convergence
def test_gradient_of_an_elastic_net_is_the_recorded_one() -> None:
    settings = SMALL | {"alpha": 0.5, "l1": 0.7, "batch_size": 442, "shuffle": False}
    model = MLPRegressor(**settings, max_iter=2).fit(X_DIABETES, Y_DIABETES)
    start = MLPRegressor(**settings, max_iter=1).fit(X_DIABETES, Y_DIABETES).model_
    trace = backpropagate(
        start.network,
        start.parameters,
        X_DIABETES,
        Y_DIABETES[:, None],
        start.loss,
        ElasticNet(0.5 / 442, 0.7 / 442),
    )
    norms = np.sqrt(start.network.squared_norms(trace.gradient))
    np.testing.assert_allclose(model.history_[1]["gradient_norm"], norms, rtol=1e-10)


@ignore_convergence
def test_l1_brings_weights_near_zero() -> None:
    """Of inputs that say nothing the weights shrink by far more than L2 shrinks them."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, 20))
    y = X[:, 0] + X[:, 1] ** 2
    settings = {"hidden_layer_sizes": 16, "random_state": 0, "max_iter": 400, "tol": 0}
    sizes = []
    for alpha, l1 in ((3.0, 0.0), (0.0, 3.0)):
        W = MLPRegressor(alpha=alpha, l1=l1, **settings).fit(X, y).coefs_[0]
        sizes.append(np.median(np.abs(W[2:])) / np.median(np.abs(W[:2])))
    assert sizes[1] < 0.2 * sizes[0]


# Clipping.


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@ignore_convergence
@pytest.mark.parametrize("bound", [{"clip_norm": 0.5}, {"clip_value": 0.1}], ids=repr)
def test_clipping_saves_a_run_that_diverges(bound: dict[str, float]) -> None:
    settings = {
        "solver": "sgd",
        "learning_rate_init": 0.05,
        "hidden_layer_sizes": (32, 32, 32),
        "random_state": 0,
        "max_iter": 60,
    }
    y = 200 * Y_DIABETES
    with pytest.raises(DivergenceError, match="clip the gradient by clip_norm"):
        MLPRegressor(**settings).fit(X_DIABETES, y)
    model = MLPRegressor(**settings, **bound).fit(X_DIABETES, y)
    assert model.loss_ < 0.6 * model.loss_curve_[0]


@ignore_convergence
def test_history_has_the_norms_before_clipping() -> None:
    settings = SMALL | {"batch_size": 442, "shuffle": False, "max_iter": 1}
    plain = MLPRegressor(**settings).fit(X_DIABETES, Y_DIABETES)
    bound = MLPRegressor(**settings, clip_norm=1e-6).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_allclose(
        bound.history_[0]["gradient_norm"], plain.history_[0]["gradient_norm"], rtol=1e-12
    )


# Constraint and averages.


@ignore_convergence
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_max_norm_holds_in_hidden_layers_alone(dtype: str) -> None:
    settings = SMALL | {"max_norm": 0.5, "dtype": dtype, "learning_rate_init": 0.02}
    model = MLPClassifier(**settings, max_iter=30).fit(X_CANCER, Y_CANCER)
    *hidden, out = model.coefs_
    for W in hidden:
        assert np.linalg.norm(W, axis=0).max() == pytest.approx(0.5, rel=1e-5)
    assert np.linalg.norm(out, axis=0).max() > 0.5
    assert model.score(X_CANCER, Y_CANCER) > 0.9


def weights_of_epochs(estimator: Any, **settings: Any) -> list[Any]:
    """What a fit reached after each of its epochs."""
    seen: list[Any] = []
    estimator(**settings, callbacks=[lambda e: seen.append(all_weights(e.estimator))]).fit(
        X_DIABETES, Y_DIABETES
    )
    return seen


@ignore_convergence
def test_swa_is_the_mean_of_the_last_epochs() -> None:
    settings = SMALL | {"max_iter": 20}
    reached = weights_of_epochs(MLPRegressor, **settings)
    model = MLPRegressor(**settings, averaging=SWA(0.6)).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_allclose(all_weights(model), np.mean(reached[12:], axis=0), rtol=1e-10)
    by_name = MLPRegressor(**settings, averaging="swa").fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_allclose(all_weights(by_name), np.mean(reached[15:], axis=0), rtol=1e-10)


@ignore_convergence
def test_ema_over_steps_of_one_epoch_each() -> None:
    """In full batch a step is an epoch: the closed form of what the epochs reached."""
    settings = SMALL | {"max_iter": 20, "batch_size": 442}
    reached = np.array(weights_of_epochs(MLPRegressor, **settings))
    model = MLPRegressor(**settings, averaging=EMA(0.9)).fit(X_DIABETES, Y_DIABETES)
    powers = 0.9 ** np.arange(19, -1, -1)
    np.testing.assert_allclose(all_weights(model), powers @ reached / powers.sum(), rtol=1e-10)


@ignore_convergence
@pytest.mark.parametrize("averaging", ["ema", SWA(0.3)], ids=repr)
def test_averages_are_what_is_validated_and_kept(averaging: Any) -> None:
    X, y, X_val, y_val = X_CANCER[100:], Y_CANCER[100:], X_CANCER[:100], Y_CANCER[:100]
    model = MLPClassifier(
        **SMALL, averaging=averaging, early_stopping=True, scoring="loss", max_iter=40
    ).fit(X, y, X_val=X_val, y_val=y_val)
    p = model.predict_proba(X_val)[np.arange(100), y_val]
    assert model.validation_loss_curve_ is not None
    assert min(model.validation_loss_curve_) == pytest.approx(-np.log(p).mean())


def test_swa_that_never_begins_warns() -> None:
    model = MLPClassifier(**SMALL, averaging="swa", tol=10.0, n_iter_no_change=2, max_iter=100)
    with pytest.warns(UserWarning, match="after epoch 75, and the fit ended in epoch 4: nothing"):
        model.fit(X_CANCER, Y_CANCER)


# Stopping: each criterion fires, and is named.


def test_a_small_gradient_stops() -> None:
    model = MLPClassifier(**SMALL, grad_tol=0.05, n_iter_no_change=1000, max_iter=1000)
    model.fit(X_CANCER, Y_CANCER)
    norms = [np.linalg.norm(h["gradient_norm"]) for h in model.history_]
    assert norms[-1] < 0.05 <= min(norms[:-1])
    assert model.stop_reason_ == f"gradient norm {norms[-1]:.3g} fell below grad_tol=0.05"


def test_a_small_gradient_stops_lbfgs() -> None:
    model = MLPClassifier(**SMALL, solver="lbfgs", grad_tol=0.01).fit(X_CANCER, Y_CANCER)
    norms = [np.linalg.norm(h["gradient_norm"]) for h in model.history_]
    assert norms[-1] < 0.01 <= min(norms[:-1])
    assert model.n_iter_ == len(norms)
    assert "fell below grad_tol=0.01" in model.stop_reason_
    # The weights are those of that iteration.
    penalty = model.alpha / 2 * sum((W**2).sum() for W in model.coefs_) / len(Y_CANCER)
    p = model.predict_proba(X_CANCER)[np.arange(len(Y_CANCER)), Y_CANCER]
    assert model.loss_ == pytest.approx(penalty - np.log(p).mean(), rel=1e-9)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_time_stops(solver: str) -> None:
    model = MLPClassifier(
        (64, 64), solver=solver, max_time=0.2, random_state=0, max_iter=10**6, tol=0.0
    )
    model.set_params(n_iter_no_change=10**6, max_fun=10**6, grad_tol=0)
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((2000, 30)), rng.integers(0, 2, 2000)
    with pytest.warns(ConvergenceWarning, match=r"reached max_time=0.2 seconds") as seen:
        model.fit(X, y)
    assert {w.filename for w in seen} == {__file__}
    assert model.stop_reason_ == "reached max_time=0.2 seconds"
    assert model.predict(X).shape == (2000,)


@ignore_convergence
def test_time_stops_within_an_epoch_and_samples_are_counted() -> None:
    X = np.random.default_rng(0).standard_normal((200_000, 40))
    model = MLPRegressor(
        hidden_layer_sizes=(256, 256), batch_size=10, max_time=0.3, n_jobs=1, random_state=0
    )
    model.fit(X, X[:, 0])
    assert model.n_iter_ == 1
    assert 10 <= model.t_ < 200_000
    assert model.stop_reason_ == "reached max_time=0.3 seconds"


@ignore_convergence
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"max_iter": 3}, "reached max_iter=3"),
        ({"tol": 10.0, "n_iter_no_change": 2}, "Training loss did not improve more than tol=10.0"),
        (
            {"tol": 10.0, "n_iter_no_change": 2, "early_stopping": True},
            "Validation score did not improve more than tol=10.0",
        ),
        ({"callbacks": [lambda e: e.epoch == 2]}, "stopped the fit in epoch 2"),
    ],
)
def test_other_criteria_are_named(settings: dict[str, Any], reason: str) -> None:
    model = MLPClassifier(**SMALL, **settings).fit(X_CANCER, Y_CANCER)
    assert reason in model.stop_reason_


@ignore_convergence
def test_a_call_of_partial_fit_names_its_own_end() -> None:
    model = MLPClassifier(**SMALL, grad_tol=1e9)
    model.partial_fit(X_CANCER, Y_CANCER, classes=[0, 1])
    assert "fell below grad_tol" in model.stop_reason_
    model.set_params(grad_tol=None).partial_fit(X_CANCER, Y_CANCER)
    assert model.stop_reason_ == "partial_fit runs one epoch"


@ignore_convergence
def test_validation_loss_curve() -> None:
    model = MLPClassifier(**SMALL, max_iter=3).fit(X_CANCER, Y_CANCER)
    assert model.validation_loss_curve_ is None
    model.fit(X_CANCER, Y_CANCER, X_val=X_CANCER, y_val=Y_CANCER)
    assert model.validation_loss_curve_ == [h["validation_loss"] for h in model.history_]
    model.set_params(warm_start=True).fit(X_CANCER, Y_CANCER, X_val=X_CANCER, y_val=Y_CANCER)
    assert len(model.validation_loss_curve_) == 6
    model.set_params(solver="lbfgs").fit(X_CANCER, Y_CANCER)
    assert model.validation_loss_curve_ is None


# Refusals, before any epoch.


def never(told: Any) -> None:
    raise AssertionError("an epoch was run")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        *(
            ({name: bad}, f"'{name}' parameter")
            for name in ("clip_norm", "clip_value", "max_norm", "max_time")
            for bad in (0, -1.0, float("nan"), "one")
        ),
        *(
            ({name: bad}, f"'{name}' parameter")
            for name in ("l1", "grad_tol")
            for bad in (-0.1, "a")
        ),
        ({"averaging": "exa"}, r"did you mean 'ema'\?\). Known are 'ema', 'swa', or None"),
        ({"averaging": "mean"}, "Known are 'ema', 'swa', or None"),
        ({"averaging": 3}, "'averaging' parameter"),
        (
            {"clip_norm": 1.0, "clip_value": 1.0},
            "clip_norm=1.0 does not go with clip_value=1.0.*Take one of them",
        ),
        *(
            (
                given | {"hidden_layer_sizes": ()},
                rf"{next(iter(given))}=.*with hidden_layer_sizes=\(\): it acts on hidden layers",
            )
            for given in (
                {"max_norm": 1.0},
                {"dropout": 0.5},
                {"residual": True},
                {"normalization": "layer"},
                {"normalization": BatchNorm()},
            )
        ),
        ({"callbacks": never}, "'callbacks' parameter"),
        *(
            (
                {"solver": "lbfgs"} | given,
                rf"^{next(iter(given))}=.* does not go with solver='lbfgs': it needs steps",
            )
            for given in (
                {"l1": 0.1},
                {"max_norm": 1.0},
                {"averaging": "ema"},
                {"clip_norm": 1.0},
                {"clip_value": 1.0},
            )
        ),
        (
            {"solver": "lbfgs", "scoring": "loss"},
            "scoring='loss' does not go with solver='lbfgs'.*Take solver='adam' or 'kfac', or ",
        ),
    ],
    ids=lambda value: re.sub(" at 0x[0-9a-f]+", "", repr(value)),
)
def test_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**({"callbacks": [never]} | parameters)).fit(X_CANCER, Y_CANCER)


def test_callbacks_that_are_none() -> None:
    with pytest.raises(TypeError, match="callbacks takes callables, got 3 among them"):
        MLPClassifier(callbacks=[never, 3]).fit(X_CANCER, Y_CANCER)


def test_partial_fit_does_not_average() -> None:
    with pytest.raises(ValueError, match="partial_fit does not support averaging"):
        MLPClassifier(averaging="ema").partial_fit(X_CANCER, Y_CANCER, classes=[0, 1])
