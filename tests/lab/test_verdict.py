"""From estimates to a verdict, by hand."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from rosenblatt.lab.criterion import AtLeast, AtMost, Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.estimate import Estimate
from rosenblatt.lab.text import Text
from rosenblatt.lab.verdict import Verdict, judge

A, B = Text("a", "甲"), Text("b", "乙")


def one(value: float) -> Estimate:
    return Estimate(value, value, value, 1)


def declaration(*expected: bool) -> Declaration:
    cases = [
        Case(name, (Test(name, name, AtMost(1.0)),), expected=says)
        for name, says in zip((A, B), expected, strict=True)
    ]
    return Declaration(tuple(cases), (Test("c", Text("c", "丙"), Near(2.0, relative=0.1)),))


@pytest.mark.parametrize(
    ("a", "b", "verdict", "condition"),
    [
        (0, 0, Verdict.HOLDS, None),
        (0, 2, Verdict.HOLDS_WHEN, "a"),
        (2, 0, Verdict.HOLDS_WHEN, "b"),
        (2, 2, Verdict.DOES_NOT_HOLD, None),
        (0, math.nan, Verdict.HOLDS_WHEN, "a"),
    ],
)
def test_cases_make_the_verdict(a: float, b: float, verdict: Verdict, condition: str) -> None:
    judged = judge(declaration(True, False), {"a": one(a), "b": one(b), "c": one(2.1)})
    assert (judged.verdict, judged.condition) == (verdict, condition)


def test_what_theory_has_wrong_is_a_surprise() -> None:
    judged = judge(declaration(True, False), {"a": one(2), "b": one(0), "c": one(2.3)})
    assert judged.surprises == ("a", "b", "c")
    judged = judge(declaration(True, False), {"a": one(0), "b": one(2), "c": one(1.9)})
    assert judged.surprises == ()


@pytest.mark.parametrize("criterion", [Near(1.0), AtMost(1), AtLeast(1), Between(0, 2)])
def test_nan_meets_nothing(criterion) -> None:
    assert not criterion.is_met(one(math.nan))


def test_the_interval_is_students() -> None:
    samples = [1.0, 2.0, 4.0, 7.0]
    measured = Estimate.of(samples)
    low, high = stats.t.interval(0.95, 3, loc=3.5, scale=stats.sem(samples))
    assert (measured.mean, measured.n) == (3.5, 4)
    assert (measured.low, measured.high) == pytest.approx((low, high), rel=1e-12)
