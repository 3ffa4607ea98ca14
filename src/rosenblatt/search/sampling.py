"""Candidates proposed by optuna from the results of earlier ones."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, final

from rosenblatt.search.candidates import CandidateParameters
from rosenblatt.search.cost import Measured
from rosenblatt.search.run import SearchRun
from rosenblatt.search.space import Space
from rosenblatt.search.strategies import FACTOR
from rosenblatt.search.trials import Candidate

__all__ = ["DEFAULT_NUMBER", "sample"]

DEFAULT_NUMBER = 50
N_RUNGS = 4  # at the end of all but the last a candidate may be pruned
MAX_REPEATS = 10  # proposals of known candidates, after which one is drawn at random


def sample(
    run: SearchRun,
    space: Space,
    *,
    n_candidates: int | None,
    seed: int,
    measured: Callable[[CandidateParameters], Measured],
) -> None:
    """Train candidates that optuna proposes, and prune those whose score falls behind.

    Each thread takes a candidate through its folds, rung by rung; its mean score after a rung is
    compared with the others'.

    Parameters
    ----------
    run : SearchRun
    space : Space
    n_candidates : int or None
        None means as many as the time allows. The search ends earlier if the space is exhausted.
    seed : int
    measured : callable
        Measures a candidate; one that it refuses counts as failed.
    """
    with quiet():
        sampler = CandidateSampler(run, space, n_candidates, seed, measured)

        def train(thread: int) -> None:
            while (drawn := sampler.next()) is not None:
                proposal, candidate = drawn
                for rung in range(N_RUNGS):
                    candidate.rung = rung
                    divisor = FACTOR ** (N_RUNGS - 1 - rung)
                    candidate.until = math.ceil(candidate.max_epochs / divisor)
                    for trial in candidate.trials:
                        run.advance((candidate, trial))
                    if all(trial.over for trial in candidate.trials) or not candidate.scored:
                        break
                    if sampler.falls_behind(proposal, candidate):
                        candidate.eliminate()
                        break
                sampler.report_end(proposal, candidate)

        run.pool.run(train, range(run.pool.size))


@final
class CandidateSampler:
    """An optuna study that one thread at a time uses."""

    def __init__(
        self,
        run: SearchRun,
        space: Space,
        n_candidates: int | None,
        seed: int,
        measured: Callable[[CandidateParameters], Measured],
    ) -> None:
        import optuna

        self.run, self.space, self.measured = run, space, measured
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
        """A new candidate; None if there is none, or if enough were drawn."""
        stop = self.run.stop
        repeated = 0
        with self._lock:
            while True:
                if len(self.drawn) >= min(self.left, self.space.n_points):
                    return None
                if stop.due and (stop.requested or self.drawn):
                    return None
                self.study.sampler = self.learning if repeated < MAX_REPEATS else self.blind
                proposal = self.study.ask(self.space.distributions)
                point = self.space.point(proposal.params)
                known = self.drawn.get(point)
                if known is None:
                    candidate = self.drawn[point] = self._begun(proposal)
                    return proposal, candidate
                if known.eliminated:
                    proposal.report(self.run.mean(known), known.rung)
                self._report(proposal, known)
                repeated += 1

    def _begun(self, proposal: Any) -> Candidate:
        parameters = self.space.parameters(proposal.params)
        n_parameters, max_epochs, refusal = self.measured(parameters)
        candidate = self.run.add(parameters, n_parameters, max_epochs)
        if refusal is not None:
            for trial in candidate.trials:
                trial.fail(refusal, self.run.scoring.failed())
        return candidate

    def falls_behind(self, proposal: Any, candidate: Candidate) -> bool:
        with self._lock:
            proposal.report(self.run.compared(candidate), candidate.rung)
            return bool(proposal.should_prune())

    def report_end(self, proposal: Any, candidate: Candidate) -> None:
        """Report a finished candidate to optuna and to the search."""
        with self._lock:
            self._report(proposal, candidate)
            if candidate.scored:
                self.run.report(candidate)

    def _report(self, proposal: Any, candidate: Candidate) -> None:
        from optuna.trial import TrialState

        mean = self.run.mean(candidate)
        if candidate.eliminated:
            self.study.tell(proposal, state=TrialState.PRUNED)
        elif math.isnan(mean) or candidate.status == "paused":  # another thread trains it
            self.study.tell(proposal, state=TrialState.FAIL)
        else:
            self.study.tell(proposal, mean)


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress optuna's log line for every candidate."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
