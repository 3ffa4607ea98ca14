"""The engine's own elementary functions: units in the last place, limits, NaN (N3).

A layer of as many units as there are points, over one row that is 1, has the points for weights.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import numpy.typing as npt
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
    StepwiseSigmoid,
    StepwiseTanh,
    Tanh,
)
from rosenblatt.engine.native import NativeObjective, native_scores
from rosenblatt.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    LogCosh,
    Loss,
    Poisson,
)
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import LOSSES, TRAINABLE, targets
from tests.support.native_cases import each_build, use

Points = npt.NDArray[Any]
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture(autouse=True)
def over_each_build(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "build" in request.fixturenames:
        use(request.getfixturevalue("build"), monkeypatch)


def activated(g: Activation, z: Points) -> Points:
    net = Network(1, (Dense(len(z), g),))
    theta = np.concatenate([z, np.zeros_like(z)])
    return native_scores(net, theta, np.ones((1, 1), z.dtype), 1)[0]


def slopes(loss: Loss, z: Points, y: Points) -> Points:
    """∂L/∂s at scores z: the gradient of the biases of one row."""
    net = Network(1, (Dense(len(z)),))
    arrays = Arrays(np.ones((1, 1), z.dtype), y.reshape(1, -1))
    theta = np.concatenate([z, np.zeros_like(z)])
    return NativeObjective(net, loss, L2(), arrays, 1).value_and_gradient(theta)[2][len(z) :]


def loss_at(loss: Loss, scores: list[float], y: float, dtype: Any) -> float:
    net = Network(1, (Dense(len(scores)),))
    arrays = Arrays(np.zeros((1, 1), dtype), np.array([[y]], dtype))
    theta = np.concatenate([np.zeros(len(scores)), scores]).astype(dtype)
    return NativeObjective(net, loss, L2(), arrays, 1).value_and_gradient(theta)[0]


def grid(dtype: Any) -> Points:
    small_to_large = np.geomspace(1e-30, 1e4, 10_001)
    return np.concatenate(
        [np.linspace(-20, 20, 40_001), small_to_large, -small_to_large, [0.0, -0.0]]
    ).astype(dtype)


def assert_ulps(
    actual: Points, exact: npt.NDArray[np.longdouble], ulps: float, nothing: float = 2
) -> None:
    """Within so many units in the last place; what is next to nothing may be 0."""
    dtype = actual.dtype
    # Beyond the largest float, rounding gives the infinity that we expect.
    with np.errstate(over="ignore", under="ignore"):
        rounded = exact.astype(dtype)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(actual[~finite], rounded[~finite])
    error = np.abs(actual[finite] - exact[finite])
    allowed = ulps * np.spacing(np.abs(rounded[finite])) + nothing * np.finfo(dtype).tiny
    worst = np.argmax(error / allowed)
    assert error[worst] <= allowed[worst], (actual[finite][worst], exact[finite][worst])


@each_build
@both_types
def test_exp(build: Any, dtype: Any) -> None:
    """The Poisson loss's slope at y = 0."""
    z = grid(dtype)
    with np.errstate(over="ignore", under="ignore"):
        exact = np.exp(z.astype(np.longdouble))
    assert_ulps(slopes(Poisson(), z, np.zeros_like(z)), exact, 2)


@each_build
@both_types
def test_sigmoid(build: Any, dtype: Any) -> None:
    z = grid(dtype)
    with np.errstate(over="ignore", under="ignore"):
        exact = 1 / (1 + np.exp(-z.astype(np.longdouble)))
    assert_ulps(activated(Sigmoid(), z), exact, 3)
    assert_ulps(slopes(BinaryCrossEntropy(), z, np.zeros_like(z)), exact, 3)


@each_build
@both_types
def test_tanh(build: Any, dtype: Any) -> None:
    z = grid(dtype)
    assert_ulps(activated(Tanh(), z), np.tanh(z.astype(np.longdouble)), 4)


