"""A search under way: its candidates, what trains and scores them, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from sklearn.metrics._scorer import _MultimetricScorer
from sklearn.model_selection._validation import _score

from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.search.candidates import Parameters
from rosenblatt.search.folds import Folds, Held
from rosenblatt.search.metadata import rows_of
from rosenblatt.search.splits import Split
from rosenblatt.search.trials import Candidate, Scores, Trial

__all__ = ["Scoring", "Work", "no_metric_named"]


@final
@dataclass
class Scoring:
    """Scores a candidate on the rows that a fold holds out, and on those it was trained on.

    Attributes
    ----------
    metric : str, or whatever else `refit` may be
        The one of several scores that candidates are compared by, where it names one.
    """

    scorer: Any
    metric: Any
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
        given = rows_of(self.held.X, self.params, numbers)
        # One score that cannot be had fails the candidate, as a fit would; of several, the others
        # are still worth having.
        error_score = np.nan if isinstance(self.scorer, _MultimetricScorer) else "raise"
        scores: Scores = _score(whole, *rows, self.scorer, given, error_score=error_score)
        return scores

    def failed(self) -> Scores:
        if isinstance(self.scorer, _MultimetricScorer):
            return dict.fromkeys(self.scorer._scorers, np.nan)
        return np.nan

    def watched(self, scores: Scores) -> float:
        """The score that the candidates are compared by, NaN where none of several is named."""
        if not isinstance(scores, dict):
            return float(scores)
        return float(scores.get(self.metric, np.nan))


@final
@dataclass
class Work:
    folds: Folds
    n_folds: int
    scoring: Scoring
    crew: WorkerPool
    halt: StopSignal
    report: Callable[[Candidate], None]
    candidates: list[Candidate] = field(default_factory=list)
    _told: set[int] = field(default_factory=set)

    def add(self, parameters: Parameters, n_parameters: int, max_epochs: int) -> Candidate:
        trials = [Trial(k) for k in range(self.n_folds)]
        candidate = Candidate(parameters, n_parameters, max_epochs, trials)
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
        if all(t.over for t in candidate.trials):
            self.tell(candidate)

    def tell(self, candidate: Candidate) -> None:
        """Report a candidate, once: its last two folds may be over before either is heard of."""
        if id(candidate) not in self._told:
            self._told.add(id(candidate))
            self.report(candidate)

    def mean(self, candidate: Candidate) -> float:
        """The mean score over the folds, NaN where one is missing."""
        scores = [
            np.nan if t.test is None else self.scoring.watched(t.test) for t in candidate.trials
        ]
        return float(np.mean(scores))

    def compared(self, candidate: Candidate) -> float:
        """The mean that decides whether a candidate goes on.

        ValueError where its scores are several, and none is named to compare by.
        """
        for trial in candidate.trials:
            if isinstance(trial.test, dict) and self.scoring.metric not in trial.test:
                raise ValueError(no_metric_named(trial.test, self.scoring.metric))
        return self.mean(candidate)


def no_metric_named(metrics: Iterable[str], refit: Any) -> str:
    return (
        f"This strategy compares candidates by one metric, scoring has {sorted(metrics)}, and refit"
        f" is {refit!r}: name one of them, such as refit={min(metrics)!r}, or take strategy='all'."
    )
