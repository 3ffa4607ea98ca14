"""What cannot be distributed, and what to take instead."""

from __future__ import annotations

from typing import Any

from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.errors import InputError
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.options.solvers import FIRST_ORDER, solver_of

__all__ = ["check_distributable", "check_streamable"]


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
