"""The solver 'lbfgs': all rows at once."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt import engine
from rosenblatt.engine.blas import blas_for, largest_product
from rosenblatt.engine.diagnosis import examined
from rosenblatt.fitting.fits import FitContext, FullBatchSolver, SolverResult
from rosenblatt.fitting.iteration_log import Iterations
from rosenblatt.second_order.lbfgs import AcceptedStep, Recording, minimize_lbfgs
from rosenblatt.stopping import Ending
from rosenblatt.support.state_dict import StateDict

__all__ = ["LBFGSSolver"]


@final
class LBFGSSolver(FullBatchSolver):
    def __init__(self, start: FitContext) -> None:
        self.start = start
        start.est.validation_loss_curve_ = None
        start.est._progress = None  # its best is of other weights than those that come of this
        self.iterations, self.recording = Iterations(start), Recording()

    def solve(self) -> SolverResult:
        est, network, theta = self.start.est, self.start.network, self.start.theta
        arrays = self.start.train.gathered()
        # A bound on the probabilities would make value and gradient disagree: the loss is exact.
        loss, penalty = est._loss(), self.start.control.penalty
        objective = engine.objective(network, loss, penalty, arrays, est.n_jobs, est.deterministic)
        if self.at_rest is not None:
            objective = self.recording.of(objective)
        # SciPy's own steps factorise tiny matrices.
        with blas_for(largest_product(network, arrays.n_samples), est.n_jobs, est.deterministic):
            result = minimize_lbfgs(
                objective,
                theta,
                max_iter=est.max_iter,
                max_fun=est.max_fun,
                grad_tol=est.tol,
                on_iterate=self._report,
                finding=lambda x, moved: examined(network, loss, penalty, arrays, x, moved),
            )
        est.n_iter_ = result.n_iter
        est.loss_ = est._reported(result.last.data_loss, result.last.penalty)
        est.stop_reason_ = result.message
        limit = (
            f"lbfgs failed to converge after {est.n_iter_} iteration(s): {result.message}."
            " Increase max_iter or max_fun where they are the limit, or scale the data."
        )
        found = result.theta.astype(theta.dtype)
        return SolverResult(found, None if result.converged else limit, result.interrupted)

    def _report(self, x: npt.NDArray[np.float64], iterate: AcceptedStep) -> Ending | None:
        loss = self.start.est._reported(iterate.data_loss, iterate.penalty)
        asked = self.iterations.ended(x, loss, iterate.gradient, f"loss = {loss:.8f}")
        if asked is None and self.at_rest is not None:
            self.at_rest()
        return asked

    def state_dict(self) -> StateDict:
        return StateDict.of_parts(
            recording=self.recording.state_dict(), iterations=self.iterations.state_dict()
        )

    def load_state_dict(self, state: StateDict) -> None:
        self.recording.load_state_dict(state.part("recording"))
        self.iterations.load_state_dict(state.part("iterations"), told=False)
