"""Walks through the coalitions of a game, and the Shapley values that follow from what they meet.

All games of one call have as many players. The value of no player and of all of them is known, and
needs no step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from math import comb
from typing import final

import numpy as np

from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["AllCoalitions", "PermutationPairs", "Plan"]


class Plan(ABC):
    """Which coalitions of k players are met, and in which order."""

    @abstractmethod
    def orders(self, n_games: int, k: int) -> list[IntArray]:
        """Walks of each game: the players, 0 to k - 1, that join or leave, shape (n_games, steps).

        Every walk begins with no player.
        """

    @abstractmethod
    def values(
        self, met: list[Float64Array], none: Float64Array, every: Float64Array
    ) -> tuple[Float64Array, Float64Array]:
        """Shapley values and the squares of their standard errors, shape (n_games, k, n_outputs).

        Parameters
        ----------
        met : list of arrays (n_games, steps, n_outputs)
            The value after each step of `orders`.
        none, every : array (n_games, n_outputs)
            The value of no player, and of all.
        """


@final
@dataclass(frozen=True)
class AllCoalitions(Plan):
    """Exact values (theory E1): every coalition, in the order of Gray's code."""

    def orders(self, n_games: int, k: int) -> list[IntArray]:
        return [np.broadcast_to(gray_steps(k), (n_games, 2**k - 1))]

    def values(
        self, met: list[Float64Array], none: Float64Array, every: Float64Array
    ) -> tuple[Float64Array, Float64Array]:
        (inside,) = met
        k = int(inside.shape[1] + 1).bit_length() - 1
        weights = shapley_weights(k)
        all_met = np.concatenate([none[:, None], inside], axis=1)
        # The code ends with the last player alone; what is known of all of them holds.
        all_met[:, everyone(k)] = every
        values = np.einsum("gso,sk->gko", all_met, weights, optimize=True)
        return values, np.zeros_like(values)


@final
class PermutationPairs(Plan):
    """Estimates from random orders of the players, each with its reverse (theory E3).

    A player's value is what it adds as it joins, in the mean. An order with its reverse is exact
    for games in which players act alone or in pairs, so that what varies is of triples and more.

    Parameters
    ----------
    n : int
        Pairs for each game, 2 or more, among which the standard error is measured.
    rng : Generator
    """

    def __init__(self, n: int, rng: np.random.Generator) -> None:
        self.n, self.rng = n, rng
        self._drawn: list[IntArray] = []

    def orders(self, n_games: int, k: int) -> list[IntArray]:
        self._drawn = [
            self.rng.random((n_games, k), np.float32).argsort(axis=1) for _ in range(self.n)
        ]
        return [walk[:, :-1] for order in self._drawn for walk in (order, order[:, ::-1])]

    def values(
        self, met: list[Float64Array], none: Float64Array, every: Float64Array
    ) -> tuple[Float64Array, Float64Array]:
        estimates = []
        for i, order in enumerate(self._drawn):
            forward, back = (
                np.diff(inside, axis=1, prepend=none[:, None], append=every[:, None])
                for inside in met[2 * i : 2 * i + 2]
            )
            added = (forward + back[:, ::-1]) / 2
            estimate = np.empty_like(added)
            np.put_along_axis(estimate, order[:, :, None], added, axis=1)
            estimates.append(estimate)
        mean = np.mean(estimates, axis=0)
        return mean, np.var(estimates, axis=0, ddof=1) / self.n


@cache
def gray_steps(k: int) -> IntArray:
    """The player that changes in each of the 2^k - 1 steps of Gray's code."""
    numbers = np.arange(1, 2**k, dtype=np.int64)
    return np.log2(numbers & -numbers).astype(np.int32)


def everyone(k: int) -> int:
    """The place of the coalition of all players, after no player at place 0."""
    codes = np.arange(2**k)
    return int(np.flatnonzero(codes ^ (codes >> 1) == 2**k - 1)[0])


@cache
def shapley_weights(k: int) -> Float64Array:
    """What the value of each coalition counts in each player's, shape (2^k, k), in Gray's order."""
    codes = np.arange(2**k)
    codes = codes ^ (codes >> 1)
    members = (codes[:, None] >> np.arange(k)) & 1
    sizes = members.sum(axis=1)
    # 1 / (k · C(k - 1, s)) for a player that joins s others (Shapley 1953).
    of_size = np.array([1 / (k * comb(k - 1, s)) for s in range(k)])
    joins = of_size[np.maximum(sizes - 1, 0)][:, None]
    stays_out = of_size[np.minimum(sizes, k - 1)][:, None]
    weights: Float64Array = np.where(members, joins, -stays_out)
    return weights
