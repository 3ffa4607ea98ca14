"""Hessians of the losses in the scores: against differences of the gradients, and closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Softmax
from rosenblatt.losses import (
    BinaryFocal,
    CategoricalCrossEntropy,
    CategoricalFocal,
    Loss,
    SquaredError,
)
from tests.support.members import LOSSES, central_difference, targets

FOCAL = [cls(gamma) for cls in (BinaryFocal, CategoricalFocal) for gamma in (0.0, 0.5, 1.0, 3.0)]


@pytest.mark.parametrize("loss", [*LOSSES, *FOCAL], ids=repr)
def test_hessian_is_the_gradients_derivative(loss: Loss) -> None:
    n, k = 30, 3
    s, y = np.random.default_rng(1).normal(0, 1.5, (n, k)), targets(loss, n, k)
    for unit in np.eye(k):
        u = np.tile(unit, (n, 1))
        found = loss.hessian_product(s, y, u)
        assert found.shape == (n, k)
        numeric = central_difference(lambda h, e=unit: loss.gradient(s + h * e, y), 0.0, 1e-4)
        np.testing.assert_allclose(found, numeric, atol=1e-9)


def test_closed_form_of_the_cross_entropy() -> None:
    """diag(p) - p pᵀ (L12), whatever the label and the smoothing."""
    s = np.log([[1.0, 2.0, 5.0]])
    p = np.array([1.0, 2.0, 5.0]) / 8
    np.testing.assert_allclose(Softmax().value(s)[0], p)
    for loss in (CategoricalCrossEntropy(), CategoricalCrossEntropy(smoothing=0.3)):
        rows = [loss.hessian_product(s, np.array([[1.0]]), e[None])[0] for e in np.eye(3)]
        np.testing.assert_allclose(rows, np.diag(p) - np.outer(p, p), rtol=1e-14)


@pytest.mark.parametrize("loss", [*LOSSES, *FOCAL], ids=repr)
def test_far_out_it_is_finite(loss: Loss) -> None:
    """Where probabilities round to 0 and 1 and no power meets them; Poisson's mean is eˢ."""
    top = 300.0 if type(loss).__name__ == "Poisson" else 1e4
    s = np.array([[top, -top, 0.0], [-top, top, 0.0]])
    y = targets(loss, 2, 3)
    assert np.isfinite(loss.hessian_product(s, y, np.ones_like(s))).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_float_type_stays(loss: Loss, dtype: Any) -> None:
    s = np.random.default_rng(0).standard_normal((4, 3)).astype(dtype)
    y = targets(loss, 4, 3).astype(dtype)
    assert loss.hessian_product(s, y, s).dtype == dtype


def test_focal_by_hand() -> None:
    """γ = 2, p = ½: L'' = p q² (2 ln p (q - 2p) + 5q) = ⅛ (ln 2 + 5/2)."""
    at = np.zeros((1, 1))
    found = BinaryFocal().hessian_product(at, np.ones((1, 1)), np.ones((1, 1)))
    assert found.item() == pytest.approx((math.log(2) + 2.5) / 8, rel=1e-14)


def test_what_defines_none_is_named() -> None:
    class Odd(Loss):
        value = gradient = inverse_link = SquaredError.value

    s = np.zeros((1, 1))
    with pytest.raises(ValueError, match="Odd has no second derivative"):
        Odd().hessian_product(s, s, s)
