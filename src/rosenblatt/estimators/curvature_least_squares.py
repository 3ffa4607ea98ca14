"""The solvers 'lm' and 'gauss_newton': squared errors, all rows at once."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.engine.blas import blas_for
from rosenblatt.estimators.fits import Start
from rosenblatt.estimators.iterations import Iterations
from rosenblatt.losses import SquaredError
from rosenblatt.network import Network
from rosenblatt.penalties import L2
from rosenblatt.second_order.least_squares import LeastSquares
from rosenblatt.second_order.walk import Iterate, LeastSquaresMethod, Limits, minimize
from rosenblatt.stopping import Ending
from rosenblatt.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["fit_least_squares"]


def fit_least_squares(method: LeastSquaresMethod, start: Start) -> FloatArray:
    """The parameters of a fit in float64, whose attributes are written on the estimator.

    There are no rows to validate on, and nothing is drawn.
    """
    est, network, theta = start.est, start.network, start.theta
    check_applicable(method, est, network)
    est.loss_curve_, est.validation_loss_curve_ = [], None
    est.validation_scores_ = est.best_validation_score_ = est._progress = None
    iterations = Iterations(start)

    def report(iterate: Iterate) -> Ending | None:
        loss = est._reported(iterate.data_loss, iterate.penalty)
        est.loss_curve_.append(loss)
        return iterations.ended(
            iterate.theta,
            loss,
            iterate.gradient,
            f"loss = {loss:.8g}, damping = {iterate.damping:.3g}",
            learning_rate=iterate.length,
            damping=iterate.damping,
            trials=iterate.trials,
        )

    problem = LeastSquares(network, L2(est.alpha), start.train.gathered())
    limits = Limits(est.max_iter, est.max_fun, est.tol)
    with blas_for(problem.largest_product, est.n_jobs, est.deterministic):
        found = minimize(method, problem, theta.astype(np.float64), limits, report)
    est.n_iter_, est.stop_reason_ = found.n_iter, found.end.reason
    est.loss_ = est.best_loss_ = est._reported(found.data_loss, found.penalty)
    if not found.end.converged:
        warnings.warn(
            f"{type(method).__name__} failed to converge after {est.n_iter_} iteration(s):"
            f" {found.end.reason}. Increase max_iter or max_fun where they are the limit, or scale"
            " the data.",
            ConvergenceWarning,
            stacklevel=6,
        )
    return found.theta.astype(theta.dtype)


def check_applicable(method: LeastSquaresMethod, est: BaseMLP, network: Network) -> None:
    """ValueError for what this solver cannot do, with what can."""
    solver = f"solver={est.solver!r}"
    loss = est._loss()
    if not isinstance(loss, SquaredError):
        raise ValueError(
            f"{solver} minimises squared errors, and this model's loss is"
            f" {type(loss).__name__}: take solver='kfac' or 'lbfgs'."
        )
    if est.early_stopping:
        raise ValueError(
            f"early_stopping watches epochs, which {solver} does not have: set it to False, or"
            " take solver='kfac' or 'adam'."
        )
    if network.n_parameters > method.max_parameters:
        raise ValueError(
            f"{solver} factorises matrices of n_parameters columns: it takes networks of up to"
            f" {method.max_parameters:,} parameters, and this one has {network.n_parameters:,}."
            " Take solver='lbfgs' or 'kfac', fewer hidden units, or an object with another"
            f" limit: {type(method).__name__}(max_parameters=...)."
        )
