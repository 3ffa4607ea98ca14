"""What a search says: a line for each candidate, and what went wrong, in one warning each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from rosenblatt.search.default_candidates import Sizes
from rosenblatt.search.results import name_of
from rosenblatt.search.selection import standard_error
from rosenblatt.search.splits import Split
from rosenblatt.search.trials import Candidate
from rosenblatt.support.caller_warning import warn_caller

__all__ = [
    "line_of",
    "not_reached",
    "raise_or_warn_of_failures",
    "told_parameters",
    "warn_of_interruption",
    "warn_of_limits",
    "warn_of_missing_classes",
]

NAMED = 5  # candidates, before "and … more"


def told_parameters(parameters: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in parameters.items())


def line_of(candidate: Candidate) -> str:
    scores = [t.test for t in candidate.trials]
    if any(isinstance(score, dict) for score in scores):
        told = str(scores)
    else:
        values = np.array(scores, np.float64)
        told = f"{values.mean():.4f} ± {standard_error(values):.4f}"
    epochs = np.mean([t.n_epochs for t in candidate.trials])
    return (
        f"{told_parameters(candidate.parameters)}: {told}, {candidate.n_parameters:,} parameters,"
        f" {epochs:g} epochs, {candidate.status}"
    )


def not_reached(missed: Sequence[Sizes], stop_reason: str) -> str:
    """A sentence on the candidates that a search ended before."""
    end = "before the search was interrupted"
    if stop_reason.startswith("reached"):
        end = stop_reason.replace("reached", "within", 1)
    number = f"{len(missed)} candidate{'' if len(missed) == 1 else 's'}"
    named = "; ".join(map(name_of, missed[:NAMED]))
    more = f"; and {len(missed) - NAMED} more" if len(missed) > NAMED else ""
    return f"{number} not reached {end}: {named}{more}."


def raise_or_warn_of_failures(reached: Sequence[Candidate]) -> None:
    """ValueError where every candidate failed, FitFailedWarning where some did."""
    failed = [c for c in reached if c.status == "failed"]
    if not failed:
        return
    told = [f"  {told_parameters(c.parameters)}: {why(c)}" for c in failed[:NAMED]]
    if len(failed) > NAMED:
        told.append(f"  and {len(failed) - NAMED} more")
    listed = "\n".join(told)
    if len(failed) == len(reached):
        raise ValueError(f"All {len(failed)} candidates failed:\n{listed}")
    warn_caller(
        f"{len(failed)} of {len(reached)} candidates failed on some fold; their scores are NaN, and"
        f" they are not chosen:\n{listed}",
        FitFailedWarning,
    )


def why(candidate: Candidate) -> str:
    error = next(trial.error for trial in candidate.trials if trial.error)
    return error.strip().splitlines()[-1]


def warn_of_interruption(n_reached: int, n_scored: int, n_folds: int) -> None:
    of = f"{n_reached} candidate{'' if n_reached == 1 else 's'}"
    folds = f", by {n_scored} of {n_folds} folds" if n_scored < n_folds else ""
    warn_caller(f"The search was interrupted by the user: the best of {of} so far is taken{folds}.")


def warn_of_limits(reached: Sequence[Candidate], every_fit_counts: bool) -> None:
    """One warning of each kind in place of each fit's own."""
    trials = [trial for candidate in reached for trial in candidate.trials]
    ended = sum(not trial.converged for trial in trials)
    if every_fit_counts and ended:
        warn_caller(
            f"{ended} of {len(trials)} fits ended at a limit, such as max_iter, before they"
            " converged.",
            ConvergenceWarning,
        )
    remarks = [trial.remark for trial in trials if trial.remark and not trial.cut]
    if remarks:
        warn_caller(f"{len(remarks)} of {len(trials)} fits: {remarks[0]}")


def warn_of_missing_classes(y: Any, splits: Sequence[Split]) -> None:
    """Say where a fold's training rows lack a class that its networks therefore cannot know."""
    labels = np.asarray(y)
    if labels.ndim != 1:
        return
    classes = np.unique(labels)
    for fold, (train, _) in enumerate(splits):
        missing = np.setdiff1d(classes, np.unique(labels[train]))
        if len(missing):
            warn_caller(
                f"Fold {fold} trains without the class {missing[0]!r}"
                f"{f' and {len(missing) - 1} others' if len(missing) > 1 else ''}: its rows there"
                " cannot be predicted rightly. Take fewer folds, or merge rare classes."
            )
            return
