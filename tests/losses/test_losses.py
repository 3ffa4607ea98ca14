"""Losses: known values, gradients, extreme scores, and what scikit-learn's metrics say (L1-L13)."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import entropy, norm
from sklearn.metrics import log_loss, mean_poisson_deviance, mean_squared_error

from rosenblatt.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    BinaryFocal,
    CategoricalCrossEntropy,
    CategoricalFocal,
    Huber,
    LogCosh,
    Loss,
    Poisson,
    Quantile,
    SquaredError,
)
from tests.support.members import BOUNDED, LOSSES, central_difference, targets

LN_2, LN_3, LN_P = math.log(2), math.log(3), math.log(0.75)


@pytest.mark.parametrize(
    ("loss", "scores", "y", "value", "gradient", "prediction"),
    [
        # 300 predicted, 280 true: the MSE is 400, ours has the ½ (L1).
        (SquaredError(), [300.0], [280.0], 200.0, [20.0], [300.0]),
        # Outputs are summed: ½ (3² + 4²).
        (SquaredError(), [3.0, -4.0], [0.0, 0.0], 12.5, [3.0, -4.0], [3.0, -4.0]),
        (BinaryCrossEntropy(), [0.0], [1.0], LN_2, [-0.5], [0.5]),
        # p = 3/4: -ln p for the true label, -ln ¼ for the false one.
        (BinaryCrossEntropy(), [LN_3], [1.0], math.log(4 / 3), [-0.25], [0.75]),
        (BinaryCrossEntropy(), [LN_3], [0.0], 2 * LN_2, [0.75], [0.75]),
        # Two labels are summed.
        (BinaryCrossEntropy(), [LN_3, 0.0], [1.0, 0.0], math.log(8 / 3), [-0.25, 0.5], [0.75, 0.5]),
        # p = (1, 2, 5) / 8.
        (
            CategoricalCrossEntropy(),
            [0.0, LN_2, math.log(5)],
            [1.0],
            2 * LN_2,
            [0.125, -0.75, 0.625],
            [0.125, 0.25, 0.625],
        ),
        # μ = 2, y = 0 costs μ; y = μ costs nothing; y = 1 costs ln ½ - 1 + 2.
        (Poisson(), [LN_2], [0.0], 2.0, [2.0], [2.0]),
        (Poisson(), [LN_2], [2.0], 0.0, [0.0], [2.0]),
        (Poisson(), [LN_2], [1.0], 1 - LN_2, [1.0], [2.0]),
        # ½ 0.6², and 1·(3 - ½) with a gradient that stops at 1; δ = 2: 2 (3 - 1).
        (Huber(), [0.6, -3.0], [0.0, 0.0], 0.18 + 2.5, [0.6, -1.0], [0.6, -3.0]),
        (Huber(2.0), [4.0], [1.0], 4.0, [2.0], [4.0]),
        # cosh(ln 2) = 5/4, tanh(ln 2) = 3/5.
        (LogCosh(), [LN_2], [0.0], math.log(1.25), [0.6], [LN_2]),
        (LogCosh(), [-LN_3], [0.0], math.log(5 / 3), [-0.8], [-LN_3]),
        (AbsoluteError(), [3.0, -1.0, 2.0], [1.0, 1.0, 2.0], 4.0, [1.0, -1.0, 0.0], None),
        # Above the target a score costs 1 - τ, below τ, on it nothing.
        (Quantile((0.9,)), [3.0], [1.0], 0.2, [0.1], [3.0]),
        (Quantile((0.9,)), [1.0], [3.0], 1.8, [-0.9], [1.0]),
        (Quantile((0.25, 0.75)), [3.0, 0.0], [1.0], 1.5 + 0.75, [0.75, -0.75], None),
        # Two targets of two levels: score 2 t + l.
        (Quantile((0.25, 0.75)), [0.0, 2.0, 7.0, 9.0], [2.0, 9.0], 1.0, None, None),
        # p = ¾ towards the label: (¼)² ln(4/3); q^γ (γ p ln p - q).
        (BinaryFocal(), [LN_3], [1.0], -LN_P / 16, [(1.5 * LN_P - 0.25) / 16], [0.75]),
        (BinaryFocal(), [-LN_3], [0.0], -LN_P / 16, [-(1.5 * LN_P - 0.25) / 16], [0.25]),
        (BinaryFocal(0.0), [LN_3], [0.0], 2 * LN_2, [0.75], [0.75]),
        (CategoricalFocal(), [LN_3, 0.0], [0.0], -LN_P / 16, None, [0.75, 0.25]),
        (CategoricalFocal(0.0), [LN_3, 0.0], [1.0], 2 * LN_2, [0.75, -0.75], [0.75, 0.25]),
        # Targets 0.9 and 0.1, and of three classes 0.8, 0.1, 0.1.
        (BinaryCrossEntropy(0, 0.2), [LN_3], [1.0], -0.9 * LN_P + 0.2 * LN_2, [-0.15], [0.75]),
        (
            CategoricalCrossEntropy(0, 0.3),
            [0.0, LN_2, math.log(5)],
            [1.0],
            1.6 * LN_2 + 0.1 * math.log(8) + 0.1 * math.log(8 / 5),
            [0.025, -0.55, 0.525],
            None,
        ),
    ],
)
def test_known_values(
    loss: Loss,
    scores: list[float],
    y: list[float],
    value: float,
    gradient: list[float] | None,
    prediction: list[float] | None,
) -> None:
    s, t = np.array([scores]), np.array([y])
    np.testing.assert_allclose(loss.value(s, t), [value], rtol=1e-14, atol=1e-15)
    if gradient is not None:
        np.testing.assert_allclose(loss.gradient(s, t), [gradient], rtol=1e-14, atol=1e-15)
    if prediction is not None:
        np.testing.assert_allclose(loss.inverse_link(s), [prediction], rtol=1e-14)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_gradient(loss: Loss) -> None:
    n, k = 30, 3
    s, y = np.random.default_rng(1).normal(0, 1.5, (n, k)), targets(loss, n, k)
    gradient = loss.gradient(s, y)
    assert gradient.shape == (n, k)
    for unit in np.eye(k):
        numeric = central_difference(lambda h, e=unit: loss.value(s + h * e, y), 0.0, 1e-3)
        np.testing.assert_allclose(gradient @ unit, numeric, atol=1e-9)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_samples_do_not_mix(loss: Loss) -> None:
    s, y = np.random.default_rng(2).standard_normal((5, 3)), targets(loss, 5, 3)
    together = loss.value(s, y), loss.gradient(s, y)
    assert together[0].shape == (5,)
    for i in range(5):
        np.testing.assert_allclose(loss.value(s[i : i + 1], y[i : i + 1])[0], together[0][i])
        np.testing.assert_allclose(loss.gradient(s[i : i + 1], y[i : i + 1])[0], together[1][i])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", [*LOSSES, *BOUNDED], ids=repr)
def test_float_type_and_arguments_stay(loss: Loss, dtype: Any) -> None:
    s = np.random.default_rng(3).standard_normal((6, 3)).astype(dtype)
    y = targets(loss, 6, 3).astype(dtype)
    s_before, y_before = s.copy(), y.copy()
    results = loss.value(s, y), loss.gradient(s, y), loss.inverse_link(s)
    assert [r.dtype for r in results] == [dtype] * 3
    loss.inverse_link(s)[:] = 9
    np.testing.assert_array_equal(s, s_before)
    np.testing.assert_array_equal(y, y_before)


# L2: maximum likelihood under Gaussian noise of one variance.


def test_squared_error_has_the_minimiser_of_the_gaussian_likelihood() -> None:
    y = np.random.default_rng(4).normal(3, 2, (50, 1))

    def mean_loss(s: float) -> float:
        return float(SquaredError().value(np.full((50, 1), s), y).mean())

    def negative_log_likelihood(s: float, sigma: float) -> float:
        return -float(norm.logpdf(y, s, sigma).sum())

    by_loss = minimize_scalar(mean_loss).x
    for sigma in (0.5, 2.0):
        by_likelihood = minimize_scalar(negative_log_likelihood, args=(sigma,)).x
        assert by_loss == pytest.approx(by_likelihood, rel=1e-6)
    # The likelihood's σ² at that mean is twice the mean loss: the MSE.
    sigma = minimize_scalar(lambda s: negative_log_likelihood(by_loss, s), bounds=(0.1, 9)).x
    assert 2 * mean_loss(by_loss) == pytest.approx(sigma**2, rel=1e-4)


@pytest.mark.parametrize(
    ("loss", "mean_of_y"), [(BinaryCrossEntropy(), 0.3), (Poisson(), 1.3)], ids=repr
)
def test_canonical_losses_predict_the_mean(loss: Loss, mean_of_y: float) -> None:
    """L10: the maximum of a Bernoulli or Poisson likelihood is the relative frequency, the mean."""
    y = np.array([[0.0]] * 7 + [[1.0]] * 3) + (mean_of_y > 1)
    best = minimize_scalar(lambda s: loss.value(np.full((10, 1), s), y).mean(), tol=1e-12).x
    assert loss.inverse_link(np.array([[best]])).item() == pytest.approx(mean_of_y, rel=1e-6)


def test_categorical_loss_is_least_at_the_frequencies() -> None:
    y = np.array([[0.0]] * 2 + [[1.0]] * 3 + [[2.0]] * 5)
    s = np.log([[0.2, 0.3, 0.5]])
    mean_gradient = CategoricalCrossEntropy().gradient(np.repeat(s, 10, axis=0), y).mean(axis=0)
    np.testing.assert_allclose(mean_gradient, 0, atol=1e-15)


# L7, L8, L13: exact for every score, large and finite where the truth is improbable.

SIZES = [0.0, 1e-9, 1e-3, 0.5, 1.0, 10.0, 17.0, 36.0, 40.0, 88.0, 700.0, 750.0, 1e4]


def softplus(z: float) -> float:
    """ln(1 + eᶻ) in decimal digits enough for the smallest float beside 1."""
    with localcontext() as context:
        context.prec = 400
        if z > 5000:
            return float(Decimal(z))
        return float((1 + Decimal(z).exp()).ln())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sign", [-1, 1])
def test_cross_entropies_are_exact_at_any_score(size: float, sign: int, dtype: Any) -> None:
    z = float(dtype(sign * size))
    one, two = np.array([[z]], dtype), np.array([[0, z]], dtype)
    eps = float(np.finfo(dtype).eps)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for y, expected in ((1.0, softplus(-z)), (0.0, softplus(z))):
            label = np.array([[y]], dtype)
            # The smallest number counts too: below it, a float is 0.
            binary = BinaryCrossEntropy().value(one, label)
            np.testing.assert_allclose(binary, expected, rtol=4 * eps, atol=np.finfo(dtype).tiny)
            # Log-sum-exp is exact to the rounding of its largest score.
            categorical = CategoricalCrossEntropy().value(two, label)
            np.testing.assert_allclose(categorical, expected, rtol=4 * eps, atol=eps * size)
            for loss, scores in ((BinaryCrossEntropy(), one), (CategoricalCrossEntropy(), two)):
                assert np.isfinite(loss.gradient(scores, label)).all()
                assert np.isfinite(loss.inverse_link(scores)).all()


@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
def test_a_sure_mistake_costs_much_and_never_nan(size: float) -> None:
    one, zero = np.array([[1.0]], np.float32), np.array([[0.0]], np.float32)
    wrong = np.array([[-size]], np.float32)
    np.testing.assert_allclose(BinaryCrossEntropy().value(wrong, one), [size], rtol=1e-6)
    np.testing.assert_allclose(BinaryCrossEntropy().value(-wrong, zero), [size], rtol=1e-6)
    rows = np.array([[-size, size, 0]], np.float32)
    np.testing.assert_allclose(CategoricalCrossEntropy().value(rows, zero), [2 * size], rtol=1e-6)
    np.testing.assert_array_equal(CategoricalCrossEntropy().value(rows, one), [0])


# L9, L11, L12.


def test_cross_entropy_is_entropy_plus_divergence() -> None:
    """L9, the expectation over labels drawn from p: H(p, q) = H(p) + KL(p ‖ q)."""
    p, scores = np.array([0.1, 0.2, 0.7]), np.array([[0.3, -1.2, 0.8]])
    loss = CategoricalCrossEntropy()
    each = loss.value(np.repeat(scores, 3, axis=0), np.array([[0.0], [1.0], [2.0]]))
    q = loss.inverse_link(scores)[0]
    assert p @ each == pytest.approx(entropy(p) + entropy(p, q), rel=1e-14)


def test_softmax_with_cross_entropy_gives_p_minus_y() -> None:
    loss, y = CategoricalCrossEntropy(), targets(CategoricalCrossEntropy(), 20, 4)
    s = np.random.default_rng(5).normal(0, 3, (20, 4))
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    onehot = y == np.arange(4)
    np.testing.assert_allclose(loss.gradient(s, y), p - onehot, atol=1e-15)


def test_hessian_of_the_cross_entropy_in_the_scores() -> None:
    """L12: diag(p) - ppᵀ, symmetric, no negative eigenvalue, and 0 along (1, …, 1)."""
    loss, s, y = CategoricalCrossEntropy(), np.array([[0.4, -1.0, 2.0]]), np.array([[2.0]])
    H = np.array(
        [
            central_difference(lambda h, e=e: loss.gradient(s + h * e, y)[0], 0, 1e-3)
            for e in np.eye(3)
        ]
    )
    p = loss.inverse_link(s)[0]
    np.testing.assert_allclose(H, np.diag(p) - np.outer(p, p), atol=1e-11)
    np.testing.assert_allclose(H, H.T, atol=1e-11)
    eigenvalues = np.linalg.eigvalsh(np.diag(p) - np.outer(p, p))
    assert eigenvalues[0] == pytest.approx(0, abs=1e-15)
    assert eigenvalues[1] > 0
    np.testing.assert_allclose(H @ np.ones(3), 0, atol=1e-11)


# scikit-learn's metrics.


def test_squared_error_is_half_the_metric() -> None:
    s, y = np.random.default_rng(6).standard_normal((2, 40, 1))
    assert 2 * SquaredError().value(s, y).mean() == pytest.approx(mean_squared_error(y, s))


def test_poisson_is_half_the_deviance() -> None:
    s, y = np.random.default_rng(7).standard_normal((40, 1)), targets(Poisson(), 40, 1)
    assert (y == 0).any()
    deviance = mean_poisson_deviance(y[:, 0], np.exp(s[:, 0]))
    assert 2 * Poisson().value(s, y).mean() == pytest.approx(deviance, rel=1e-13)


def labelled(loss: Loss, scale: float, dtype: Any) -> tuple[Any, Any, npt.NDArray[np.int64]]:
    k = 1 if isinstance(loss, BinaryCrossEntropy) else 3
    s = np.random.default_rng(8).normal(0, scale, (60, k)).astype(dtype)
    y = targets(loss, 60, k).astype(dtype)
    return s, y, y[:, 0].astype(np.int64)


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), CategoricalCrossEntropy()], ids=repr)
def test_cross_entropies_are_the_log_loss(loss: Loss) -> None:
    s, y, labels = labelled(loss, 2, np.float64)
    expected = log_loss(labels, np.squeeze(loss.inverse_link(s)))
    assert loss.value(s, y).mean() == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("member", [BinaryCrossEntropy, CategoricalCrossEntropy])
def test_p_min_is_the_clipping_of_the_log_loss(member: Any, dtype: Any) -> None:
    """With the machine epsilon, as scikit-learn's metric clips; scores of ±1,000 need it."""
    s, y, labels = labelled(member(), 1000, dtype)
    eps = float(np.finfo(dtype).eps)
    p = np.squeeze(member().inverse_link(s))
    expected = log_loss(labels, p)
    assert member(p_min=eps).value(s, y).mean() == pytest.approx(expected, rel=1e-6)
    assert member().value(s, y).mean() > 2 * expected


