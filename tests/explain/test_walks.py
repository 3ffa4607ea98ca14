"""Walks through coalitions: exact values, and estimates whose errors are what they say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from rosenblatt.explain.walks import AllCoalitions, PermutationPairs, Plan
from rosenblatt.support.types import Float64Array

Value = Callable[[frozenset[int]], float]


def by_definition(value: Value, k: int) -> Float64Array:
    """What each player adds as it joins, in the mean over all orders (Shapley 1953)."""
    total = np.zeros(k)
    orders = list(permutations(range(k)))
    for order in orders:
        for at, player in enumerate(order):
            before = frozenset(order[:at])
            total[player] += value(before | {player}) - value(before)
    return total / len(orders)


def played(plan: Plan, value: Value, k: int, n_games: int = 1) -> tuple[Float64Array, Float64Array]:
    met = []
    for order in plan.orders(n_games, k):
        inside = np.empty((n_games, order.shape[1], 1))
        for game in range(n_games):
            coalition = frozenset[int]()
            for step, player in enumerate(order[game].tolist()):
                coalition = coalition ^ {player}
                inside[game, step] = value(coalition)
        met.append(inside)
    ends = (np.full((n_games, 1), value(frozenset(players))) for players in ((), range(k)))
    values, squares = plan.values(met, *ends)
    return values[:, :, 0], squares[:, :, 0]


def random_game(k: int, seed: int) -> Value:
    numbers = np.random.default_rng(seed).normal(size=2**k)
    return lambda players: float(numbers[sum(1 << player for player in players)])


@pytest.mark.parametrize("k", [1, 2, 3, 5, 6])
def test_all_coalitions_give_the_values_of_the_definition(k: int) -> None:
    value = random_game(k, k)
    values, squares = played(AllCoalitions(), value, k)
    assert np.abs(values[0] - by_definition(value, k)).max() < 1e-12
    assert not squares.any()


def test_pairs_of_permutations_are_exact_where_players_act_in_pairs() -> None:
    rng = np.random.default_rng(0)
    alone, together = rng.normal(size=5), np.triu(rng.normal(size=(5, 5)), 1)

    def value(players: frozenset[int]) -> float:
        chosen = np.array([player in players for player in range(5)], float)
        return float(alone @ chosen + chosen @ together @ chosen)

    values, squares = played(PermutationPairs(2, rng), value, 5, n_games=3)
    assert np.abs(values - by_definition(value, 5)).max() < 1e-12
    assert squares.max() < 1e-24


def test_estimates_are_unbiased_and_their_standard_errors_true() -> None:
    value, n_games = random_game(5, 1), 20_000
    exact = by_definition(value, 5)
    values, squares = played(PermutationPairs(2, np.random.default_rng(2)), value, 5, n_games)
    errors = values - exact
    assert np.abs(errors.mean(axis=0)).max() < 4 * errors.std() / n_games**0.5
    assert np.allclose(squares.mean(axis=0), errors.var(axis=0), rtol=0.05)


@pytest.mark.parametrize("plan", [AllCoalitions(), PermutationPairs(2, np.random.default_rng(3))])
def test_values_add_up(plan: Plan) -> None:
    value = random_game(6, 4)
    values, _ = played(plan, value, 6, n_games=2)
    whole = value(frozenset(range(6))) - value(frozenset())
    assert np.abs(values.sum(axis=1) - whole).max() < 1e-12
