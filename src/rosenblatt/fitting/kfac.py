"""The solver 'kfac': natural gradients batch by batch, in epochs like those of 'adam'."""

from __future__ import annotations

import math
from functools import partial

from rosenblatt.averaging import CurrentWeights
from rosenblatt.engine.blas import blas_for, largest_product
from rosenblatt.fitting.batches import clipped_batch_size, learning_rows
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.epochs import EpochFit
from rosenblatt.fitting.history import SolverInfo
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.regularization.penalties import L2
from rosenblatt.schedules import Constant, Run
from rosenblatt.second_order.kfac import KFAC, KFACTrainer
from rosenblatt.stopping import NoImprovement

__all__ = ["begin_kfac"]

NATURAL_GRADIENT = SolverInfo("K-FAC", False, "raise the damping of solver=KFAC()")


def begin_kfac(method: KFAC, context: FitContext) -> EpochFit:
    """A fit by natural gradients, before its first step."""
    p, network, theta = context.parameters, context.network, context.theta
    train, validation = learning_rows(context)
    # A step is judged by the loss that its gradient is of: the exact one.
    loss = context.loss
    context.log.history = []
    context.log.begin_curves(p.early_stopping)
    batch_size = clipped_batch_size(p, train.n_samples)
    steps = math.ceil(train.n_samples / batch_size)
    trainer = KFACTrainer(method, network, loss, L2(p.alpha), train, theta, context.rng)
    return EpochFit(
        context,
        loss,
        (train, validation),
        CurrentWeights(theta),
        lambda: trainer,  # its damping and its factors outlive a pause
        trainer,
        method=NATURAL_GRADIENT,
        learning_rate=LearningRate(1.0, Constant().control(Run(1.0, steps * p.max_iter, steps))),
        stopping=NoImprovement(p.tol, p.n_iter_no_change),
        batch_size=batch_size,
        max_epochs=p.max_iter,
        held=partial(blas_for, largest_product(network, batch_size), p.n_jobs, p.deterministic),
    )
