"""The choice between recipes."""

from __future__ import annotations

import numpy as np

from rosenblatt.losses import CategoricalCrossEntropy
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget
from rosenblatt.tabular.candidates import Candidate
from rosenblatt.tabular.choice import best_of, pilots_of, with_pilots
from rosenblatt.tabular.member import EpochNote, Member
from rosenblatt.tabular.objective import Classes
from rosenblatt.tabular.preset import Recipe
from rosenblatt.tabular.rows import Division, TrainingRows, divisions_into


def test_pilots_are_a_sixth() -> None:
    assert [pilots_of(n) for n in (1, 2, 8, 12, 32)] == [1, 2, 2, 2, 5]


def test_pilots_leave_out_the_same_rows() -> None:
    divisions = divisions_into(np.arange(16) % 8)
    first, second, *others = with_pilots(divisions, 2)
    assert first is second
    assert first.validation.tolist() == [0, 1, 8, 9]
    assert first.train.tolist() == [2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15]
    assert tuple(others) == divisions[2:]


def test_of_few_folds_each_pilot_has_its_own() -> None:
    divisions = divisions_into(np.arange(16) % 4)
    assert with_pilots(divisions, 2) == divisions
    assert with_pilots(divisions[:1], 1) == divisions[:1]


def test_the_mean_is_compared_and_not_single_networks() -> None:
    """Networks that are right by turns, and sure of it: their mean is always right."""
    n = 400
    rows = TrainingRows(np.zeros((n, 1), np.float32), np.zeros(n, np.int64), None)
    every = Division(np.arange(0), np.arange(n))
    turns = np.arange(n)[:, None] % 2 == np.arange(2)
    right, wrong = np.array([4.0, 0, 0]), np.array([0, 1.0, 0])
    by_turns = [np.where(turn[:, None], right, wrong).astype(np.float32) for turn in turns.T]
    steady = np.tile(right, (n, 1)).astype(np.float32)
    steady[: n // 4] = wrong
    candidates = [
        Candidate(
            Recipe(hidden=(units,)), ClassTarget("y", ("a", "b", "c"), (1, 1, 1), ""), Classes(3)
        )
        for units in (8, 4)
    ]
    trained = [[member(every, scores) for scores in by_turns], [member(every, steady)] * 2]
    best = best_of(candidates, trained, rows)
    assert best is not None
    assert best[0] is candidates[0]


def member(division: Division, scores: FloatArray) -> Member:
    network = Network(1, (Dense(3),))
    model = Model(network, np.zeros(network.n_parameters, np.float32), CategoricalCrossEntropy())
    note = EpochNote(1, 0.0, (0.0, 0.0))
    return Member(0, model, division, scores, (note,), 0)
