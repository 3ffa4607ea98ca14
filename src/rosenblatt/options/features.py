"""What a fit can be asked for that not every solver supports: one record each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, final

from rosenblatt.options.names import known_name
from rosenblatt.options.normalizations import normalization
from rosenblatt.options.schedules import OF_SGD, named_rule
from rosenblatt.support.late import late

if TYPE_CHECKING:
    from rosenblatt import normalizations, schedules
else:
    normalizations, schedules = late("rosenblatt.normalizations"), late("rosenblatt.schedules")

__all__ = ["FEATURES", "Feature"]


def never(_: Any) -> bool:
    return False


@final
@dataclass(frozen=True)
class Feature:
    """Something that a solver supports, ignores or cannot do.

    Attributes
    ----------
    name : str
        As the capability table lists it.
    need : str
        What it needs of a solver; completes "it needs".
    asked : callable (parameters) -> bool
        Whether an estimator's parameters ask for it. Never, if something else than a parameter
        does: a method or an argument of `fit`.
    parameter : str or None
        The parameter that asks for it.
    instead : tuple (Feature, callable (parameters) -> str), optional
        Another way to set the parameter, offered where the solver supports that feature.
    """

    name: str
    need: str
    asked: Callable[[Any], bool] = never
    parameter: str | None = None
    instead: tuple[Feature, Callable[[Any], str]] | None = None


def beside(parameter: str, *neutral: Any) -> Callable[[Any], bool]:
    """Whether a parameter has another value than these."""
    return lambda p: getattr(p, parameter) not in neutral


def of_parameter(name: str, need: str, *neutral: Any) -> Feature:
    return Feature(name, need, beside(name, *neutral), name)


def has_schedule(p: Any) -> bool:
    return not has_sgd_rule(p) and named_rule(p) != schedules.Constant()


def has_sgd_rule(p: Any) -> bool:
    return isinstance(p.learning_rate, str) and known_name(OF_SGD, p.learning_rate) is not None


def drops(p: Any) -> bool:
    given = p.dropout.tolist() if hasattr(p.dropout, "tolist") else p.dropout
    rates = given if isinstance(given, (list, tuple)) else [given]
    return any(isinstance(rate, Real) and float(rate) > 0 for rate in rates)


def normalizes_batches(p: Any) -> bool:
    return isinstance(normalization(p.normalization), normalizations.BatchNorm)


def normalizes_rows(p: Any) -> bool:
    return p.normalization is not None and not normalizes_batches(p)


STEPS = "steps along the gradient of a batch, which it acts on one by one"
EPOCHS = "epochs, after each of which to validate"
BATCHES = "a solver that takes batches, each with an objective of its own"
ANY_LAYER = "nothing but gradients of the layers"

LEARNING_RATE = Feature(
    "learning_rate='cosine', ...",
    "a solver that takes steps at a learning rate",
    has_schedule,
    "learning_rate",
)
SGD_RULES = Feature(
    "learning_rate='adaptive', 'invscaling'",
    "scikit-learn's rule for solver='sgd' and its learning rate",
    has_sgd_rule,
    "learning_rate",
    (LEARNING_RATE, lambda p: f"learning_rate={named_rule(p)!r} of rosenblatt.schedules"),
)
L1 = of_parameter("l1", STEPS, 0)
MAX_NORM = of_parameter("max_norm", STEPS, None)
AVERAGING = of_parameter("averaging", STEPS, None)
CLIP_NORM = of_parameter("clip_norm", STEPS, None)
CLIP_VALUE = of_parameter("clip_value", STEPS, None)
ON_DIVERGENCE = of_parameter("on_divergence", "a learning rate that it can lower", "raise")
SCORING = of_parameter("scoring", EPOCHS, None)
EARLY_STOPPING = of_parameter("early_stopping", EPOCHS, False)
VALIDATION = Feature("X_val, y_val", EPOCHS)
PAUSES = Feature("StructureSearchCV(strategy='halving')", "epochs, between which it can pause")
PARTIAL_FIT = Feature(
    "partial_fit", "a stochastic solver, whose state later batches can go on from"
)
BFLOAT16 = Feature(
    "dtype='bfloat16'",
    "steps along the gradient of a batch, which may be rounded",
    lambda p: p.bfloat16,
    "dtype",
)
DROPOUT = Feature("dropout", BATCHES, drops, "dropout")
INPUT_NOISE = of_parameter("input_noise", BATCHES, 0)
RESIDUAL = of_parameter("residual", ANY_LAYER, False)
LAYER_NORM = Feature("normalization='layer'", ANY_LAYER, normalizes_rows, "normalization")
BATCH_NORM = Feature(
    "normalization='batch'",
    BATCHES,
    normalizes_batches,
    "normalization",
    (LAYER_NORM, lambda p: "normalization='layer'"),
)

# In the order in which they are checked.
FEATURES = (
    LEARNING_RATE,
    SGD_RULES,
    PARTIAL_FIT,
    VALIDATION,
    L1,
    MAX_NORM,
    AVERAGING,
    CLIP_NORM,
    CLIP_VALUE,
    ON_DIVERGENCE,
    SCORING,
    EARLY_STOPPING,
    PAUSES,
    BFLOAT16,
    DROPOUT,
    INPUT_NOISE,
    RESIDUAL,
    LAYER_NORM,
    BATCH_NORM,
)
