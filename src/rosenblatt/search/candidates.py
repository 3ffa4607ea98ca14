"""The candidates of a search: hidden layers, and other parameters of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline

from rosenblatt.estimators.base import BaseMLP
from rosenblatt.search.default_candidates import Sizes
from rosenblatt.support.listing import brief

__all__ = ["HIDDEN", "CandidateParameters", "checked_sizes", "combined", "names_in", "network_step"]

CandidateParameters = dict[str, Any]
HIDDEN = "hidden_layer_sizes"


def network_step(estimator: Any) -> str:
    """The prefix of the network's parameters in `estimator`: '', or its step and two underscores.

    Raises
    ------
    TypeError
        If it is neither a network of this library nor a pipeline that ends in one.
    """
    if isinstance(estimator, BaseMLP):
        return ""
    if isinstance(estimator, Pipeline) and isinstance(estimator.steps[-1][1], BaseMLP):
        return f"{estimator.steps[-1][0]}__"
    raise TypeError(
        "StructureSearchCV takes an MLPClassifier, an MLPRegressor or a Pipeline that ends in one"
        f" (of rosenblatt), got {type(estimator).__name__}."
    )


def checked_sizes(candidates: Iterable[Any]) -> list[Sizes]:
    """Hidden layers as tuples, in the order given; a number is one layer, () is none.

    Raises
    ------
    ValueError
        For an empty list, and for the first candidate that is no tuple of sizes.
    """
    try:
        given = list(candidates)
    except TypeError:
        raise TypeError(
            f"candidates must be a list of hidden layers such as [(8,), (32,), (32, 16)]; got"
            f" {brief(candidates)}."
        ) from None
    if not given:
        raise ValueError("candidates is empty: give hidden layers such as [(8,), (32,), (32, 16)].")
    checked: list[Sizes] = []
    for number, candidate in enumerate(given, 1):
        single = isinstance(candidate, Integral)
        sizes = (candidate,) if single else candidate
        if (
            isinstance(sizes, str | Mapping)
            or not isinstance(sizes, Sequence | np.ndarray)
            or not all(isinstance(n, Integral) and not isinstance(n, bool) for n in sizes)
        ):
            raise ValueError(
                f"candidate {number} is {brief(candidate)}: a candidate is a tuple of whole numbers"
                " of units, one for each hidden layer, such as (64, 32)."
            )
        if any(n < 1 for n in sizes):
            raise ValueError(
                f"candidate {number} is {brief(candidate)}: a hidden layer needs at least 1 unit."
            )
        checked.append(tuple(int(n) for n in sizes))
    return list(dict.fromkeys(checked))


def combined(
    sizes: Sequence[Sizes], grid: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None, step: str
) -> list[CandidateParameters]:
    """Every candidate with every point of the grid, in the order of scikit-learn's ParameterGrid.

    Raises
    ------
    ValueError
        If the grid names the hidden layers as well.
    """
    name = step + HIDDEN
    grids = grids_of(grid) or [{}]
    if any(name in one for one in grids):
        raise ValueError(f"param_grid names {brief(name)}: give the hidden layers as candidates.")
    for one in grids:
        for given, values in one.items():
            check_values(given, values)
    return list(ParameterGrid([{**one, name: list(sizes)} for one in grids]))


def check_values(name: str, values: Any) -> None:
    """TypeError, or ValueError, for what is no list of values to try."""
    if isinstance(values, str) or not isinstance(values, np.ndarray | Sequence):
        raise TypeError(
            f"param_grid has {brief(values)} for {brief(name)}: give a list of values, a single one"
            " as a list of itself."
        )
    if np.ndim(values) > 1 if isinstance(values, np.ndarray) else not len(values):
        raise ValueError(
            f"param_grid has an array of shape {np.shape(values)} for {brief(name)}: give a list of"
            " one value or more."
        )


def names_in(grid: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> set[str]:
    """The names of the parameters that a grid varies."""
    return {name for one in grids_of(grid) for name in one}


def grids_of(grid: Any) -> list[Mapping[str, Any]]:
    """One grid or several as a list; TypeError for what is none."""
    grids = [grid] if isinstance(grid, Mapping) else list(grid or [])
    for one in grids:
        if not isinstance(one, Mapping):
            raise TypeError(
                "param_grid must be a dict of parameters with their values, or a list of such"
                f" dicts; got {brief(one)}."
            )
        for name in one:
            if not isinstance(name, str):
                raise TypeError(f"param_grid names {brief(name)}: give the names of parameters.")
    return grids
