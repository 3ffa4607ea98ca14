"""A row alone, which takes shorter ways, becomes what it becomes among many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt.table import Table, learn_encoding, table_of
from rosenblatt.table.notation.date_words import plausible_dates
from rosenblatt.table.notation.digit_shapes import FEW, digit_shapes
from rosenblatt.table.other_notation import FEW as FEW_TEXTS
from rosenblatt.table.other_notation import any_bare

N = 150
R = np.random.default_rng(0)
DAYS = pd.Timestamp("2021-03-04") + pd.to_timedelta(R.integers(0, 900 * 1440, N), "min")
PRICES = [f"{x:,.2f} €".translate(str.maketrans(",.", ".,")) for x in R.gamma(2, 900, N)]


def with_gaps(cells) -> list:
    return [None if k % 11 == 3 else cell for k, cell in enumerate(cells)]


TABLE = pd.DataFrame(
    {
        "size": with_gaps(R.normal(size=N)),
        "count": R.integers(0, 9, N),
        "colour": with_gaps(R.choice(["red", "green", "blue", "3"], N)),
        "member": with_gaps(R.choice(["yes", "no"], N)),
        "since": [f"{day:%Y-%m-%d}" for day in DAYS],
        "seen": with_gaps(f"{day:%d.%m.%Y %H:%M}" for day in DAYS),
        "named": [f"{day:%d %B %Y}" for day in DAYS],
        "price": with_gaps(PRICES),
        "y": R.choice(["a", "b"], N),
    }
)


def test_rows_one_by_one_are_the_rows_of_the_table() -> None:
    encoding = learn_encoding(TABLE, target="y")
    # Cells that the training did not have, of the kinds that are noted.
    rows = TABLE.assign(colour=TABLE["colour"].where(TABLE.index % 7 > 0, "violet"))
    rows["price"] = rows["price"].where(rows.index % 5 > 0, "12,50")
    table = table_of(rows)
    together = encoding.encode(table)
    alone = [encoding.encode(table.take(np.array([k]))) for k in range(N)]
    np.testing.assert_array_equal(np.concatenate([row.X for row in alone]), together.X)
    assert len({kind_of(note) for note in together.notes}) == 2
    assert {kind_of(n) for row in alone for n in row.notes} == set(map(kind_of, together.notes))


def kind_of(note: str) -> str:
    return "unseen" if "unseen in training" in note else note


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_a_row_of_missing_cells(cell) -> None:
    encoding = learn_encoding(TABLE, target="y")
    row = {name: pa.array([cell], pa.string()) for name in TABLE}
    many = {name: pa.array([cell] * 99, pa.string()) for name in TABLE}
    X = encoding.encode(row).X
    np.testing.assert_array_equal(np.repeat(X, 99, axis=0), encoding.encode(many).X)
    assert np.isfinite(X).all()


def test_shapes_are_plausible_dates_alone_or_among_many() -> None:
    texts = [f"{day:{form}}" for day in DAYS[:8] for form in ("%d %b %Y", "%A, %d. %B %y", "%I %p")]
    texts += ["1 apple", "3 Mai 2020", "May", "", "x", "12", "2020-01-01T00:00Z", "12 avril 2020"]
    texts += [f"{k * 'x'} 7" for k in range(FEW)]
    many = digit_shapes(pa.array(texts))
    assert len(many.shapes) > FEW
    for text, code in zip(texts, many.codes, strict=True):
        for _ in range(2):  # the second time from memory
            (alone,) = plausible_dates(digit_shapes(pa.array([text])))
            assert alone == plausible_dates(many)[code], text


@pytest.mark.parametrize(
    "text", ["5", "5,50", "(3.1)", "-0.5", "0", "0.0", "5 kg", "٣", "1 000", "x5"]
)
def test_a_number_without_its_unit_is_seen_alone_or_among_many(text: str) -> None:
    others = [f"{k} kg" for k in range(FEW_TEXTS)]

    def distinct(texts: list[str]):
        return Table.from_arrow(pa.table({"v": texts})).by_name["v"].distinct

    assert any_bare(distinct([text])) == any_bare(distinct([*others, text]))
