"""The first pass over files: what decides the kinds of columns, of all rows, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.cluster.shards.manifest import Manifest
from rosenblatt.cluster.shards.reading import Block, blocks
from rosenblatt.cluster.shards.refused import missing_target
from rosenblatt.cluster.shards.split import TRAIN, RowShares
from rosenblatt.errors import InputError
from rosenblatt.support.finite import all_finite
from rosenblatt.support.types import BoolArray
from rosenblatt.table import Cells
from rosenblatt.table.counted import counted_cells
from rosenblatt.table.parsing import is_number_type, is_time_type

__all__ = ["MOST_TEXTS", "ColumnSurvey", "GroupSurvey", "Survey", "surveyed"]

MOST_TEXTS = 200_000  # distinct ones of a column that are counted
SAMPLE = 1 << 16  # rows whose numbers stand for all, beside the ends of each row group
SAMPLE_CELLS = 1 << 22
FIRST = 64  # rows among which most columns with fractions have one


@final
@dataclass(frozen=True, eq=False)
class Survey:
    """What the pass is about.

    Attributes
    ----------
    manifest : Manifest
    shares : RowShares
    target : str
    columns : tuple of str
        Those that are read.
    sample : int array, optional
        Rows, in order; None for all.
    """

    manifest: Manifest
    shares: RowShares
    target: str
    columns: tuple[str, ...]
    sample: npt.NDArray[np.int64] | None

    @classmethod
    def of(
        cls, manifest: Manifest, shares: RowShares, target: str, columns: Sequence[str]
    ) -> Survey:
        most = max(1, min(SAMPLE, SAMPLE_CELLS // len(columns)))
        n, sample = manifest.n_rows, None
        if n > most:
            draws = np.random.default_rng(shares.seed)
            sample = np.sort(draws.choice(n, most, replace=False, shuffle=False))
        return cls(manifest, shares, target, tuple(columns), sample)


@final
@dataclass
class ColumnSurvey:
    """One column, of some or all row groups.

    Attributes
    ----------
    values : list of Array
        Numbers and times of the sample's rows, and the ends of all.
    of_sample : list of array (n,)
        Which of the values are of the sample's rows.
    texts : dict of str to [int, int], optional
        Of texts, categories, truth values and the target: how many rows have each, and how many of
        the rows to train on. None for more than are counted.
    missing : bool
        Whether a cell is null, or blank, or NaN.
    cell : Array (0,) or (1,)
        A present cell of a column that has texts.
    kind : Arrow type, optional
        Of the cells as they are read.
    """

    values: list[pa.Array] = field(default_factory=list)
    of_sample: list[BoolArray] = field(default_factory=list)
    texts: dict[str, list[int]] | None = field(default_factory=dict)
    missing: bool = False
    cell: pa.Array | None = None
    kind: Any = None

    def add(self, other: ColumnSurvey, name: str) -> None:
        """Take in the column of later rows; InputError if these are read as another type."""
        self.kind = other.kind if self.kind is None else self.kind
        kind, kind2 = self.kind, other.kind
        if kind2 not in (None, kind):
            raise InputError(
                f"column {name!r} is read as {kind} in some rows and as {kind2} in others: save it"
                " as one of them"
            )
        self.values += other.values
        self.of_sample += other.of_sample
        self.missing |= other.missing
        if self.cell is None or not len(self.cell):
            self.cell = other.cell
        self.count([] if other.texts is None else list(other.texts), other.texts)
        if other.texts is None:
            self.texts = None

    def count(self, texts: Iterable[str], of: Any) -> None:
        if self.texts is None:
            return
        for text in texts:
            found = self.texts.setdefault(text, [0, 0])
            found[0] += of[text][0]
            found[1] += of[text][1]
        if len(self.texts) > MOST_TEXTS:
            self.texts = None

    def put(self, values: Iterable[pa.Array], *, of_sample: bool) -> None:
        """Add values of the sample's rows, or ends."""
        for chunk in values:
            if len(chunk):
                self.values.append(chunk)
                self.of_sample.append(np.full(len(chunk), of_sample))

    def join(self) -> None:
        """Values in one array: many small ones would take longer to send than to find."""
        if len(self.values) > 1:
            self.values = [pa.concat_arrays(self.values)]
            self.of_sample = [np.concatenate(self.of_sample)]

    def sample(self, name: str) -> Cells | None:
        """The sample's rows of a column of numbers or times; None of any other."""
        kind = self.kind
        if not self.values or not (is_number_type(kind) or is_time_type(kind)):
            return None
        values = pa.chunked_array(self.values, kind)
        return Cells(name, values).where(np.concatenate(self.of_sample))

    def cells(self, name: str, n_rows: int, *, trained: bool = False) -> Cells:
        """What stands for the column: to recognise it by all rows, or to learn by some of them."""
        texts = self.texts or {}
        counts = np.array([of[trained] for of in texts.values()], np.int64)
        if self.cell is not None and not self.values:
            return counted_cells(
                name, self.cell, list(texts), counts, n_rows, has_missing=self.missing
            )
        values = pa.chunked_array(self.values, self.values[0].type)
        if self.missing and not values.null_count:
            values = pa.chunked_array([*values.chunks, pa.nulls(1, values.type)])
        cells = Cells(name, values)
        if texts:  # of a target, every class of which counts
            one = counted_cells(name, values.slice(0, 0), list(texts), counts, 0, has_missing=False)
            vars(cells)["distinct"] = one.distinct
        return cells


