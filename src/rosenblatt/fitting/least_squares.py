"""The solvers 'lm' and 'gauss_newton': squared errors, all rows at once."""

from __future__ import annotations

from typing import final

import numpy as np

from rosenblatt.engine.blas import blas_for
from rosenblatt.fitting.fits import FitContext, FullBatchSolver, SolverResult
from rosenblatt.fitting.iteration_log import Iterations
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order.least_squares import LeastSquares
from rosenblatt.second_order.least_squares_run import (
    Iterate,
    LeastSquaresMethod,
    LeastSquaresRun,
    Limits,
    minimize,
)
from rosenblatt.stopping import Ending
from rosenblatt.support.state_dict import StateDict

__all__ = ["LeastSquaresSolver"]


@final
class LeastSquaresSolver(FullBatchSolver):
    """In float64; there are no rows to validate on, and nothing is drawn."""

    def __init__(self, method: LeastSquaresMethod, start: FitContext) -> None:
        self.method, self.start, est = method, start, start.est
        est.loss_curve_, est.validation_loss_curve_ = [], None
        est.validation_scores_ = est.best_validation_score_ = est._progress = None
        self.iterations = Iterations(start)
        self.theta, self.counts = start.theta.astype(np.float64), StateDict()

    def solve(self) -> SolverResult:
        start, est = self.start, self.start.est
        problem = LeastSquares(start.network, L2(est.alpha), start.train.gathered())
        limits = Limits(est.max_iter, est.max_fun, est.tol)
        with blas_for(problem.largest_product, est.n_jobs, est.deterministic):
            walk = LeastSquaresRun(problem, self.theta, limits, self._report, self.at_rest)
            if self.counts.values:
                walk.load_state_dict(self.counts, self.iterations.asked)
            if self.at_rest is not None:
                self.walk = walk
            found = minimize(self.method, walk)
        est.n_iter_, est.stop_reason_ = found.n_iter, found.end.reason
        est.loss_ = est.best_loss_ = est._reported(found.data_loss, found.penalty)
        limit = (
            f"{type(self.method).__name__} failed to converge after {est.n_iter_} iteration(s):"
            f" {found.end.reason}. Increase max_iter or max_fun where they are the limit, or scale"
            " the data."
        )
        theta = found.theta.astype(start.theta.dtype)
        return SolverResult(theta, None if found.end.converged else limit, found.interrupted)

    def _report(self, iterate: Iterate) -> Ending | None:
        est = self.start.est
        loss = est._reported(iterate.data_loss, iterate.penalty)
        est.loss_curve_.append(loss)
        return self.iterations.ended(
            iterate.theta,
            loss,
            iterate.gradient,
            f"loss = {loss:.8g}, damping = {iterate.damping:.3g}",
            learning_rate=iterate.length,
            damping=iterate.damping,
            trials=iterate.trials,
        )

    def state_dict(self) -> StateDict:
        parts = StateDict.of_parts(
            walk=self.walk.state_dict(), iterations=self.iterations.state_dict()
        )
        return StateDict({"loss_curve": self.start.est.loss_curve_} | parts.values, parts.arrays)

    def load_state_dict(self, state: StateDict) -> None:
        self.start.est.loss_curve_ = list(state.values["loss_curve"])
        self.iterations.load_state_dict(state.part("iterations"), told=True)
        self.counts = state.part("walk")
        self.theta = self.counts.arrays["theta"].copy()
