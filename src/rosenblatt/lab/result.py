"""What an experiment came to, as plain data that is only read afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, final

import numpy as np

from rosenblatt.lab.declaration import Declaration
from rosenblatt.lab.estimate import Estimate
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Figure, Table
from rosenblatt.lab.text import LANGUAGES, Text
from rosenblatt.lab.verdict import Judgement

__all__ = ["Result"]


@final
@dataclass(frozen=True, eq=False)
class Result:
    """Prediction, measurement and verdict.

    Attributes
    ----------
    experiment : Experiment
        With the texts: title, claim, source, theory, method, takeaway.
    conditions : Conditions
    declaration : Declaration
        As it stood before anything was measured.
    estimates : mapping of str to Estimate
        What was measured, by the keys of the declared tests.
    tables, figures : tuples of Table and Figure
    judgement : Judgement, optional
        None of an experiment that was interrupted.
    seconds : float
    """

    experiment: Experiment
    conditions: Conditions
    declaration: Declaration
    estimates: Mapping[str, Estimate]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
    judgement: Judgement | None
    seconds: float

    @property
    def id(self) -> str:
        return self.experiment.id

    @property
    def is_partial(self) -> bool:
        """Whether it was interrupted: there is no verdict then."""
        return self.judgement is None

    @property
    def verdict(self) -> str | None:
        """'holds', 'holds when' or 'does not hold'; None of one that was interrupted."""
        return None if self.judgement is None else self.judgement.verdict.value

    @property
    def condition(self) -> Text | None:
        """When the claim holds, where it does under a condition alone."""
        return None if self.judgement is None else self.judgement.condition

    @property
    def surprises(self) -> tuple[Text, ...]:
        """Predictions of theory that did not come true."""
        return () if self.judgement is None else self.judgement.surprises

    def as_dict(self) -> dict[str, Any]:
        """For JSON: texts as {"en": …, "zh": …}."""
        e = self.experiment
        return {
            "id": self.id,
            **{
                name: in_both(getattr(e, name))
                for name in ("title", "claim", "theory", "method", "takeaway")
            },
            "source": e.source,
            "seed": self.conditions.seed,
            "quick": self.conditions.quick,
            "partial": self.is_partial,
            "verdict": self.verdict,
            "condition": None if self.condition is None else in_both(self.condition),
            "surprises": [in_both(text) for text in self.surprises],
            "cases": [
                {
                    "condition": in_both(case.condition),
                    "expected": case.expected,
                    "tests": [self._test(test) for test in case.tests],
                }
                for case in self.declaration.cases
            ],
            "predictions": [self._test(test) for test in self.declaration.predictions],
            "tables": [plain(asdict(table)) for table in self.tables],
            "figures": [plain(asdict(figure)) for figure in self.figures],
            "seconds": self.seconds,
        }

    def _test(self, test: Any) -> dict[str, Any]:
        measured = self.estimates.get(test.key)
        return {
            "key": test.key,
            "what": in_both(test.what),
            "predicted": test.criterion.described,
            "measured": None if measured is None else asdict(measured),
            "met": None if measured is None else test.criterion.is_met(measured),
        }

    def __str__(self) -> str:
        from rosenblatt.lab.report import report

        return report(self)


def in_both(text: Text) -> dict[str, str]:
    return {code: text.in_language(code) for code in LANGUAGES}


def plain(value: Any) -> Any:
    """The same with texts in both languages, lists for tuples, and numbers of Python."""
    if isinstance(value, Text):
        return in_both(value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
