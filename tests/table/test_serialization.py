"""An encoding as plain data, and damaged plain data."""

import json

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import (
    TableEncoding,
)
from tests.support.tables import DAYS, NUMBERS, WORDS, N, learn, rng, table


def full_encoding():
    return learn(
        table(
            a=np.where(NUMBERS % 3 == 0, np.nan, NUMBERS),
            b=np.resize(WORDS, N),
            c=DAYS,
            d=np.resize([True, False], N),
            e=np.ones(N),
        )
    )


def damage(data, path, value):
    """The plain data with one entry replaced, or removed for `...`."""
    copy = json.loads(json.dumps(data))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


DAMAGE = {
    "unknown key": (("columns", 0, "extra"), 1),
    "unknown key above": (("extra",), 1),
    "missing key": (("columns", 0, "scaling", "mean"), ...),
    "missing target": (("target",), ...),
    "missing kind": (("columns", 1, "kind"), ...),
    "wrong kind": (("columns", 0, "scaling", "kind"), "Number"),
    "unknown kind": (("columns", 0, "kind"), "Vector"),
    "unhashable kind": (("columns", 0, "kind"), ["Number"]),
    "kind of a target": (("columns", 0, "kind"), "ClassTarget"),
    "text for a number": (("columns", 0, "scaling", "mean"), "0"),
    "truth for a number": (("columns", 0, "scaling", "mean"), True),
    "nan": (("columns", 0, "scaling", "mean"), float("nan")),
    "infinity": (("columns", 0, "scaling", "spread"), float("inf")),
    "number for truth": (("columns", 0, "indicator"), 1),
    "zero scale": (("columns", 0, "scaling", "std"), 0.0),
    "number for text": (("columns", 1, "categories", 0), 3),
    "text for a list": (("columns", 1, "categories"), "red"),
    "category twice": (("columns", 1, "categories", 0), "red"),
    "unknown cycle": (("columns", 2, "cycles", 0), "century"),
    "unhashable cycle": (("columns", 2, "cycles", 0), []),
    "name twice": (("columns", 1, "name"), "a"),
    "name of the target": (("columns", 1, "name"), "y"),
    "no columns": (("columns",), []),
    "one class": (("target", "classes"), ["a"]),
    "class twice": (("target", "classes"), ["a", "a"]),
    "classes of two types": (("target", "classes"), ["a", 1]),
    "counts too few": (("target", "counts"), [1]),
    "class a list": (("target", "classes"), [["a"], ["b"]]),
    "null": (("columns", 0), None),
    "a number": (("columns", 0), 3),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damaged_plain_data_is_refused(case):
    path, value = DAMAGE[case]
    data = full_encoding().to_dict()
    assert TableEncoding.from_dict(data) == full_encoding()
    with pytest.raises(InputError, match="encoding"):
        TableEncoding.from_dict(damage(data, path, value))


@pytest.mark.parametrize("data", [None, [], "x", 3, {}])
def test_non_mapping_data_are_refused(data):
    with pytest.raises(InputError, match="encoding"):
        TableEncoding.from_dict(data)


def test_a_whole_number_serves_as_a_float():
    data = damage(full_encoding().to_dict(), ("columns", 0, "scaling", "mean"), 0)
    mean = TableEncoding.from_dict(data).columns[0].scaling.mean
    assert mean == 0
    assert type(mean) is float


def test_features_are_counted_as_they_are_named():
    frame = table(
        n=np.where(rng().random(N) < 0.2, np.nan, rng().normal(size=N)),
        c=rng().choice(["a", "b", "c", "d"], N),
        t=rng().choice(["yes", None, "no"], N),
        d=pd.date_range("2020-01-01", periods=N),
        same="same",
    )
    for limit in (2, 100):
        encoding = learn(frame, max_categories=limit)
        assert encoding.n_features == len(encoding.feature_names)
        for column in encoding.columns:
            assert column.n_features == len(column.feature_names)
