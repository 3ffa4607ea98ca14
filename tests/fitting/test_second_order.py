"""The solvers 'lm', 'gauss_newton' and 'kfac' behind the estimators, and how they refuse."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.backprop import backpropagate
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import SquaredError
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence
from tests.support.second_order_fits import regressor

LEAST_SQUARES = ["lm", "gauss_newton"]


@pytest.mark.parametrize(
    ("initializer", "max_trials"), [(None, 300), ("nguyen_widrow", 100)], ids=str
)
@ignore_convergence
def test_levenberg_marquardt_fits_a_function(initializer: str | None, max_trials: int) -> None:
    X = np.linspace(-2, 2, 200)[:, None]
    y = np.sin(3 * X[:, 0]) * np.exp(-(X[:, 0] ** 2))
    errors = []
    for seed in range(10):
        model = MLPRegressor(
            hidden_layer_sizes=20,
            activation="tanh",
            solver="lm",
            alpha=0.0,
            tol=0.0,
            max_iter=1000,
            max_fun=max_trials,
            random_state=seed,
            initializer=initializer,
        ).fit(X, y)
        assert sum(h["trials"] for h in model.history_) <= max_trials
        errors.append(np.mean((model.predict(X) - y) ** 2))
    assert np.median(errors) < 1e-9


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("lm", LevenbergMarquardt()),
        ("levenberg_marquardt", LevenbergMarquardt()),
        ("gauss_newton", GaussNewton()),
        ("kfac", KFAC()),
    ],
    ids=str,
)
@ignore_convergence
def test_names_stand_for_objects(name: str, method: Any) -> None:
    by_name = regressor(name, max_iter=3).fit(X_DIABETES, Y_DIABETES)
    by_object = regressor(method, max_iter=3).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_array_equal(by_name.coefs_[0], by_object.coefs_[0])


@pytest.mark.parametrize("solver", LEAST_SQUARES)
@ignore_convergence
def test_history_of_least_squares(solver: str) -> None:
    model = regressor(solver, max_iter=6).fit(X_DIABETES, Y_DIABETES)
    history = model.history_
    assert [h["epoch"] for h in history] == [*range(1, model.n_iter_ + 1)]
    assert [h["loss"] for h in history] == model.loss_curve_
    assert (np.diff(model.loss_curve_) < 0).all()
    assert model.loss_ == model.best_loss_ == model.loss_curve_[-1]
    assert all((h["damping"] > 0) == (solver == "lm") for h in history)
    assert all(h["trials"] >= 1 and h["seconds"] > 0 for h in history)
    assert model.stop_reason_ == "reached max_iter=6"
    network, theta = model.model_.network, model.model_.parameters
    trace = backpropagate(
        network, theta, X_DIABETES, Y_DIABETES[:, None], SquaredError(), L2(1 / len(X_DIABETES))
    )
    assert model.loss_ == pytest.approx(trace.objective)
    norms = np.sqrt(network.squared_norms(trace.gradient))
    np.testing.assert_allclose(history[-1]["gradient_norm"], norms, rtol=1e-6)


@pytest.mark.parametrize("solver", LEAST_SQUARES)
def test_least_squares_converge_to_a_minimum(solver: str) -> None:
    """The gradient's tolerance ends it without a warning, where L-BFGS does not find less."""
    model = regressor(solver, tol=1e-9, max_iter=500).fit(X_DIABETES, Y_DIABETES)
    assert model.stop_reason_ == "no entry of the gradient exceeds tol=1e-09"
    lbfgs = regressor("lbfgs", tol=1e-9, max_iter=500, warm_start=True)
    lbfgs.fit(X_DIABETES, Y_DIABETES)
    lbfgs.coefs_, lbfgs.intercepts_ = model.coefs_, model.intercepts_
    lbfgs.fit(X_DIABETES, Y_DIABETES)
    assert lbfgs.loss_ == pytest.approx(model.loss_, rel=1e-9)


@pytest.mark.parametrize("solver", ["lm", "gauss_newton", "kfac"])
def test_warnings_point_at_the_callers_line(solver: str) -> None:
    with pytest.warns(ConvergenceWarning) as seen:
        regressor(solver, max_iter=1).fit(X_DIABETES, Y_DIABETES)
    assert {warning.filename for warning in seen} == {__file__}


