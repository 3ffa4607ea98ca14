"""How a search has ended: what it has reached, and why it tries no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.search.candidates import CandidateParameters
from rosenblatt.search.messages import raise_or_warn_of_failures, warn_of_interruption
from rosenblatt.search.run import SearchRun
from rosenblatt.search.trials import Candidate, ended_early, folds_in_common

__all__ = ["Conclusion", "concluded"]


@final
@dataclass(frozen=True)
class Conclusion:
    """The end of a search.

    Attributes
    ----------
    reached : list of Candidate
        Those with scores, all of them on the same folds.
    missed : list of dicts
        Parameters of the others.
    n_folds : int
        Of `reached`.
    stop_reason : str
    """

    reached: list[Candidate]
    missed: list[CandidateParameters]
    n_folds: int
    stop_reason: str


def concluded(run: SearchRun, n_folds: int, strategy: str, max_time: float | None) -> Conclusion:
    """The end of a run that had so many folds; warns of what it has not reached.

    Raises
    ------
    KeyboardInterrupt
        If no candidate has scores.
    ValueError
        If all candidates have failed.
    """
    folds = folds_in_common(run.candidates)
    if not folds:  # only Ctrl-C ends a search before its first candidate
        raise KeyboardInterrupt
    for candidate in run.candidates:
        candidate.trials = [candidate.trials[fold] for fold in folds]
    reached = [c for c in run.candidates if c.scored]
    missed = [c.parameters for c in run.candidates if not c.scored]
    raise_or_warn_of_failures(reached)
    reason = "every candidate was tried"
    if run.pool.interrupted:
        reason = "interrupted by the user"
        warn_of_interruption(len(reached), len(folds), n_folds)
    elif run.stop.due and (strategy == "optuna" or ended_early(run.candidates)):
        reason = f"reached max_time={max_time:g} seconds"
    return Conclusion(reached, missed, len(folds), reason)
