"""What `cv_results_` is made from: a record a fold, and columns that scikit-learn does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rosenblatt.search.trials import Candidate

__all__ = ["columns_of", "fold_results"]


def fold_results(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """A record a fold, candidate by candidate, as scikit-learn's `_format_results` takes them."""
    return [
        {
            "test_scores": trial.test,
            "train_scores": trial.train,
            "fit_time": trial.fit_time,
            "score_time": trial.score_time,
            "fit_error": trial.error,
        }
        for candidate in candidates
        for trial in candidate.trials
    ]


def columns_of(candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    """The columns of `cv_results_` beside scikit-learn's."""
    return {
        "n_parameters": [c.n_parameters for c in candidates],
        "mean_n_epochs": [float(np.mean([t.n_epochs for t in c.trials])) for c in candidates],
        "rung": [c.rung for c in candidates],
        "status": [c.status for c in candidates],
    }
