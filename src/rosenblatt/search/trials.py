"""Candidates, and their trials: the fit and the scores of a candidate on one fold."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.engine import Stopped
from rosenblatt.estimators.access import end_predictions_by
from rosenblatt.estimators.estimator_fit import EstimatorFit
from rosenblatt.parallel import CUT_SHORT
from rosenblatt.search.candidates import CandidateParameters

__all__ = ["Begun", "Candidate", "Scores", "Trial", "ended_early", "folds_in_common"]

Scores = float | dict[str, float]


@final
@dataclass
class Begun:
    """A running fit, and `whole`, the estimator that predicts and is scored."""

    network: EstimatorFit
    whole: Any


@final
@dataclass
class Trial:
    """A candidate on one fold.

    Attributes
    ----------
    fold : int
    begun : Begun, optional
        The fit, as long as it may continue.
    paused : bool
        Whether it may, but begins anew, as the process that ran it has not kept it.
    test, train : float or dict of floats, optional
        The latest scores.
    n_epochs : int
        Epochs or iterations so far.
    converged : bool
    remark : str, optional
        A warning about how the fit ended.
    cut : bool
        Whether the end of the search cut it short.
    reason : str, optional
        Why it failed, in one line.
    error : str, optional
        The same as a traceback, where there is one.
    fit_time, score_time : float
        Seconds.
    """

    fold: int
    begun: Begun | None = None
    paused: bool = False
    test: Scores | None = None
    train: Scores | None = None
    n_epochs: int = 0
    converged: bool = True
    remark: str | None = None
    cut: bool = False
    reason: str | None = None
    error: str | None = None
    fit_time: float = 0.0
    score_time: float = 0.0

    @property
    def scored(self) -> bool:
        return self.test is not None

    @property
    def over(self) -> bool:
        """Whether it will not continue."""
        return (
            self.error is not None
            or self.cut
            or (self.scored and self.begun is None and not self.paused)
        )

    def advance(
        self,
        begin: Callable[[], Begun],
        score: Callable[[Any, int], tuple[Scores, Scores | None]],
        failed: Callable[[], Scores],
        until: int | None = None,
        stop: npt.NDArray[np.uint8] | None = None,
    ) -> None:
        """Train to the end or to epoch `until`, and score the result.

        Exceptions are stored in `error`, and do not affect other candidates. Scores of many rows
        are left out once another thread has made `stop` 1.
        """
        if self.over:
            return
        start = time.perf_counter()
        try:
            if self.begun is None:
                self.begun = begin()
            fit = self.begun.network.fit
            fit.run(until)
            self.begun.network.publish()
            if stop is not None:
                end_predictions_by(self.begun.network.estimator, stop)
            now = time.perf_counter()
            self.fit_time, start = self.fit_time + now - start, now
            self.n_epochs = fit.log.n_iter
            self.cut, self.converged = fit.log.stop_reason == CUT_SHORT, fit.converged
            self.test, self.train = score(self.begun.whole, self.fold)
            self.score_time += time.perf_counter() - start
            if fit.finished:
                self.remark = fit.remark
                self.begun = None  # and with it the weights
        except Stopped:
            self.begun = None
        except Exception as error:
            self.fit_time += time.perf_counter() - start
            self.fail(reason_of(error), failed(), traceback.format_exc())

    def fail(self, reason: str, scores: Scores, error: str | None = None) -> None:
        self.reason, self.error, self.begun = reason, error or reason, None
        self.test = self.train = scores


@final
@dataclass
class Candidate:
    """A point of the search, and its trials on the folds.

    Attributes
    ----------
    parameters : dict
    n_parameters : int
        Of its network.
    max_epochs : int
    trials : list of Trial
    until : int, optional
        The epoch of the next pause; None for the end.
    rung : int
        How often it was chosen to continue.
    eliminated : bool
    """

    parameters: CandidateParameters
    n_parameters: int
    max_epochs: int
    trials: list[Trial] = field(default_factory=list)
    until: int | None = None
    rung: int = 0
    eliminated: bool = False

    @property
    def scored(self) -> bool:
        return all(trial.scored for trial in self.trials)

    @property
    def status(self) -> str:
        """'finished', 'eliminated', 'paused', 'cut' by the search's end, or 'failed' on a fold."""
        if any(trial.error for trial in self.trials):
            return "failed"
        if any(trial.cut for trial in self.trials):
            return "cut"
        if self.eliminated:
            return "eliminated"
        return "finished" if all(trial.over for trial in self.trials) else "paused"

    def eliminate(self) -> None:
        """Stop training: keep the scores, and free the fits."""
        self.eliminated = not all(trial.over for trial in self.trials)
        for trial in self.trials:
            trial.begun = None


def folds_in_common(candidates: Iterable[Candidate]) -> list[int]:
    """The folds over which candidates are compared.

    Those are the folds of the candidate with the most scores: all of them, unless Ctrl-C ended the
    search. Failed trials count only if there are no others.
    """
    done = [[t for t in candidate.trials if t.scored] for candidate in candidates]
    most = max(done, key=lambda trials: (sum(not t.error for t in trials), len(trials)), default=[])
    return [trial.fold for trial in most]


def ended_early(candidates: Iterable[Candidate]) -> bool:
    """Whether a candidate has not been trained to its end."""
    return any(not c.scored or c.status in ("cut", "paused") for c in candidates)


def reason_of(error: Exception) -> str:
    """What an error says, in one line; the types of unusual ones belong to it."""
    said = " ".join(str(error).split())
    return said if isinstance(error, ValueError) else f"{type(error).__name__}: {said}"
