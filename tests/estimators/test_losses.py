"""`loss`: names, objects, what fits which estimator, and what the losses are for (L6, L14, L18)."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import train_test_split

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
from tests.support.data import (
    X_CANCER,
    X_DIABETES,
    X_DIGITS,
    Y_CANCER,
    Y_DIABETES,
    Y_DIGITS,
    ignore_convergence,
)
from tests.support.loss_data import MULTILABEL

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
def test_non_loss_is_refused_by_its_type(model: Any) -> None:
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
