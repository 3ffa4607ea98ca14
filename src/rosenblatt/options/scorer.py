"""The scorer that `scoring` names."""

from __future__ import annotations

from typing import Any

from sklearn.metrics import get_scorer, get_scorer_names

from rosenblatt.options.wording import nearest

__all__ = ["checked_scorer"]


def checked_scorer(scoring: Any) -> Any:
    """The scorer that `scoring` names, itself where it is one, None or 'loss'.

    ValueError for a name that stands for nothing.
    """
    if not isinstance(scoring, str) or scoring == "loss":
        return scoring
    try:
        return get_scorer(scoring)
    except ValueError as error:
        hint = nearest(scoring, ["loss", *get_scorer_names()])
        raise ValueError(f"scoring: {error} Or take 'loss'{hint}.") from error
