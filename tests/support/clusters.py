"""Simulated clusters for tests: on functions of a few parameters, and fits of estimators."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rosenblatt.cluster.functions import DescentUpdate, FunctionWork
from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.modes import Mode
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shard import ServerShard
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.cluster.worker import Worker
from rosenblatt.estimators.access import fit_by
from rosenblatt.support.types import FloatArray


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
