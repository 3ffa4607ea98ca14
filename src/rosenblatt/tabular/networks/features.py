"""The features of an encoded table by what they are, as the published networks tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.network import CategoryEmbedding, Interpolation
from rosenblatt.support.types import FloatArray
from rosenblatt.table import Category, Date, Number, TableEncoding
from rosenblatt.tabular.networks.maps import IDENTITY, Map

__all__ = ["Features", "embeddings", "prepared"]

# Categories that a table's encoding gives indicators for: of two, one indicator says all.
PAIR = 2


@final
@dataclass(frozen=True)
class Features:
    """The numbers of the encoded features, from 0, without those that never differ.

    Attributes
    ----------
    n : int
        Of all features.
    numbers : tuple of int
        Numbers and dates as such.
    others : tuple of tuple of int
        All but numbers and codes, such as indicators and waves of dates, column by column.
    codes : tuple of int
        Codes of categories.
    sizes : tuple of int
        Of the tables that the codes are rows of, row 0 included.
    """

    n: int
    numbers: tuple[int, ...]
    others: tuple[tuple[int, ...], ...]
    codes: tuple[int, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, encoding: TableEncoding, X: FloatArray, *, halves_pairs: bool = False) -> Features:
        """Those of an encoding that differ among rows.

        Parameters
        ----------
        encoding : TableEncoding
        X : array (n_rows, n_features)
            The rows that a network learns from.
        halves_pairs : bool
            Whether the first of two indicators that add up to 1 is left out.
        """
        differs = X.min(axis=0) < X.max(axis=0)
        if not differs.any():
            differs[:] = True
        numbers: list[int] = []
        others: list[tuple[int, ...]] = []
        codes: list[int] = []
        sizes: list[int] = []
        start = 0
        for column in encoding.columns:
            own = range(start, start + column.n_features)
            start += column.n_features
            if isinstance(column, Category) and column.coded:
                codes.append(own[0])
                sizes.append(len(column.categories) + 1)
                continue
            rest = own
            if isinstance(column, Number | Date):
                numbers += [k for k in own[:1] if differs[k]]
                rest = own[1:]
            elif isinstance(column, Category) and halves_pairs and len(column.known) == PAIR:
                rest = own[1:]
            if kept := tuple(k for k in rest if differs[k]):
                others.append(kept)
        return cls(X.shape[1], tuple(numbers), tuple(others), tuple(codes), tuple(sizes))

    @property
    def groups(self) -> tuple[int, ...]:
        """How many features each original one has, the numbers first."""
        return (*(1 for _ in self.numbers), *map(len, self.others))

    @property
    def kept(self) -> tuple[int, ...]:
        """The numbers, and behind them the others."""
        return (*self.numbers, *(k for of_column in self.others for k in of_column))


def prepared(features: Features, maps: dict[int, Map]) -> Interpolation:
    """The numbers, the others, and behind them what codes have become.

    Parameters
    ----------
    features : Features
    maps : dict of int to Map
        Of the features that are not taken as they are.
    """
    places = np.cumsum([k not in features.codes for k in range(features.n)]) - 1
    chosen = [maps.get(k, IDENTITY) for k in features.kept]
    return Interpolation(
        features.n - len(features.codes),
        tuple(int(places[k]) for k in features.kept),
        tuple(one.x for one in chosen),
        tuple(one.y for one in chosen),
    )


def embeddings(features: Features, width: int) -> tuple[CategoryEmbedding, ...]:
    """The first layer, where there are codes."""
    if not features.codes:
        return ()
    widths = (width,) * len(features.codes)
    return (CategoryEmbedding(features.codes, features.sizes, widths),)
