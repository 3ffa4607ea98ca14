"""What cannot be distributed, and what to take instead."""

from __future__ import annotations

import os
from numbers import Real
from typing import Any

from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.errors import InputError
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.options.solvers import FIRST_ORDER, solver_of
from rosenblatt.support.listing import brief, count, shortened

__all__ = ["check_distributable", "check_settings", "check_streamable", "check_workers"]

MOST_IDLE = 1_000  # workers that there may be with fewer rows, and nothing to do
MOST_PER_CORE = 32  # processes of a cluster of this machine's own: each takes some 100 MB


def check_distributable(estimator: Any, plan: ClusterPlan) -> None:
    """Refuse an estimator that a cluster cannot train.

    Raises
    ------
    TypeError
        For anything but `MLPClassifier` and `MLPRegressor`.
    InputError
        For parameters that need all rows, or all parameters, in one place.
    """
    if not isinstance(estimator, MLPClassifier | MLPRegressor):
        raise TypeError(
            f"a cluster trains MLPClassifier and MLPRegressor, got {type(estimator).__name__}: give"
            " the network itself, with a table's columns as numbers."
        )
    p = estimator
    family = solver_of(p.solver).family
    if family is not FIRST_ORDER:
        raise InputError(
            f"solver={p.solver!r} {family.nature} and is not distributed: take a first-order"
            " solver, such as 'adam' or 'sgd'."
        )
    if p.normalization == "batch" or type(p.normalization).__name__ == "BatchNorm":
        raise InputError(
            "normalization='batch' needs the moments of whole batches, of which every worker has a"
            " part: take normalization='layer'."
        )
    whole = {"clip_norm": "clip_value", "max_norm": "alpha"}
    for name, other in whole.items():
        if getattr(p, name) is not None and plan.servers > 1:
            raise InputError(
                f"{name} needs all parameters in one place, and servers={plan.servers}: take"
                f" servers=1, or {other}."
            )
    if plan.local_steps > 1 and p.averaging is not None:
        raise InputError(
            f"averaging={p.averaging!r} takes every step, and workers make local_steps="
            f"{plan.local_steps} by themselves: take local_steps=1."
        )


def check_streamable(estimator: Any) -> None:
    """Refuse what a fit to files does not have.

    Raises
    ------
    InputError
    """
    if estimator.warm_start:
        raise InputError("a fit to files begins anew each time: take warm_start=False.")


def check_settings(address: Any, lost_after: Any, report: Any, window: Any) -> None:
    """Refuse what `ClusterTraining` cannot take.

    Raises
    ------
    ValueError
    """
    if not isinstance(address, str | None):
        raise ValueError(f"address={brief(address)}: a text, such as 'auto', or None.")
    is_number = isinstance(lost_after, Real) and not isinstance(lost_after, bool)
    if not is_number or not lost_after > 0:
        raise ValueError(f"lost_after={brief(lost_after)}: seconds, more than 0.")
    if not isinstance(report, ClusterReport | None):
        raise ValueError(f"report={brief(report)}: a ClusterReport, or None.")
    is_whole = isinstance(window, int) and not isinstance(window, bool)
    if window is not None and (not is_whole or window < 1):
        raise ValueError(f"window={brief(window)}: rows, 1 or more, or None.")


def check_workers(plan: ClusterPlan, n_rows: int, address: str | None) -> None:
    """Refuse far more processes than there are rows, or than this machine can hold.

    Raises
    ------
    InputError
    """
    workers = shortened(f"{plan.workers:,}")
    if plan.workers > max(n_rows, MOST_IDLE):
        raise InputError(f"there are {workers} workers for {count(n_rows, 'row')}: give fewer.")
    cores = os.cpu_count() or 1
    most = MOST_PER_CORE * cores
    if address is None and plan.workers + plan.servers > most:
        raise InputError(
            f"{workers} workers and {count(plan.servers, 'server')} are more than a machine of"
            f" {count(cores, 'core')} can hold: give at most {most} together, or the address of a"
            " cluster."
        )
