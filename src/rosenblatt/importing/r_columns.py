"""The columns of R's model matrix as columns of a table: factors with their contrasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.design import Design, stacked
from rosenblatt.importing.source import DAMAGED
from rosenblatt.support.types import Float64Array

if TYPE_CHECKING:
    from rosenblatt.table.columns import AnyColumn

__all__ = ["design_of"]

INTERCEPT = "(Intercept)"


def design_of(
    matrix_columns: Sequence[str],
    levels: Mapping[str, Sequence[str]],
    contrasts: Mapping[str, str],
    variables: Mapping[str, str],
) -> Design:
    """The columns behind those of a model matrix.

    Parameters
    ----------
    matrix_columns : sequence of str
        R's `coefnames`.
    levels : mapping
        R's `xlevels`.
    contrasts : mapping
        The name of each factor's contrasts.
    variables : mapping
        The class of each variable of the formula by its name, "" where it is not known.

    Raises
    ------
    InputError
        For a column that is computed from others.
    """
    from rosenblatt.importing.saved import plain_number
    from rosenblatt.table import Boolean, Category

    names: list[str] = []
    columns: list[AnyColumn] = []
    blocks: list[tuple[int, Float64Array]] = []  # the first matrix column, and (features, columns)
    constants = np.zeros(len(matrix_columns))
    place = 0
    while place < len(matrix_columns):
        name = matrix_columns[place]
        if name == INTERCEPT:
            constants[place] = 1
            place += 1
            continue
        found = factor_at(matrix_columns, place, levels, contrasts)
        if found is not None:
            factor, coding = found
            names.append(factor)
            columns.append(Category(factor, tuple(levels[factor]), (), indicator=False))
            blocks.append((place, coding))
            place += coding.shape[1]
            continue
        plain = name.strip("`")
        if is_truth(name, variables):
            plain = name.removesuffix("TRUE").strip("`")
            columns.append(Boolean(plain, indicator=False, often_true=False))
        elif not variables or plain in variables:
            columns.append(plain_number(plain))
        else:
            raise InputError(
                f"the column {name!r} of the model matrix is computed, as of log(x), a product or a"
                " spline: only columns of a table are read, so compute it first and fit on it"
            )
        names.append(plain)
        blocks.append((place, np.ones((1, 1))))
        place += 1
    to_matrix = stacked(blocks, len(matrix_columns))
    if len(set(names)) < len(names):
        raise InputError("a variable of the formula stands in several columns of the model matrix")
    return Design(tuple(names), tuple(columns), to_matrix, constants)


def is_truth(name: str, variables: Mapping[str, str]) -> bool:
    """Whether a column is that of a logical variable."""
    plain = name.removesuffix("TRUE").strip("`")
    return name.endswith("TRUE") and name not in variables and plain in variables


def factor_at(
    matrix_columns: Sequence[str],
    place: int,
    levels: Mapping[str, Sequence[str]],
    contrasts: Mapping[str, str],
) -> tuple[str, Float64Array] | None:
    """The factor whose columns begin here, and its coding, (n_levels, n_columns)."""
    for factor, of_factor in levels.items():
        quoted = (factor, f"`{factor}`")
        codings = [coding_of(contrasts.get(factor, "contr.treatment"), of_factor, factor)]
        # Without an intercept the first factor has a column for each level.
        codings.append((tuple(of_factor), np.eye(len(of_factor))))
        for suffixes, coding in codings:
            here = tuple(matrix_columns[place : place + len(suffixes)])
            # A factor of one level has no column.
            if suffixes and any(here == tuple(q + suffix for suffix in suffixes) for q in quoted):
                return factor, coding
    return None


def coding_of(
    contrasts: str, levels: Sequence[str], factor: str
) -> tuple[tuple[str, ...], Float64Array]:
    """The endings of the columns' names, and a row for each level."""
    n = len(levels)
    if not n:
        raise InputError(f"the factor {factor!r} has no levels: {DAMAGED}")
    if len(set(levels)) < n:
        raise InputError(f"the factor {factor!r} has a level twice: {DAMAGED}")
    numbered = tuple(str(k) for k in range(1, n))
    eye = np.eye(n)
    if contrasts == "contr.treatment":
        return tuple(levels[1:]), eye[:, 1:]
    if contrasts == "contr.SAS":
        return tuple(levels[:-1]), eye[:, :-1]
    if contrasts == "contr.sum":
        return numbered, np.vstack([eye[:-1, :-1], -np.ones((1, n - 1))])
    if contrasts == "contr.helmert":
        return numbered, np.array(
            [
                [-1.0 if i < j else float(j) if i == j else 0.0 for j in range(1, n)]
                for i in range(n)
            ]
        )
    if contrasts == "contr.poly":
        degrees = np.vander(np.arange(n) - (n - 1) / 2, n, increasing=True)
        Q, R = np.linalg.qr(degrees)
        endings = tuple((".L", ".Q", ".C")[k - 1] if k < 4 else f"^{k}" for k in range(1, n))
        return endings, (Q * np.sign(np.diag(R)))[:, 1:]
    raise InputError(
        f"the factor {factor!r} has the contrasts {contrasts!r}: those of R's own are read, such as"
        " contr.treatment"
    )
