"""Printed lines of a search, and its warnings: one of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from rosenblatt.search.default_candidates import Sizes
from rosenblatt.search.results import layers_text
from rosenblatt.search.selection import standard_error
from rosenblatt.search.splits import Split
from rosenblatt.search.trials import Candidate
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.listing import LONG, brief, count, shortened, some_of

__all__ = [
    "line_of",
    "not_reached",
    "parameters_text",
    "raise_or_warn_of_failures",
    "warn_of_interruption",
    "warn_of_limits",
    "warn_of_missing_classes",
    "warn_of_unfinished",
]

LONGEST_REASON = 400  # characters, which hold what the library says itself


def parameters_text(parameters: dict[str, Any]) -> str:
    shown = [f"{value_text(name)}={value_text(value)}" for name, value in parameters.items()]
    return shortened(", ".join(shown), 2 * LONG)


def value_text(value: Any) -> str:
    """A value in one line, a text without quotes; of a long one its beginning."""
    if isinstance(value, str):
        return shortened(" ".join(value.split()))
    return brief(value.item() if isinstance(value, np.generic) else value, LONG)


def line_of(candidate: Candidate) -> str:
    scores = [t.test for t in candidate.trials]
    if any(isinstance(score, dict) for score in scores):
        text = str(scores)
    else:
        values = np.array(scores, np.float64)
        text = f"{values.mean():.4f} ± {standard_error(values):.4f}"
    epochs = np.mean([t.n_epochs for t in candidate.trials])
    return (
        f"{parameters_text(candidate.parameters)}: {text}, {candidate.n_parameters:,} parameters,"
        f" {epochs:g} epochs, {candidate.status}"
    )


def not_reached(missed: Sequence[Sizes], stop_reason: str) -> str:
    """A sentence on the candidates that the search did not reach."""
    end = "before the search was interrupted"
    if stop_reason.startswith("reached"):
        end = stop_reason.replace("reached", "within", 1)
    number = f"{len(missed)} candidate{'' if len(missed) == 1 else 's'}"
    return f"{number} not reached {end}: {some_of(list(map(layers_text, missed)), '; ')}."


def raise_or_warn_of_failures(reached: Sequence[Candidate]) -> None:
    """Raise a ValueError if every candidate failed; warn with a FitFailedWarning if some did."""
    failed = [c for c in reached if c.status == "failed"]
    if not failed:
        return
    first = f"{parameters_text(failed[0].parameters)}: {shortened(why(failed[0]), LONGEST_REASON)}"
    others = len({why(c) for c in failed}) - 1
    more = f" (and {count(others, 'other reason')})" if others else ""
    if len(failed) == len(reached):
        raise ValueError(f"All {len(failed)} candidates failed: {first}{more}")
    warn_caller(
        f"{len(failed)} of {len(reached)} candidates failed on some fold; their scores are NaN, and"
        f" they are not chosen: {first}{more}",
        FitFailedWarning,
    )


def why(candidate: Candidate) -> str:
    return next(trial.reason for trial in candidate.trials if trial.reason)


def warn_of_interruption(n_reached: int, n_scored: int, n_folds: int) -> None:
    of = f"{n_reached} candidate{'' if n_reached == 1 else 's'}"
    folds = f", by {n_scored} of {n_folds} folds" if n_scored < n_folds else ""
    warn_caller(f"The search was interrupted by the user: the best of {of} so far is taken{folds}.")


def warn_of_limits(reached: Sequence[Candidate], every_fit_counts: bool) -> None:
    """One warning of each kind in place of the warnings of every fit."""
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
    """Warn if a class is missing from a fold's training rows."""
    labels = np.asarray(y)
    if labels.ndim != 1:
        return
    classes = np.unique(labels)
    for fold, (train, _) in enumerate(splits):
        missing = np.setdiff1d(classes, np.unique(labels[train]))
        if len(missing):
            warn_caller(
                f"Fold {fold} trains without the class {brief(missing[0])}"
                f"{f' and {len(missing) - 1} others' if len(missing) > 1 else ''}: its rows there"
                " cannot be predicted rightly. Take fewer folds, or merge rare classes."
            )
            return


def warn_of_unfinished(parameters: dict[str, Any], n_epochs: float, max_time: float | None) -> None:
    """A warning that the choice was cut short: by `max_time` seconds, or None for a user."""
    so_far = (
        f"the best so far, {brief(parameters, LONG)}, had not been trained to its end, after"
        f" {n_epochs:g} epochs a fold"
    )
    warn_caller(
        f"The search was interrupted: {so_far}."
        if max_time is None
        else f"max_time={max_time:g} seconds were short: {so_far}. Give the search more time, fewer"
        " folds, or strategy='halving'.",
        ConvergenceWarning,
    )
