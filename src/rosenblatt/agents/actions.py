"""What an agent may do: one of several actions, or numbers; and how a policy draws it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import numpy as np

from rosenblatt.losses import GaussianPolicyGradient, Loss, PolicyGradient
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.types import Float64Array, FloatArray, IntArray

__all__ = ["FLOATS", "Actions", "Choices", "Draw", "Numbers"]

# Of a prediction and of the row that receives what a loss takes of the action: the action.
Draw: TypeAlias = Callable[[FloatArray, FloatArray], Any]

FLOATS = ("float16", "float32", "float64")  # in which actions that are numbers may be given
LIMIT = 3.0  # of ln σ: standard deviations between 0.05 and 20, in half the range of an action


class Actions(ABC):
    """The actions of an environment, with the policy over them."""

    kind: str

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """Scores of a policy network."""

    @property
    @abstractmethod
    def n_numbers(self) -> int:
        """Numbers that stand for an action in a loss's targets; its advantage follows them."""

    @abstractmethod
    def loss(self, entropy: float) -> Loss:
        """The policy gradient, with its entropy bonus."""

    @abstractmethod
    def drawn(self, rng: np.random.RandomState) -> Draw:
        """A function that draws an action from a prediction."""

    @abstractmethod
    def best(self, predictions: FloatArray) -> Any:
        """The likeliest actions, in an array with one of each row."""

    @abstractmethod
    def entropies(self, predictions: FloatArray) -> FloatArray:
        """The entropy of the policy at each row, shape (n,)."""


@final
@dataclass(frozen=True)
class Choices(Actions):
    """One of n actions, which are numbered from `start`; predictions are their probabilities."""

    n: int
    start: int = 0

    kind = "one of several actions"

    @property
    def n_outputs(self) -> int:
        return self.n

    @property
    def n_numbers(self) -> int:
        return 1

    def loss(self, entropy: float) -> Loss:
        return PolicyGradient(entropy)

    def drawn(self, rng: np.random.RandomState) -> Draw:
        uniform, start, last = stream(rng.random_sample), self.start, self.n - 1

        def draw(probabilities: FloatArray, target: FloatArray) -> int:
            u, code = next(uniform), 0
            for p in probabilities.tolist():
                u -= p
                if u < 0 or code == last:
                    break
                code += 1
            target[0] = code
            return start + code

        return draw

    def best(self, predictions: FloatArray) -> IntArray:
        return predictions.argmax(axis=-1) + self.start

    def entropies(self, predictions: FloatArray) -> FloatArray:
        p = predictions
        return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=1)


@final
@dataclass(frozen=True)
class Numbers(Actions):
    """Numbers in an array, each between its bounds; predictions are means and deviations.

    The network's unit is half the range of a number, from its middle: a policy that begins with
    the mean 0 and the deviation 1 tries all of the range. What is drawn beyond the bounds counts
    in the loss as it was drawn, and is brought back to them for the environment. Without two
    finite bounds the unit is 1, from 0 or from the bound that is nearest to it.

    Attributes
    ----------
    shape : tuple of int
    low, high : tuple of float
        Bounds, infinite where there are none; those that are finite are held by the type.
    dtype : str
        The type that actions are given in.
    """

    shape: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    dtype: str = field(default="float32", compare=False)

    kind = "numbers"

    @property
    def n_outputs(self) -> int:
        return 2 * len(self.low)

    @property
    def n_numbers(self) -> int:
        return len(self.low)

    def loss(self, entropy: float) -> Loss:
        return GaussianPolicyGradient(entropy, LIMIT)

    def drawn(self, rng: np.random.RandomState) -> Draw:
        normal, n = stream(rng.standard_normal), self.n_numbers

        def draw(prediction: FloatArray, target: FloatArray) -> FloatArray:
            numbers = target[:n]
            for i in range(n):
                numbers[i] = prediction[2 * i] + prediction[2 * i + 1] * next(normal)
            return self.given(numbers)

        return draw

    def best(self, predictions: FloatArray) -> FloatArray:
        return self.given(predictions[..., ::2])

    def given(self, numbers: FloatArray) -> FloatArray:
        """Actions for the environment, from the network's unit."""
        middle, half, low, high = self._range
        with np.errstate(over="ignore"):
            actions = np.clip(middle + half * numbers, low, high)
        # Rounding keeps the order: what is between numbers of a type is rounded to such.
        return actions.astype(self.dtype).reshape(*numbers.shape[:-1], *self.shape)

    @cached_property
    def _range(self) -> tuple[Float64Array, ...]:
        """Middle and half of each range, and the least and the largest number to be given."""
        low, high = np.array(self.low), np.array(self.high)
        bounded = np.isfinite(low) & np.isfinite(high)
        with np.errstate(invalid="ignore"):
            middle = np.where(bounded, low / 2 + high / 2, np.clip(0, low, high))
            half = np.where(bounded, high / 2 - low / 2, 1)
        most = float(np.finfo(self.dtype).max)
        return middle, half, np.maximum(low, -most), np.minimum(high, most)

    def entropies(self, predictions: FloatArray) -> FloatArray:
        level: FloatArray = np.log(predictions[:, 1::2]).sum(axis=1)
        return level + self.n_numbers * 0.5 * math.log(2 * math.pi * math.e)


def stream(draw: Callable[[int], Any]) -> Iterator[float]:
    """Numbers one by one, which are drawn a thousand at a time."""
    while True:
        yield from draw(1024).tolist()
