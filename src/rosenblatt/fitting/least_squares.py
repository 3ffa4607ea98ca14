"""The solvers 'lm' and 'gauss_newton': squared errors, all rows at once."""

from __future__ import annotations

from typing import final

import numpy as np

from rosenblatt.engine.blas import blas_for
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.fits import FullBatchSolver, SolverResult
from rosenblatt.fitting.iteration_log import Iterations
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order.least_squares import LeastSquares
from rosenblatt.second_order.least_squares_run import (
    LeastSquaresMethod,
    LeastSquaresRun,
    minimize,
)
from rosenblatt.second_order.least_squares_values import Iterate, Limits
from rosenblatt.stopping import Ending
from rosenblatt.support.state_dict import StateDict, plain_numbers

__all__ = ["LeastSquaresSolver"]


@final
class LeastSquaresSolver(FullBatchSolver):
    """In float64; there are no rows to validate on, and nothing is drawn."""

    def __init__(self, method: LeastSquaresMethod, context: FitContext) -> None:
        self.method, self.context = method, context
        context.log.begin_curves(early_stopping=False)
        self.iterations = Iterations(context)
        self.theta, self.counts = context.theta.astype(np.float64), StateDict()

    def solve(self) -> SolverResult:
        context, log, p = self.context, self.context.log, self.context.parameters
        problem = LeastSquares(context.network, L2(p.alpha), context.train.gathered())
        limits = Limits(p.max_iter, p.max_fun, p.tol)
        with blas_for(problem.largest_product, p.n_jobs, p.deterministic):
            walk = LeastSquaresRun(problem, self.theta, limits, self._report, self.at_rest)
            if self.counts.values:
                walk.load_state_dict(self.counts, self.iterations.asked)
            if self.at_rest is not None:
                self.walk = walk
            found = minimize(self.method, walk)
        log.n_iter, log.stop_reason = found.n_iter, found.end.reason
        log.loss = log.best_loss = context.reported(found.data_loss, found.penalty)
        limit = (
            f"{type(self.method).__name__} failed to converge after {log.n_iter} iteration(s):"
            f" {found.end.reason}. Increase max_iter or max_fun where they are the limit, or scale"
            " the data."
        )
        theta = found.theta.astype(context.theta.dtype)
        return SolverResult(theta, None if found.end.converged else limit, found.interrupted)

    def _report(self, iterate: Iterate) -> Ending | None:
        loss = self.context.reported(iterate.data_loss, iterate.penalty)
        self.context.log.loss_curve.append(loss)
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
        return StateDict({"loss_curve": self.context.log.loss_curve} | parts.values, parts.arrays)

    def load_state_dict(self, state: StateDict) -> None:
        self.context.log.loss_curve = state.numbers("loss_curve")
        self.iterations.load_state_dict(state.part("iterations"), replayed=False)
        self.counts = state.part("walk")
        self.counts.copy_to(self.theta, "theta")
        for name in ("n_iter", "n_trials", "trials_before"):
            self.counts.whole(name)
        plain_numbers(list(dict(self.counts.values["carried"]).values()), "carried")