@final
@dataclass(frozen=True, eq=False)
class GroupSurvey:
    """One row group.

    Attributes
    ----------
    columns : dict of str to ColumnSurvey
    sizes : tuple of int
        Rows to train on, to validate on and held out.
    """

    columns: dict[str, ColumnSurvey]
    sizes: tuple[int, int, int]


def surveyed(survey: Survey, k: int) -> GroupSurvey:
    """The work on row group k.

    Raises
    ------
    InputError
        For an infinite number, or a row without a target.
    """
    group = survey.manifest.groups[k]
    columns = {name: ColumnSurvey() for name in survey.columns}
    sizes = np.zeros(3, np.int64)
    for block in blocks(group, survey.columns):
        parts = survey.shares.of(group.first + block.first, len(block.table))
        sizes += np.bincount(parts, minlength=3)
        sampled = rows_of_sample(survey.sample, group.first + block.first, block)
        for cells in block.table.columns:
            if cells.name not in columns:  # pandas' index, as a column
                path = group.file.path
                raise InputError(f"{path} has a named index of pandas: write it as a column")
            try:
                found = of_block(cells, parts == TRAIN, sampled, cells.name == survey.target)
            except InputError as error:
                path = group.file.path
                raise InputError(f"{path}: {error}") from error
            columns[cells.name].add(found, cells.name)
    for column in columns.values():
        column.join()
    return GroupSurvey(columns, (int(sizes[0]), int(sizes[1]), int(sizes[2])))


def rows_of_sample(
    sample: npt.NDArray[np.int64] | None, first: int, block: Block
) -> npt.NDArray[np.int64] | None:
    if sample is None:
        return None
    begin, end = np.searchsorted(sample, [first, first + len(block.table)])
    return sample[begin:end] - first


def of_block(
    cells: Cells, trained: BoolArray, sampled: npt.NDArray[np.int64] | None, is_target: bool
) -> ColumnSurvey:
    """What a column has in a block of rows."""
    values, kind = cells.values, cells.type
    has_texts = cells.is_text or cells.is_declared_category or pa.types.is_boolean(kind)
    found = ColumnSurvey(missing=bool(values.null_count), kind=kind)
    if has_texts or is_target:
        distinct = cells.distinct
        found.missing |= bool((distinct.codes < 0).any())
        every = distinct.counts.tolist()
        of_trained = np.bincount(distinct.codes[trained] + 1, minlength=len(every) + 1)[1:].tolist()
        pairs = zip(every, of_trained, strict=True)
        found.count(distinct.strings, dict(zip(distinct.strings, pairs, strict=True)))
        if has_texts:
            found.cell = pa.concat_arrays(
                values.drop_null().slice(0, 1).chunks or [pa.nulls(0, kind)]
            )
    if not has_texts:
        if pa.types.is_floating(kind) and not all_finite(x := values.to_numpy()):
            found.missing |= bool(np.isnan(x).any())
            if np.isinf(x).any():
                name = cells.name
                raise InputError(f"column {name!r} holds infinite values: replace or remove them")
        taken = values if sampled is None else values.take(pa.array(sampled))
        found.put(taken.chunks, of_sample=True)
        if sampled is not None and (is_number_type(kind) or is_time_type(kind)):
            found.put(witnesses(values), of_sample=False)
    if is_target and found.missing:
        raise missing_target(cells.name)
    return found


def witnesses(values: pa.ChunkedArray) -> Iterator[pa.Array]:
    """The smallest and the largest value, and one with a fraction: the sample may have none."""
    for at in (*places_of_ends(values), place_of_fraction(values)):
        if at >= 0:
            yield pa.concat_arrays(values.slice(at, 1).chunks)


def places_of_ends(values: pa.ChunkedArray) -> tuple[int, ...]:
    """Of the smallest and the largest value, -1 if all are missing."""
    if pa.types.is_floating(values.type) and not values.null_count:
        x = values.to_numpy()
        if len(x) and all_finite(x):  # at a fifth of the cost of what follows
            return int(x.argmin()), int(x.argmax())
    ends = pc.min_max(values)
    return tuple(
        pc.index(values, end).as_py() if end.is_valid else -1 for end in (ends["min"], ends["max"])
    )


def place_of_fraction(values: pa.ChunkedArray) -> int:
    """Of the first number that is not whole, -1 without any."""
    if pa.types.is_floating(values.type):
        x = values.to_numpy()
        for begin, end in ((0, FIRST), (FIRST, len(x))):
            part = x[begin:end]
            fractions = np.flatnonzero(np.isfinite(part) & (part != np.floor(part)))
            if len(fractions):
                return begin + int(fractions[0])
    return -1
