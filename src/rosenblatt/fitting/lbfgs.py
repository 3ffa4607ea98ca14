"""The solver 'lbfgs': all rows at once."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt import engine
from rosenblatt.engine.blas import blas_for, largest_product
from rosenblatt.engine.diagnosis import examined
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.fits import FullBatchSolver, SolverResult
from rosenblatt.fitting.iteration_log import Iterations
from rosenblatt.second_order.lbfgs import AcceptedStep, Recorded, Recording, minimize_lbfgs
from rosenblatt.stopping import Ending
from rosenblatt.support.state_dict import StateDict

__all__ = ["LBFGSSolver"]


@final
class LBFGSSolver(FullBatchSolver):
    def __init__(self, context: FitContext) -> None:
        self.context = context
        context.log.has_curves = False
        context.log.validation_loss_curve = None
        self.iterations, self.recording = Iterations(context), Recording()
        self.recorded: Recorded | None = None

    def solve(self) -> SolverResult:
        context, log, p = self.context, self.context.log, self.context.parameters
        network, theta = context.network, context.theta
        arrays = context.train.gathered()
        # A bound on the probabilities would make value and gradient disagree: the loss is exact.
        loss, penalty = context.loss, context.config.penalty
        objective = engine.objective(network, loss, penalty, arrays, p.n_jobs, p.deterministic)
        if self.at_rest is not None:
            objective = self.recorded = self.recording.of(objective)
        # SciPy's own steps factorise tiny matrices.
        with blas_for(largest_product(network, arrays.n_samples), p.n_jobs, p.deterministic):
            result = minimize_lbfgs(
                objective,
                theta,
                max_iter=p.max_iter,
                max_fun=p.max_fun,
                grad_tol=p.tol,
                on_iterate=self._report,
                finding=lambda x, moved: examined(network, loss, penalty, arrays, x, moved),
            )
        log.n_iter, log.stop_reason = result.n_iter, result.message
        log.loss = context.reported(result.last.data_loss, result.last.penalty)
        limit = (
            f"lbfgs failed to converge after {log.n_iter} iteration(s): {result.message}."
            " Increase max_iter or max_fun where they are the limit, or scale the data."
        )
        found = result.theta.astype(theta.dtype)
        return SolverResult(found, None if result.converged else limit, result.interrupted)

    def _report(self, x: npt.NDArray[np.float64], iterate: AcceptedStep) -> Ending | None:
        loss = self.context.reported(iterate.data_loss, iterate.penalty)
        asked = self.iterations.ended(x, loss, iterate.gradient, f"loss = {loss:.8f}")
        # Until all is replayed the checkpoint may turn out to be another machine's.
        replaying = self.recorded is not None and self.recorded.is_replaying
        if asked is None and self.at_rest is not None and not replaying:
            self.at_rest()
        return asked

    def state_dict(self) -> StateDict:
        return StateDict.of_parts(
            recording=self.recording.state_dict(), iterations=self.iterations.state_dict()
        )

    def load_state_dict(self, state: StateDict) -> None:
        self.recording.load_state_dict(state.part("recording"), self.context.theta)
        self.iterations.load_state_dict(state.part("iterations"), replayed=True)
