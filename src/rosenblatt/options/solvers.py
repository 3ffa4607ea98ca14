"""What `solver` stands for: a rule that takes steps, or a method over all rows at once."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

from sklearn.utils._param_validation import Interval

from rosenblatt.engine.kernels import has_kernel
from rosenblatt.optimizers import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
)
from rosenblatt.options.lookup import named
from rosenblatt.options.second_order import SECOND_ORDER, is_second_order, watches_epochs
from rosenblatt.options.wording import plain

__all__ = [
    "FULL_BATCH",
    "OPTIMIZERS",
    "by_name",
    "has_epochs",
    "is_first_order",
    "is_full_batch",
    "optimizer_of",
    "remembers_alike",
]

FULL_BATCH = ("lbfgs",)


def in_adams_form(cls: Callable[..., Optimizer]) -> Callable[[Any], Optimizer]:
    return lambda p: cls(p.learning_rate_init, p.beta_1, p.beta_2, p.epsilon)


# From an estimator's parameters. 'sgd' and 'adam' have scikit-learn's forms, all others PyTorch's.
# What an estimator has no parameter for, or one of another default, is left at its class's default.
OPTIMIZERS: dict[str, Callable[[Any], Optimizer]] = {
    "sgd": lambda p: SGD(
        lr=p.learning_rate_init,
        momentum=p.momentum,
        nesterov=p.nesterovs_momentum,
        lr_in_velocity=True,
    ),
    "adam": lambda p: Adam(
        lr=p.learning_rate_init,
        beta_1=p.beta_1,
        beta_2=p.beta_2,
        epsilon=p.epsilon,
        epsilon_hat=True,
    ),
    "momentum": lambda p: SGD(p.learning_rate_init, p.momentum),
    "nesterov": lambda p: SGD(p.learning_rate_init, p.momentum, nesterov=True),
    "adagrad": lambda p: AdaGrad(p.learning_rate_init),
    "rmsprop": lambda p: RMSProp(p.learning_rate_init, epsilon=p.epsilon),
    "adadelta": lambda p: AdaDelta(p.learning_rate_init),
    "adamw": in_adams_form(AdamW),
    "amsgrad": in_adams_form(AMSGrad),
    "nadam": in_adams_form(NAdam),
    "radam": in_adams_form(RAdam),
    "lion": lambda p: Lion(p.learning_rate_init),
}

POSITIVE = Interval(Real, 0, None, closed="neither")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
BELOW_ONE = Interval(Real, 0, 1, closed="left")
# What the numbers of our own optimisers may be; a user's own class has its own business.
RANGES = {
    "momentum": Interval(Real, 0, 1, closed="both"),
    "beta_1": BELOW_ONE,
    "beta_2": BELOW_ONE,
    "rho": BELOW_ONE,
    "epsilon": NOT_NEGATIVE,
    "weight_decay": NOT_NEGATIVE,
    "lr_decay": NOT_NEGATIVE,
    "momentum_decay": NOT_NEGATIVE,
    "initial_accumulator_value": NOT_NEGATIVE,
}


def is_full_batch(solver: object) -> bool:
    return isinstance(solver, str) and plain(solver) in FULL_BATCH


def is_first_order(solver: object) -> bool:
    return not is_full_batch(solver) and not is_second_order(solver)


def has_epochs(solver: object) -> bool:
    """Whether it goes through the rows epoch by epoch, over which validation can be watched."""
    return is_first_order(solver) or watches_epochs(solver)


def optimizer_of(est: Any) -> Optimizer | None:
    """The optimiser that the estimator's parameters ask for; None for a method of another order.

    Raises
    ------
    ValueError
        For an unknown name, or an object's number out of its range.
    """
    if not is_first_order(est.solver):
        return None
    if isinstance(est.solver, str):
        return by_name(est.solver, est)
    check_numbers(est.solver)
    return est.solver


def by_name(name: str, parameters: Any) -> Optimizer:
    """The optimiser of that name, set by an estimator's parameters; ValueError for none."""
    known = {**dict.fromkeys((*FULL_BATCH, *SECOND_ORDER)), **OPTIMIZERS}
    otherwise = "an object of rosenblatt.optimizers or rosenblatt.second_order"
    make = named(known, name, "solver", otherwise)
    assert make is not None
    return make(parameters)


def check_numbers(optimizer: Optimizer) -> None:
    ranges = {"lr": POSITIVE, **(RANGES if has_kernel(optimizer) else {})}
    for name, allowed in ranges.items():
        if name == "lr" or hasattr(optimizer, name):
            value = getattr(optimizer, name, None)
            if not allowed.is_satisfied_by(value):
                raise ValueError(f"{name} of solver={optimizer!r} must be {allowed}.")


def remembers_alike(one: Optimizer, other: Optimizer) -> bool:
    """Whether one can go on from the other's memory: at most their numbers differ."""
    return kind(one) == kind(other)


def kind(optimizer: Optimizer) -> tuple[Any, ...]:
    fields = getattr(optimizer, "__dict__", {})
    flags = [(name, value) for name, value in fields.items() if isinstance(value, bool)]
    return type(optimizer), optimizer.n_slots, flags
