"""Numbers of activations, losses, normalisations and penalties that are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import ELU, LeakyReLU
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
from rosenblatt.regularization.activity import ActivityL1, KLSparsity

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
]


@pytest.mark.parametrize("value", [None, "x", [], np.array([1.0, 2.0]), True], ids=repr)
@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=lambda v: getattr(v, "__name__", v))
def test_a_field_that_is_no_number(kind: Any, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"{name}.* must be a number, got "):
        kind(**{name: value})
