"""A search under way: its candidates, what trains and scores them, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from sklearn.metrics._scorer import _MultimetricScorer
from sklearn.model_selection._validation import _score

from rosenblatt.crew import Crew, Halt
from rosenblatt.search.candidates import Parameters
from rosenblatt.search.folds import Folds, Held, params_of
from rosenblatt.search.splits import Split
from rosenblatt.search.trials import Candidate, Scores, Trial

__all__ = ["Scoring", "Work"]


@final
@dataclass
class Scoring:
    """Scores a candidate on the rows that a fold holds out, and on those it was trained on."""

    scorer: Any
    metric: str
    params: Mapping[str, Any]
    held: Held
    splits: Sequence[Split]

    def __call__(self, whole: Any, fold: int) -> tuple[Scores, Scores]:
        train, test = self.splits[fold]
        return (
            self._of(whole, self.held.test(fold), test),
            self._of(whole, self.held.train(fold), train),
        )

    def _of(self, whole: Any, rows: tuple[Any, Any], numbers: Any) -> Scores:
        given = params_of(self.held.X, self.params, numbers)
        scores: Scores = _score(whole, *rows, self.scorer, given, error_score=np.nan)
        return scores

    def failed(self) -> Scores:
        if isinstance(self.scorer, _MultimetricScorer):
            return dict.fromkeys(self.scorer._scorers, np.nan)
        return np.nan

    def watched(self, scores: Scores) -> float:
        """The score that the candidates are compared by."""
        if not isinstance(scores, dict):
            return float(scores)
        return float(scores[self.metric]) if self.metric in scores else float("nan")


@final
@dataclass
class Work:
    folds: Folds
    n_folds: int
    scoring: Scoring
    crew: Crew
    halt: Halt
    report: Callable[[Candidate], None]
    candidates: list[Candidate] = field(default_factory=list)
    _told: set[int] = field(default_factory=set)

    def add(self, parameters: Parameters, n_parameters: int) -> Candidate:
        candidate = Candidate(parameters, n_parameters, [Trial(k) for k in range(self.n_folds)])
        self.candidates.append(candidate)
        return candidate

    def advance(self, item: tuple[Candidate, Trial]) -> None:
        """Train one candidate on in one fold. Once the halt is due, only the very first candidate
        is begun at all: there must be one to return."""
        candidate, trial = item
        if self.halt.due and (self.halt.asked or candidate is not self.candidates[0]):
            return
        trial.advance(
            lambda: self.folds.begin(candidate.parameters, trial.fold, (self.halt,)),
            self.scoring,
            self.scoring.failed,
            candidate.until,
        )

    def done(self, item: tuple[Candidate, Trial]) -> None:
        candidate, _ = item
        # Its last two folds may be over before either is heard of.
        if id(candidate) not in self._told and all(t.over for t in candidate.trials):
            self._told.add(id(candidate))
            self.report(candidate)

    def mean(self, candidate: Candidate) -> float:
        """The mean score over the folds, NaN where one is missing."""
        scores = [
            np.nan if t.test is None else self.scoring.watched(t.test) for t in candidate.trials
        ]
        return float(np.mean(scores))
