"""Parameters that belong to one solver or another, held against the one that is asked for."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any, final

from rosenblatt.optimizers import Optimizer
from rosenblatt.options.second_order import method_of
from rosenblatt.options.solvers import by_name, has_epochs, is_first_order
from rosenblatt.options.wording import plain

__all__ = ["check_options"]

OF_EPOCHS, OF_ITERATIONS = {"batch_size", "n_iter_no_change"}, {"max_fun"}
OF_RULES = {
    "learning_rate_init",
    "momentum",
    "nesterovs_momentum",
    "beta_1",
    "beta_2",
    "epsilon",
}
# They pass over what is another's, as in scikit-learn.
SCIKIT_LEARNS = ("sgd", "adam", "lbfgs")


def check_options(est: Any, optimizer: Optimizer | None) -> None:
    """ValueError for a parameter away from its default that the solver would not read.

    `optimizer` is what `optimizer_of` makes of the estimator.
    """
    solver, by_its_name = est.solver, isinstance(est.solver, str)
    if by_its_name and plain(solver) in SCIKIT_LEARNS:
        return
    default, read = defaults(est.__class__), read_by(est)
    idle = {
        name: getattr(est, name)
        for name in default
        if name in OF_EPOCHS | OF_ITERATIONS | OF_RULES and name not in read
        if getattr(est, name) != default[name]
    }
    if not idle:
        return
    given = " and ".join(f"{name}={value!r}" for name, value in idle.items())
    left = " and ".join(f"{name} at {default[name]!r}" for name in idle)
    if by_its_name:
        raise ValueError(
            f"solver={solver!r} does not read {given}: leave {left}, or set what it has itself in"
            f" an object, such as solver={optimizer or method_of(solver)!r}."
        )
    raise ValueError(
        f"solver={solver!r} carries its own settings, so that {given} would have nothing to say:"
        f" set what it has in the object, and leave {left}."
    )


def read_by(est: Any) -> set[str]:
    if not has_epochs(est.solver):
        return OF_ITERATIONS
    if not (is_first_order(est.solver) and isinstance(est.solver, str)):
        return OF_EPOCHS
    noting = Noting(est)
    by_name(est.solver, noting)
    return OF_EPOCHS | noting.read


@final
class Noting:
    """An estimator whose parameters are noted as they are read.

    So what a name's optimiser is made from, in `OPTIMIZERS`, is all that need be said of it.
    """

    def __init__(self, est: Any) -> None:
        self.est, self.read = est, set[str]()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self.est, name)


@cache
def defaults(estimator: type) -> dict[str, Any]:
    return {name: p.default for name, p in inspect.signature(estimator).parameters.items()}
