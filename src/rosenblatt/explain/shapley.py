"""Interventional Shapley values of rows, game by game, in chunks that fit the memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.engine import ColumnShares, Walks
from rosenblatt.errors import InputError
from rosenblatt.explain.games import Game
from rosenblatt.explain.walks import AllCoalitions, PermutationPairs, Plan
from rosenblatt.support.types import BoolArray, Float64Array, FloatArray, IntArray

__all__ = ["Effort", "Estimate", "shapley_values"]

PAIRS = 2  # of permutations for each game in a round: as few as have a variance
MOST_EXACT = 20  # columns of which all coalitions are met
MOST_STEPS = 200_000  # of one call, after which Ctrl-C is heard
MOST_NUMBERS = 8_000_000  # of the shares that are held at once


@final
@dataclass(frozen=True)
class Effort:
    """How much is spent on a row.

    Attributes
    ----------
    exact : bool
        Whether every coalition is met.
    tolerance : float, optional
        The largest standard error that is good enough; one round for each row without it.
    """

    exact: bool = False
    tolerance: float | None = None


@final
@dataclass(frozen=True, eq=False)
class Estimate:
    """Shapley values and squares of their standard errors, both (n_rows, n_columns, n_outputs)."""

    values: Float64Array
    squares: Float64Array


def shapley_values(
    games: Sequence[Game],
    columns: Sequence[slice],
    X: FloatArray,
    background: FloatArray,
    effort: Effort,
    rng: np.random.Generator,
    report: Callable[[int, int], None] | None = None,
) -> Estimate:
    """The values of each row in the mean of the games and of the background.

    Parameters
    ----------
    games : sequence of Game
        Of equal weight.
    columns : sequence of slice
        The features of each column.
    X : array (n_rows, n_features)
    background : array (n_background, n_features)
    effort : Effort
    rng : Generator
    report : callable, optional
        Called with how many rows are done, and how many there are.

    Raises
    ------
    InputError
        Where all coalitions are asked for, and they are too many.
    """
    before = [game.of(background) for game in games]
    after = [game.of(X) for game in games]
    differs = differing(X, background, columns)
    most = int(differs.sum(axis=2).max(initial=0))
    if effort.exact and most > MOST_EXACT:
        raise InputError(
            f"a row differs from one of the background in {most} columns, and 2^{most} coalitions"
            f" are too many for exact values (more than {MOST_EXACT} columns): leave out"
            " exact=True, and values come with standard errors"
        )
    largest = max(game.numbers_of_row for game in games)
    chunk = int(np.clip(MOST_NUMBERS // largest, 1, 64))
    parts = []
    for first in range(0, len(X), chunk):
        rows = slice(first, first + chunk)
        table = Rows(games, X[rows], differs[rows], before, [of[rows] for of in after])
        parts.append(of_rows(table, effort, rng))
        if report is not None:
            report(first + len(table.X), len(X))
    return Estimate(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.squares for part in parts]),
    )


def differing(X: FloatArray, background: FloatArray, columns: Sequence[slice]) -> BoolArray:
    """Where a row and one of the background differ, (n_rows, n_background, n_columns).

    A column in which they agree adds nothing, and is no player.
    """
    out = np.zeros((len(X), len(background), len(columns)), dtype=bool)
    for k, column in enumerate(columns):
        for feature in range(column.start, column.stop):
            out[:, :, k] |= X[:, feature, None] != background[None, :, feature]
    return out


@final
@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to explain in every game, and the output of these and of the background."""

    games: Sequence[Game]
    X: FloatArray
    differs: BoolArray
    before: Sequence[Float64Array]
    after: Sequence[Float64Array]

    def take(self, rows: IntArray) -> Rows:
        after = [of[rows] for of in self.after]
        return Rows(self.games, self.X[rows], self.differs[rows], self.before, after)