@both_types
def test_tanh_is_odd_and_bounded(dtype: Any) -> None:
    z = grid(dtype)
    a = activated(Tanh(), z)
    np.testing.assert_array_equal(activated(Tanh(), -z), -a)
    assert np.abs(a).max() == 1


@both_types
@pytest.mark.parametrize("g", [Identity(), ReLU(), LeakyReLU(0.25), HardTanh()], ids=repr)
def test_exact_activations(g: Elementwise, dtype: Any) -> None:
    z = grid(dtype)
    np.testing.assert_array_equal(activated(g, z), g.value(z))


# In numbers of 64 significant bits, which leave the formulas room.


def softplus(z: Any) -> Any:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def expm1(z: Any) -> Any:
    return np.expm1(np.minimum(z, 0))


EXACT: list[tuple[Elementwise, Any, float]] = [
    (LeakyReLU(0.1), lambda z: np.where(z > 0, z, np.longdouble(0.1) * z), 1),
    (ELU(), lambda z: np.where(z > 0, z, expm1(z)), 4),
    (SELU(), lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543773 * expm1(z)), 4),
    (Softplus(), softplus, 6),
    (SiLU(), lambda z: z / (1 + np.exp(-z)), 8),
    (Mish(), lambda z: z * np.tanh(softplus(z)), 10),
    (HardSigmoid(), lambda z: np.clip(z + 3, 0, 6) / 6, 4),
    (HardSwish(), lambda z: z * np.clip(z + 3, 0, 6) / 6, 4),
    (Softsign(), lambda z: z / (1 + np.abs(z)), 2),
    (Sine(), np.sin, 1),
    (ClippedLogistic(), lambda z: np.where(np.abs(z) > 15, z > 0, 1 / (1 + np.exp(-z))), 3),
]


@each_build
@both_types
@pytest.mark.parametrize(("g", "exact", "ulps"), EXACT, ids=lambda value: repr(value)[:12])
def test_other_activations(build: Any, g: Activation, exact: Any, ulps: float, dtype: Any) -> None:
    z = grid(dtype)
    with np.errstate(over="ignore"):
        # Where eᶻ rounds to 0, z eᶻ does.
        assert_ulps(activated(g, z), exact(z.astype(np.longdouble)), ulps, nothing=2000)


