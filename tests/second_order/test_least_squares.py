"""Gauss-Newton and Levenberg-Marquardt on their own, against closed forms and plain NumPy (G17)."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from sklearn.linear_model import Ridge

from rosenblatt.activations import Elementwise, ReLU, Tanh
from rosenblatt.backprop import forward
from rosenblatt.engine.reference import ReferenceObjective
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order import GaussNewton, LevenbergMarquardt
from rosenblatt.second_order.least_squares import LeastSquares, LinearModel
from rosenblatt.second_order.least_squares_run import LeastSquaresRun, minimize
from rosenblatt.second_order.least_squares_values import Iterate, Limits, Minimum
from rosenblatt.second_order.propagation import jacobian
from rosenblatt.support.types import FloatArray
from tests.support.data import X_DIABETES, Y_DIABETES
from tests.support.members import network, parameters

Vector = npt.NDArray[np.float64]
NET = network(Tanh(), 3, 4, 2)


def small_problem(weighted: bool, n: int = 30) -> Arrays:
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((n, 3)), rng.standard_normal((n, 2))
    return Arrays(X, y, rng.uniform(0, 2, n) if weighted else None)


def run(
    method: Any, problem: LeastSquares, theta: Vector, **limits: Any
) -> tuple[Minimum, list[Iterate]]:
    seen: list[Iterate] = []
    bounds = Limits(**({"max_iter": 100, "max_trials": 1000, "grad_tol": 1e-10} | limits))
    return minimize(method, LeastSquaresRun(problem, theta, bounds, seen.append)), seen


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("strength", [0.0, 0.7])
def test_losses_and_gradient_are_the_objectives(
    weighted: bool, strength: float, sparse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Residuals, J and the penalty's rows are in the scale of the objective, block by block."""
    monkeypatch.setattr(
        "rosenblatt.second_order.least_squares.JACOBIAN_ENTRIES", 7 * 2 * NET.n_parameters
    )
    arrays, theta = small_problem(weighted), parameters(NET)
    J, penalty, g = ReferenceObjective(
        NET, SquaredError(), L2(strength), arrays
    ).value_and_gradient(theta)
    if sparse:
        arrays = Arrays(sp.csr_array(arrays.X), arrays.y, arrays.weights)
    problem = LeastSquares(NET, L2(strength), arrays)
    assert problem.losses(theta) == pytest.approx((J, penalty), rel=1e-13)
    np.testing.assert_allclose(problem.linear_model(theta).gradient, g, rtol=1e-10, atol=1e-14)


def stacked(arrays: Arrays, theta: Vector, strength: float) -> tuple[Any, Any]:
    """J and r with the penalty's rows, as the head of `least_squares` writes them."""
    w = np.ones(arrays.n_samples) if arrays.weights is None else arrays.weights
    root = np.sqrt(w / w.sum())
    scores, J = jacobian(NET, theta, np.asarray(arrays.X))
    rows = np.repeat(root, NET.n_outputs)[:, None] * J
    r = (root[:, None] * (scores - arrays.y)).ravel()
    is_weight = np.zeros(NET.n_parameters)
    for W, _ in NET.weights_and_biases(is_weight):
        W[...] = np.sqrt(strength / w.sum())
    return np.vstack([rows, np.diag(is_weight)]), np.concatenate([r, is_weight * theta])


