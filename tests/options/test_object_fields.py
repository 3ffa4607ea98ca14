"""Fields of activations, losses, optimisers, schedules and others that are of another type."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import ELU, GELU, LeakyReLU
from rosenblatt.averaging import EMA, SWA
from rosenblatt.initializers import Orthogonal, RandomBiasUniform
from rosenblatt.losses import (
    BinaryCrossEntropy,
    BinaryFocal,
    CategoricalCrossEntropy,
    CategoricalFocal,
    Gaussian,
    GaussianPolicyGradient,
    Huber,
    NegativeBinomial,
    PolicyGradient,
)
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.optimizers import SGD, Adam, AdamW, RMSProp
from rosenblatt.regularization.activity import ActivityL1, KLSparsity
from rosenblatt.schedules import (
    DivideOnStall,
    ExponentialDecay,
    MultiStepDecay,
    OneCycle,
    PolynomialDecay,
    StepDecay,
    WarmRestarts,
    WarmUp,
)
from rosenblatt.second_order import KFAC, LevenbergMarquardt

FIELDS = [
    (LeakyReLU, "leak"),
    (ELU, "alpha"),
    (BatchNorm, "epsilon"),
    (BatchNorm, "momentum"),
    (LayerNorm, "epsilon"),
    (Huber, "delta"),
    (BinaryCrossEntropy, "smoothing"),
    (CategoricalCrossEntropy, "smoothing"),
    (BinaryFocal, "gamma"),
    (CategoricalFocal, "gamma"),
    (Gaussian, "limit"),
    (NegativeBinomial, "limit"),
    (PolicyGradient, "entropy"),
    (GaussianPolicyGradient, "entropy"),
    (GaussianPolicyGradient, "limit"),
    (ActivityL1, "strength"),
    (KLSparsity, "target"),
    (BinaryCrossEntropy, "p_min"),
    (SGD, "momentum"),
    (Adam, "epsilon"),
    (AdamW, "weight_decay"),
    (ExponentialDecay, "gamma"),
    (DivideOnStall, "divisor"),
    (PolynomialDecay, "minimum"),
    (WarmUp, "start"),
    (Orthogonal, "gain"),
    (RandomBiasUniform, "factor"),
    (EMA, "decay"),
    (SWA, "start"),
    (KFAC, "adaptation"),
    (LevenbergMarquardt, "step_tol"),
]
COUNTS = [(StepDecay, "every"), (WarmRestarts, "growth"), (OneCycle, "steps"), (KFAC, "refresh")]
FLAGS = [(SGD, "nesterov"), (Adam, "epsilon_hat"), (RMSProp, "centered"), (GELU, "approximate")]
OPTIONAL = {ExponentialDecay, StepDecay, OneCycle}


@pytest.mark.parametrize("value", [None, "x", [], np.array([1.0, 2.0]), True], ids=repr)
@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=lambda v: getattr(v, "__name__", v))
def test_a_field_that_is_no_number(kind: Any, name: str, value: object) -> None:
    if value is None and kind in OPTIONAL:
        kind(**{name: None})
        return
    with pytest.raises(ValueError, match=rf"{name}.* must be a number, got "):
        kind(**{name: value})


@pytest.mark.parametrize("value", ["x", [], np.array([1.0, 2.0]), True, 1.5, 2**63], ids=repr)
@pytest.mark.parametrize(("kind", "name"), COUNTS, ids=lambda v: getattr(v, "__name__", v))
def test_a_field_that_is_no_count(kind: Any, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{name} of {kind.__name__} must be "):
        kind(**{name: value})


@pytest.mark.parametrize("value", ["no", [], None, 1], ids=repr)
@pytest.mark.parametrize(("kind", "name"), FLAGS, ids=lambda v: getattr(v, "__name__", v))
def test_a_field_that_is_neither_true_nor_false(kind: Any, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{name} of {kind.__name__} must be True or False"):
        kind(**{name: value})


@pytest.mark.parametrize("value", [5, "12", [1.5], (None,)], ids=repr)
def test_milestones_of_other_kinds(value: Any) -> None:
    with pytest.raises(ValueError, match="milestones must be"):
        MultiStepDecay(value)


def test_no_number_and_no_end() -> None:
    with pytest.raises(ValueError, match="gamma of ExponentialDecay must be a number, got nan"):
        ExponentialDecay(float("nan"))
    with pytest.raises(ValueError, match="gain of Orthogonal must be a finite number, got inf"):
        Orthogonal(float("inf"))


def test_numbers_of_numpy_are_numbers() -> None:
    assert Adam(np.float32(0.5), beta_1=np.float64(0.9)).lr == 0.5  # type: ignore[arg-type]
    assert StepDecay(np.int64(3)).every == 3  # type: ignore[arg-type]
