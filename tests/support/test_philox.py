"""Philox: the published words, the same from both engines, and uniform as far as one can see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from rosenblatt.engine.compiled import module
from rosenblatt.support.philox import GROUP, Draws, Stream, philox4x32

# Known answers of philox4x32-10, from Random123's kat_vectors: counter, key, words.
KNOWN = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def numbers(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


def native_words(seed: int, step: int, layer: int, begin: int, n: int) -> Any:
    out = np.empty(n, np.uint32)
    module().philox(seed, step, layer, begin, out)
    return out


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_published_words(counter: str, key: str, words: str) -> None:
    c0, c1, c2, c3 = (np.array([word], np.uint64) for word in numbers(counter))
    k0, k1 = numbers(key)
    assert [int(word[0]) for word in philox4x32((c0, c1, c2, c3), (k0, k1))] == numbers(words)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_published_words_natively(counter: str, key: str, words: str) -> None:
    """The counter is the block's number, 48 bits around the layer's 16, and the step."""
    (c0, c1, c2, c3), (k0, k1) = numbers(counter), numbers(key)
    block, layer, step = (c1 >> 16 << 32) + c0, c1 & 0xFFFF, (c3 << 32) + c2
    group, lane = divmod(block, 16)
    signed = step - (step >> 63 << 64)
    drawn = native_words((k1 << 32) + k0, signed, layer, GROUP * group, GROUP)
    assert drawn[lane::16].tolist() == numbers(words)


@pytest.mark.parametrize("begin", [0, 1, 63, 64, 65, 1000])
@pytest.mark.parametrize("n", [0, 1, 63, 64, 65, 127, 129, 1000])
def test_both_engines_draw_the_same(begin: int, n: int) -> None:
    seed, step, layer = 0x123456789ABCDEF, 2**40 + 5, 3
    expected = Stream(seed, step, layer).words(begin + n)[begin:]
    np.testing.assert_array_equal(native_words(seed, step, layer, begin, n), expected)


def test_words_are_uniform() -> None:
    words = Stream(1, 2, 3).words(1 << 20)
    for bits in (words >> 24, words >> 12 & 0xFF, words & 0xFF):
        assert chisquare(np.bincount(bits, minlength=256)).pvalue > 1e-4
    ones = np.unpackbits(words.view(np.uint8)).mean()
    assert ones == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(32 << 20))


def test_streams_have_nothing_to_do_with_each_other() -> None:
    """Neighbouring seeds, steps, layers and elements: no correlation beyond chance."""
    n = 1 << 16
    streams = [
        Draws(*of).stream(layer) for *of, layer in [(1, 0, 1), (2, 0, 1), (1, 1, 1), (1, 0, 2)]
    ]
    drawn = np.array([stream.words(n) for stream in streams], dtype=float)
    drawn = np.vstack([drawn, np.roll(drawn[0], 1), np.roll(drawn[0], 16)])
    correlation = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(correlation).max() < 5 / np.sqrt(n)