@pytest.mark.parametrize("loss", BOUNDED, ids=repr)
def test_p_min_bounds_both_ends_and_leaves_the_gradient(loss: Any) -> None:
    s = np.array([[9.0]]) if isinstance(loss, BinaryCrossEntropy) else np.array([[0.0, 9.0]])
    right, wrong = np.array([[1.0]]), np.array([[0.0]])
    np.testing.assert_allclose(loss.value(s, right), [-math.log(1 - loss.p_min)], rtol=1e-14)
    np.testing.assert_allclose(loss.value(s, wrong), [-math.log(loss.p_min)], rtol=1e-14)
    unbounded = type(loss)()
    np.testing.assert_array_equal(loss.gradient(s, wrong), unbounded.gradient(s, wrong))


# L6, L18: what the further losses are for, and what becomes of them at the ends.


@pytest.mark.parametrize("size", [1e-8, 1e-4, 0.5, 1.0, 3.0, 20.0, 1e4])
def test_log_cosh_is_exact_at_any_error(size: float) -> None:
    with localcontext() as context:
        context.prec = 60
        e = Decimal(size)
        exact = float(e + (1 + (-2 * e).exp()).ln() - Decimal(2).ln())
    for error in (size, -size):
        value = LogCosh().value(np.array([[error]]), np.zeros((1, 1)))
        np.testing.assert_allclose(value, exact, rtol=1e-14)


