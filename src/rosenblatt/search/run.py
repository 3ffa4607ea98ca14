"""A running search: its candidates, and how they are trained, scored and compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from sklearn.metrics._scorer import _MultimetricScorer
from sklearn.model_selection._validation import _score

from rosenblatt.parallel import RayTasks, StopSignal, WorkerPool
from rosenblatt.search.candidates import CandidateParameters
from rosenblatt.search.folds import Folds, Held
from rosenblatt.search.metadata import rows_of
from rosenblatt.search.splits import Split
from rosenblatt.search.trials import Candidate, Scores, Trial
from rosenblatt.support.listing import brief

__all__ = ["Scoring", "SearchRun", "no_metric_named"]


@final
@dataclass
class Scoring:
    """Scores a candidate on the held-out rows of a fold, and on its training rows.

    Attributes
    ----------
    scorer : callable
        scikit-learn's, for one metric or several.
    metric : str, or another value of `refit`
        If a str, the metric by which candidates are compared.
    params : dict
        Metadata for the scorer.
    held : Held
    splits : sequence of pairs of row numbers
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
        # An error in the only metric fails the candidate, as one in its fit would; of several
        # metrics the others are kept.
        error_score = np.nan if isinstance(self.scorer, _MultimetricScorer) else "raise"
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # told in the end
            scores: Scores = _score(whole, *rows, self.scorer, given, error_score=error_score)
        return scores

    def failed(self) -> Scores:
        if isinstance(self.scorer, _MultimetricScorer):
            return dict.fromkeys(self.scorer._scorers, np.nan)
        return np.nan

    def watched(self, scores: Scores) -> float:
        """The score by which candidates are compared; NaN if none of several is named."""
        if not isinstance(scores, dict):
            return float(scores)
        return float(scores.get(self.metric, np.nan))


@final
@dataclass
class SearchRun:
    """The candidates of a search, and what trains them.

    Attributes
    ----------
    folds : Folds
        Begins the fits.
    n_folds : int
    scoring : Scoring
    pool : WorkerPool
    stop : StopSignal
    report : callable
        Takes every candidate that is done.
    tasks : RayTasks, optional
        Which have folds and scoring, and continue candidates in processes of a cluster.
    candidates : list of Candidate
    """

    folds: Folds
    n_folds: int
    scoring: Scoring
    pool: WorkerPool
    stop: StopSignal
    report: Callable[[Candidate], None]
    tasks: RayTasks | None = None
    candidates: list[Candidate] = field(default_factory=list)
    _reported: set[int] = field(default_factory=set)

    def add(self, parameters: CandidateParameters, n_parameters: int, max_epochs: int) -> Candidate:
        trials = [Trial(k) for k in range(self.n_folds)]
        candidate = Candidate(parameters, n_parameters, max_epochs, trials)
        self.candidates.append(candidate)
        return candidate

    def advance(self, item: tuple[Candidate, Trial]) -> None:
        """Continue a candidate on one fold.

        Once the stop is due only the first candidate still begins: a search must return one.
        """
        candidate, trial = item
        if self.stop.due and (self.stop.requested or candidate is not self.candidates[0]):
            return
        if self.tasks is not None:
            left = self.stop.deadline - time.perf_counter()
            given = candidate.parameters, trial, candidate.until, left
            copy = self.tasks(self.stop, advanced, *given)
            if copy is not None:
                vars(trial).update(vars(copy))
            return
        trial.advance(
            lambda: self.folds.begin(candidate.parameters, trial.fold, (self.stop,)),
            self.scoring,
            self.scoring.failed,
            candidate.until,
            self.stop.flag,
        )

    def done(self, item: tuple[Candidate, Trial]) -> None:
        candidate, _ = item
        if all(t.over for t in candidate.trials):
            self.report_once(candidate)

    def report_once(self, candidate: Candidate) -> None:
        """Report a candidate. Its last two folds may both end before either is processed."""
        if id(candidate) not in self._reported:
            self._reported.add(id(candidate))
            self.report(candidate)

    def mean(self, candidate: Candidate) -> float:
        """The mean score over the folds; NaN if one is missing."""
        scores = [
            np.nan if t.test is None else self.scoring.watched(t.test) for t in candidate.trials
        ]
        return float(np.mean(scores))

    def compared(self, candidate: Candidate) -> float:
        """The mean score that decides whether a candidate continues.

        Raises
        ------
        ValueError
            If there are several metrics, and none is named to compare by.
        """
        for trial in candidate.trials:
            if isinstance(trial.test, dict) and self.scoring.metric not in trial.test:
                raise ValueError(no_metric_named(trial.test, self.scoring.metric))
        return self.mean(candidate)


def advanced(
    shared: tuple[Folds, Scoring],
    parameters: CandidateParameters,
    trial: Trial,
    until: int | None,
    seconds: float,
) -> Trial:
    """A trial, continued in a process of a cluster, where it begins anew after a pause."""
    folds, scoring = shared
    stop = StopSignal.after(seconds)
    trial.paused, trial.test, trial.train = False, None, None
    trial.advance(
        lambda: folds.begin(parameters, trial.fold, (stop,)), scoring, scoring.failed, until
    )
    trial.paused, trial.begun = trial.begun is not None, None
    return trial


def no_metric_named(metrics: Iterable[str], refit: Any) -> str:
    return (
        f"This strategy compares candidates by one metric, scoring has {sorted(metrics)}, and refit"
        f" is {brief(refit)}: name one of them, such as refit={min(metrics)!r}, or take"
        " strategy='all'."
    )
