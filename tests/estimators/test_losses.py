"""`loss`: names, objects, what fits which estimator, and what the losses are for (L6, L14, L18)."""

from __future__ import annotations

import pickle
import warnings
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.metrics import d2_pinball_score, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    BinaryFocal,
    CategoricalCrossEntropy,
    CategoricalFocal,
    Huber,
    LogCosh,
    Loss,
    Poisson,
    Quantile,
    SquaredError,
)
from rosenblatt.support.types import FloatArray

ignore_convergence = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X_CANCER, Y_CANCER = load_breast_cancer(return_X_y=True)
X_CANCER = scale(X_CANCER)
X_DIABETES, Y_DIABETES = (scale(a) for a in load_diabetes(return_X_y=True))
X_DIGITS, Y_DIGITS = load_digits(return_X_y=True)
MULTILABEL = np.column_stack([Y_CANCER, X_CANCER[:, 0] > 0]).astype(int)
REGRESSION: dict[str, Loss] = {
    "squared_error": SquaredError(),
    "huber": Huber(),
    "log_cosh": LogCosh(),
    "absolute_error": AbsoluteError(),
    "quantile": Quantile(),
}


@pytest.mark.parametrize("name", REGRESSION)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@ignore_convergence
def test_every_regression_loss_learns(name: str, solver: str) -> None:
    settings: dict[str, Any] = {"hidden_layer_sizes": 8, "solver": solver, "random_state": 0}
    settings |= {"alpha": 1.0, "max_iter": 300, "learning_rate_init": 0.01}
    model = MLPRegressor(name, **settings).fit(X_DIABETES, Y_DIABETES)
    assert model.model_.loss == REGRESSION[name]
    assert r2_score(Y_DIABETES, model.predict(X_DIABETES)) > 0.45
    same = MLPRegressor(REGRESSION[name], **settings).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_array_equal(same.coefs_[0], model.coefs_[0])
    copy = pickle.loads(pickle.dumps(same))
    assert copy.model_.loss == REGRESSION[name]
    np.testing.assert_array_equal(copy.predict(X_DIABETES), same.predict(X_DIABETES))
    assert clone(same).loss == REGRESSION[name]


@ignore_convergence
@pytest.mark.parametrize("name", ["huber", "log_cosh", "absolute_error", "quantile"])
def test_reported_losses_are_the_mean_of_what_is_minimised(name: str) -> None:
    Y = np.column_stack([Y_DIABETES, -Y_DIABETES])
    model = MLPRegressor(name, 4, alpha=0, max_iter=2, random_state=0)
    model.fit(X_DIABETES, Y, X_val=X_DIABETES, y_val=Y)
    expected = REGRESSION[name].value(model.predict(X_DIABETES), Y).mean()
    assert model.history_[-1]["validation_loss"] == pytest.approx(expected)


@ignore_convergence
@pytest.mark.parametrize(
    ("loss", "y"),
    [
        ("focal", Y_CANCER),
        (BinaryFocal(1.0), Y_CANCER),
        (BinaryCrossEntropy(smoothing=0.1), Y_CANCER),
        ("focal", MULTILABEL),
        (BinaryFocal(), MULTILABEL),
    ],
    ids=repr,
)
def test_losses_of_labels_learn(loss: Any, y: Any) -> None:
    model = MLPClassifier(8, loss=loss, learning_rate_init=0.01, random_state=0)
    model.fit(X_CANCER, y)
    assert model.score(X_CANCER, y) > 0.95
    assert model.out_activation_ == "logistic"
    p = model.predict_proba(X_CANCER)
    assert ((p >= 0) & (p <= 1)).all()
    assert type(model.model_.loss) is (BinaryFocal if loss == "focal" else type(loss))