@each_build
@both_types
def test_bump(build: Any, dtype: Any) -> None:
    """The square's rounding, times it, is that of the exponential."""
    z = np.linspace(-8, 8, 1001).astype(dtype)
    with np.errstate(under="ignore"):
        exact = np.exp(-np.square(z.astype(np.longdouble)))
    np.testing.assert_allclose(activated(Bump(), z), exact, rtol=80 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(activated(Bump(), np.array([-1e9, 1e30], dtype)), [0, 0])


@each_build
@both_types
@pytest.mark.parametrize("g", [StepwiseSigmoid(), StepwiseTanh()], ids=repr)
def test_lines_between_points(build: Any, g: Any, dtype: Any) -> None:
    """At the points and between them, and what is beyond the outer ones."""
    (xs, ys), low, high = np.array(g.points).T, *g.ends
    at = activated(g, xs.astype(dtype))
    np.testing.assert_allclose(at, [*ys[:-1], high], rtol=0, atol=4 * np.finfo(dtype).eps)
    z = np.linspace(-2.64, 2.64, 999).astype(dtype)
    inside = np.interp(z, xs, ys)
    np.testing.assert_allclose(activated(g, z), inside, rtol=0, atol=4 * np.finfo(dtype).eps)
    ends = activated(g, np.array([-np.inf, -1e4, -2.65, 2.65, 1e4, np.inf], dtype))
    np.testing.assert_array_equal(ends, [low] * 3 + [high] * 3)


def normal_cdf(x: float) -> Decimal:
    """Φ in decimal digits enough for the smallest float beside 1: ½ + φ(x) Σ x²ᵏ⁺¹/(2k+1)!!."""
    with localcontext() as context:
        context.prec = 800
        z = Decimal(x)
        term = total = z
        k = 1
        while abs(term) > Decimal(10) ** -790:
            term = term * z * z / (2 * k + 1)
            total += term
            k += 1
        return Decimal("0.5") + total * (-z * z / 2).exp() / (2 * PI).sqrt()


# Machin's formula, to 800 digits.
def arctangent_of_inverse(n: int) -> Decimal:
    with localcontext() as context:
        context.prec = 820
        terms = (Decimal((-1) ** k) / ((2 * k + 1) * Decimal(n) ** (2 * k + 1)) for k in range(600))
        return sum(terms, Decimal(0))


with localcontext() as _context:
    _context.prec = 810
    PI = 16 * arctangent_of_inverse(5) - 4 * arctangent_of_inverse(239)

NORMAL_POINTS = [*np.linspace(-14, 6, 81), -37.0, -30.0, -20.0, -1e-3, 1e-3, -1e-9, 9.0, 0.0]


@each_build
@both_types
def test_gelu(build: Any, dtype: Any) -> None:
    """z Φ(z) in full relative accuracy into the far tail, where 1 + erf has none left."""
    z = np.array(NORMAL_POINTS).astype(dtype)
    exact = [float(Decimal(float(x)) * normal_cdf(float(x))) for x in z]
    assert_ulps(activated(GELU(), z), np.array(exact, np.longdouble), 8)


@each_build
@both_types
def test_gelu_at_the_ends(build: Any, dtype: Any) -> None:
    z = np.array([-1e4, -1e3, 1e3, 1e4], dtype)
    for g in (GELU(), GELU(approximate=True), SiLU(), Mish(), HardSwish()):
        np.testing.assert_array_equal(activated(g, z), [0, 0, 1e3, 1e4])
        np.testing.assert_array_equal(activation_slopes(g, z), [0, 0, 1, 1])


def activation_slopes(g: Activation, z: Points) -> Points:
    """g'(z): the gradient of a layer's biases, where a unit adds up and errs to one side."""
    net = Network(1, (Dense(len(z), g), Dense(1)))
    zero, one = np.zeros_like(z), np.ones_like(z)
    theta = np.concatenate([z, zero, one, zero[:1]])
    arrays = Arrays(np.ones((1, 1), z.dtype), np.full((1, 1), -1e30, z.dtype))
    gradient = NativeObjective(net, AbsoluteError(), L2(), arrays, 1).value_and_gradient(theta)[2]
    return gradient[len(z) : 2 * len(z)]


@each_build
@both_types
@pytest.mark.parametrize("g", [g for g in TRAINABLE if not isinstance(g, Softmax)], ids=repr)
def test_slopes(build: Any, g: Elementwise, dtype: Any) -> None:
    """To a few units of 1, which slopes are of the size of, beside the specification in float64."""
    z = grid(dtype)
    wide = z.astype(np.float64)
    at_corner = (np.abs(z) == 0) | (np.abs(np.abs(z) - 3) < 1e-6) | (np.abs(np.abs(z) - 1) < 1e-6)
    error = np.abs(activation_slopes(g, z) - g.derivative(wide, g.value(wide)))
    # In double precision the specification's own rounding shows as well.
    units = 16 if dtype == np.float32 else 64
    assert error[~at_corner].max() < units * np.finfo(dtype).eps


@each_build
@both_types
@pytest.mark.parametrize("error", [1e-20, 1e-6, 0.01, 0.6, 0.87, 0.88, 1.0, 3.0, 50.0, 1e4])
def test_log_cosh(build: Any, error: float, dtype: Any) -> None:
    e = np.longdouble(dtype(error))
    exact = np.log1p(2 * np.sinh(min(e, 1) / 2) ** 2)
    if e >= 1:
        exact = e + np.log1p(np.exp(-2 * e)) - np.log(np.longdouble(2))
    for sign in (-1, 1):
        value = loss_at(LogCosh(), [sign * float(e)], 0.0, dtype)
        assert value == pytest.approx(float(exact), rel=8 * float(np.finfo(dtype).eps), abs=1e-37)


@each_build
@both_types
@pytest.mark.parametrize("z", [0.0, 1e-6, 0.1, 1.0, 5.0, 17.0, 40.0, 88.0, 500.0, 1e4])
def test_cross_entropies(build: Any, z: float, dtype: Any) -> None:
    """L7, L8, L13: ln(1 + e⁻ᶻ) if right, z more if wrong, for two classes as for one logit."""
    z = float(dtype(z))
    right = math.log1p(math.exp(-z))
    eps, tiny = float(np.finfo(dtype).eps), 2 * float(np.finfo(dtype).tiny)
    for sign, y in ((1, 1.0), (-1, 0.0)):
        binary = loss_at(BinaryCrossEntropy(), [sign * z], y, dtype)
        assert binary == pytest.approx(right, rel=4 * eps, abs=tiny)
        wrong = loss_at(BinaryCrossEntropy(), [sign * z], 1 - y, dtype)
        assert wrong == pytest.approx(z + right, rel=4 * eps)
        two = loss_at(CategoricalCrossEntropy(), [0.0, sign * z], y, dtype)
        assert two == pytest.approx(right, rel=4 * eps, abs=eps)
        mistaken = loss_at(CategoricalCrossEntropy(), [0.0, sign * z], 1 - y, dtype)
        assert mistaken == pytest.approx(z + right, rel=4 * eps)


@both_types
@pytest.mark.parametrize("y", [0.0, 1.0, 7.0])
def test_poisson(y: float, dtype: Any) -> None:
    """½ deviance, with y ln y = 0 at y = 0."""
    s = float(dtype(0.4))
    expected = (y * math.log(y) if y else 0) - y * s - y + math.exp(s)
    assert loss_at(Poisson(), [s], y, dtype) == pytest.approx(
        expected, rel=20 * float(np.finfo(dtype).eps)
    )


@each_build
@both_types
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_nan_passes_every_activation(build: Any, g: Activation, dtype: Any) -> None:
    z = np.zeros(67, dtype)
    z[[0, 13, 66]] = np.nan
    a = activated(g, z)
    assert np.isnan(a[[0, 13, 66]]).all()


@each_build
@both_types
@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_nan_passes_every_loss(build: Any, loss: Loss, position: int, dtype: Any) -> None:
    net = Network(1, (Dense(3),))
    theta = np.zeros(6, dtype)
    theta[3 + position] = np.nan
    columns = targets(loss, 1, 3).shape[1]
    arrays = Arrays(np.zeros((1, 1), dtype), np.ones((1, columns), dtype))
    value, _, gradient = NativeObjective(net, loss, L2(), arrays, 1).value_and_gradient(theta)
    assert math.isnan(value)
    assert math.isnan(gradient[3 + position])


@both_types
def test_infinities_have_the_right_limits(dtype: Any) -> None:
    z = np.array([-np.inf, np.inf], dtype)
    np.testing.assert_array_equal(activated(Sigmoid(), z), [0, 1])
    np.testing.assert_array_equal(activated(Tanh(), z), [-1, 1])
    for g in (ReLU(), Softplus()):
        np.testing.assert_array_equal(activated(g, z), [0, np.inf])
    np.testing.assert_array_equal(activated(ELU(), z), [-1, np.inf])
    np.testing.assert_array_equal(activated(HardSigmoid(), z), [0, 1])
    np.testing.assert_array_equal(activated(HardTanh(), z), [-1, 1])
    np.testing.assert_array_equal(slopes(Poisson(), z, np.zeros_like(z)), [0, np.inf])
