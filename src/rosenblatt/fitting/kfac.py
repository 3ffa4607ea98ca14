"""The solver 'kfac': natural gradients batch by batch, in epochs like those of 'adam'."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from rosenblatt.averaging import CurrentWeights
from rosenblatt.engine.blas import blas_for, largest_product
from rosenblatt.fitting.epochs import EpochFit, clipped_batch_size, learning_rows
from rosenblatt.fitting.fits import FitContext
from rosenblatt.fitting.history import SolverInfo
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.regularization.penalties import L2
from rosenblatt.schedules import Constant, Run
from rosenblatt.second_order.kfac import KFAC, KFACTrainer
from rosenblatt.stopping import NoImprovement

__all__ = ["begin_kfac"]

NATURAL_GRADIENT = SolverInfo("K-FAC", False, "raise the damping by solver=KFAC(damping=...)")


def begin_kfac(method: KFAC, start: FitContext) -> EpochFit:
    est, network, theta = start.est, start.network, start.theta
    train, validation = learning_rows(start)
    # A step is judged by the loss that its gradient is of: the exact one.
    loss = est._loss()
    est.history_, est.loss_curve_, est.validation_loss_curve_ = [], [], None
    est.best_loss_ = None if est.early_stopping else np.inf
    est.validation_scores_ = [] if est.early_stopping else None
    est.best_validation_score_ = -np.inf if est.early_stopping else None
    est._progress = None
    batch_size = clipped_batch_size(est, train.n_samples)
    steps = math.ceil(train.n_samples / batch_size)
    trainer = KFACTrainer(method, network, loss, L2(est.alpha), train, theta, start.rng)
    return EpochFit(
        start,
        loss,
        (train, validation),
        CurrentWeights(theta),
        lambda: trainer,  # its damping and its factors outlive a pause
        trainer,
        method=NATURAL_GRADIENT,
        learning_rate=LearningRate(1.0, Constant().control(Run(1.0, steps * est.max_iter, steps))),
        stopping=NoImprovement(est.tol, est.n_iter_no_change),
        batch_size=batch_size,
        max_epochs=est.max_iter,
        held=partial(blas_for, largest_product(network, batch_size), est.n_jobs, est.deterministic),
    )
