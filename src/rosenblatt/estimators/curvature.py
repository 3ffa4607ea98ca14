"""The solver 'lbfgs': all rows at once."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import engine
from rosenblatt.engine.blas import blas_for
from rosenblatt.estimators.fits import Start
from rosenblatt.estimators.iterations import Iterations
from rosenblatt.second_order.lbfgs import Iterate, minimize_lbfgs
from rosenblatt.stopping import Ending
from rosenblatt.types import FloatArray

__all__ = ["fit_lbfgs"]


def fit_lbfgs(start: Start) -> FloatArray:
    """The parameters of a fit, whose attributes are written on the estimator."""
    est, network, theta, control = start.est, start.network, start.theta, start.control
    arrays = start.train.gathered()
    # A bound on the probabilities would make value and gradient disagree: the loss is exact.
    objective = engine.objective(
        network, est._loss(), control.penalty, arrays, est.n_jobs, est.deterministic
    )
    est.validation_loss_curve_ = None
    est._progress = None  # its best is of other weights than those that come of this
    iterations = Iterations(start)

    def report(x: npt.NDArray[np.float64], iterate: Iterate) -> Ending | None:
        loss = est._reported(iterate.data_loss, iterate.penalty)
        return iterations.ended(x, loss, iterate.gradient, f"loss = {loss:.8f}")

    largest = arrays.n_samples * max(n_in * n_out for n_in, n_out in network.shapes)
    with blas_for(
        largest, est.n_jobs, est.deterministic
    ):  # SciPy's own steps factorise tiny matrices
        result = minimize_lbfgs(
            objective,
            theta,
            max_iter=est.max_iter,
            max_fun=est.max_fun,
            grad_tol=est.tol,
            on_iterate=report,
        )
    est.n_iter_ = result.n_iter
    est.loss_ = est._reported(result.last.data_loss, result.last.penalty)
    est.stop_reason_ = result.message
    if not result.converged:
        warnings.warn(
            f"lbfgs failed to converge after {est.n_iter_} iteration(s): {result.message}."
            " Increase max_iter or max_fun where they are the limit, or scale the data.",
            ConvergenceWarning,
            stacklevel=6,
        )
    return result.theta.astype(theta.dtype)
