"""The learning-rate range test on real data (Smith 2017)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils.class_weight import compute_sample_weight

from rosenblatt import MLPClassifier, MLPRegressor, find_learning_rate
from rosenblatt.optimizers import RMSProp
from rosenblatt.options.solvers import FIRST_ORDER, SOLVERS
from rosenblatt.search import LearningRateTest, lr_finder
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence


@ignore_convergence
@pytest.mark.parametrize("solver", [s.name for s in SOLVERS if s.family is FIRST_ORDER])
@pytest.mark.parametrize("name", ["breast cancer", "diabetes"])
def test_the_rate_found_learns_and_a_hundredth_of_it_does_not(name: str, solver: str) -> None:
    cls: Any = MLPClassifier if name == "breast cancer" else MLPRegressor
    X, y = (X_CANCER, Y_CANCER) if cls is MLPClassifier else (X_DIABETES, Y_DIABETES)
    model = cls(hidden_layer_sizes=32, solver=solver, random_state=0, max_iter=10, batch_size=64)
    found = find_learning_rate(model, X, y, highest=1000.0)

    def loss(rate: float) -> float:
        return model.set_params(learning_rate_init=rate).fit(X, y).loss_

    with_it, with_less = loss(found.suggestion), loss(found.suggestion / 100)
    assert with_it < 0.5 * with_less


@pytest.mark.parametrize("solver", ["rmsprop", "lion"])
def test_the_noise_of_batches_does_not_decide(solver: str) -> None:
    """Half of the loss is noise here, and steps of one size follow it from the first on."""
    found = [
        find_learning_rate(
            MLPRegressor(hidden_layer_sizes=32, solver=solver, random_state=seed, batch_size=64),
            X_DIABETES,
            Y_DIABETES,
        ).suggestion
        for seed in range(8)
    ]
    assert max(found) < 10 * min(found)


def test_the_curve_and_how_the_suggestion_follows_from_it() -> None:
    model = MLPClassifier(16, random_state=0)
    found = find_learning_rate(model, X_CANCER, Y_CANCER)
    assert len(found.rates) == len(found.losses) == len(found.smoothed)
    np.testing.assert_allclose(found.rates[1:] / found.rates[:-1], 1e7 ** (1 / 119))
    assert found.rates[0] == pytest.approx(1e-6)
    slopes = np.gradient(found.smoothed, np.log(found.rates))
    before = slice(0, int(np.argmin(found.smoothed)) + 1)
    assert found.suggestion == found.rates[before][np.argmin(slopes[before])]
    again = find_learning_rate(model, X_CANCER, Y_CANCER)
    assert again.suggestion == found.suggestion
    np.testing.assert_array_equal(again.losses, found.losses)


def test_the_estimator_is_left_as_it_is() -> None:
    optimizer = RMSProp(0.123)
    model = MLPRegressor(
        hidden_layer_sizes=8, solver=optimizer, early_stopping=True, learning_rate="cosine"
    )
    before = model.get_params()
    find_learning_rate(model, X_DIABETES, Y_DIABETES)
    assert model.get_params() == before
    assert model.solver is optimizer
    assert not hasattr(model, "coefs_")


def test_pipelines_and_every_kind_of_table() -> None:
    X, y = load_iris(return_X_y=True, as_frame=True)
    names = np.array(["a", "b", "c"])[y]
    network = MLPClassifier(8, random_state=0, batch_size=25)
    found = find_learning_rate(make_pipeline(StandardScaler(), network), X, names)
    alone = find_learning_rate(network, scale(X), names)
    np.testing.assert_allclose(found.losses, alone.losses, rtol=1e-9)
    assert find_learning_rate(make_pipeline(network), X, pd.Series(names)).suggestion > 0
    assert find_learning_rate(network, sp.csc_array(X), names.tolist()).suggestion > 0
    indicator = np.eye(3, dtype=int)[y]
    assert find_learning_rate(network, X, indicator).suggestion > 0
    assert (
        find_learning_rate(
            MLPRegressor(hidden_layer_sizes=8), X, indicator.astype(float)
        ).suggestion
        > 0
    )


def test_rows_of_weight_zero_are_absent() -> None:
    model = MLPRegressor(hidden_layer_sizes=8, random_state=0)
    weights = (np.arange(len(Y_DIABETES)) % 2).astype(float)
    spoilt = np.where(weights, Y_DIABETES, 1e30)
    found = find_learning_rate(model, X_DIABETES, spoilt, weights)
    halved = find_learning_rate(model, X_DIABETES[1::2], Y_DIABETES[1::2])
    np.testing.assert_allclose(found.losses, halved.losses, rtol=1e-9)


def never(told: Any) -> None:
    raise AssertionError("told of a step of the test")


@pytest.mark.parametrize(
    "parameters",
    [
        {"early_stopping": True, "scoring": "loss"},
        {"averaging": "ema"},
        {"averaging": "swa"},
        {"callbacks": [never]},
        {"max_time": 1e-9},
        {"grad_tol": 1e9},
        {"warm_start": True, "batch_size": 5},
    ],
    ids=lambda given: ", ".join(given),
)
def test_range_test_ignores_settings_of_whole_fits(parameters: dict[str, Any]) -> None:
    X, y = load_iris(return_X_y=True)
    settings = {"hidden_layer_sizes": 8, "random_state": 0}
    settings |= {"batch_size": parameters.get("batch_size", "auto")}
    found = find_learning_rate(MLPClassifier(**settings | parameters), scale(X), y)
    plain = find_learning_rate(MLPClassifier(**settings), scale(X), y)
    np.testing.assert_array_equal(found.losses, plain.losses)


def test_scikit_learns_callbacks_are_not_run_either() -> None:
    class Telling:
        def setup(self, estimator: Any, context: Any) -> None:
            never(context)

        teardown = on_fit_task_begin = on_fit_task_end = setup

    model = MLPClassifier(8, random_state=0).set_callbacks(Telling())
    assert find_learning_rate(model, X_CANCER, Y_CANCER).suggestion > 0
    assert len(model._skl_callbacks) == 1


@pytest.mark.parametrize("kind", ["classes", "labels"])
@pytest.mark.parametrize("weighted", [False, True])
def test_class_weights_are_those_of_all_rows(kind: str, weighted: bool) -> None:
    """Batches of five rows do not have all classes, nor each of them a row of weight."""
    X, y = load_iris(return_X_y=True)
    X, y = scale(X[:125]), np.array(["a", "b", "c"])[y[:125]]
    y = y if kind == "classes" else (y[:, None] == ["a", "b", "c"]).astype(int)
    own = np.random.default_rng(0).integers(1, 4, 125).astype(float) if weighted else None
    repeats = np.ones(125, int) if own is None else own.astype(int)
    by_class = compute_sample_weight("balanced", np.repeat(y, repeats, axis=0))
    rows = by_class[np.cumsum(repeats) - 1] * (1.0 if own is None else own)
    settings: dict[str, Any] = {"hidden_layer_sizes": 8, "random_state": 0, "batch_size": 5}
    balanced = MLPClassifier(**settings, class_weight="balanced")
    found = find_learning_rate(balanced, X, y, own)
    by_hand = find_learning_rate(MLPClassifier(**settings), X, y, rows)
    np.testing.assert_allclose(found.losses, by_hand.losses, rtol=1e-9)


def test_a_class_of_weight_zero_fills_no_batch() -> None:
    model = MLPClassifier(8, random_state=0, batch_size=2, class_weight={0: 0.0})
    assert find_learning_rate(model, X_CANCER, Y_CANCER, highest=1.0).suggestion > 0


@pytest.mark.parametrize(
    ("estimator", "options", "error", "message"),
    [
        (
            MLPClassifier(solver="lbfgs"),
            {},
            ValueError,
            "a solver that takes steps at a learning rate",
        ),
        (MLPClassifier(), {"lowest": 1.0, "highest": 0.1}, ValueError, "lowest < highest"),
        (
            MLPClassifier(),
            {"n_steps": 3},
            ValueError,
            "n_steps must be a whole number",
        ),
        (LogisticRegression(), {}, TypeError, "got LogisticRegression"),
        (GridSearchCV(MLPClassifier(), {}), {}, TypeError, "got GridSearchCV"),
    ],
    ids=str,
)
def test_refusals(
    estimator: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        find_learning_rate(estimator, X_CANCER, Y_CANCER, **options)


def test_a_range_that_is_too_high_throughout() -> None:
    with pytest.raises(ValueError, match="blew up at once, at a learning rate of 1"):
        find_learning_rate(
            MLPRegressor(solver="sgd"), X_DIABETES, Y_DIABETES, lowest=1e3, highest=1e6
        )


def test_a_range_in_which_nothing_is_learnt() -> None:
    """Targets that the network already predicts: every step can only spoil them."""
    model = MLPRegressor(hidden_layer_sizes=4, random_state=0, alpha=0, batch_size=len(X_DIABETES))
    model.set_params(max_iter=1, learning_rate_init=1e-300)
    with pytest.warns(ConvergenceWarning):
        y = model.fit(X_DIABETES, Y_DIABETES).predict(X_DIABETES)
    with pytest.raises(ValueError, match=r"made the loss fall|blew up at once"):
        find_learning_rate(model, X_DIABETES, y)


def test_plot_draws_on_given_and_new_axes() -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")
    found = find_learning_rate(MLPClassifier(8, random_state=0), X_CANCER, Y_CANCER)
    figure, ax = plt.subplots()
    assert found.plot(ax) is ax
    assert ax.get_xscale() == "log"
    assert [len(line.get_xdata()) for line in ax.lines[:2]] == [len(found.rates)] * 2
    assert list(ax.lines[2].get_xdata()) == [found.suggestion] * 2
    assert found.plot().figure is not figure
    plt.close("all")


def test_matplotlib_is_not_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys; from rosenblatt import find_learning_rate;"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_repr_names_the_suggestion_and_no_arrays() -> None:
    rates = np.geomspace(1e-5, 1, 50)
    found = LearningRateTest(0.125, rates, rates, rates)
    assert repr(found) == "LearningRateTest(suggestion=0.125)"


@pytest.mark.filterwarnings("ignore:Training interrupted by user")
def test_an_interrupt_ends_all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also within one, whose fit ends by itself."""
    steps = []

    def begun(*given: Any, **options: Any) -> Any:
        fit = begin(*given, **options)
        steps.append(fit)
        if len(steps) == 3:
            monkeypatch.setattr(type(fit), "interrupted", True)
        return fit

    begin = lr_finder.begin
    monkeypatch.setattr(lr_finder, "begin", begun)
    with pytest.raises(KeyboardInterrupt):
        find_learning_rate(MLPClassifier(hidden_layer_sizes=(3,)), X_CANCER, Y_CANCER)
    assert len(steps) == 3


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals of POSIX")
@pytest.mark.filterwarnings("ignore:Training interrupted by user")
def test_ctrl_c_ends_it() -> None:
    main = threading.get_ident()
    timer = threading.Timer(0.5, lambda: signal.pthread_kill(main, signal.SIGINT))
    X, y = np.tile(X_CANCER, (20, 10)), np.tile(Y_CANCER, 20)
    model = MLPClassifier(hidden_layer_sizes=(512,))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        find_learning_rate(model, X, y, lowest=1e-9, highest=1e-8, n_steps=10_000)
