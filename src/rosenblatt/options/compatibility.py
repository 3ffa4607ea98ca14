"""Which parameters go together, and with which solver: every such question is answered here.

What a solver supports stands in its record of the registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from rosenblatt import engine
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.normalizations import BatchNorm
from rosenblatt.optimizers import Optimizer
from rosenblatt.options import features as f
from rosenblatt.options.features import FEATURES, Feature
from rosenblatt.options.normalizations import normalization
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.ranges import check_numbers
from rosenblatt.options.solver import Family, Solver
from rosenblatt.options.solvers import SOLVERS, solver_of
from rosenblatt.problem import is_sparse
from rosenblatt.support.listing import LONG, brief

__all__ = [
    "check_batches",
    "check_combination",
    "check_fit",
    "check_layers",
    "refusal",
]

DEFAULTS = {field.name: field.default for field in fields(Parameters)}
# What some solvers read and others do not.
SOLVER_PARAMETERS = frozenset[str]().union(*(solver.reads for solver in SOLVERS))


def clash(asked: str | Sequence[str], other: str, reason: str, remedy: str) -> str:
    """The wording of all refusals."""
    several = not isinstance(asked, str) and len(asked) > 1
    subject = asked if isinstance(asked, str) else " and ".join(asked)
    return f"{subject} {'do' if several else 'does'} not go with {other}: {reason}. {remedy}."


def supporting(feature: Feature) -> str:
    """The first solver of each family that supports it, as an alternative."""
    able = [solver for solver in SOLVERS if solver.supports(feature)]
    return alternatives(solver.name for solver in firsts(able))


def refusal(
    feature: Feature, given: Any, asked: str | Sequence[str], remedy: str = ""
) -> str | None:
    """Why a solver cannot do what it is asked for, or None if it can.

    Parameters
    ----------
    feature : Feature
    given : str or object
        The parameter `solver`.
    asked : str or sequence of str
        What asks for it; several things in a sequence.
    remedy : str
        What else would help, besides another solver.
    """
    solver = solver_of(given)
    if not solver.refuses(feature):
        return None
    several = not isinstance(asked, str) and len(asked) > 1
    needs = "they need" if several else "it needs"
    reason = f"{needs} {feature.need}, and this solver {solver.family.nature}"
    return clash(
        asked, f"solver={brief(given, LONG)}", reason, f"Take {supporting(feature)}{remedy}"
    )


def check_combination(
    p: Parameters, *, incremental: bool, validates: bool, given_rows: bool
) -> None:
    """Refuse an estimator's parameters that do not go together.

    Parameters
    ----------
    p : Parameters
    incremental : bool
        Whether this is a call of `partial_fit`.
    validates : bool
        Whether there are validation rows.
    given_rows : bool
        Whether they were given to `fit`.

    Raises
    ------
    ValueError
        It names the parameters, the reason and an alternative.
    """
    solver = solver_of(p.solver)
    made = solver.make(p)
    if isinstance(made, Optimizer) and not isinstance(p.solver, str):
        check_numbers(made)
    check_features(p, solver, given_rows)
    check_unread(p, solver, made)
    check_modes(p, incremental, validates)


def check_features(p: Parameters, solver: Solver, given_rows: bool) -> None:
    asked = [feature for feature in FEATURES if feature.asked(p)]
    for feature in [*([f.VALIDATION] if given_rows else []), *asked]:
        name = feature.parameter
        remedy = "" if name is None else f", or leave {name} at {DEFAULTS[name]!r}"
        if feature.instead is not None and solver.supports(feature.instead[0]):
            remedy = f", or {feature.instead[1](p)}{remedy}"
        shown = ["X_val", "y_val"] if name is None else [f"{name}={brief(getattr(p, name), LONG)}"]
        refused = refusal(feature, p.solver, shown, remedy)
        if refused is not None:
            raise ValueError(refused)


def check_unread(p: Parameters, solver: Solver, made: Any) -> None:
    """A parameter away from its default that the solver would not read."""
    if solver.ignores_unread:
        return
    idle = {
        name: getattr(p, name)
        for name in DEFAULTS
        if name in SOLVER_PARAMETERS - solver.reads and getattr(p, name) != DEFAULTS[name]
    }
    if not idle:
        return
    given = [f"{name}={brief(value, LONG)}" for name, value in idle.items()]
    left = " and ".join(f"{name} at {DEFAULTS[name]!r}" for name in idle)
    if isinstance(p.solver, str):
        reason = "this solver does not read " + ("it" if len(idle) == 1 else "them")
        remedy = f"Leave {left}"
        if made is not None:
            remedy += (
                f", or set what it has itself in an object, such as solver={brief(made, LONG)}"
            )
    else:
        reason = "the object carries its own settings"
        remedy = f"Set what it has in the object, and leave {left}"
    raise ValueError(clash(given, f"solver={brief(p.solver, LONG)}", reason, remedy))


def check_modes(p: Parameters, incremental: bool, validates: bool) -> None:
    """What does not go together whatever the solver."""
    if p.early_stopping and incremental:
        raise ValueError("partial_fit does not support early_stopping=True")
    if p.averaging is not None and incremental:
        raise ValueError(
            "partial_fit does not support averaging: every call would begin from the average."
        )
    if p.scoring is not None and not validates:
        reason = "it needs validation rows"
        remedy = "Set early_stopping=True, or give fit X_val and y_val"
        raise ValueError(
            clash(f"scoring={brief(p.scoring)}", "early_stopping=False", reason, remedy)
        )
    if p.averaging is not None and isinstance(normalization(p.normalization), BatchNorm):
        reason = "its running statistics belong to the last weights and not to their average"
        asked, other = (
            f"averaging={brief(p.averaging, LONG)}",
            f"normalization={brief(p.normalization, LONG)}",
        )
        raise ValueError(clash(asked, other, reason, "Take normalization='layer'"))
    if p.clip_norm is not None and p.clip_value is not None:
        reason = "these are two ways to clip one gradient"
        asked, other = (
            f"clip_norm={brief(p.clip_norm, LONG)}",
            f"clip_value={brief(p.clip_value, LONG)}",
        )
        raise ValueError(clash(asked, other, reason, "Take one of them"))
    if f.BFLOAT16.asked(p) and not engine.has_bfloat16():
        reason = "it needs AVX512-BF16, which the processor or the build of the engine lacks"
        remedy = "Take dtype='float32'; rosenblatt.engine.has_bfloat16() reports it"
        raise ValueError(clash("dtype='bfloat16'", "this machine", reason, remedy))


def check_layers(p: Parameters, n_hidden: int) -> None:
    """Refuse parameters that act on hidden layers where there are none."""
    if n_hidden:
        return
    asked = {
        "dropout": f.DROPOUT.asked(p),
        "normalization": p.normalization is not None,
        "residual": p.residual,
        "max_norm": p.max_norm is not None,
    }
    for name in filter(asked.get, asked):
        other = f"hidden_layer_sizes={brief(p.hidden_layer_sizes)}"
        remedy = f"Ask for a layer, or leave {name} at {DEFAULTS[name]!r}"
        raise ValueError(
            clash(
                f"{name}={brief(getattr(p, name), LONG)}", other, "it acts on hidden layers", remedy
            )
        )


def check_fit(p: Parameters, network: Network, loss: Loss, X: Any) -> None:
    """Refuse a network, a loss or inputs that do not go with the solver or the parameters.

    Parameters
    ----------
    p : Parameters
    network : Network
    loss : Loss
    X : array or sparse matrix (n_samples, n_features)

    Raises
    ------
    ValueError
        It names the parameters, the reason and an alternative.
    """
    if network.input_noise and is_sparse(X):
        reason = "noise would fill every zero of the matrix"
        remedy = "Give X.toarray(), or leave input_noise at 0.0"
        raise ValueError(
            clash(f"input_noise={brief(p.input_noise, LONG)}", "sparse X", reason, remedy)
        )
    check_loss(p, loss)
    check_size(p, network)


def check_loss(p: Parameters, loss: Loss) -> None:
    family = solver_of(p.solver).family
    if family.minimizes(loss):
        return
    others = [solver.name for solver in firsts() if solver.family.minimizes(loss)]
    asked, other = f"loss={type(loss).__name__}", f"solver={brief(p.solver, LONG)}"
    reason = f"this solver minimises {family.losses()}"
    raise ValueError(clash(asked, other, reason, f"Take {alternatives(others)}"))


def check_size(p: Parameters, network: Network) -> None:
    solver = solver_of(p.solver)
    limit = solver.family.limit
    if limit is None:
        return
    method, n = solver.make(p), limit.size(network)
    most = getattr(method, limit.attribute)
    if n > most:
        others = [one.name for one in firsts() if one.family.limit is None]
        reason = f"this solver {limit.work}, up to {most:,} {limit.unit}, and this one has {n:,}"
        remedy = f"Take {alternatives(others)}, or {type(method).__name__}({limit.attribute}=...)"
        raise ValueError(
            clash("a network of this size", f"solver={brief(p.solver, LONG)}", reason, remedy)
        )


def check_batches(network: Network, batch_size: int) -> None:
    """Refuse batches of one row where statistics are taken over a batch.

    Raises
    ------
    ValueError
    """
    if network.n_state and batch_size == 1:
        reason = "it needs batches of two rows or more"
        remedy = "Raise batch_size, or take normalization='layer'"
        raise ValueError(clash("normalization='batch'", "batches of one row", reason, remedy))


def firsts(solvers: Iterable[Solver] = SOLVERS) -> list[Solver]:
    """The first solver of each family."""
    found: dict[Family, Solver] = {}
    for solver in solvers:
        found.setdefault(solver.family, solver)
    return list(found.values())


def alternatives(names: Iterable[str]) -> str:
    return "solver=" + " or ".join(map(repr, names))
