"""Clusters for tests: simulated ones, on functions and fits, and the warnings of real ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from rosenblatt.cluster.functions import DescentUpdate, FunctionWork
from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.modes import Mode
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shard import ServerShard
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.cluster.worker import Worker
from rosenblatt.estimators.access import fit_by
from rosenblatt.support.types import FloatArray

# Marks of tests in processes of Ray.
QUIET = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    # Of Ray's own.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Of fits to files: small batches, and no stop before the last epoch.
FILE_FIT: dict[str, Any] = {
    "hidden_layer_sizes": (6,),
    "batch_size": 50,
    "random_state": 0,
    "dtype": "float64",
    "n_iter_no_change": 100,
}


def fitted(estimator: Any, plan: ClusterPlan, X: Any, y: Any, *given: Any, **hardware: Any) -> Any:
    """The estimator, fitted by a simulated cluster."""
    transport = InProcess(**hardware)
    fit_by(estimator, partial(ClusterTrainer, plan=plan, transport=transport), X, y, *given)
    return estimator


def descent(
    gradient: Callable[[FloatArray, int], FloatArray],
    start: FloatArray,
    mode: Mode,
    rate: float,
    workers: int,
    steps: int,
) -> tuple[list[Worker], ServerShard]:
    """Workers and one server for gradient descent on a function."""
    shard = ServerShard(start, DescentUpdate(rate), mode, workers)
    share = 1 / workers if mode.summed else 1.0
    team = [
        Worker(k, 0, FunctionWork(gradient, steps, share), np.empty_like(start), [slice(None)])
        for k in range(workers)
    ]
    return team, shard
