"""Second derivatives of activations: against differences of the first, and at the range's ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Activation, Elementwise, Sigmoid, Sine, Softsign, Step, Tanh
from tests.support.members import CORNERS, TRAINABLE, central_difference

ELEMENTWISE = [g for g in TRAINABLE if isinstance(g, Elementwise)]


def grid(g: Activation) -> Any:
    """Points of which none is near a corner."""
    z = np.linspace(-5, 5, 60).reshape(20, 3)
    assert min(np.abs(z - corner).min() for corner in CORNERS.get(type(g), (0,))) > 0.01
    return z


@pytest.mark.parametrize("g", ELEMENTWISE, ids=repr)
def test_second_derivative_is_that_of_the_first(g: Elementwise) -> None:
    z = grid(g)
    numeric = central_difference(lambda h: g.derivative(z + h, g.value(z + h)), 0.0, 1e-3)
    np.testing.assert_allclose(g.second_derivative(z, g.value(z)), numeric, atol=1e-10)


def test_known_points() -> None:
    """σ'' = σ'(1 - 2σ) is ¾·¼·(-½) at ln 3; tanh'' = -2a(1 - a²) is -2·0.6·0.64 at ln 2."""
    z = np.log([[3.0, 2.0]])
    of_sigmoid = Sigmoid().second_derivative(z, Sigmoid().value(z))[0, 0]
    assert of_sigmoid == pytest.approx(-3 / 32, rel=1e-14)
    assert Tanh().second_derivative(z, Tanh().value(z))[0, 1] == pytest.approx(-0.768, rel=1e-14)


@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_pull_back_along_is_its_derivative(g: Activation) -> None:
    rng, z = np.random.default_rng(0), grid(g)
    grad, z_dot, grad_dot = rng.standard_normal((3, *z.shape))

    def pulled(h: float) -> Any:
        at = z + h * z_dot
        return g.pull_back(at, g.value(at), grad + h * grad_dot)

    found = g.pull_back_along(z, g.value(z), grad, z_dot, grad_dot)
    np.testing.assert_allclose(found, central_difference(pulled, 0.0, 1e-3), atol=1e-9)


@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_push_forward_is_the_values_derivative(g: Activation) -> None:
    z = grid(g)
    z_dot = np.random.default_rng(0).standard_normal(z.shape)
    numeric = central_difference(lambda h: g.value(z + h * z_dot), 0.0, 1e-3)
    np.testing.assert_allclose(g.push_forward(z, g.value(z), z_dot), numeric, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("g", ELEMENTWISE, ids=repr)
def test_ends_of_the_range(g: Elementwise, dtype: Any) -> None:
    """Every activation here is a straight line far out, or nearly so, but for the sine."""
    z = np.array([[-1e4, -300.0, 300.0, 1e4]], dtype)
    bend = g.second_derivative(z, g.value(z))
    assert bend.dtype == dtype
    if not isinstance(g, Sine):
        np.testing.assert_allclose(bend, 0, atol=1e-7 if isinstance(g, Softsign) else 1e-30)


def test_what_defines_none_is_named() -> None:
    class Odd(Activation):
        def value(self, z: Any) -> Any:
            return z

        def pull_back(self, z: Any, a: Any, grad: Any) -> Any:
            return grad

    z = np.zeros((1, 1))
    with pytest.raises(ValueError, match="Step has no second derivative"):
        Step().second_derivative(z, z)
    with pytest.raises(ValueError, match=r"Odd has no second derivative.*`pull_back_along`"):
        Odd().pull_back_along(z, z, z, z, z)
