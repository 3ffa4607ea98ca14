"""Activations: known values, derivatives, and behaviour at the ends of the range (N1, N3)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Bump,
    ClippedLogistic,
    Elementwise,
    HardSigmoid,
    HardSwish,
    HardTanh,
    Identity,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Sine,
    Softmax,
    Softplus,
    Softsign,
    Step,
    StepwiseSigmoid,
    StepwiseTanh,
    Tanh,
)
from tests.support.members import ACTIVATIONS, central_difference

E = math.e
# Klambauer et al. 2017, eq. 14, in closed form.
ERFC_1, ERFC_2 = math.erfc(1 / math.sqrt(2)), math.erfc(math.sqrt(2))
SELU_ALPHA = -math.sqrt(2 / math.pi) / (ERFC_1 * math.exp(0.5) - 1)
SELU_SCALE = (
    (1 - ERFC_1 * math.sqrt(E))
    * math.sqrt(2 * math.pi)
    / math.sqrt(
        2 * ERFC_2 * E * E
        + math.pi * ERFC_1**2 * E
        - 2 * (2 + math.pi) * ERFC_1 * math.sqrt(E)
        + math.pi
        + 2
    )
)
GELU_1 = math.sqrt(2 / math.pi) * 1.044715


@pytest.mark.parametrize(
    ("g", "z", "value", "derivative"),
    [
        (Identity(), -1.5, -1.5, 1.0),
        (Step(), -1e-9, 0.0, 0.0),
        (Step(), 0.0, 1.0, 0.0),
        (Step(), 2.0, 1.0, 0.0),
        (Sigmoid(), 0.0, 0.5, 0.25),
        (Sigmoid(), 1.0, E / (E + 1), E / (E + 1) ** 2),
        (Sigmoid(), math.log(3), 0.75, 0.1875),
        (Sigmoid(), -math.log(3), 0.25, 0.1875),
        (Tanh(), 0.0, 0.0, 1.0),
        (Tanh(), math.log(2), 0.6, 0.64),
        (Tanh(), -math.log(2), -0.6, 0.64),
        (ReLU(), -2.0, 0.0, 0.0),
        (ReLU(), 0.0, 0.0, 0.0),
        (ReLU(), 2.5, 2.5, 1.0),
        (LeakyReLU(), -2.0, -0.02, 0.01),
        (LeakyReLU(0.25), -2.0, -0.5, 0.25),
        (LeakyReLU(0.25), 0.0, 0.0, 0.25),
        (LeakyReLU(0.25), 3.0, 3.0, 1.0),
        (ELU(), 1.5, 1.5, 1.0),
        (ELU(), 0.0, 0.0, 1.0),
        (ELU(2.0), -math.log(2), -1.0, 1.0),
        (SELU(), 2.0, 2 * SELU_SCALE, SELU_SCALE),
        (SELU(), -math.log(2), -SELU_SCALE * SELU_ALPHA / 2, SELU_SCALE * SELU_ALPHA / 2),
        (Softplus(), 0.0, math.log(2), 0.5),
        (Softplus(), math.log(3), math.log(4), 0.75),
        (GELU(), 0.0, 0.0, 0.5),
        # Φ(1) and φ(1) as tables have them.
        (GELU(), 1.0, 0.8413447460685429, 0.8413447460685429 + 0.24197072451914337),
        (GELU(), -1.0, -0.15865525393145707, 0.15865525393145707 - 0.24197072451914337),
        (GELU(approximate=True), 0.0, 0.0, 0.5),
        (GELU(approximate=True), 1.0, (1 + math.tanh(GELU_1)) / 2, None),
        (SiLU(), 0.0, 0.0, 0.5),
        (SiLU(), math.log(3), 0.75 * math.log(3), 0.75 + 0.1875 * math.log(3)),
        (Mish(), 0.0, 0.0, 0.6),
        # tanh(ln(1 + 1)) = 3/5 at 0, tanh(ln(1 + 3)) = 15/17 at ln 3.
        (Mish(), math.log(3), 15 / 17 * math.log(3), 15 / 17 + math.log(3) * 0.75 * 64 / 289),
        (HardSigmoid(), -3.5, 0.0, 0.0),
        (HardSigmoid(), 0.0, 0.5, 1 / 6),
        (HardSigmoid(), 1.5, 0.75, 1 / 6),
        (HardSigmoid(), 4.0, 1.0, 0.0),
        (HardTanh(), -1.5, -1.0, 0.0),
        (HardTanh(), 0.5, 0.5, 1.0),
        (HardTanh(), 2.0, 1.0, 0.0),
        (HardSwish(), -4.0, 0.0, 0.0),
        (HardSwish(), 1.5, 1.125, 1.0),
        (HardSwish(), 5.0, 5.0, 1.0),
        (Softsign(), 1.0, 0.5, 0.25),
        (Softsign(), -3.0, -0.75, 0.0625),
        (Sine(), math.pi / 6, 0.5, math.sqrt(3) / 2),
        (Bump(), 0.0, 1.0, 0.0),
        (Bump(), math.sqrt(math.log(2)), 0.5, -math.sqrt(math.log(2))),
        (ClippedLogistic(), 15.0, 1 / (1 + math.exp(-15)), None),
        (ClippedLogistic(), 15.001, 1.0, 0.0),
        (ClippedLogistic(), -15.001, 0.0, 0.0),
        (ClippedLogistic(), math.log(3), 0.75, 0.1875),
        (StepwiseSigmoid(), 0.0, 0.5, 0.5 / (2 * 0.549306154251098632812)),
        (StepwiseSigmoid(), -2.65, 0.0, 0.0),
        (StepwiseSigmoid(), 2.65, 1.0, 0.0),
        (StepwiseTanh(), 0.0, 0.0, 1 / (2 * 0.549306154251098632812)),
        (StepwiseTanh(), -2.65, -1.0, 0.0),
    ],
)
def test_known_points(g: Elementwise, z: float, value: float, derivative: float | None) -> None:
    at = np.array([[z]])
    a = g.value(at)
    assert a.item() == pytest.approx(value, rel=1e-15)
    if derivative is not None:
        assert g.derivative(at, a).item() == pytest.approx(derivative, rel=1e-14)


def test_selu_keeps_mean_0_and_variance_1() -> None:
    """What its two numbers are for: E a = 0 and E a² = 1 where z is standard normal."""
    z = np.linspace(-12, 12, 480_001)  # the corner at 0 is one of the points
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    a = SELU().value(z)
    assert np.trapezoid(a * density, z) == pytest.approx(0, abs=1e-9)
    assert np.trapezoid(a * a * density, z) == pytest.approx(1, abs=1e-9)


def test_softmax_of_known_logarithms() -> None:
    z = np.log([[1.0, 2.0, 5.0], [4.0, 4.0, 8.0]])
    np.testing.assert_allclose(Softmax().value(z), [[0.125, 0.25, 0.625], [0.25, 0.25, 0.5]])


@pytest.mark.parametrize("shift", [-1e4, 1e4])
def test_softmax_sees_only_differences(shift: float) -> None:
    z = np.array([[0.5, -1.0, 2.0]])
    np.testing.assert_allclose(Softmax().value(z + shift), Softmax().value(z), rtol=1e-11)


@pytest.mark.parametrize("g", ACTIVATIONS, ids=repr)
def test_jacobian_is_the_derivative_of_the_value(g: Activation) -> None:
    """Unit by unit, so that a softmax shows all of its Jacobian; 0 is no point of the grid."""
    z = np.linspace(-5, 5, 60).reshape(20, 3)
    a = g.value(z)
    for k in range(3):
        unit = np.zeros_like(z)
        unit[:, k] = 1
        # Row k of the Jacobian at every point: what pulling back the unit gradient e_k gives.
        row = g.pull_back(z, a, unit)
        for j in range(3):
            step = np.zeros_like(z)
            step[:, j] = 1
            numeric = central_difference(
                lambda h, step=step, k=k: g.value(z + h * step)[:, k], 0.0, 1e-3
            )
            np.testing.assert_allclose(row[:, j], numeric, atol=1e-10)


@pytest.mark.parametrize("g", ACTIVATIONS, ids=repr)
def test_pull_back_is_linear_in_the_gradient(g: Activation) -> None:
    rng = np.random.default_rng(0)
    z, p, q = rng.standard_normal((3, 8, 4))
    a = g.value(z)
    combined = g.pull_back(z, a, 2 * p - 3 * q)
    apart = 2 * g.pull_back(z, a, p) - 3 * g.pull_back(z, a, q)
    np.testing.assert_allclose(combined, apart, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("g", ACTIVATIONS, ids=repr)
def test_no_overflow_and_the_float_type_stays(g: Activation, dtype: Any) -> None:
    size = np.geomspace(1e-4, 1e4, 200)
    z = np.column_stack([size, -size, size[::-1], np.zeros_like(size)]).astype(dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = g.value(z)
        back = g.pull_back(z, a, np.ones_like(z))
    assert a.dtype == back.dtype == dtype
    assert a.shape == back.shape == z.shape
    assert np.isfinite(a).all()
    assert np.isfinite(back).all()


@pytest.mark.parametrize("g", ACTIVATIONS, ids=repr)
def test_value_is_a_new_array(g: Activation) -> None:
    z = np.array([[1.0, -2.0]])
    g.value(z)[:] = 7
    np.testing.assert_array_equal(z, [[1.0, -2.0]])


def test_saturation_is_exact() -> None:
    z = np.array([[-1e4, 1e4]], np.float32)
    np.testing.assert_array_equal(Sigmoid().value(z), [[0, 1]])
    np.testing.assert_array_equal(Tanh().value(z), [[-1, 1]])
    np.testing.assert_array_equal(Softmax().value(z), [[0, 1]])


@pytest.mark.parametrize("z", [-1e4, -30.0, -1.0, 0.3, 20.0])
def test_symmetries(z: float) -> None:
    at = np.array([[z]])
    # G(z) + G(-z) = 1 gives z G(z) - (-z) G(-z) = z, and ln(1 + eᶻ) is z + ln(1 + e⁻ᶻ).
    for g in (GELU(), GELU(approximate=True), SiLU(), HardSwish(), Softplus()):
        assert (g.value(at) - g.value(-at)).item() == pytest.approx(z)
    # σ(-z) = 1 - σ(z), and tanh z = 2σ(2z) - 1.
    assert Sigmoid().value(-at).item() == pytest.approx(1 - Sigmoid().value(at).item())
    assert Tanh().value(at).item() == pytest.approx(2 * Sigmoid().value(2 * at).item() - 1)
