"""From the parameter `scoring` to a scorer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sklearn.metrics import get_scorer, get_scorer_names

from rosenblatt.options.names import unknown
from rosenblatt.support.listing import brief

__all__ = ["check_scorers", "scorer"]

NAMES = "the names that sklearn.metrics.get_scorer_names() returns"


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
        raise ValueError(unknown_scorer(scoring, names, f"'loss' and {NAMES}"))
    return get_scorer(scoring)


def check_scorers(scoring: Any) -> None:
    """ValueError for what names no scorers, where scikit-learn takes one, or a list or a dict.

    None and callables are left to scikit-learn.
    """
    if isinstance(scoring, str):
        check_name(scoring)
    elif isinstance(scoring, dict):
        for name, one in scoring.items():
            if not isinstance(name, str):
                raise ValueError(f"scoring names a metric {brief(name)}: give a text as its name.")
            if isinstance(one, str):
                check_name(one)
            elif not callable(one):
                raise ValueError(
                    f"scoring has {brief(one)} for {brief(name)}: give the name of a scorer or a"
                    " callable."
                )
    elif isinstance(scoring, list | tuple | set):
        names = list(scoring)
        for name in names:
            if not isinstance(name, str):
                raise ValueError(
                    f"scoring lists {brief(name)}: a list has names of scorers, and callables stand"
                    " in a dict by the names of their metrics."
                )
            check_name(name)
            if names.count(name) > 1:
                raise ValueError(f"scoring lists {name!r} more than once: leave one of them.")


def check_name(name: str) -> None:
    names = get_scorer_names()
    if name not in names:
        raise ValueError(unknown_scorer(name, names, NAMES))


def unknown_scorer(name: str, names: Collection[str], listing: str) -> str:
    return f"{unknown(f'scoring={brief(name)}', name, names, 'a callable', listing)}."
