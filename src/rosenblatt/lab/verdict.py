"""From measurements to a verdict: computed, never typed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.estimate import Estimate
from rosenblatt.lab.text import Text, joined

__all__ = ["Judgement", "Verdict", "judge"]


class Verdict(StrEnum):
    HOLDS = "holds"
    HOLDS_WHEN = "holds when"
    DOES_NOT_HOLD = "does not hold"


@final
@dataclass(frozen=True)
class Judgement:
    """What the measurements say.

    Attributes
    ----------
    verdict : Verdict
    condition : Text, optional
        Of "holds when".
    surprises : tuple of Text
        Where theory was wrong: cases that came out against it, and predictions that did not come
        true.
    """

    verdict: Verdict
    condition: Text | None
    surprises: tuple[Text, ...]


def judge(declaration: Declaration, estimates: Mapping[str, Estimate]) -> Judgement:
    """The claim holds if it does in all cases, and under a condition if it does in some."""

    def is_met(test: Test) -> bool:
        return test.criterion.is_met(estimates[test.key])

    def holds(case: Case) -> bool:
        return all(map(is_met, case.tests))

    where = [case for case in declaration.cases if holds(case)]
    surprises = [case.condition for case in declaration.cases if holds(case) != case.expected]
    surprises += [test.what for test in declaration.predictions if not is_met(test)]
    if len(where) == len(declaration.cases):
        verdict, condition = Verdict.HOLDS, None
    elif where:
        verdict, condition = Verdict.HOLDS_WHEN, joined([case.condition for case in where])
    else:
        verdict, condition = Verdict.DOES_NOT_HOLD, None
    return Judgement(verdict, condition, tuple(surprises))