@ignore_convergence
@pytest.mark.parametrize(
    "loss", ["log_loss", "focal", CategoricalFocal(0.5), CategoricalCrossEntropy(smoothing=0.1)]
)
def test_losses_of_classes_learn(loss: Any) -> None:
    model = MLPClassifier(32, loss=loss, learning_rate_init=0.01, max_iter=50, random_state=0)
    model.fit(X_DIGITS / 16, Y_DIGITS)
    assert model.score(X_DIGITS / 16, Y_DIGITS) > 0.97
    assert model.out_activation_ == "softmax"
    np.testing.assert_allclose(model.predict_proba(X_DIGITS / 16).sum(axis=1), 1)


@ignore_convergence
def test_the_name_is_scikit_learns_loss_and_the_object_the_exact_one() -> None:
    by_name = MLPClassifier(8, max_iter=3, random_state=0).fit(X_CANCER, Y_CANCER)
    by_object = MLPClassifier(8, max_iter=3, random_state=0, loss=BinaryCrossEntropy())
    np.testing.assert_array_equal(by_object.fit(X_CANCER, Y_CANCER).coefs_[0], by_name.coefs_[0])
    assert by_name.loss == "log_loss"


@ignore_convergence
def test_smoothing_keeps_probabilities_away_from_certainty() -> None:
    """L18: the best p for a label that is always true is 1 - ε/2."""
    settings: dict[str, Any] = {"hidden_layer_sizes": 16, "solver": "lbfgs", "alpha": 0}
    plain = MLPClassifier(random_state=0, **settings).fit(X_CANCER, Y_CANCER)
    smooth = MLPClassifier(random_state=0, loss=BinaryCrossEntropy(smoothing=0.2), **settings)
    certainty = smooth.fit(X_CANCER, Y_CANCER).predict_proba(X_CANCER).max(axis=1)
    assert np.median(certainty) == pytest.approx(0.9, abs=0.005)
    assert np.median(plain.predict_proba(X_CANCER).max(axis=1)) > 0.999


def test_one_corrupted_label_pulls_the_squared_error_and_not_the_robust_losses() -> None:
    """L6: one label of 300 is a thousand standard deviations off; the rows held out are true."""
    X, X_test, y, y_test = train_test_split(X_DIABETES, Y_DIABETES, test_size=142, random_state=0)
    y = y.copy()
    y[7] += 1000
    error = {}
    for name in ("squared_error", "huber", "log_cosh", "absolute_error"):
        model = MLPRegressor(name, (), solver="lbfgs", max_iter=5000, max_fun=10**6)
        error[name] = mean_squared_error(y_test, model.fit(X, y).predict(X_test))
    assert error["squared_error"] > 10
    assert max(error[name] for name in ("huber", "log_cosh", "absolute_error")) < 0.6


@ignore_convergence
@pytest.mark.parametrize("loss", ["huber", "quantile", Quantile((0.2, 0.8))], ids=repr)
def test_weight_two_is_the_row_twice(loss: Any) -> None:
    weight = np.random.default_rng(0).integers(0, 3, len(Y_DIABETES)).astype(float)
    rows = np.repeat(np.arange(len(Y_DIABETES)), weight.astype(int))
    settings: dict[str, Any] = {"hidden_layer_sizes": 5, "random_state": 0, "max_iter": 15}
    weighted = MLPRegressor(loss, batch_size=len(weight), **settings)
    weighted.fit(X_DIABETES, Y_DIABETES, sample_weight=weight)
    repeated = MLPRegressor(loss, batch_size=len(rows), **settings)
    repeated.fit(X_DIABETES[rows], Y_DIABETES[rows])
    for a, b in zip(weighted.coefs_, repeated.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)


# Quantiles.


