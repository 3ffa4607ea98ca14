"""One candidate on one fold: trained, paused, scored."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, final

from rosenblatt.estimators.base import BaseMLP
from rosenblatt.fitting.fits import Fit
from rosenblatt.parallel import CUT
from rosenblatt.search.candidates import Parameters

__all__ = ["Begun", "Candidate", "Scores", "Trial", "folds_in_common"]

Scores = float | dict[str, float]


@final
@dataclass
class Begun:
    """A fit under way, and what scores it: `whole` predicts as the candidate would."""

    fit: Fit
    whole: Any

    @property
    def network(self) -> BaseMLP:
        return self.fit.start.est


@final
@dataclass
class Trial:
    """What is known of a candidate on a fold.

    Attributes
    ----------
    test, train : float or dict of floats, optional
        The scores, of the last time that it was scored.
    n_epochs : int
        Epochs or iterations so far.
    remark : str, optional
        What else there is to say of its end.
    cut : bool
        Whether the end of the search cut it short.
    error : str, optional
        What made it fail, as the last line of a traceback or by itself.
    """

    fold: int
    begun: Begun | None = None
    test: Scores | None = None
    train: Scores | None = None
    n_epochs: int = 0
    converged: bool = True
    remark: str | None = None
    cut: bool = False
    error: str | None = None
    fit_time: float = 0.0
    score_time: float = 0.0

    @property
    def scored(self) -> bool:
        return self.test is not None

    @property
    def over(self) -> bool:
        """Whether nothing more can be learnt from it."""
        return self.error is not None or self.cut or (self.scored and self.begun is None)

    def advance(
        self,
        begin: Callable[[], Begun],
        score: Callable[[Any, int], tuple[Scores, Scores | None]],
        failed: Callable[[], Scores],
        until: int | None = None,
    ) -> None:
        """Train on, to the end or to epoch `until`, and score what has been reached.

        Whatever is wrong with this candidate is written down, and no other hears of it.
        """
        if self.over:
            return
        start = time.perf_counter()
        try:
            if self.begun is None:
                self.begun = begin()
            fit, est = self.begun.fit, self.begun.network
            fit.run(until)
            est._show(fit)
            now = time.perf_counter()
            self.fit_time, start = self.fit_time + now - start, now
            self.n_epochs = est.n_iter_
            self.cut, self.converged = est.stop_reason_ == CUT, fit.converged
            self.test, self.train = score(self.begun.whole, self.fold)
            self.score_time += time.perf_counter() - start
            if fit.finished:
                self.remark = fit.remark
                self.begun = None  # and with it the weights
        except Exception:
            self.fit_time += time.perf_counter() - start
            self.fail(traceback.format_exc(), failed())

    def fail(self, error: str, scores: Scores) -> None:
        self.error, self.begun = error, None
        self.test = self.train = scores


@final
@dataclass
class Candidate:
    """A point of the search, and its trials on the folds.

    Attributes
    ----------
    max_epochs : int
        Epochs at most.
    until : int, optional
        The epoch of its next pause; None for the end.
    rung : int
        How often it has been chosen to go on.
    """

    parameters: Parameters
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
        """Keep the scores, and none of the memory that training on would need."""
        self.eliminated = not all(trial.over for trial in self.trials)
        for trial in self.trials:
            trial.begun = None


def folds_in_common(candidates: Iterable[Candidate]) -> list[int]:
    """The folds to compare candidates by: those of the candidate that has scores on the most,
    which are all unless Ctrl-C came before. What failed counts where nothing else is there."""
    done = [[t for t in candidate.trials if t.scored] for candidate in candidates]
    most = max(done, key=lambda trials: (sum(not t.error for t in trials), len(trials)), default=[])
    return [trial.fold for trial in most]
