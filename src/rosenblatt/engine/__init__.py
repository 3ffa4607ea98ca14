"""Engines train, evaluate and predict: compiled kernels where they exist, else NumPy code."""

from __future__ import annotations

from rosenblatt.engine import native, reference
from rosenblatt.engine.coalitions import CoalitionPredictor, ColumnShares, Walks, coalitions
from rosenblatt.engine.epoch import Epoch
from rosenblatt.engine.epoch_plan import EpochPlan, StepFactors
from rosenblatt.engine.interface import EnginePredictor, Objective, OutputFormat, Trainer
from rosenblatt.engine.kernels import has_kernel, members_without_kernels, runs_natively
from rosenblatt.engine.mean_prediction import MeanPredictor
from rosenblatt.engine.native import has_bfloat16
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.optimizer_step import step_of
from rosenblatt.engine.prediction import predictor, scores
from rosenblatt.engine.shuffling import shuffle
from rosenblatt.engine.stoppable import StoppablePredictor, Stopped
from rosenblatt.engine.threads import FORWARD_AND_BACK, shares_for, threads_for
from rosenblatt.engine.training_setup import TrainingSetup
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import Penalty

__all__ = [
    "CoalitionPredictor",
    "ColumnShares",
    "EnginePredictor",
    "Epoch",
    "EpochPlan",
    "MeanPredictor",
    "Objective",
    "OptimizerState",
    "OutputFormat",
    "StepFactors",
    "StoppablePredictor",
    "Stopped",
    "Trainer",
    "TrainingSetup",
    "Walks",
    "coalitions",
    "has_bfloat16",
    "has_kernel",
    "members_without_kernels",
    "objective",
    "predictor",
    "scores",
    "shuffle",
    "step_of",
    "trainer",
    "trains_natively",
]


def trains_natively(problem: Problem) -> bool:
    """Whether there are kernels for all members of the problem, and for its ties and activities."""
    members = (
        problem.loss,
        problem.penalty,
        problem.optimizer,
        problem.clipping,
        problem.constraint,
        problem.averaging,
    )
    if problem.ties or problem.activities:
        return False
    return runs_natively(problem.network) and all(map(has_kernel, members))


def trainer(setup: TrainingSetup) -> Trainer:
    """A trainer on the compiled kernels, or on NumPy where a member has none.

    Raises
    ------
    ValueError
        For bfloat16 without kernels.
    """
    s = setup
    if trains_natively(s.problem):
        work = (s.problem.network, s.batch_size, FORWARD_AND_BACK)
        steps, entries = s.steps_per_epoch, s.arrays.mean_entries
        threads = threads_for(*work, s.n_jobs, steps=steps, entries=entries)
        shares = shares_for(*work, steps=steps, entries=entries) if s.deterministic else 0
        return native.NativeTrainer(
            s.problem, s.arrays, s.theta, s.optimizer_state, threads, s.bfloat16, s.state, shares
        )
    if s.bfloat16:
        raise ValueError("members without kernels are not trained with bfloat16 products")
    return reference.ReferenceTrainer(s.problem, s.arrays, s.theta, s.optimizer_state, s.state)


def objective(
    network: Network,
    loss: Loss,
    penalty: Penalty,
    arrays: Arrays,
    n_jobs: int | None = None,
    deterministic: bool = False,
) -> Objective:
    """The objective over all rows; `deterministic` as in `TrainingSetup`."""
    if runs_natively(network) and has_kernel(loss) and has_kernel(penalty):
        work, entries = (network, arrays.n_samples, FORWARD_AND_BACK), arrays.mean_entries
        threads = threads_for(*work, n_jobs, entries=entries)
        shares = shares_for(*work, entries=entries) if deterministic else 0
        return native.NativeObjective(network, loss, penalty, arrays, threads, shares)
    return reference.ReferenceObjective(network, loss, penalty, arrays)
