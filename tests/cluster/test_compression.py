"""Compressors: contraction, limits, and error feedback (theory G19)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rosenblatt.cluster.compression import (
    COMPRESSORS,
    Compressor,
    ErrorFeedback,
    Int8,
    LowRank,
    RandomK,
    ScaledSign,
    TopK,
)
from rosenblatt.support.types import FloatArray

SHAPES = [(24, 16)]
N = 24 * 16
ALL: dict[str, Compressor] = {
    **COMPRESSORS,
    "a tenth": TopK(0.1),
    "a tenth at random": RandomK(0.1),
    "rank 2": LowRank(2),
}
DISTRIBUTIONS = {
    "normal": lambda rng: rng.standard_normal(N),
    "heavy": lambda rng: rng.standard_cauchy(N),
    "equal": lambda rng: np.ones(N),
    "one": lambda rng: np.eye(1, N, int(rng.integers(N)))[0],
    "few": lambda rng: rng.standard_normal(N) * (rng.random(N) < 0.05),
}


def compressed(compressor: Compressor, x: FloatArray, seed: int = 0, step: int = 0) -> FloatArray:
    return compressor.encoder(SHAPES, seed).encode(x, step).decoded()


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
@pytest.mark.parametrize("name", ALL)
def test_it_contracts_as_much_as_it_says(name: str, kind: str) -> None:
    rng, compressor = np.random.default_rng(0), ALL[name]
    ratios = []
    for seed in range(200):
        x = DISTRIBUTIONS[kind](rng)
        square = float(x @ x)
        if square:
            error = compressed(compressor, x, seed) - x
            ratios.append(float(error @ error) / square)
    spread = np.std(ratios) / np.sqrt(len(ratios))
    assert np.mean(ratios) <= 1 - compressor.contraction(SHAPES[0]) + 4 * spread + 1e-12


@pytest.mark.parametrize(
    "compressor", [TopK(1.0), RandomK(1.0), LowRank(16), LowRank(40)], ids=repr
)
def test_full_size_is_exact(compressor: Compressor) -> None:
    x = np.random.default_rng(1).standard_normal(N)
    message = compressor.encoder(SHAPES, 0).encode(x, 0)
    assert_array_equal(message.decoded(), x)
    assert message.n_bytes == x.nbytes


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ALL)
def test_zeros_float_types_and_sizes(name: str, dtype: type) -> None:
    encoder = ALL[name].encoder(SHAPES, 0)
    zeros = encoder.encode(np.zeros(N, dtype), 0).decoded()
    assert zeros.dtype == dtype
    assert not zeros.any()
    x = np.random.default_rng(2).standard_normal(N).astype(dtype)
    message = encoder.encode(x, 1)
    assert message.decoded().dtype == dtype
    assert message.size == len(message.decoded()) == N
    assert message.n_bytes < x.nbytes


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ALL)
def test_numbers_that_are_not_finite_are_refused(name: str, bad: float) -> None:
    x = np.ones(N)
    x[5] = bad
    with pytest.raises(ValueError, match="not finite"):
        ALL[name].encoder(SHAPES, 0).encode(x, 0)


@pytest.mark.parametrize("name", ALL)
def test_numbers_at_the_ends_of_the_float_type_stay_finite(name: str) -> None:
    for size in (np.finfo(np.float32).max, np.finfo(np.float32).tiny):
        x = np.full(N, size, np.float32)
        if name == "low_rank" or name.startswith("rank"):
            x /= np.float32(N)  # sums of products
        with np.errstate(under="ignore"):
            assert np.isfinite(compressed(ALL[name], x)).all()


def test_stochastic_rounding_is_unbiased() -> None:
    x = np.random.default_rng(3).standard_normal(N)
    mean = np.mean([compressed(Int8(), x, step=step) for step in range(4000)], axis=0)
    unit = np.abs(x).max() / 127
    assert_allclose(mean, x, atol=5 * unit / 2 / np.sqrt(4000))


def test_both_sides_draw_the_same_positions_and_others_each_step() -> None:
    x = np.random.default_rng(4).standard_normal(N)
    found = [np.flatnonzero(compressed(RandomK(0.1), x, 7, step)) for step in (0, 0, 1)]
    assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_the_sign_has_the_mean_size() -> None:
    x = np.array([3.0, -1.0, 0.0, 2.0])
    decoded = ScaledSign().encoder([(4,)], 0).encode(x, 0).decoded()
    assert_array_equal(decoded, [1.5, -1.5, 1.5, 1.5])


def test_power_iteration_finds_a_matrix_of_that_rank() -> None:
    rng = np.random.default_rng(5)
    M = (rng.standard_normal((24, 2)) @ rng.standard_normal((2, 16))).ravel()
    assert_allclose(compressed(LowRank(2), M), M, atol=1e-12)
    # From a warm start it comes to the best approximation, that of the largest singular values.
    M = rng.standard_normal((24, 16))
    encoder = LowRank(2).encoder(SHAPES, 0)
    for step in range(300):
        found = encoder.encode(M.ravel(), step).decoded().reshape(24, 16)
    u, s, v = np.linalg.svd(M)
    assert_allclose(found, u[:, :2] * s[:2] @ v[:2], atol=1e-3)


def test_what_is_left_out_is_kept_for_later() -> None:
    rng = np.random.default_rng(6)
    for compressor in ALL.values():
        feedback = ErrorFeedback(compressor.encoder(SHAPES, 0))
        given, sent = np.zeros(N), np.zeros(N)
        for step in range(20):
            g = rng.standard_normal(N)
            given += g
            sent = sent + feedback.encode(g, step).decoded()
        error = 0 if feedback.error is None else feedback.error
        assert_allclose(sent + error, given, atol=1e-12)


def subgradient(x: FloatArray) -> FloatArray:
    """Of f = ½|x₁ + x₂| + |x₁ - x₂|."""
    along, across = np.sign(x[0] + x[1]) / 2, 1.0 if x[0] >= x[1] else -1.0
    return np.array([along + across, along - across])


def descended(*, feedback: bool) -> float:
    """The best f on the way from (1, 1) by scaled signs at the rate 0.3/√t."""
    encoder = ScaledSign().encoder([(2,)], 0)
    send = ErrorFeedback(encoder).encode if feedback else encoder.encode
    x, best = np.array([1.0, 1.0]), np.inf
    for step in range(3000):
        x = x - 0.3 / np.sqrt(step + 1) * send(subgradient(x), step).decoded()
        best = min(best, abs(x[0] + x[1]) / 2 + abs(x[0] - x[1]))
    return float(best)


def test_a_biased_compressor_sticks_without_feedback() -> None:
    """Signs are ±(1, -1) wherever it comes to, so that x₁ + x₂ stays 2 and f ≥ 1."""
    assert descended(feedback=False) >= 1 - 1e-12
    assert descended(feedback=True) < 0.05
