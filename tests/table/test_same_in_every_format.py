"""The same table in every format: the same columns, labels and features, or a refusal in all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import ClassTarget, Table, TableEncoding, learn_encoding
from tests.support.generated_tables import in_every_format, made_table

STORED = ("t.parquet", "t.feather", "pandas", "polars")
TEXT_FILES = ("t.csv", "t.tsv")


@final
@dataclass(frozen=True, eq=False)
class Learnt:
    """A table as it was read and what was learnt from it, or the sentence that refuses it."""

    refusal: str = ""
    table: Table | None = None
    encoding: TableEncoding | None = None


def learnt(read: Callable[[], Table], target: str) -> Learnt:
    try:
        table = read()
        encoding = learn_encoding(table, target=target)
        encoding.encode(table)  # may find infinite numbers in rows without a target
        return Learnt("", table, encoding)
    except InputError as error:
        return Learnt(str(error))


def encoded(encoding: TableEncoding, table: Table) -> tuple[list[Any], Any]:
    """(names and kinds, and labels; features)."""
    y = encoding.encode_target(table)
    of_classes = isinstance(encoding.target, ClassTarget)
    labels = encoding.target.labels(y.y) if of_classes else y.y
    kinds = [column.kind for column in encoding.columns]
    said = [encoding.feature_names, kinds, labels.tolist(), y.rows.tolist()]
    return said, encoding.encode(table).X


def require_the_same(seed: int, folder: Any) -> bool:
    """Whether the table of a seed is read, and the same from all formats."""
    made = made_table(seed)
    readers = in_every_format(made, folder)
    found = {name: learnt(read, made.target) for name, read in readers.items()}
    if found["t.parquet"].encoding is None:
        refusals = {name: one.refusal for name, one in found.items()}
        assert all(refusals.values()), (seed, refusals)
        return False
    first = found["t.parquet"]
    for name in STORED:
        assert found[name].encoding == first.encoding, (seed, name, found[name].refusal)
    said, X = encoded(first.encoding, first.table)
    for name in TEXT_FILES:
        one = found[name]
        assert one.encoding is not None, (seed, name, one.refusal)
        for encoding, table in (
            (one.encoding, one.table),
            (one.encoding, first.table),
            (first.encoding, one.table),
        ):
            said_here, X_here = encoded(encoding, table)
            assert said_here == said, (seed, name)
            np.testing.assert_array_equal(X_here, X, str((seed, name)))
    for name in STORED[1:]:
        np.testing.assert_array_equal(
            first.encoding.encode(found[name].table).X, X, str((seed, name))
        )
    return True


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_a_table_is_the_same_in_every_format(start, tmp_path):
    read = [require_the_same(seed, tmp_path) for seed in range(start, start + 50)]
    assert sum(read) >= 20


@pytest.mark.slow
def test_many_tables_are_the_same_in_every_format(tmp_path):
    read = [require_the_same(seed, tmp_path) for seed in range(1000, 11_000)]
    assert sum(read) >= 4000
