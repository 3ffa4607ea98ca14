"""Real tables, the same from text, Parquet and Arrow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rosenblatt.table import learn_encoding
from tests.support.cli_tables import REAL_DATA
from tests.support.read_tables import read

TABLES = ["adult", "ames", "bank_marketing", "bike_sharing", "credit_default", "diamonds"]
ROWS = 20_000


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Declared categories, which text files do not have, as text."""
    declared = frame.select_dtypes("category").columns
    return frame.astype(dict.fromkeys(declared, "str")) if len(declared) else frame


@pytest.mark.skipif(not REAL_DATA.exists(), reason="needs real data")
@pytest.mark.parametrize("name", TABLES)
def test_a_real_table_is_the_same_in_every_format(name, tmp_path):
    frame = plain(pd.read_parquet(REAL_DATA / f"{name}.parquet").head(ROWS))
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_csv(tmp_path / "t.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_feather(tmp_path / "t.feather")
    found = []
    for end in ("parquet", "csv", "tsv", "feather"):
        table = read(tmp_path / f"t.{end}", "target").table
        encoding = learn_encoding(table, target="target")
        y = encoding.encode_target(table)
        found.append((encoding, encoding.encode(table).X, y))
    first, X, y = found[0]
    for encoding, X_here, y_here in found[1:]:
        assert encoding.feature_names == first.feature_names
        assert [c.kind for c in encoding.columns] == [c.kind for c in first.columns]
        assert getattr(encoding.target, "classes", 0) == getattr(first.target, "classes", 0)
        np.testing.assert_array_equal(X_here, X)
        np.testing.assert_array_equal(y_here.y, y.y)
