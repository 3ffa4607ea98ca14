"""What the layers that vary pictures at random have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from rosenblatt.network.layer import Arrays, Backward, Layer, Passed, Shape
from rosenblatt.network.pictures import picture
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["Augmentation", "Source", "below"]

Places: TypeAlias = npt.NDArray[np.int64]
# For each pixel of the result: the row and the column of a pixel that it takes, and its weight.
# Arrays that broadcast to (height, width); places beyond the picture hold 0.
Source: TypeAlias = tuple[Places, Places, Float64Array]

WORDS = 2  # of 32 random bits, for each picture of a step


class Augmentation(Layer):
    """A random map of pictures in training steps (C8); a prediction takes them as they are.

    Every pixel of the result is a weighted sum of pixels of the picture, the same for all its
    channels. What a step draws follows from the seed, the step, the layer and the picture's place
    in the batch alone.
    """

    @abstractmethod
    def sources(self, shape: Shape, u: int, v: int) -> list[Source]:
        """What pixels are sums of, given two random words from 0 to 2³² - 1."""

    def at_rest(self, shape: Shape) -> list[Source] | None:
        """The same in a prediction; None where pictures stay as they are."""
        return None

    def output_shape(self, shape: Shape) -> Shape:
        return picture(self, shape)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        shape = x.shape[1:]
        if stream is None:
            resting = self.at_rest(shape)
            if resting is None:
                return Passed(self, x, x)
            drawn = [resting] * len(x)
        else:
            words = stream.words(WORDS * len(x)).reshape(-1, WORDS).tolist()
            drawn = [self.sources(shape, u, v) for u, v in words]
        out = np.zeros((len(x), *self.output_shape(shape)), x.dtype)
        for given, to, sources in zip(x, out, drawn, strict=True):
            for rows, columns, weights in sources:
                seen = given[rows.clip(0, shape[0] - 1), columns.clip(0, shape[1] - 1)]
                inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
                to += np.where(inside, weights, 0)[..., None].astype(x.dtype) * seen
        return Passed(self, x, out, drawn)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        if passed.kept is None:
            return Backward({}, upstream, delta=upstream)
        below = np.zeros_like(passed.x)
        for to, gradient, sources in zip(below, upstream, passed.kept, strict=True):
            for rows, columns, weights in sources:
                i, j, w = np.broadcast_arrays(rows, columns, weights)
                inside = (i >= 0) & (i < to.shape[0]) & (j >= 0) & (j < to.shape[1])
                share = w[inside, None].astype(to.dtype) * gradient[inside]
                np.add.at(to, (i[inside], j[inside]), share)
        return Backward({}, below, delta=upstream)

    @property
    def is_random(self) -> bool:
        return True


def below(word: int, n: int) -> int:
    """One of the whole numbers 0 … n - 1, from a random word."""
    return word * n >> 32
