"""Candidates drawn by optuna, which learns from those that came before."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, final

from rosenblatt.search.candidates import Parameters
from rosenblatt.search.cost import Measured
from rosenblatt.search.run import Work
from rosenblatt.search.space import Space
from rosenblatt.search.strategies import FACTOR
from rosenblatt.search.trials import Candidate

__all__ = ["DEFAULT_NUMBER", "sample"]

DEFAULT_NUMBER = 50
PAUSES = 4  # at the end of all but the last a candidate may be given up
REPEATED = 10  # draws of known candidates, after which one is drawn blindly


def sample(
    work: Work,
    space: Space,
    *,
    n_candidates: int | None,
    seed: int,
    measured: Callable[[Parameters], Measured],
) -> None:
    """Train candidates as optuna proposes them, and give those up early that promise little.

    Each thread takes a candidate through its folds, with pauses in which its mean score so far is
    compared with the others'. `n_candidates` None stands for as many as the halt leaves time for;
    the search ends before where the space has no more. What `measured` refuses fails.
    """
    with quiet():
        draws = Draws(work, space, n_candidates, seed, measured)

        def train(thread: int) -> None:
            while (drawn := draws.next()) is not None:
                asked, candidate = drawn
                for pause in range(PAUSES):
                    candidate.rung = pause
                    share = FACTOR ** (PAUSES - 1 - pause)
                    candidate.until = math.ceil(candidate.max_epochs / share)
                    for trial in candidate.trials:
                        work.advance((candidate, trial))
                    if all(trial.over for trial in candidate.trials) or not candidate.scored:
                        break
                    if draws.promises_little(asked, candidate):
                        candidate.eliminate()
                        break
                draws.tell(asked, candidate)

        work.crew.run(train, range(work.crew.size))


@final
class Draws:
    """A study of optuna's, asked and told by one thread at a time."""

    def __init__(
        self,
        work: Work,
        space: Space,
        n_candidates: int | None,
        seed: int,
        measured: Callable[[Parameters], Measured],
    ) -> None:
        import optuna

        self.work, self.space, self.measured = work, space, measured
        self.left = math.inf if n_candidates is None else n_candidates
        self.drawn: dict[Hashable, Candidate] = {}
        self.learning = optuna.samplers.TPESampler(seed=seed)
        self.blind = optuna.samplers.RandomSampler(seed=seed)
        self.study = optuna.create_study(
            direction="maximize",
            sampler=self.learning,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
        )
        self._lock = threading.Lock()

    def next(self) -> tuple[Any, Candidate] | None:
        """A candidate not drawn before; None where there is none, or where enough were drawn."""
        halt = self.work.halt
        repeated = 0
        with self._lock:
            while True:
                if len(self.drawn) >= min(self.left, self.space.n_points):
                    return None
                if halt.due and (halt.asked or self.drawn):
                    return None
                self.study.sampler = self.learning if repeated < REPEATED else self.blind
                asked = self.study.ask(self.space.distributions)
                point = self.space.point(asked.params)
                known = self.drawn.get(point)
                if known is None:
                    candidate = self.drawn[point] = self._begun(asked)
                    return asked, candidate
                if known.eliminated:
                    asked.report(self.work.mean(known), known.rung)
                self._tell(asked, known)
                repeated += 1

    def _begun(self, asked: Any) -> Candidate:
        parameters = self.space.parameters(asked.params)
        n_parameters, max_epochs, refusal = self.measured(parameters)
        candidate = self.work.add(parameters, n_parameters, max_epochs)
        if refusal is not None:
            for trial in candidate.trials:
                trial.fail(refusal, self.work.scoring.failed())
        return candidate

    def promises_little(self, asked: Any, candidate: Candidate) -> bool:
        with self._lock:
            asked.report(self.work.compared(candidate), candidate.rung)
            return bool(asked.should_prune())

    def tell(self, asked: Any, candidate: Candidate) -> None:
        """Tell optuna of a candidate's end, and whoever follows the search."""
        with self._lock:
            self._tell(asked, candidate)
            if candidate.scored:
                self.work.report(candidate)

    def _tell(self, asked: Any, candidate: Candidate) -> None:
        from optuna.trial import TrialState

        mean = self.work.mean(candidate)
        if candidate.eliminated:
            self.study.tell(asked, state=TrialState.PRUNED)
        elif math.isnan(mean) or candidate.status == "paused":  # another thread is at it
            self.study.tell(asked, state=TrialState.FAIL)
        else:
            self.study.tell(asked, mean)


@contextmanager
def quiet() -> Iterator[None]:
    """Without a line of optuna's for every candidate."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
