"""Which kind of column a column is taken for."""

import datetime
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from rosenblatt.table import (
    Boolean,
    Category,
    Date,
    Dropped,
    Number,
    TableEncoding,
    read_table,
)
from tests.support.tables import DAYS, NUMBERS, WORDS, N, column_of, learn, rng, table

RECOGNISED = {
    "floats": (NUMBERS, Number),
    "float32": (NUMBERS.astype(np.float32), Number),
    "distinct integers": (rng().permutation(N), Number),
    "years": (np.arange(1600, 1600 + N), Number),
    "uint8": (np.arange(N).astype(np.uint8), Number),
    "two integers": (np.arange(N) % 2, Number),
    "nullable integers": (pd.array([*range(N - 1), None], dtype="Int64"), Number),
    "nullable floats": (pd.array(NUMBERS, dtype="Float64"), Number),
    "arrow floats": (pd.array(NUMBERS, dtype="double[pyarrow]"), Number),
    "decimals": ([Decimal(k) / 8 for k in range(N)], Number),
    "durations": (pd.to_timedelta(np.arange(N), unit="h"), Number),
    "numbers as text": ([f" {v:.3f}" for v in NUMBERS], Number),
    "grouped numbers": ([f"{v:,.2f}" for v in NUMBERS * 1e4], Number),
    "mixed objects of numbers": ([1, 2.5, "3", None] * (N // 4), Number),
    "words": (np.resize(WORDS, N), Category),
    "words as objects": (np.resize(WORDS, N).astype(object), Category),
    "words of arrow": (pd.array(np.resize(WORDS, N), dtype="string[pyarrow]"), Category),
    "declared category": (pd.Categorical(np.resize(WORDS, N)), Category),
    "declared category of digits": (pd.Categorical(np.resize(["20", "60", "75"], N)), Category),
    "declared category of integers": (pd.Categorical(np.resize([20, 60, 75], N)), Category),
    "commas beside small numbers": (np.resize(["1,234", "2,345", "5"], N), Number),
    "intervals": (pd.cut(NUMBERS, 4), Category),
    "times of day": (np.resize([datetime.time(8), datetime.time(9)], N), Date),
    "bools": (np.resize([True, False, True], N), Boolean),
    "bools with missing": (np.resize(np.array([True, False, None]), N), Boolean),
    "nullable bools": (pd.array(np.resize([True, False], N), dtype="boolean"), Boolean),
    "yes and no": (np.resize(["Yes", "no", "NO"], N), Boolean),
    "true and false in words": (np.resize(["TRUE", "false", ""], N), Boolean),
    "declared category of Y and N": (pd.Categorical(np.resize(["Y", "N"], N)), Boolean),
    "timestamps": (DAYS, Date),
    "timestamps with zone": (DAYS.tz_localize("Asia/Tokyo"), Date),
    "periods": (pd.period_range("2020-01", periods=N, freq="M"), Date),
    "dates": ([day.date() for day in DAYS], Date),
    "iso text": (DAYS.strftime("%Y-%m-%d"), Date),
    "iso text with time": (DAYS.strftime("%Y/%m/%d %H:%M:%S"), Date),
    "percentages": ([f"{v:.1f}%" for v in NUMBERS], Number),
    "prices": ([f"-€{v:,.2f}" for v in NUMBERS * 1e4], Number),
    "prices with gaps": ([f"{v} $" if v % 7 else "unknown" for v in NUMBERS], Number),
    "few percentages, some missing": (np.resize(["5%", "NA", "10 %", "?"], N), Number),
    "two currencies": (np.resize(["€5", "$5", "$6"], N), Category),
    "hardly any sign": (np.resize(["5", "6", "$6"], N), Category),
    "day first": (DAYS.strftime("%d.%m.%Y"), Date),
    "arrow dates": (pd.array(DAYS, dtype="timestamp[us][pyarrow]"), Date),
    "constant number": (np.ones(N), Dropped),
    "constant text": (["same"] * N, Dropped),
    "constant bool": ([True] * N, Dropped),
    "constant date": ([datetime.date(2020, 1, 1)] * N, Dropped),
    "all missing": ([None] * N, Dropped),
    "all missing floats": (np.full(N, np.nan), Dropped),
    "all markers": (np.resize(["NA", "?", " "], N), Dropped),
    "text ids": ([f"customer {k}" for k in range(N)], Dropped),
    "free text": (
        [f"A long remark, number {k * 2 // 3}, " + "word " * 10 for k in range(N)],
        Dropped,
    ),
    "all rare": ([f"code {k // 2}" for k in range(N * 3)], Category),
    "lists": ([[1, 2]] * N, Dropped),
    "records": ([{"a": 1}] * N, Dropped),
    "complex": (NUMBERS + 1j, Dropped),
}


@pytest.mark.parametrize("case", RECOGNISED)
def test_recognition(case):
    values, kind = RECOGNISED[case]
    if case == "all rare":  # two rows each are too few where 400 / 200 rows are asked for
        values, kind = values[:1200], Dropped
    encoding = learn(table(c=values))
    column = encoding.columns[0]
    assert type(column) is kind
    frame = table(c=values)
    X = encoding.encode(frame).X
    assert X.dtype == np.float32
    assert X.flags.c_contiguous
    assert X.shape == (len(frame), len(encoding.feature_names))
    assert np.isfinite(X).all()
    own = X[:, : len(column.feature_names)]
    assert not own.size or own.std(axis=0).max() > 0.1
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


@pytest.mark.parametrize(
    ("name", "values", "dropped"),
    [
        ("id", rng().permutation(10 * N)[:N], True),
        ("customerID", rng().permutation(10 * N)[:N], True),
        ("Customer Id", rng().permutation(10 * N)[:N], True),
        ("customer_id", np.repeat(np.arange(N // 2), 2), False),
        ("width", np.arange(N), False),
        ("video", np.arange(N), False),
        ("index", np.arange(N), True),
        ("unnamed column 1", np.arange(N), True),
        ("price index", rng().permutation(10 * N)[:N], False),
        ("id", np.arange(N) + 0.5, False),
    ],
)
def test_identifiers_need_a_name_that_says_so(name, values, dropped):
    assert isinstance(column_of(values, name), Dropped) == dropped


def test_an_index_column_of_a_file_is_left_out(tmp_path):
    frame = table(c=np.resize(WORDS, N))
    frame.to_csv(tmp_path / "t.csv")
    file = read_table(tmp_path / "t.csv")
    assert file.table.names == ("c", "x", "y")
    assert any("counts the rows" in note for note in file.notes)


def test_sentences_are_free_text_and_codes_identifiers():
    sentence = column_of([f"The lift was out of order, {k}" for k in range(N)])
    assert sentence.reason.startswith("free text: 400 of 400 texts are distinct, ")
    for code in ("customer {}", "AB-{}-XY-{}"):
        column = column_of([code.format(k, k) for k in range(N)])
        assert column.reason.startswith("an identifier: ")