@pytest.mark.parametrize("loss", [Huber(), LogCosh(), AbsoluteError(), Quantile()], ids=repr)
def test_ten_times_the_error_costs_ten_times_as_much(loss: Loss) -> None:
    """L6, where the squared error's cost grows a hundredfold."""
    s, y = np.array([[1e4], [1e5]]), np.zeros((2, 1))
    far, farther = loss.value(s, y)
    assert farther / far == pytest.approx(10, rel=1e-3)
    slopes = np.abs(loss.gradient(s, y))
    assert slopes.max() <= 1
    squares = SquaredError().value(s, y)
    assert squares[1] / squares[0] == pytest.approx(100)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.8])
def test_the_pinball_loss_is_least_at_the_quantile(level: float) -> None:
    y = np.random.default_rng(0).exponential(size=(2001, 1))
    grid = np.linspace(0, 4, 4001)
    cost = [Quantile((level,)).value(np.full_like(y, s), y).mean() for s in grid]
    assert grid[np.argmin(cost)] == pytest.approx(np.quantile(y, level), abs=2e-3)


@pytest.mark.parametrize("size", [0.0, 1e-3, 1.0, 10.0, 40.0, 800.0, 1e4])
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_focal_losses_are_exact_at_any_score(size: float, sign: int, gamma: float) -> None:
    """(1 - p)^γ (-ln p), whichever of the two numbers rounds to 0."""
    z = sign * size
    expected = math.exp(-gamma * softplus(z)) * softplus(-z)
    for dtype, rel in ((np.float64, 1e-12), (np.float32, 2e-3)):
        one, two = np.array([[z]], dtype), np.array([[z, 0]], dtype)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            binary = BinaryFocal(gamma).value(one, np.ones((1, 1), dtype))
            two_classes = CategoricalFocal(gamma).value(two, np.zeros((1, 1), dtype))
            slopes = [
                BinaryFocal(gamma).gradient(one, np.ones((1, 1), dtype))[0, 0],
                CategoricalFocal(gamma).gradient(two, np.zeros((1, 1), dtype))[0, 0],
            ]
        tiny = float(np.finfo(dtype).tiny)
        np.testing.assert_allclose([binary[0], two_classes[0]], expected, rtol=rel, atol=tiny)
        np.testing.assert_allclose(slopes[0], slopes[1], rtol=rel, atol=tiny)