@ignore_convergence
def test_quantiles_cover_what_they_promise_on_rows_not_seen() -> None:
    """Four levels at once, of y with noise that grows with x: the shares below them, held out."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (6000, 1))
    y = np.sin(3 * X[:, 0]) + (0.1 + 0.3 * (X[:, 0] + 1)) * rng.standard_normal(6000)
    levels = (0.05, 0.25, 0.75, 0.95)
    model = MLPRegressor(
        Quantile(levels), 32, activation="tanh", learning_rate_init=0.003, random_state=0
    ).fit(X[:4000], y[:4000])
    prediction = model.predict(X[4000:])
    assert prediction.shape == (2000, 4)
    coverage = (y[4000:, None] < prediction).mean(axis=0)
    np.testing.assert_allclose(coverage, levels, atol=0.03)
    # Also within either half, because the spread is learnt and not only the mean.
    for half in (X[4000:, 0] < 0, X[4000:, 0] >= 0):
        coverage = (y[4000:][half, None] < prediction[half]).mean(axis=0)
        np.testing.assert_allclose(coverage, levels, atol=0.05)


@ignore_convergence
def test_quantiles_of_real_data_cover_near_their_level() -> None:
    X, X_test, y, y_test = train_test_split(X_DIABETES, Y_DIABETES, random_state=0)
    model = MLPRegressor(Quantile((0.1, 0.5, 0.9)), 8, alpha=3.0, max_iter=500, random_state=0)
    below = (y_test[:, None] < model.fit(X, y).predict(X_test)).mean(axis=0)
    # 111 rows: two standard deviations are 0.06 to 0.09.
    np.testing.assert_allclose(below, [0.1, 0.5, 0.9], atol=0.1)


@ignore_convergence
def test_shapes_of_several_levels_and_targets() -> None:
    Y = np.column_stack([Y_DIABETES, 2 * Y_DIABETES])
    shapes = {}
    for n_targets, y in ((1, Y_DIABETES), (2, Y)):
        for levels in ((0.5,), (0.1, 0.5, 0.9)):
            model = MLPRegressor(Quantile(levels), 6, max_iter=2, random_state=0)
            shapes[n_targets, len(levels)] = model.fit(X_DIABETES, y).predict(X_DIABETES).shape
            assert model.n_outputs_ == n_targets * len(levels)
    assert shapes == {(1, 1): (442,), (1, 3): (442, 3), (2, 1): (442, 2), (2, 3): (442, 2, 3)}


@ignore_convergence
def test_levels_of_a_target_lie_side_by_side() -> None:
    """Two targets that are constants: each level of either is the constant."""
    Y = np.tile([3.0, -5.0], (50, 1))
    settings: dict[str, Any] = {"learning_rate_init": 0.05, "max_iter": 1000}
    model = MLPRegressor(Quantile((0.2, 0.8)), (), n_iter_no_change=1000, **settings)
    prediction = model.fit(np.zeros((50, 1)), Y).predict(np.zeros((1, 1)))
    np.testing.assert_allclose(prediction, [[[3, 3], [-5, -5]]], atol=0.05)


@ignore_convergence
def test_the_score_of_quantiles_is_the_pinball_losss() -> None:
    weight = np.random.default_rng(0).uniform(size=442)
    levels = (0.1, 0.9)
    Y = np.column_stack([Y_DIABETES, X_DIABETES[:, 0]])
    for y in (Y_DIABETES, Y):
        model = MLPRegressor(Quantile(levels), 6, max_iter=50, random_state=0).fit(X_DIABETES, y)
        prediction = model.predict(X_DIABETES)
        expected = [
            d2_pinball_score(y, prediction[..., i], alpha=level, sample_weight=weight)
            for i, level in enumerate(levels)
        ]
        assert model.score(X_DIABETES, y, weight) == pytest.approx(np.mean(expected))
    median = MLPRegressor("quantile", 6, max_iter=50, random_state=0).fit(X_DIABETES, Y_DIABETES)
    expected = d2_pinball_score(Y_DIABETES, median.predict(X_DIABETES))
    assert median.score(X_DIABETES, Y_DIABETES) == pytest.approx(expected)


def test_early_stopping_watches_the_score_of_quantiles() -> None:
    X, X_val, y, y_val = train_test_split(X_DIABETES, Y_DIABETES, random_state=0)
    model = MLPRegressor(Quantile((0.1, 0.9)), 30, early_stopping=True, random_state=0)
    model.set_params(learning_rate_init=0.02).fit(X, y, X_val=X_val, y_val=y_val)
    assert model.best_validation_score_ == pytest.approx(model.score(X_val, y_val))


@ignore_convergence
def test_another_number_of_levels_is_another_network() -> None:
    model = MLPRegressor(Quantile((0.1, 0.9)), 4, max_iter=1, warm_start=True)
    model.fit(X_DIABETES, Y_DIABETES).set_params(loss="quantile")
    assert model.predict(X_DIABETES).shape == (442, 2)  # until the next fit
    with pytest.raises(ValueError, match="set warm_start=False"):
        model.fit(X_DIABETES, Y_DIABETES)


# What does not fit.


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (MLPRegressor("hubert"), ["'hubert' is not known (did you mean 'huber'?)", "'log_cosh'"]),
        (MLPRegressor("log_loss"), ["loss of classes", "take MLPClassifier"]),
        (MLPRegressor(BinaryFocal()), ["loss of classes", "take MLPClassifier"]),
        (MLPClassifier(loss="log_lost"), ["did you mean 'log_loss'?", "'focal'"]),
        (MLPClassifier(loss="huber"), ["loss of numbers", "take MLPRegressor"]),
        (MLPClassifier(loss=Quantile()), ["loss of numbers", "take MLPRegressor"]),
        (MLPClassifier(loss=CategoricalFocal()), ["three classes or more", "take BinaryFocal"]),
        (MLPClassifier(loss=CategoricalCrossEntropy()), ["take BinaryCrossEntropy"]),
    ],
    ids=repr,
)
def test_losses_that_do_not_fit_are_refused(model: Any, words: list[str]) -> None:
    with pytest.raises(ValueError, match="loss=") as refused:
        model.fit(X_CANCER, Y_CANCER)
    assert all(word in str(refused.value) for word in words), refused.value
    assert not hasattr(model, "coefs_")


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), BinaryFocal()], ids=repr)
def test_losses_of_labels_are_refused_for_classes(loss: Loss) -> None:
    with pytest.raises(ValueError, match=r"three classes or more: take Categorical"):
        MLPClassifier(loss=loss).fit(X_DIGITS, Y_DIGITS)


@pytest.mark.parametrize("model", [MLPRegressor(3), MLPClassifier(loss=None)], ids=repr)
def test_what_is_no_loss_is_refused_by_its_type(model: Any) -> None:
    with pytest.raises(ValueError, match="'loss' parameter of MLP"):
        model.fit(X_CANCER, Y_CANCER)


def test_poisson_needs_targets_of_zero_or_more_as_an_object_too() -> None:
    with pytest.raises(ValueError, match="negative"):
        MLPRegressor(Poisson()).fit(X_DIABETES, Y_DIABETES)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Huber(0), "delta of Huber must be above 0, got 0"),
        (lambda: Huber(float("nan")), "delta of Huber"),
        (lambda: Quantile((0.5, 1.0)), "between 0 and 1, both excluded, got 1:"),
        (lambda: Quantile((0,)), "between 0 and 1"),
        (lambda: Quantile(()), "at least one level"),
        (lambda: BinaryFocal(-1), "gamma of a focal loss must be 0 or more, got -1"),
        (lambda: CategoricalFocal(float("nan")), "gamma of a focal loss"),
        (lambda: BinaryCrossEntropy(smoothing=1), "smoothing must be at least 0 and below 1"),
        (lambda: CategoricalCrossEntropy(smoothing=-0.1), "smoothing must be"),
    ],
)
def test_fields_out_of_range(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_levels_are_a_tuple() -> None:
    assert Quantile([0.1, 0.9]).levels == (0.1, 0.9)  # type: ignore[arg-type]
    for given in (0.5, "0.5"):
        with pytest.raises(TypeError, match=r"tuple such as \(0.1, 0.9\)"):
            Quantile(given)  # type: ignore[arg-type]


# A loss of the user's own.


@final
@dataclass(frozen=True)
class Expectile(Loss):
    """|τ - 1[e > 0]| e², e = s - y (Newey & Powell 1987)."""

    level: float = 0.9

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = scores - y
        total: FloatArray = (np.abs(self.level - (error > 0)) * error * error).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = scores - y
        return 2 * np.abs(self.level - (error > 0)) * error

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@final
@dataclass(frozen=True)
class Hole(Loss):
    """NaN as soon as an error is large."""

    in_value: bool

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = (scores - y)[:, 0]
        return np.where(np.abs(error) > 1, np.nan if self.in_value else 0, error)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return np.where(np.abs(scores - y) > 1, np.nan, 1.0)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@ignore_convergence
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_ones_own_loss_trains_and_says_once_that_it_is_slow(solver: str) -> None:
    predictions = {}
    for level in (0.5, 0.9):
        model = MLPRegressor(
            Expectile(level), 6, solver=solver, learning_rate_init=0.02, random_state=0
        )
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            model.fit(X_DIABETES, Y_DIABETES)
        assert ["Expectile: without a kernel" in str(w.message) for w in seen].count(True) == 1
        assert model.out_activation_ == "Expectile"
        assert model.model_.loss == Expectile(level)
        predictions[level] = model.predict(X_DIABETES).mean()
        copy = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(copy.predict(X_DIABETES), model.predict(X_DIABETES))
    # The expectile of level ½ is the mean.
    assert predictions[0.5] == pytest.approx(0, abs=0.1)
    assert predictions[0.9] > 0.3


@final
@dataclass(frozen=True)
class OwnCrossEntropy(Loss):
    """A classifier's, under a name that the engine does not know."""

    twin: Loss

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return self.twin.value(scores, y)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return self.twin.gradient(scores, y)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return self.twin.inverse_link(scores)


