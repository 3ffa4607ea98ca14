"""What is said of new rows: signs, the order of dates, words for missing cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.cli.app import run
from rosenblatt.errors import InputError
from rosenblatt.table import TableFormat, for_rows, learn_encoding, read_table
from tests.support.commands import QUICK

N = 60
AREAS = [20.5 + i for i in range(N)]
PRICES = [40_000 + 1_713 * i for i in range(N)]
DAYS = pd.date_range("2023-01-01", periods=N, freq="5D")


def german(prices=PRICES, areas=AREAS, days=DAYS, order="%d.%m.%Y") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area": [f"{a:.1f}".replace(".", ",") for a in areas],
            "price": [f"{p:,}".replace(",", ".") for p in prices],
            "day": [f"{d:{order}}" for d in days],
        }
    )


@pytest.fixture(scope="module")
def encoding():
    return learn_encoding(german().assign(y=["a", "b"] * (N // 2)), target="y")


def test_the_same_rows_with_the_signs_and_the_order_that_are_said(encoding):
    rows = pd.DataFrame(
        {
            "area": [f"{a:.1f}00" for a in AREAS[:4]],
            "price": [f"{p:,}" for p in PRICES[:4]],
            "day": ["01/01/2023", "01/06/2023", "01/11/2023", "01/16/2023"],
        }
    )
    said = TableFormat(decimal=".", thousands=",", date_order="month-first")
    X = for_rows(encoding, said).encode(rows).X
    np.testing.assert_array_equal(X, encoding.encode(german().head(4)).X)


def test_what_may_be_two_numbers_is_refused_until_a_sign_is_said(encoding):
    rows = german([45_000, 120_000], AREAS[:2], DAYS[:2]).assign(price=["45000", "120,000"])
    with pytest.raises(InputError, match=r"'120,000' in row 2.*may be 120 or 120000.*--decimal"):
        encoding.encode(rows)
    expected = encoding.encode(german([45_000, 120_000], AREAS[:2], DAYS[:2])).X
    for said in (TableFormat(decimal="."), TableFormat(thousands=",")):
        X = for_rows(encoding, said).encode(rows).X
        np.testing.assert_array_equal(X[:, 1], expected[:, 1])
    commas = for_rows(encoding, TableFormat(decimal=",")).encode(rows).X
    of_120 = encoding.encode(german([45_000, 120], AREAS[:2], DAYS[:2])).X
    np.testing.assert_array_equal(commas, of_120)


def test_decimals_beside_groups_that_had_none_are_read_where_they_are_certain(encoding):
    rows = german([45_000, 0], AREAS[:2], DAYS[:2]).assign(price=["45.000,25", "112,5"])
    X = encoding.encode(rows).X[:, 1]
    scaling = encoding.columns[1].scaling
    np.testing.assert_allclose(X, scaling.apply(np.array([45_000.25, 112.5])), rtol=1e-6)


def test_a_word_that_is_said_is_missing(encoding):
    rows = german().head(3).assign(price=["k. A.", "45.000", "46.000"])
    with pytest.raises(InputError, match=r"'k\. A\.' in row 1"):
        encoding.encode(rows)
    encoded = for_rows(encoding, TableFormat(missing=("k. A.",))).encode(rows)
    assert "missing" in encoded.notes[0]


@pytest.mark.parametrize(
    "said", [TableFormat(columns={"price": "drop"}), TableFormat(keep=("NA",))]
)
def test_what_training_has_decided_is_refused(encoding, said):
    with pytest.raises(InputError, match=r"decided in training: .* `rosenblatt train`"):
        for_rows(encoding, said)


def test_the_commands_take_the_options(folder: Path, capsys) -> None:
    german().assign(y=["a", "b"] * (N // 2)).to_csv("de.csv", sep=";", index=False)
    assert run(["train", "de.csv", "--quiet", *QUICK]) == 0
    rows = german().head(2).assign(price=["45000", "120,000"], y=["a", "b"])
    rows.to_csv("new.csv", sep=";", index=False)
    assert read_table(Path("new.csv")).table.names == ("area", "price", "day", "y")
    for command in ("predict", "evaluate"):
        assert run([command, "de.safetensors", "new.csv"]) == 2
        assert "--thousands" in capsys.readouterr().err
        assert run([command, "de.safetensors", "new.csv", "--thousands", ","]) == 0
        assert run([command, "de.safetensors", "new.csv", "--column", "day=drop"]) == 2
        assert "decided in training" in capsys.readouterr().err
