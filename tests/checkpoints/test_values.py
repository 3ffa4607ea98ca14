"""Values of parameters: which are the same problem for a checkpoint, and which are not."""

from __future__ import annotations

import copy
import functools
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.random import RandomState

from rosenblatt.fitting.resume.fingerprint import fingerprint_text
from rosenblatt.schedules import WarmUp

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Scoring:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def score(self, est: Any, X: Any, y: Any) -> float:
        return self.factor * est.score(X, y)


@dataclass(frozen=True, slots=True)
class InSlots:
    number: float


def scorer_of(factor: float) -> Any:
    return lambda est, X, y: factor * est.score(X, y)


class Cyclic:
    def __init__(self) -> None:
        self.me = self


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Scoring(1.0).score, Scoring(2.0).score),
        (scorer_of(1.0), scorer_of(2.0)),
        (InSlots(1.0), InSlots(2.0)),
        (range(3), range(4)),
        ({1, 2}, {1, 3}),
        (pd.Series([0.1]), pd.Series([0.9])),
        (np.arange(200), np.arange(201)),
        (np.datetime64("2020-01-01"), np.datetime64("2020-01-02")),
        (lambda est: 1, lambda est: 2),
        (functools.partial(max, 1), functools.partial(max, 2)),
        (1.5, 1.5000001),
        ("1", 1),
        (RandomState(1), RandomState(2)),
        (WarmUp(steps=3), WarmUp(steps=4)),
    ],
)
def test_different_values_have_different_fingerprints(one: Any, other: Any) -> None:
    assert fingerprint_text(one) != fingerprint_text(other)
    assert fingerprint_text(one) == fingerprint_text(copy.deepcopy(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (np.float64(0.5), 0.5),
        ((8, 5), [8, 5]),
        (np.array([8, 5]), [8, 5]),
        (np.float32, "float32"),
        (np.dtype("float64"), np.float64),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.longdouble(0.25), 0.25),
    ],
)
def test_equal_values_have_equal_fingerprints(one: Any, other: Any) -> None:
    assert fingerprint_text(one) == fingerprint_text(other)


def test_value_without_fingerprint_is_an_error_and_a_cycle_is_not() -> None:
    with pytest.raises(TypeError, match="which a checkpoint needs"):
        fingerprint_text(threading.Lock())
    assert fingerprint_text(Cyclic()) == fingerprint_text(Cyclic())