@pytest.mark.parametrize("solver", LEAST_SQUARES)
@ignore_convergence
def test_weight_two_is_the_row_twice_and_weight_zero_its_absence(solver: str) -> None:
    weight = np.random.default_rng(0).integers(0, 3, len(Y_DIABETES)).astype(float)
    rows = np.repeat(np.arange(len(Y_DIABETES)), weight.astype(int))
    X = X_DIABETES.copy()
    X[weight == 0] = 1e300  # as if absent
    weighted = regressor(solver, max_iter=10).fit(X, Y_DIABETES, sample_weight=weight)
    repeated = regressor(solver, max_iter=10).fit(X_DIABETES[rows], Y_DIABETES[rows])
    for a, b in zip(weighted.coefs_, repeated.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("solver", ["lm", "gauss_newton", "kfac"])
@ignore_convergence
def test_warm_start_goes_on(solver: str) -> None:
    model = regressor(solver, max_iter=4, warm_start=True).fit(X_DIABETES, Y_DIABETES)
    before = model.loss_
    model.fit(X_DIABETES, Y_DIABETES)
    assert model.loss_ < before
    assert model.n_iter_ == len(model.history_) == 4
    model.set_params(solver="adam").fit(X_DIABETES, Y_DIABETES)  # and another solver from there
    assert model.loss_ < 1.5 * before


@pytest.mark.parametrize("solver", ["lm", "gauss_newton", "kfac"])
@ignore_convergence
def test_float_types_sparse_input_and_several_outputs(solver: str) -> None:
    Y = np.column_stack([Y_DIABETES, X_DIABETES[:, 0] ** 2])
    dense = regressor(solver, max_iter=5).fit(X_DIABETES, Y)
    sparse = regressor(solver, max_iter=5).fit(sp.csr_array(X_DIABETES), Y)
    np.testing.assert_allclose(sparse.coefs_[0], dense.coefs_[0], rtol=1e-6, atol=1e-9)
    single = regressor(solver, max_iter=5, dtype="float32").fit(X_DIABETES, Y)
    assert single.coefs_[0].dtype == np.float32
    assert single.loss_ == pytest.approx(dense.loss_, rel=0.02)


@ignore_convergence
def test_objects_are_cloned_and_pickled() -> None:
    model = regressor(LevenbergMarquardt(initial_damping=0.1), max_iter=2)
    copy = pickle.loads(pickle.dumps(clone(model).fit(X_DIABETES, Y_DIABETES)))
    assert copy.solver == model.solver
    assert "initial_damping=0.1" in repr(model)


def test_verbose_prints_loss_and_damping(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for solver in ("lm", "kfac"):
            regressor(solver, max_iter=2, verbose=True).fit(X_DIABETES, Y_DIABETES)
            out = capsys.readouterr().out.splitlines()
            assert len(out) == 2
            assert all(line.startswith("Iteration") and ", damping = " in line for line in out)


@pytest.mark.parametrize("solver", LEAST_SQUARES)
@ignore_convergence
def test_least_squares_tell_of_every_iteration(solver: str) -> None:
    told: list[Any] = []
    theirs: list[str] = []

    class Recorder:
        def setup(self, estimator: Any, context: Any) -> None: ...

        teardown = on_fit_task_begin = setup

        def on_fit_task_end(self, estimator: Any, context: Any) -> None:
            theirs.append(context.task_name)

    def follow(end: Any) -> None:
        told.append((end.epoch, end.record, end.estimator.predict(X_DIABETES)))

    model = regressor(solver, max_iter=4, callbacks=[follow]).set_callbacks(Recorder())
    model.fit(X_DIABETES, Y_DIABETES)
    assert [epoch for epoch, _, _ in told] == [1, 2, 3, 4]
    assert [record for _, record, _ in told] == model.history_
    assert theirs == ["epoch"] * 4 + ["fit"]
    shorter = regressor(solver, max_iter=2).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_allclose(told[1][2], shorter.predict(X_DIABETES), rtol=1e-10)
    np.testing.assert_allclose(told[3][2], model.predict(X_DIABETES), rtol=1e-10)


@pytest.mark.parametrize("solver", LEAST_SQUARES)
def test_least_squares_end_by_a_callback_and_by_a_small_gradient(solver: str) -> None:
    model = regressor(solver, callbacks=[lambda e: e.epoch == 3]).fit(X_DIABETES, Y_DIABETES)
    assert model.n_iter_ == len(model.loss_curve_) == 3
    assert model.stop_reason_.endswith("stopped the fit in epoch 3")
    model = regressor(solver, grad_tol=0.1, tol=0.0).fit(X_DIABETES, Y_DIABETES)
    norms = [np.linalg.norm(h["gradient_norm"]) for h in model.history_]
    assert norms[-1] < 0.1
    assert all(norm >= 0.1 for norm in norms[:-1])
    assert "fell below grad_tol=0.1" in model.stop_reason_


@pytest.mark.parametrize("solver", [*LEAST_SQUARES, "kfac"])
def test_time_stops_and_the_warning_says_so(solver: str) -> None:
    model = regressor(solver, max_time=1e-6)
    with pytest.warns(ConvergenceWarning, match=r"reached max_time=1e-06 seconds") as seen:
        model.fit(X_DIABETES, Y_DIABETES)
    assert {warning.filename for warning in seen} == {__file__}
    assert ("K-FAC: reached" in str(seen[0].message)) == (solver == "kfac")
    assert model.n_iter_ == 1
    assert model.stop_reason_ == "reached max_time=1e-06 seconds"


@pytest.mark.parametrize("solver", ["lm", "kfac"])
@ignore_convergence
def test_a_callback_that_fails_undoes_the_fit(solver: str) -> None:
    def broken(told: Any) -> None:
        raise LookupError("mine")

    model = regressor(solver, max_iter=3).fit(X_DIABETES, Y_DIABETES)
    before = model.predict(X_DIABETES)
    with pytest.raises(LookupError, match="mine"):
        model.set_params(callbacks=[broken]).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_array_equal(model.predict(X_DIABETES), before)


@pytest.mark.parametrize("solver", [*LEAST_SQUARES, LevenbergMarquardt(), GaussNewton()], ids=str)
@pytest.mark.parametrize(
    ("estimator", "given", "message"),
    [
        (MLPClassifier(), {}, "minimises squared errors.*Take solver='adam' or 'kfac' or 'lbfgs'"),
        (
            MLPRegressor("poisson"),
            {},
            "loss=Poisson does not go with solver=.*minimises squared errors",
        ),
        (
            MLPRegressor(early_stopping=True),
            {},
            "early_stopping=True does not go with.*it needs epochs",
        ),
        (
            MLPRegressor(),
            {"X_val": X_CANCER, "y_val": Y_CANCER},
            "X_val and y_val do not go with.*they need epochs",
        ),
        (MLPRegressor(hidden_layer_sizes=(100, 100)), {}, "up to 5,000 parameters.*13,301"),
        (
            MLPRegressor(dtype="bfloat16"),
            {},
            "dtype='bfloat16' does not go with solver=.*steps along the gradient",
        ),
    ],
)
def test_options_refused_by_least_squares(
    solver: Any, estimator: Any, given: Any, message: str
) -> None:
    model = clone(estimator).set_params(solver=solver)
    with pytest.raises(ValueError, match=message):
        model.fit(X_CANCER, Y_CANCER, **given)
    assert not hasattr(model, "coefs_")


@pytest.mark.parametrize("solver", ["lm", "gauss_newton", "kfac", KFAC()], ids=str)
def test_no_partial_fit(solver: Any) -> None:
    with pytest.raises(AttributeError, match="partial_fit"):
        MLPRegressor(solver=solver).partial_fit(X_DIABETES, Y_DIABETES)


def test_limits_can_be_raised() -> None:
    method = LevenbergMarquardt(max_parameters=10)
    with pytest.raises(ValueError, match="up to 10 parameters, and this one has 49"):
        regressor(method).fit(X_DIABETES, Y_DIABETES)


@pytest.mark.parametrize("solver", ["marquardt", 3, LevenbergMarquardt])
def test_unknown_solver_is_refused(solver: Any) -> None:
    with pytest.raises(ValueError, match="solver"):
        MLPRegressor(solver=solver).fit(X_DIABETES, Y_DIABETES)


@pytest.mark.parametrize("solver", ["lm", "gauss_newton", "kfac"])
@pytest.mark.parametrize(("of_X", "of_y"), [(1.0, 1e200), (1e200, 1.0)])
def test_numbers_beyond_squaring_are_an_error(solver: str, of_X: float, of_y: float) -> None:
    with pytest.raises(DivergenceError, match=r"[Ss]cale inputs and targets"):
        regressor(solver, activation="identity").fit(of_X * X_DIABETES, of_y * Y_DIABETES)