def of_rows(rows: Rows, effort: Effort, rng: np.random.Generator) -> Estimate:
    if effort.exact:
        return one_round(rows, rng, exact=True)
    first = one_round(rows, rng, exact=False)
    if effort.tolerance is None:
        return first
    values, squares = first.values.copy(), first.squares.copy()
    limit = effort.tolerance**2
    # A further round for all those whose errors are too large still, until all coalitions are no
    # more than the rounds have been.
    n_players = rows.differs.sum(axis=2).max(axis=1, initial=0)
    rounds = 1
    while len(left := np.flatnonzero(too_large(squares.max(axis=(1, 2), initial=0), limit))):
        some = n_players[left]
        cheap = some <= np.log2(rounds * PAIRS * 2 * np.maximum(some, 1))
        done = left[cheap & (some <= MOST_EXACT)]
        if len(done):
            exact = one_round(rows.take(done), rng, exact=True)
            values[done], squares[done] = exact.values, exact.squares
            left = np.setdiff1d(left, done)
        if len(left):
            more = one_round(rows.take(left), rng, exact=False)
            share = 1 / (rounds + 1)
            values[left] += (more.values - values[left]) * share
            squares[left] = squares[left] * (1 - share) ** 2 + more.squares * share**2
        rounds += 1
    return Estimate(values, squares)


def too_large(squares: Float64Array, limit: float) -> BoolArray:
    """Where further rounds help: no round makes finite what is not."""
    return (squares > limit) & np.isfinite(squares)


def one_round(rows: Rows, rng: np.random.Generator, *, exact: bool) -> Estimate:
    """The mean over games and background rows."""
    n, n_background, d = rows.differs.shape
    n_outputs = rows.before[0].shape[1]
    values, squares = np.zeros((2, n, d, n_outputs))
    counts = rows.differs.sum(axis=2)
    for game, before, after in zip(rows.games, rows.before, rows.after, strict=True):
        shares = game.shares(rows.X)
        for k in np.unique(counts[counts > 0]).tolist():
            of_row, of_background = np.nonzero(counts == k)
            plan = plan_for(k, rng, exact=exact)
            at_once = max(1, MOST_STEPS // steps_of(plan, k))
            for first in range(0, len(of_row), at_once):
                pairs = of_row[first : first + at_once], of_background[first : first + at_once]
                players = np.nonzero(rows.differs[pairs])[1].reshape(-1, k)
                own, errors = of_pairs(game, shares, pairs, players, plan, before, after)
                np.add.at(values, (pairs[0][:, None], players), own)
                np.add.at(squares, (pairs[0][:, None], players), errors)
    n_games = len(rows.games) * n_background
    return Estimate(values / n_games, squares / n_games**2)


def plan_for(k: int, rng: np.random.Generator, *, exact: bool) -> Plan:
    """All coalitions, where the permutations would meet no fewer."""
    if exact or 2**k - 1 <= 2 * PAIRS * (k - 1) or k == 1:
        return AllCoalitions()
    return PermutationPairs(PAIRS, rng)


def steps_of(plan: Plan, k: int) -> int:
    return 2**k - 1 if isinstance(plan, AllCoalitions) else 2 * PAIRS * (k - 1)


def of_pairs(
    game: Game,
    shares: Sequence[ColumnShares],
    pairs: tuple[IntArray, IntArray],
    players: IntArray,
    plan: Plan,
    before: Float64Array,
    after: Float64Array,
) -> tuple[Float64Array, Float64Array]:
    """Of pairs of a row and a background row that differ in as many columns, (n_pairs, k)."""
    none, every = before[pairs[1]], after[pairs[0]]
    if players.shape[1] == 1:
        return (every - none)[:, None], np.zeros((len(none), 1, none.shape[1]))
    orders = plan.orders(len(none), players.shape[1])
    walks = walks_of(pairs, [np.take_along_axis(players, order, axis=1) for order in orders])
    met = game.after(shares, walks).reshape(len(orders), len(none), -1, none.shape[1])
    return plan.values(list(met), none, every)


def walks_of(pairs: tuple[IntArray, IntArray], steps: Sequence[IntArray]) -> Walks:
    """All walks, kind after kind; those of a pair have the same length."""
    n_walks, length = len(steps) * len(pairs[0]), steps[0].shape[1]
    rows, backgrounds = (np.tile(of.astype(np.int32), len(steps)) for of in pairs)
    starts = np.arange(n_walks + 1, dtype=np.int64) * length
    return Walks(rows, backgrounds, starts, np.concatenate(steps).astype(np.int32).ravel())
