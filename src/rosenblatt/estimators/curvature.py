"""The solver 'lbfgs': all rows at once."""

from __future__ import annotations

import warnings
from typing import final

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import engine
from rosenblatt.engine import Objective
from rosenblatt.engine.blas import blas_for
from rosenblatt.estimators.fits import FullBatchSolver, Start
from rosenblatt.estimators.iterations import Iterations
from rosenblatt.second_order.lbfgs import Iterate, Recorded, minimize_lbfgs
from rosenblatt.snapshot import Snapshot
from rosenblatt.stopping import Ending
from rosenblatt.types import FloatArray

__all__ = ["LBFGS"]


@final
class LBFGS(FullBatchSolver):
    def __init__(self, start: Start) -> None:
        self.start, est = start, start.est
        arrays = start.train.gathered()
        # A bound on the probabilities would make value and gradient disagree: the loss is exact.
        self.objective: Objective | Recorded = engine.objective(
            start.network, est._loss(), start.control.penalty, arrays, est.n_jobs
        )
        if est.checkpoint is not None:
            self.objective = Recorded(self.objective)
        largest = max(n_in * n_out for n_in, n_out in start.network.shapes)
        self._largest_product = arrays.n_samples * largest
        est.validation_loss_curve_ = None
        est._progress = None  # its best is of other weights than those that come of this
        self.iterations = Iterations(start)

    def solve(self) -> FloatArray:
        est, theta = self.start.est, self.start.theta
        with blas_for(self._largest_product, est.n_jobs):  # SciPy factorises tiny matrices
            result = minimize_lbfgs(
                self.objective,
                theta,
                max_iter=est.max_iter,
                max_fun=est.max_fun,
                grad_tol=est.tol,
                on_iterate=self._report,
            )
        self.interrupted = result.interrupted
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

    def _report(self, x: npt.NDArray[np.float64], iterate: Iterate) -> Ending | None:
        loss = self.start.est._reported(iterate.data_loss, iterate.penalty)
        asked = self.iterations.ended(x, loss, iterate.gradient, f"loss = {loss:.8f}")
        if asked is None and self.at_rest is not None:
            self.at_rest()
        return asked

    def snapshot(self) -> Snapshot:
        assert isinstance(self.objective, Recorded)
        return Snapshot.of_parts(
            objective=self.objective.snapshot(), iterations=self.iterations.snapshot()
        )

    def restore(self, snapshot: Snapshot) -> None:
        assert isinstance(self.objective, Recorded)
        self.objective.restore(snapshot.part("objective"))
        self.iterations.restore(snapshot.part("iterations"), told=False)
