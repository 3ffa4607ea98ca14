"""Categories and truth values."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import TableFormat, learn_encoding, table_of
from tests.support.tables import WORDS, N, features, learn, rng, table


def test_categories_rare_pooled_unseen_and_missing():
    cells = ["red"] * 200 + ["green"] * 150 + ["gold"] + ["plum"] + [None] * 48
    frame = table(c=cells)
    encoding = learn(frame)
    column = encoding.columns[0]
    assert column.categories == ("green", "red")
    assert column.others == ("gold", "plum")
    X = features(encoding, frame)
    expected = {"c = red": 200, "c = green": 150, "c is another": 2, "c is missing": 48}
    assert X[list(expected)].sum().to_dict() == expected
    assert (X[list(expected)].sum(axis=1) == 1).all()

    odd = frame.head(4).assign(c=["mauve", " red ", "gold", "mauve"])
    encoded = encoding.encode(odd)
    np.testing.assert_array_equal(
        pd.DataFrame(encoded.X, columns=list(encoding.feature_names))["c is another"], [1, 0, 1, 1]
    )
    (note,) = encoded.notes
    assert "'c' has 2 cells of 1 category unseen in training ('mauve'; row 1, row 4)" in note


def test_an_unseen_category_without_rare_ones_is_none_of_them():
    frame = table(c=np.resize(WORDS, N))
    encoding = learn(frame)
    encoded = encoding.encode(frame.assign(c=["mauve", *frame["c"][1:]]))
    assert encoded.X[0, :3].sum() == 0
    assert encoded.X[1:, :3].sum() == N - 1
    assert "'c' has 1 cell of 1 category unseen" in encoded.notes[0]


@pytest.mark.parametrize("max_categories", [1, 7, 100])
def test_ten_thousand_categories_are_capped(max_categories):
    ranks = np.minimum(rng().zipf(1.3, 60_000), 10_000)
    cells = [f"k{rank}" for rank in [*range(1, 10_001), *ranks]]
    frame = table(c=cells)
    encoding = learn(frame, max_categories=max_categories)
    column = encoding.columns[0]
    assert len(column.categories) == max_categories
    assert len(column.categories) + len(column.others) == 10_000
    frequent = pd.Series(cells).value_counts()
    assert frequent[list(column.categories)].min() >= frequent[list(column.others)].max()
    assert (encoding.encode(frame).X[:, :-1].sum(axis=1) == 1).all()


def test_codes_read_the_same_with_and_without_missing_cells():
    cells = pd.Categorical(np.resize([20, 60, 75], N))
    frame = table(c=cells)
    encoding = learn(frame)
    as_floats = frame.assign(c=np.resize([20.0, 60.0, 75.0], N))
    np.testing.assert_array_equal(encoding.encode(as_floats).X, encoding.encode(frame).X)


def test_truth_values():
    frame = table(c=np.resize(np.array(["yes", "No", None], dtype=object), N))
    encoding = learn(frame)
    X = features(encoding, frame)
    np.testing.assert_array_equal(X["c"], np.resize([1, 0, 0], N))
    np.testing.assert_array_equal(X["c is missing"], np.resize([0, 0, 1], N))
    given_as = [True, "F", 0, 1.0, "maybe"]
    encoded = encoding.encode(frame.head(5).assign(c=pd.Series(given_as, dtype=object)))
    np.testing.assert_array_equal(encoded.X[:, 0], [1, 0, 0, 1, 0])
    np.testing.assert_array_equal(encoded.X[:, 1], [0, 0, 0, 0, 1])
    assert "neither true nor false ('maybe'; row 5)" in encoded.notes[0]


@pytest.mark.parametrize("kind", ["Categorical", "Enum"])
def test_categories_of_polars(kind: str) -> None:
    texts = ["red", None, "blue", "red"]
    categories = pl.Enum(["blue", "red", "never"]) if kind == "Enum" else pl.Categorical
    frame = pl.DataFrame({"colour": pl.Series(texts, dtype=categories)})
    cells = table_of(frame).by_name["colour"]
    assert cells.is_declared_category
    assert cells.values.to_pylist() == texts
    assert sorted(cells.distinct.strings) == ["blue", "red"]
    assert cells.values.null_count == 1


def test_free_text_that_is_asked_for_is_refused() -> None:
    text = [f"the {k}th guest wrote a long letter of praise and of thanks" for k in range(60)]
    frame = pd.DataFrame({"t": text, "x": range(60), "y": [0, 1] * 30})
    with pytest.raises(InputError, match="'t' is said to be text, and too few rows share") as error:
        learn_encoding(frame, target="y", fmt=TableFormat(columns={"t": "text"}))
    assert "60 of 60 texts are distinct" in str(error.value)
    assert str(error.value).endswith("say drop to leave it out")
    text[:20] = [text[0]] * 20  # which a category can be learnt from
    frame["t"] = text
    with pytest.raises(InputError, match="say drop to leave it out, or category to learn from"):
        learn_encoding(frame, target="y", fmt=TableFormat(columns={"t": "text"}))
    kept = learn_encoding(frame, target="y", fmt=TableFormat(columns={"t": "category"}))
    assert kept.columns[0].kind == "category"


def test_categories_that_are_asked_for_and_all_rare_are_refused() -> None:
    frame = pd.DataFrame(
        {"t": [f"k{k // 2}" for k in range(600)], "x": range(600), "y": [0, 1] * 300}
    )
    with pytest.raises(InputError, match=r"'t' is said to be category.*300 categories, each of"):
        learn_encoding(frame, target="y", fmt=TableFormat(columns={"t": "category"}))
    # What the frame says of itself, and a constant, are no request that cannot be met.
    frame["t"] = frame["t"].astype("category")
    left = learn_encoding(frame, target="y").columns[0]
    assert left.kind == "left out"
    frame["t"] = "same"
    left = learn_encoding(frame, target="y", fmt=TableFormat(columns={"t": "text"})).columns[0]
    assert "constant" in left.detail


def test_texts_that_are_asked_for_and_shared_are_categories() -> None:
    frame = pd.DataFrame({"t": ["01", "02", "03"] * 20, "x": range(60), "y": [0, 1] * 30})
    encoding = learn_encoding(frame, target="y", fmt=TableFormat(columns={"t": "text"}))
    assert encoding.columns[0].feature_names == ("t = 01", "t = 02", "t = 03")
