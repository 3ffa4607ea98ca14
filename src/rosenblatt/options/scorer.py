"""From the parameter `scoring` to a scorer."""

from __future__ import annotations

from typing import Any

from sklearn.metrics import get_scorer, get_scorer_names

from rosenblatt.options.names import unknown
from rosenblatt.support.listing import brief

__all__ = ["scorer"]


def scorer(scoring: Any) -> Any:
    """The scorer of that name; a callable, None and 'loss' are returned as they are.

    Raises
    ------
    ValueError
        If the name is not one of scikit-learn's.
    """
    if not isinstance(scoring, str) or scoring == "loss":
        return scoring
    names = ["loss", *get_scorer_names()]
    if scoring not in names:
        listing = "'loss' and the names that sklearn.metrics.get_scorer_names() returns"
        raise ValueError(
            f"{unknown(f'scoring={brief(scoring)}', scoring, names, 'a callable', listing)}."
        )
    return get_scorer(scoring)