@ignore_convergence
@pytest.mark.filterwarnings("ignore:.*without a kernel")
@pytest.mark.parametrize(
    ("twin", "X", "y"),
    [
        (BinaryCrossEntropy(), X_CANCER, Y_CANCER),
        (BinaryFocal(), X_CANCER, MULTILABEL),
        (CategoricalFocal(), X_DIGITS[:300] / 16, Y_DIGITS[:300]),
    ],
    ids=["labels", "several", "classes"],
)
def test_ones_own_loss_of_classes_trains_as_its_twin(twin: Loss, X: Any, y: Any) -> None:
    settings: dict[str, Any] = {"hidden_layer_sizes": 5, "max_iter": 4, "random_state": 0}
    native = MLPClassifier(loss=twin, **settings).fit(X, y)
    own = MLPClassifier(loss=OwnCrossEntropy(twin), **settings).fit(X, y)
    np.testing.assert_allclose(own.loss_curve_, native.loss_curve_, rtol=1e-9)
    np.testing.assert_allclose(own.predict_proba(X), native.predict_proba(X), rtol=1e-7)
    np.testing.assert_array_equal(own.predict(X), native.predict(X))


@pytest.mark.filterwarnings("ignore:.*without a kernel")
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize(("in_value", "what"), [(True, "value"), (False, "gradient")])
def test_nan_of_ones_own_loss_is_an_error(in_value: bool, what: str, solver: str) -> None:
    model = MLPRegressor(Hole(in_value), solver=solver, random_state=0)
    with pytest.raises(ValueError, match=f"Hole gives NaN as the {what} of a finite"):
        model.fit(X_DIABETES, Y_DIABETES)
    assert not hasattr(model, "coefs_")
