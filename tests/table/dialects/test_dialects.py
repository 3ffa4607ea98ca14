"""Eight notorious dialects, read to the last digit and letter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from rosenblatt.errors import InputError
from tests.support.dialects import DIALECTS
from tests.support.read_tables import kinds, read, read_new, train, values

HERE = Path(__file__).parent


def trained(path, target):
    file = read(path, target)
    return file, train(file, target)


@pytest.mark.parametrize("name", DIALECTS)
def test_the_file_is_as_it_was_made(name):
    assert (HERE / DIALECTS[name].file).read_bytes() == DIALECTS[name].data()


@pytest.mark.parametrize("name", DIALECTS)
def test_every_cell_is_read(name):
    dialect = DIALECTS[name]
    place, day, amount, share, label = dialect.header
    rows = dialect.rows()
    table = read(HERE / dialect.file, label).table
    assert table.names == dialect.header
    assert list(kinds(table, label).values())[:4] == ["category", "date", "number", "number"]
    assert values(table, place, label) == [r.place for r in rows]
    days = [(r.day - dt.date(1970, 1, 1)).days for r in rows]
    np.testing.assert_array_equal(values(table, day, label), days)
    np.testing.assert_array_equal(values(table, amount, label), [r.amount for r in rows])
    shares = [np.nan if r.share is None else r.share for r in rows]
    np.testing.assert_array_equal(values(table, share, label), shares)


@pytest.mark.parametrize("name", DIALECTS)
def test_features_and_labels_are_those_of_the_plain_file(tmp_path, name):
    dialect = DIALECTS[name]
    label = dialect.header[-1]
    plain = tmp_path / "plain.csv"
    plain.write_text(dialect.plain(), encoding="utf-8")
    file, encoding = trained(HERE / dialect.file, label)
    plain_file, plain_encoding = trained(plain, label)
    X = encoding.encode(file.table).X
    np.testing.assert_array_equal(X, plain_encoding.encode(plain_file.table).X)
    y = encoding.encode_target(file.table).y
    assert list(encoding.target.labels(y)) == [r.label for r in dialect.rows()]
    assert encoding.target.classes == plain_encoding.target.classes
    # The file of either is read for the model of the other, or refused.
    for model, path in ((plain_encoding, HERE / dialect.file), (encoding, plain)):
        try:
            X_other = model.encode(read_new(path, model).table).X
        except InputError:
            continue
        np.testing.assert_array_equal(X_other, X)


@pytest.mark.parametrize("name", DIALECTS)
def test_three_new_rows_are_read_as_in_training(tmp_path, name):
    dialect = DIALECTS[name]
    file, encoding = trained(HERE / dialect.file, dialect.header[-1])
    X = encoding.encode(file.table).X
    lines = dialect.data().decode(dialect.encoding).splitlines()
    for first in range(0, 39, 6):
        new = tmp_path / "new.csv"
        few = [lines[0], *lines[1 + first : 4 + first]]
        new.write_bytes((dialect.line_end.join(few) + dialect.line_end).encode(dialect.encoding))
        X_new = encoding.encode(read_new(new, encoding).table).X
        np.testing.assert_array_equal(X_new, X[first : first + 3])