@pytest.mark.parametrize("p_y", [1 - 1e-12, 1 - 1e-9, 1 - 1e-5, 0.5, 1e-9])
@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_focal_gradients_keep_their_digits(p_y: float, gamma: float) -> None:
    """Where the other classes have next to nothing, as where the true one has."""
    with localcontext() as context:
        context.prec = 60
        s = Decimal(math.log(p_y / (1 - p_y)))
        p = 1 / (1 + (-s).exp())
        q, g = 1 - p, Decimal(gamma)
        exact = float((g * q.ln()).exp() * (g * p * p.ln() - q))
    binary = BinaryFocal(gamma).gradient(np.array([[float(s)]]), np.ones((1, 1)))
    np.testing.assert_allclose(binary, exact, rtol=1e-12)
    two = CategoricalFocal(gamma).gradient(np.array([[float(s), 0.0]]), np.zeros((1, 1)))
    np.testing.assert_allclose(two, [[exact, -exact]], rtol=1e-12)


@pytest.mark.parametrize("loss", [BinaryCrossEntropy, CategoricalCrossEntropy])
def test_smoothing_is_the_cross_entropy_of_smoothed_targets(loss: Any) -> None:
    """By linearity: the plain losses of all labels, with the smoothed target for weights."""
    k = 1 if loss is BinaryCrossEntropy else 3
    n_classes = 2 if k == 1 else 3
    s = np.random.default_rng(0).normal(0, 3, (20, k))
    labels = np.arange(n_classes, dtype=float)
    of_all = [loss().value(s, np.full((20, 1), label)) for label in labels]
    for label in range(n_classes):
        target = np.full(n_classes, 0.3 / n_classes)
        target[label] += 0.7
        smooth = loss(smoothing=0.3).value(s, np.full((20, 1), float(label)))
        np.testing.assert_allclose(smooth, target @ of_all, rtol=1e-12)