@pytest.mark.parametrize("strength", [0.0, 0.7])
@pytest.mark.parametrize("n", [4, 30])
def test_damped_step_solves_the_damped_system(strength: float, n: int) -> None:
    """With fewer residuals than parameters as well as with more."""
    arrays, theta, mu = small_problem(True, n), parameters(NET), 0.05
    J, r = stacked(arrays, theta, strength)
    expected = np.linalg.solve(J.T @ J + mu * np.eye(len(theta)), -J.T @ r)
    model = LeastSquares(NET, L2(strength), arrays).linear_model(theta)
    np.testing.assert_allclose(model.damped_step(mu), expected, rtol=1e-9)
    np.testing.assert_allclose(model.curvatures, (J * J).sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize("strength", [0.0, 0.7])
@pytest.mark.parametrize("n", [4, 30])
def test_undamped_step_is_the_shortest_minimiser(strength: float, n: int) -> None:
    arrays, theta = small_problem(True, n), parameters(NET)
    J, r = stacked(arrays, theta, strength)
    model = LeastSquares(NET, L2(strength), arrays).linear_model(theta)
    np.testing.assert_allclose(model.undamped_step(), -np.linalg.pinv(J) @ r, rtol=1e-7, atol=1e-9)


def test_orthogonal_factors_keep_digits_that_the_normal_equations_lose() -> None:
    """Singular values from 1 to 1e-9: their squares fall below float64's resolution of 1."""
    rng = np.random.default_rng(0)
    U, _ = np.linalg.qr(rng.standard_normal((40, 12)))
    V, _ = np.linalg.qr(rng.standard_normal((12, 12)))
    s, mu = np.logspace(0, -9, 12), 1e-19
    J, r = (U * s) @ V.T, U @ np.ones(12)
    expected = -V @ (s / (s**2 + mu))
    T = np.linalg.qr(np.column_stack([J, r]))[1]
    model = LinearModel(np.asfortranarray(T[:13]), np.zeros(12), np.zeros(12))
    miss = np.linalg.norm(model.damped_step(mu) - expected) / np.linalg.norm(expected)
    normal = np.linalg.solve(J.T @ J + mu * np.eye(12), -J.T @ r)
    assert miss < 1e-5
    assert np.linalg.norm(normal - expected) / np.linalg.norm(expected) > 0.1


@pytest.mark.parametrize("method", [GaussNewton(), LevenbergMarquardt(initial_damping=1e-12)])
def test_a_linear_network_is_ridge_regression(method: Any) -> None:
    """Squared error and penalty are quadratic in the weights: one step is enough."""
    net, alpha = Network(10, (Dense(1),)), 3.0
    problem = LeastSquares(net, L2(alpha), Arrays(X_DIABETES, Y_DIABETES[:, None]))
    found, seen = run(method, problem, parameters(net), max_iter=1)
    ridge = Ridge(alpha=alpha, solver="cholesky").fit(X_DIABETES, Y_DIABETES)
    ((W, b),) = net.weights_and_biases(found.theta)
    np.testing.assert_allclose(W[:, 0], ridge.coef_, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(b, ridge.intercept_, atol=1e-8)
    assert len(seen) == found.n_iter == 1


def nielsen(arrays: Arrays, theta: Vector, tau: float, steps: int) -> list[tuple[float, float]]:
    """(damping, loss) of the accepted steps, by the textbook's loop and the normal equations."""
    J, r = stacked(arrays, theta, 0.5)
    mu, nu = tau * (J * J).sum(axis=0).max(), 2.0
    accepted = []
    while len(accepted) < steps:
        g = J.T @ r
        delta = np.linalg.solve(J.T @ J + mu * np.eye(len(theta)), -g)
        r_new = stacked(arrays, theta + delta, 0.5)[1]
        rho = (r @ r - r_new @ r_new) / (delta @ (mu * delta - g))
        if rho > 0:
            theta = theta + delta
            J, r = stacked(arrays, theta, 0.5)
            accepted.append((mu, 0.5 * float(r @ r)))
            mu, nu = mu * max(1 / 3, 1 - (2 * rho - 1) ** 3), 2.0
        else:
            mu, nu = mu * nu, 2 * nu
    return accepted


def test_levenberg_marquardt_is_nielsens_algorithm() -> None:
    arrays, theta = small_problem(False), 3 * parameters(NET, seed=2)
    expected = nielsen(arrays, theta, 1e-6, 12)
    problem = LeastSquares(NET, L2(0.5), arrays)
    found, seen = run(LevenbergMarquardt(initial_damping=1e-6), problem, theta, max_iter=12)
    assert max(i.trials for i in seen) > 1, "a case in which steps are refused"
    assert found.n_trials == sum(i.trials for i in seen)
    np.testing.assert_allclose([i.damping for i in seen], [mu for mu, _ in expected], rtol=1e-5)
    np.testing.assert_allclose(
        [i.data_loss + i.penalty for i in seen], [loss for _, loss in expected], rtol=1e-9
    )


def test_gauss_newton_is_quadratic_near_a_fit() -> None:
    """On a teacher's own targets the error is about squared from step to step."""
    teacher = parameters(NET, seed=3)
    X = np.random.default_rng(2).standard_normal((60, 3))
    problem = LeastSquares(NET, L2(0.0), Arrays(X, forward(NET, teacher, X).scores))
    start = teacher + 0.02 * parameters(NET, seed=4)
    _, seen = run(GaussNewton(), problem, start, max_iter=3, grad_tol=0.0)
    norms = [float(np.linalg.norm(i.gradient)) for i in seen]
    assert norms[1] < 100 * norms[0] ** 2 < 0.1 * norms[0]
    assert norms[2] < 1e-3 * norms[1]


@pytest.mark.parametrize("method", [GaussNewton(), LevenbergMarquardt()], ids=repr)
@pytest.mark.parametrize(
    ("limits", "reason", "converged"),
    [
        ({"grad_tol": 1e3}, "no entry of the gradient exceeds tol=1000", True),
        ({"max_iter": 2}, "reached max_iter=2", False),
        ({"max_trials": 1}, "reached max_fun=1 step trials", False),
    ],
)
def test_limits(method: Any, limits: Any, reason: str, converged: bool) -> None:
    problem = LeastSquares(NET, L2(0.1), small_problem(False))
    found, _ = run(method, problem, parameters(NET), **limits)
    assert (found.end.reason, found.end.converged) == (reason, converged)


@pytest.mark.parametrize("method", [GaussNewton(step_tol=0.9), LevenbergMarquardt(step_tol=0.9)])
def test_a_small_step_ends_the_walk(method: Any) -> None:
    problem = LeastSquares(NET, L2(0.1), small_problem(False))
    found, _ = run(method, problem, parameters(NET))
    assert found.end.reason == "a step was below 0.9 of the parameters"


def test_the_damping_overflows_where_no_step_helps() -> None:
    problem = LeastSquares(NET, L2(0.1), small_problem(False))
    method = LevenbergMarquardt(initial_damping=1e-3, max_damping=1e-9)
    found, seen = run(method, problem, parameters(NET))
    assert "the damping passed 1e-09" in found.end.reason
    assert not found.end.converged
    assert not seen


@final
class Exponential(Elementwise):
    """Not one of the library's: it overflows soon."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.exp(z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return a


@pytest.mark.parametrize(
    "method", [GaussNewton(), LevenbergMarquardt(initial_damping=1e-12)], ids=repr
)
def test_a_step_that_is_not_finite_is_refused(method: Any) -> None:
    """y = x by w eᵛˣ with w = 10⁻³: the linear model asks for v = 1000, of which e is no number."""
    net = network(Exponential(), 1, 1, 1)
    theta = net.pack([[[0.0]], [[1e-3]]], [[0.0], [0.0]])
    x = np.linspace(-1, 1, 5)[:, None]
    problem = LeastSquares(net, L2(0.0), Arrays(x, x))
    with np.errstate(over="ignore"):
        first = problem.losses(theta + problem.linear_model(theta).undamped_step())
    assert not np.isfinite(first[0])
    found, seen = run(method, problem, theta, max_iter=20)
    assert seen[0].trials > 1
    assert len(seen) > 1
    assert np.isfinite(found.theta).all()
    assert found.data_loss < 0.95 * problem.losses(theta)[0]


def test_weights_that_overflow_are_refused() -> None:
    """ReLU units of weights 1e150."""
    net = network(ReLU(), 1, 1, 1)
    theta = net.pack([[[1e150]], [[1e150]]], [[0.0], [0.0]])
    problem = LeastSquares(net, L2(0.0), Arrays(np.ones((3, 1)), np.ones((3, 1))))
    with pytest.raises(DivergenceError, match="loss of the initial weights is not finite"):
        run(LevenbergMarquardt(), problem, theta)


@pytest.mark.parametrize("method", [LevenbergMarquardt(), GaussNewton()], ids=repr)
def test_a_point_whose_derivatives_overflow_is_not_gone_to(
    method: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk ends before it, at numbers alone."""
    real, models = LeastSquares.linear_model, 0

    def third_is_none(self: LeastSquares, theta: Vector) -> LinearModel:
        nonlocal models
        models += 1
        model = real(self, theta)
        return (
            LinearModel(np.full_like(model.T, np.nan), theta, model.ridge) if models == 3 else model
        )

    monkeypatch.setattr(LeastSquares, "linear_model", third_is_none)
    problem = LeastSquares(NET, L2(0.1), small_problem(False))
    found, seen = run(method, problem, parameters(NET, 3))
    assert len(seen) == found.n_iter == 1
    np.testing.assert_array_equal(found.theta, seen[0].theta)
    assert not found.end.converged
    assert found.end.reason.startswith("in iteration 2: ")


def test_ctrl_c_keeps_the_last_accepted_step() -> None:
    problem = LeastSquares(NET, L2(0.1), small_problem(False))

    def interrupted(iterate: Iterate) -> None:
        raise KeyboardInterrupt

    walk = LeastSquaresRun(problem, parameters(NET), Limits(9, 99, 0.0), interrupted)
    with pytest.warns(UserWarning, match="interrupted"):
        found = minimize(LevenbergMarquardt(), walk)
    assert found.end.reason == "interrupted by the user"
    assert found.n_iter == 1
    assert problem.losses(found.theta) == (found.data_loss, found.penalty)


@pytest.mark.parametrize(
    "make",
    [
        lambda: LevenbergMarquardt(initial_damping=0),
        lambda: LevenbergMarquardt(step_tol=-1),
        lambda: GaussNewton(max_halvings=0),
    ],
)
def test_hyper_parameters_are_checked(make: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        make()
