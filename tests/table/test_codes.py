"""Categories as codes, for networks that embed them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rosenblatt.table import learn_encoding
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.table.columns import Category
from rosenblatt.table.encoding import TableEncoding

TRAIN = pd.DataFrame(
    {
        "town": ["oslo"] * 4 + ["bonn"] * 3 + ["rome", None, "bonn"],
        "size": np.arange(10.0),
        "flag": list("ababababab"),
        "target": np.arange(10.0) ** 2,
    }
)


def learnt(**rule: int) -> TableEncoding:
    return learn_encoding(TRAIN, target="target", max_categories=CategoryRule(**rule))


def test_known_categories_count_from_one_and_all_else_is_zero() -> None:
    encoding = learnt(coded_from=3, fewest_rows=2)
    assert encoding.feature_names[0] == "town: code"
    new = pd.DataFrame(
        {"town": ["oslo", "bonn", "rome", "lima", None], "size": 0.0, "flag": list("aabba")}
    )
    X = encoding.encode(new).X
    assert encoding.columns[0].categories == ("bonn", "oslo")  # type: ignore[union-attr]
    assert X[:, 0].tolist() == [2, 1, 0, 0, 0]  # rare, never seen and missing ones share 0


def test_few_categories_keep_their_indicators() -> None:
    encoding = learnt(coded_from=3, fewest_rows=1)
    assert [type(c) is Category and c.coded for c in encoding.columns] == [True, False, False]
    assert encoding.encode(TRAIN).X.shape == (10, 1 + 1 + 2)


def test_codes_are_kept_by_files() -> None:
    encoding = learnt(coded_from=1, fewest_rows=1)
    again = TableEncoding.from_dict(encoding.to_dict())
    assert again == encoding
    np.testing.assert_array_equal(again.encode(TRAIN).X, encoding.encode(TRAIN).X)


def test_a_code_has_no_means_beside_it() -> None:
    with pytest.raises(ValueError, match="no means beside it"):
        Category("a", ("x",), (), False, (), ((0.0,),), ("y",), coded=True)
