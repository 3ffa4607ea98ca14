"""Penalties: value, gradient and Hessian (B5)."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.regularization.penalties import L1, L2, ElasticNet, Penalty
from tests.support.members import PENALTIES, central_difference


def test_l2_by_hand() -> None:
    # ½ · 0.5 · (1 + 4 + 9 + 0)
    W = np.array([[1.0, -2.0], [3.0, 0.0]])
    assert L2(0.5).value(W) == pytest.approx(3.5, rel=1e-15)
    np.testing.assert_array_equal(L2(0.5).gradient(W), [[0.5, -1.0], [1.5, 0.0]])


def test_l1_by_hand() -> None:
    # 0.5 · (1 + 2 + 3 + 0), and a subgradient of 0 at 0
    W = np.array([[1.0, -2.0], [3.0, 0.0]])
    assert L1(0.5).value(W) == 3
    np.testing.assert_array_equal(L1(0.5).gradient(W), [[0.5, -0.5], [0.5, 0.0]])


def test_elastic_net_is_both() -> None:
    W = np.random.default_rng(1).standard_normal((3, 4))
    both = ElasticNet(l2=0.3, l1=0.7)
    assert both.value(W) == pytest.approx(L2(0.3).value(W) + L1(0.7).value(W), rel=1e-15)
    np.testing.assert_allclose(both.gradient(W), L2(0.3).gradient(W) + L1(0.7).gradient(W))


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_gradient(penalty: Penalty) -> None:
    W = np.random.default_rng(0).standard_normal((3, 4))
    gradient = penalty.gradient(W)
    assert gradient.shape == W.shape
    for i in np.ndindex(W.shape):
        e = np.zeros_like(W)
        e[i] = 1
        numeric = central_difference(lambda h, e=e: penalty.value(W + h * e), 0.0, 1e-3)
        assert gradient[i] == pytest.approx(numeric, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_hessian_is_the_gradients_derivative(penalty: Penalty) -> None:
    W, v = np.random.default_rng(0).standard_normal((2, 3, 4))
    numeric = central_difference(lambda h: penalty.gradient(W + h * v), 0.0, 1e-3)
    np.testing.assert_allclose(penalty.hessian_product(W, v), numeric, atol=1e-11)


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_penalty_is_zero_at_zero_only(penalty: Penalty) -> None:
    assert penalty.value(np.zeros((2, 3))) == 0
    np.testing.assert_array_equal(penalty.gradient(np.zeros((2, 3))), np.zeros((2, 3)))
    assert penalty.value(np.ones((2, 3))) > 0


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_float_type_stays(penalty: Penalty) -> None:
    W = np.ones((2, 3), np.float32)
    assert penalty.gradient(W).dtype == np.float32
    assert isinstance(penalty.value(W), float)
