"""What other libraries refuse with dumps of arrays or cells: one sentence in every estimator."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    Perceptron,
    StructureSearchCV,
    TableEncoder,
)
from rosenblatt.table import table_of
from tests.support.each_estimator import ESTIMATORS, LABELS, NUMBERS, TABLES, WITHOUT_WEIGHTS, X

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

CLASSIFIERS = [name for name in ESTIMATORS if name not in WITHOUT_WEIGHTS and "Class" in name]
OF_ARRAYS = [name for name in ESTIMATORS if name not in (*TABLES, "StructureSearchCV")]
COMPLEX = X + 1j


def objects(cell: Any) -> Any:
    cells = X.astype(object)
    cells[2, 1] = cell
    return cells


def fails(message: str, call: Callable[..., Any], *given: Any, **named: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with pytest.raises((ValueError, TypeError), match=message) as caught:
            call(*given, **named)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 330


def test_complex_numbers(named: Any) -> None:
    name, make, y, fitted = named
    frames = () if name in TABLES else (COMPLEX.astype(object), pd.DataFrame(COMPLEX))
    for rows in (COMPLEX, *frames):  # complex columns of a frame are identifiers for tables
        fails("Complex data not supported|cell of the type complex", make().fit, rows, y)
        fails("Complex data not supported|cell of the type complex", fitted.predict, rows)
    fails("Complex data not supported", make().fit, X, y + 1j)
    fails("Complex data not supported|cannot be classes", fitted.score, X, y + 1j)
    if name not in WITHOUT_WEIGHTS:
        fails("sample_weight must have one", make().fit, X, y, sample_weight=np.ones(40) + 1j)


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_sparse_complex_numbers(name: str) -> None:
    make, y = ESTIMATORS[name]
    fails("Complex data not supported|dense data", make().fit, sp.csr_array(COMPLEX), y)


def test_a_row_or_a_column_alone(named: Any) -> None:
    _, make, y, fitted = named
    fails(r"Expected 2D array, got 1D array instead.* Reshape your data", make().fit, X[:, 0], y)
    fails(r"Expected 2D array, got 1D array instead.* Reshape your data", fitted.predict, X[0])


@pytest.mark.parametrize("given", [None, 3.0, object(), {1, 2}, (row for row in X)])
def test_what_is_no_array(named: Any, given: Any) -> None:
    fails("Expected|no array of numbers|requires y|samples", named[1]().fit, given, named[2])


@pytest.mark.parametrize("name", OF_ARRAYS)
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("blue" * 50_000, r"X has the text 'blueblue.*\.\.\.' in row 2, and takes numbers"),
        (b"blue", "X has the text .*blue.* in row 2"),
        (10**400, "X has a number in row 2 that is beyond the floats"),
        (Decimal("sNaN"), "X has 'sNaN' in row 2"),
        ({"a": 1}, r"X has a cell of the type dict in row 2.* argument must be a string or a real"),
    ],
)
def test_a_cell_that_is_no_number(name: str, cell: Any, said: str) -> None:
    make, y = ESTIMATORS[name]
    fails(said, make().fit, objects(cell), y)
    fails(said, make().fit, objects(cell).tolist(), y)
    fails(said, make().fit, pd.DataFrame(objects(cell)), y)


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_frames_that_are_no_numbers(name: str) -> None:
    make, y = ESTIMATORS[name]
    nested = pl.DataFrame({"a": [[1]] * 40, "b": X[:, 0]})
    fails("X has rows of different lengths, or cells of several", make().fit, nested, y)
    fails("X has several columns of the name 'a'", make().fit, pd.DataFrame(X, columns=[*"aab"]), y)
    sparse = pd.DataFrame(X).astype(pd.SparseDtype("float"))
    fails("X has sparse columns whose fill value", make().fit, sparse, y)
    fails("NaN: leave these rows out, fill the cells", make().fit, np.where(X > 0, X, np.nan), y)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_targets_that_are_no_classes(name: str) -> None:
    make, y = ESTIMATORS[name]
    fitted = make().fit(X, y)
    for numbers in (NUMBERS, NUMBERS * 1e300, NUMBERS.astype("f2")):
        fails("Unknown label type: y has numbers such as", make().fit, X, numbers)
        fails("Unknown label type: y has numbers such as", fitted.score, X, numbers)
    whole = [10**400 + int(n) for n in y]
    fails("int of more than 64 bits|cannot be classes", make().fit, X, whole)
    texts = ["a" * 100_000] * 20 + list(map(str, range(20)))
    fails("y has texts, and the classes are of another type", fitted.score, X, texts)
    fails("NaN or None", fitted.score, X, ["a", None] * 20)
    fails("no array of numbers", fitted.score, X, None)


@pytest.mark.parametrize("name", ["MLPRegressor", "TableRegressor", "MLPEnsembleRegressor"])
def test_targets_that_are_no_numbers(name: str) -> None:
    make, y = ESTIMATORS[name]
    fitted = make().fit(X, y)
    fails("the text 'a'.* in row 0|has texts", make().fit, X, ["a"] * 40)
    fails("the text 'aaaa.*in row 0|has texts", make().fit, X, ["a" * 100_000] * 40)
    fails("the text 'a' in row 0", fitted.score, X, ["a"] * 40)
    fails("beyond the floats|type int", make().fit, X, [10**400] * 40)
    fails("beyond the floats", fitted.score, X, [10**400] * 40)


@pytest.mark.parametrize("labels", [[{1: 1}] * 40, [1, None] * 20, [Decimal("NaN"), 1] * 20])
def test_labels_of_a_search(labels: list[Any]) -> None:
    search = StructureSearchCV(MLPClassifier(max_iter=2), candidates=[(2,)], cv=2)
    fails("cannot be classes|NaN or None", search.fit, X, labels)


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        ("candidates", 3, "candidates must be a list of hidden layers"),
        ("param_grid", [1], "param_grid must be a dict"),
        ("cv", [1], "cv gives no pairs"),
    ],
)
def test_parameters_of_a_search(parameter: str, value: Any, said: str) -> None:
    fails(said, StructureSearchCV(MLPClassifier(), **{parameter: value}).fit, X, LABELS)


def test_a_sparse_array_of_one_dimension() -> None:
    fails("X is a sparse array of the shape", MLPClassifier().fit, sp.csr_array(X[:, 0]), LABELS)


@pytest.mark.parametrize("parameter", ["alpha", "dropout", "activation", "loss", "solver"])
def test_a_value_is_not_shown_whole(parameter: str) -> None:
    with pytest.raises(ValueError, match="xxx") as caught:
        MLPClassifier(**{parameter: "x" * 100_000}).fit(X, LABELS)
    assert len(str(caught.value)) < 600


def test_numbers_of_numpy_are_parameters_without_a_word() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        MLPClassifier(alpha=np.float32(0.5), max_iter=2).fit(X, LABELS)
        fails("alpha", MLPClassifier(alpha=np.longdouble("1e4000"), max_iter=2).fit, X, LABELS)
    assert MLPEnsembleClassifier(MLPClassifier(max_iter=2), True).fit(X, LABELS).n_estimators
    fails("shuffle must be True or False", Perceptron(shuffle=np.array([1, 2])).fit, X, LABELS)


def test_tables() -> None:
    frame = pd.DataFrame(X, columns=pd.Index(["\ud800", "b", "c"], dtype=object))
    for call in (table_of, TableEncoder().fit):
        fails("half a character", call, frame)
    with pytest.raises(ValueError, match=r"no column is left to learn from \(x0: constant"):
        TableEncoder().fit(np.ones((5, 2)))
