"""The solver 'kfac': natural gradients batch by batch, in epochs like those of 'adam'."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.averaging import InPlace
from rosenblatt.engine.blas import blas_for
from rosenblatt.estimators.control import Control
from rosenblatt.estimators.descent import clipped_batch_size, follow, validator, watched
from rosenblatt.estimators.following import Followers
from rosenblatt.estimators.rows import split
from rosenblatt.network import Network
from rosenblatt.penalties import L2
from rosenblatt.problem import Arrays
from rosenblatt.schedules import Constant, Run
from rosenblatt.second_order.kfac import KFAC, KFACTrainer
from rosenblatt.stopping import NoImprovement
from rosenblatt.training import Descent
from rosenblatt.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["fit_kfac"]


def fit_kfac(
    method: KFAC,
    est: BaseMLP,
    network: Network,
    theta: FloatArray,
    rows: tuple[Arrays, Arrays | None],
    rng: np.random.RandomState,
    control: Control,
    followers: Followers,
) -> FloatArray:
    """Fit from theta, and write the fit's attributes on the estimator.

    `rows` are those to train on, and those to validate on where they were given.
    """
    check_width(method, est, network)
    train, validation = rows
    if est.early_stopping and validation is None:
        train, validation = split(train, est.validation_fraction, est._strata(train.y), rng)
    # A step is judged by the loss that its gradient is of: the exact one.
    loss = est._loss()
    est.history_, est.loss_curve_ = [], []
    est.best_loss_ = None if est.early_stopping else np.inf
    est.validation_scores_ = [] if est.early_stopping else None
    est.best_validation_score_ = -np.inf if est.early_stopping else None
    est._progress = None
    batch_size = clipped_batch_size(est, train.n_samples)
    steps = math.ceil(train.n_samples / batch_size)
    state = network.initial_state(theta.dtype)  # none: blocks with a state are refused
    validate = None
    if validation is None:
        est.validation_loss_curve_ = None
    else:
        validate = validator(est, control, network, loss, (theta, state), validation)
        est.validation_loss_curve_ = []
    descent = Descent(
        trainer=KFACTrainer(method, network, loss, L2(est.alpha), train, theta, rng),
        shown=InPlace(theta),
        state=state,
        objective=lambda epoch: est._reported(epoch.data_loss, epoch.penalty),
        lr=1.0,
        order=np.arange(train.n_samples),
        batch_size=batch_size,
        max_epochs=est.max_iter,
        rate=Constant().control(Run(1.0, steps * est.max_iter, steps)),
        stopping=NoImprovement(est.tol, est.n_iter_no_change),
        rng=rng if est.shuffle else None,
        validate=validate,
        rules=control.rules,
        early_stopping=est.early_stopping,
        watched=watched(est),
        samples_seen=est.t_,
        on_message=print if est._prints else None,
        on_epoch=followers.epoch_begins,
    )
    with blas_for(batch_size * max(n_in * n_out for n_in, n_out in network.shapes), est.n_jobs):
        follow(est, descent, followers, network)
    if not descent.converged:
        warnings.warn(
            f"K-FAC: max_iter={est.max_iter} epochs are over and the optimization hasn't converged"
            " yet.",
            ConvergenceWarning,
            stacklevel=5,
        )
    return theta if descent.best is None else descent.best[0]


def check_width(method: KFAC, est: BaseMLP, network: Network) -> None:
    """ValueError where the factors of a layer would be too large."""
    widest = max(max(shape) for shape in network.shapes)
    if widest > method.max_width:
        raise ValueError(
            f"solver={est.solver!r} factorises a matrix as wide as each layer: it takes up to"
            f" {method.max_width:,} inputs or units, and this network has {widest:,} in one layer."
            " Take solver='lbfgs' or 'adam', or KFAC(max_width=...)."
        )
