"""The registry of solvers: a record for each name that the parameter `solver` takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rosenblatt.options import features as f
from rosenblatt.options.names import member
from rosenblatt.options.solver import Family, SizeLimit, Solver
from rosenblatt.support.late import late
from rosenblatt.support.listing import brief

if TYPE_CHECKING:
    from rosenblatt import losses, optimizers, second_order
    from rosenblatt.second_order import likelihood
else:
    losses, optimizers = late("rosenblatt.losses"), late("rosenblatt.optimizers")
    second_order = late("rosenblatt.second_order")
    likelihood = late("rosenblatt.second_order.likelihood")

__all__ = [
    "FAMILIES",
    "FIRST_ORDER",
    "LBFGS",
    "LEAST_SQUARES",
    "NATURAL_GRADIENT",
    "SOLVERS",
    "solver_of",
]

OF_EPOCHS = frozenset({"batch_size", "n_iter_no_change"})
OF_EVALUATIONS = frozenset({"max_fun"})

FIRST_ORDER = Family(
    "first order",
    "takes steps along the gradient of each batch",
    lambda: (optimizers.Optimizer,),
    OF_EPOCHS,
    frozenset(f.FEATURES) - {f.SGD_RULES},
)
NATURAL_GRADIENT = Family(
    "natural gradient",
    "takes its step lengths from the curvature of dense layers",
    lambda: (second_order.KFAC,),
    OF_EPOCHS,
    frozenset({f.VALIDATION, f.SCORING, f.EARLY_STOPPING, f.PAUSES}),
    lambda: "the losses " + ", ".join(cls.__name__ for cls in likelihood.LIKELIHOODS),
    lambda loss: type(loss) in likelihood.LIKELIHOODS,
    SizeLimit(
        "max_width",
        lambda network: max(max(shape) for shape in network.shapes),
        "factorises a matrix as wide as each layer",
        "inputs or units",
    ),
)
LBFGS = Family(
    "quasi-Newton",
    "minimises one objective over all rows and searches for its step lengths",
    lambda: (),
    OF_EVALUATIONS,
    frozenset({f.RESIDUAL, f.LAYER_NORM}),
)
LEAST_SQUARES = Family(
    "least squares",
    "minimises squared errors of dense layers over all rows",
    lambda: (second_order.LevenbergMarquardt, second_order.GaussNewton),
    OF_EVALUATIONS,
    frozenset(),
    lambda: "squared errors",
    lambda loss: isinstance(loss, losses.SquaredError),
    SizeLimit(
        "max_parameters",
        lambda network: network.n_parameters,
        "factorises matrices of n_parameters columns",
        "parameters",
    ),
)
FAMILIES = (FIRST_ORDER, NATURAL_GRADIENT, LBFGS, LEAST_SQUARES)

RATE = frozenset({"learning_rate_init"})
MOMENTUM = RATE | {"momentum"}
EPSILON = RATE | {"epsilon"}
ADAM = RATE | {"beta_1", "beta_2", "epsilon"}


def in_adams_form(name: str) -> Callable[[Any], Any]:
    """The optimiser of that name from Adam's parameters."""
    return lambda p: getattr(optimizers, name)(p.learning_rate_init, p.beta_1, p.beta_2, p.epsilon)


# 'sgd' and 'adam' have scikit-learn's forms, all other optimisers PyTorch's. What an estimator has
# no parameter for, or one of another default, is left at the class's default.
SOLVERS = (
    Solver(
        "adam",
        FIRST_ORDER,
        lambda p: optimizers.Adam(
            p.learning_rate_init, p.beta_1, p.beta_2, p.epsilon, epsilon_hat=True
        ),
        ADAM,
        ignores=frozenset({f.SGD_RULES}),
        ignores_unread=True,
    ),
    Solver(
        "sgd",
        FIRST_ORDER,
        lambda p: optimizers.SGD(
            p.learning_rate_init, p.momentum, p.nesterovs_momentum, lr_in_velocity=True
        ),
        MOMENTUM | {"nesterovs_momentum"},
        own_features=frozenset({f.SGD_RULES}),
        ignores_unread=True,
    ),
    Solver(
        "momentum",
        FIRST_ORDER,
        lambda p: optimizers.SGD(p.learning_rate_init, p.momentum),
        MOMENTUM,
    ),
    Solver(
        "nesterov",
        FIRST_ORDER,
        lambda p: optimizers.SGD(p.learning_rate_init, p.momentum, nesterov=True),
        MOMENTUM,
    ),
    Solver("adagrad", FIRST_ORDER, lambda p: optimizers.AdaGrad(p.learning_rate_init), RATE),
    Solver(
        "rmsprop",
        FIRST_ORDER,
        lambda p: optimizers.RMSProp(p.learning_rate_init, epsilon=p.epsilon),
        EPSILON,
    ),
    Solver("adadelta", FIRST_ORDER, lambda p: optimizers.AdaDelta(p.learning_rate_init), RATE),
    Solver("adamw", FIRST_ORDER, in_adams_form("AdamW"), ADAM),
    Solver("amsgrad", FIRST_ORDER, in_adams_form("AMSGrad"), ADAM),
    Solver("nadam", FIRST_ORDER, in_adams_form("NAdam"), ADAM),
    Solver("radam", FIRST_ORDER, in_adams_form("RAdam"), ADAM),
    Solver("lion", FIRST_ORDER, lambda p: optimizers.Lion(p.learning_rate_init), RATE),
    Solver("kfac", NATURAL_GRADIENT, lambda p: second_order.KFAC()),
    Solver(
        "lbfgs",
        LBFGS,
        lambda p: None,
        ignores=frozenset({f.SGD_RULES, f.EARLY_STOPPING}),
        ignores_unread=True,
    ),
    Solver(
        "lm",
        LEAST_SQUARES,
        lambda p: second_order.LevenbergMarquardt(),
        aliases=("levenberg_marquardt",),
    ),
    Solver("gauss_newton", LEAST_SQUARES, lambda p: second_order.GaussNewton()),
)

BY_NAME = {name: solver for solver in SOLVERS for name in (solver.name, *solver.aliases)}


def solver_of(given: Any) -> Solver:
    """The record of a solver.

    Parameters
    ----------
    given : str, or an object of rosenblatt.optimizers or rosenblatt.second_order
        An estimator's parameter `solver`. An object, a user's own included, has its family's
        record, and makes itself.

    Raises
    ------
    ValueError
        If the name is not known.
    TypeError
        If it is neither a name nor such an object.
    """
    if isinstance(given, str):
        otherwise = "an object of rosenblatt.optimizers or rosenblatt.second_order"
        return member(BY_NAME, given, "solver", otherwise)
    family = next((family for family in FAMILIES if isinstance(given, family.objects())), None)
    if family is None:
        raise TypeError(f"solver takes a name or an optimiser, got {brief(given)}.")
    return Solver(type(given).__name__, family, lambda p: given)
