"""Files of predictions against those that pandas writes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt.cli.prediction_file import PredictionFile, write_csv
from rosenblatt.errors import InputError


def numbers(n: int, dtype: Any) -> Any:
    """Numbers of all sizes that the type has, and those that are none."""
    rng = np.random.default_rng(n)
    exponents = rng.integers(-40, 38, n).astype(float)
    x = (rng.standard_normal(n) * 10**exponents).astype(dtype)
    x[: len(SPECIAL)] = SPECIAL
    return x


SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, 0.1, 1e-4, 1e-5, 1e15, 1e16, 1e-45]
TEXTS = ["plain", "a,b", "tab\there", 'say "no"', "", " ", "two\nlines", "cr\r", "1E5", "00", "ä漢"]
COLUMNS = {
    "prediction": np.array(TEXTS * 2000, dtype=object),
    'probability_a,"b"': numbers(22_000, np.float32),
    "probability_": numbers(22_000, np.float64),
}


def pandas_text(columns: Any, sep: str = ",") -> bytes:
    text = pd.DataFrame(columns).to_csv(sep=sep, index=False, lineterminator="\n")
    return text.encode("utf-8")


def written(path: Path, columns: Any) -> bytes:
    with path.open("wb") as file:
        PredictionFile(path).write(columns, file)
    return path.read_bytes()


@pytest.mark.parametrize(
    "columns",
    [
        COLUMNS,
        {"prediction": np.array(TEXTS, dtype=object)},
        {"prediction": np.array([True, False])},
        {"prediction": np.array([-3, 2**62])},
        {"prediction": np.array([], dtype=float), "probability_a": np.array([], dtype=float)},
    ],
)
def test_text_is_byte_for_byte_that_of_pandas(columns: Any, tmp_path: Path) -> None:
    assert written(tmp_path / "p.csv", columns) == pandas_text(columns)
    assert written(tmp_path / "p.TSV", columns) == pandas_text(columns, "\t")
    out = io.BytesIO()
    write_csv(columns, out)
    assert out.getvalue() == pandas_text(columns)


def test_a_parquet_file_reads_back_with_names_types_and_values(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    written(path, COLUMNS)
    expected = pd.DataFrame(COLUMNS)
    pd.testing.assert_frame_equal(pd.read_parquet(path), expected.astype({"prediction": "str"}))


@pytest.mark.parametrize("name", ["p", "p.txt", "p.csv.gz", "csv"])
def test_a_name_that_says_no_form_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"one of \.csv, \.tsv, \.parquet$"):
        PredictionFile(Path(name))
