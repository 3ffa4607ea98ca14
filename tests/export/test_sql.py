"""The SELECT of a network, run by SQLite and, where it is installed, by DuckDB."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier
from rosenblatt.activations import GELU, Sigmoid, Softmax
from rosenblatt.export import sql
from rosenblatt.export.sql import sql_select, sums
from rosenblatt.export.trained import Trained
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from tests.support.export_tables import cells, strange, table
from tests.support.exported import CASES, expected, rows, trained
from tests.support.refused import LAYERS, is_refused
from tests.support.table_models import TARGETS, averaged_model, expected_in_double, saved_model

REFUSED = (*LAYERS, "GELU(approximate=False)")


def sqlite() -> Any:
    """A connection with the functions that some builds of SQLite lack."""
    connection = sqlite3.connect(":memory:")
    for name in ("exp", "tanh", "sin", "cos", "floor", "sqrt"):
        connection.create_function(name, 1, getattr(math, name), deterministic=True)
    connection.create_function("ln", 1, math.log, deterministic=True)
    return connection


def duckdb() -> Any:
    return pytest.importorskip("duckdb").connect()


DATABASES = pytest.mark.parametrize("database", [sqlite, duckdb])


def selected(connection: Any, text: str, name: str, columns: dict[str, Sequence[Any]]) -> Any:
    """What a SELECT gives of a table of numbers and texts."""
    quoted = '"' + name.replace('"', '""') + '"'
    kinds = [
        "VARCHAR" if any(isinstance(v, str) for v in c) else "DOUBLE" for c in columns.values()
    ]
    declared = ", ".join(
        '"{}" {}'.format(c.replace('"', '""'), kind) for c, kind in zip(columns, kinds, strict=True)
    )
    connection.execute(f"CREATE TABLE {quoted} ({declared})")
    places = ", ".join("?" * len(columns))
    many = list(zip(*columns.values(), strict=True))
    connection.executemany(f"INSERT INTO {quoted} VALUES ({places})", many)
    return np.array(connection.execute(text).fetchall(), float)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_network(case: Trained) -> None:
    """Or a sentence about what SQL has not."""
    X = rows(8)
    names = [f"x {k}" for k in range(5)]
    if is_refused(case, *REFUSED):
        with pytest.raises(ValueError, match="cannot be exported to SQL"):
            sql_select(case, names)
        return
    text = sql_select(case, names, 'my "rows"', ["id"])
    columns = {"id": list(range(8)), **{n: X[:, k].tolist() for k, n in enumerate(names)}}
    got = selected(sqlite(), text, 'my "rows"', columns)
    np.testing.assert_array_equal(got[:, 0], range(8))
    np.testing.assert_allclose(got[:, 1:], expected(case, X), 1e-9, 1e-13)


@pytest.mark.parametrize(("target", "loss", "n_outputs"), TARGETS)
@pytest.mark.parametrize(
    ("database", "with_gaps"), [(sqlite, False), (sqlite, True), (duckdb, True)]
)
def test_raw_cells(
    database: Callable[[], Any], with_gaps: bool, target: str, loss: Loss, n_outputs: int
) -> None:
    frame = table(with_gaps)
    single = saved_model(frame, target, loss, n_outputs, np.float64)
    for saved in (single, averaged_model(frame, target, loss, n_outputs)):
        for given in (frame[100:130], strange(frame)[:50]):
            want = expected_in_double(saved, given)
            columns = {
                name: nulls(c[:, 0].tolist()) for name, c in cells(given, saved.encoding).items()
            }
            got = selected(database(), saved.to_sql(), "rows", columns)
            np.testing.assert_allclose(got, want, 2e-7)  # see the docstring: logarithms


def nulls(values: list[Any]) -> list[Any]:
    return [None if v == "" or v != v else v for v in values]


@DATABASES
def test_scores_far_out_keep_their_tail(database: Callable[[], Any]) -> None:
    """σ(-50) and σ(-700) are no zeros, and σ(800) overflows nowhere: closed form."""
    model = Model(Network(1, (Dense(1),)), np.array([1.0, 0.0]), BinaryCrossEntropy())
    text = sql_select(Trained(model, classes=("yes",)), ["x"])
    x = [-800.0, -700.0, -50.0, 0.0, 50.0, 800.0]
    got = selected(database(), text, "rows", {"x": x})[:, 0]
    np.testing.assert_allclose(got, [0, math.exp(-700), math.exp(-50), 0.5, 1, 1], 1e-14)
    hidden = trained((Dense(1, Sigmoid()),))
    weights = hidden.model.parameters.copy()
    weights[:] = 0
    weights[0] = 1
    one = Trained(Model(hidden.model.network, weights, hidden.model.loss))
    columns = {f"x{k}": x if not k else [0.0] * len(x) for k in range(5)}
    text = sql_select(one, list(columns))
    got = selected(database(), text, "rows", columns)[:, 0]
    np.testing.assert_allclose(got[:4], [0, math.exp(-700), math.exp(-50), 0.5], 1e-14)


def test_softmax_of_huge_scores() -> None:
    network = Network(1, (Dense(3),))
    model = Model(network, np.array([1.0, 0.0, -1.0, 0, 0, 0]), CategoricalCrossEntropy())
    got = selected(sqlite(), sql_select(Trained(model), ["x"]), "rows", {"x": [1e6, -1e6, 0.0]})
    np.testing.assert_allclose(got, [[1, 0, 0], [0, 0, 1], [1 / 3] * 3], 1e-15)


@pytest.mark.parametrize("n", [2, 3, 15, 60, 300])
def test_softmax_of_many_numbers(n: int) -> None:
    """Of classes and within the network; a maximum within a maximum would double the text each."""
    scores = np.linspace(-3, 5, n)
    want = np.exp(scores - 5) / np.exp(scores - 5).sum()
    weights = np.concatenate([scores, np.zeros(n)])
    classes = Model(Network(1, (Dense(n),)), weights, CategoricalCrossEntropy())
    text = sql_select(Trained(classes, classes=tuple(map(str, range(n)))), ["x"])
    assert len(text) < 1000 + 300 * n
    np.testing.assert_allclose(selected(sqlite(), text, "rows", {"x": [1.0]})[0], want, 1e-12)

    layers = (Dense(n, Softmax()), Dense(1))
    weights = np.concatenate([weights, scores, [0.5]])
    hidden = Trained(Model(Network(1, layers), weights, SquaredError()))
    got = selected(sqlite(), sql_select(hidden, ["x"]), "rows", {"x": [1.0]})
    np.testing.assert_allclose(got, [[want @ scores + 0.5]], 1e-12)


def test_more_columns_than_sqlite_takes_are_refused_and_no_fewer() -> None:
    """The column of the table and n sums of it."""
    for n, fits in ((1999, True), (2000, False)):
        model = Model(Network(1, (Dense(n),)), np.zeros(2 * n), SquaredError())
        if fits:
            text = sql_select(Trained(model), ["x"])
            assert selected(sqlite(), text, "rows", {"x": [1.0]}).shape == (1, n)
        else:
            with pytest.raises(ValueError, match="computes more than 2,000 columns"):
                sql_select(Trained(model), ["x"])


def test_names_of_an_estimator_and_of_its_classes() -> None:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["v1", "Größe"])
    clf = MLPClassifier(4, solver="lbfgs").fit(X, np.where(X["v1"] > 0, "it's", 'a "b"'))
    text = clf.to_sql(table="V")
    connection = sqlite()
    got = selected(connection, text, "V", {name: X[name].tolist() for name in X})
    np.testing.assert_allclose(got, clf.predict_proba(X), 1e-9)
    names = [column[0] for column in connection.execute(text).description]
    assert names == ['P(a "b")', "P(it's)"]


def test_what_is_too_large_is_refused() -> None:
    model = Model(Network(901, (Dense(1),)), np.zeros(902), BinaryCrossEntropy())
    with pytest.raises(ValueError, match="901 numbers, and sums of SQL have at most 900"):
        sql_select(Trained(model), [f"x{k}" for k in range(901)])
    n = 200 * 200 + 200
    network = Network(200, (Dense(200),))
    theta = np.random.default_rng(0).normal(size=n)
    with pytest.raises(ValueError, match="more than 1,000,000 characters, which is what SQLite"):
        sql_select(
            Trained(Model(network, theta, BinaryCrossEntropy())), [f"x{k}" for k in range(200)]
        )


def test_what_is_too_large_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """TabM's text had hundreds of millions of characters, and took minutes."""
    n_layers = 0

    def counted(*given: Any) -> Any:
        nonlocal n_layers
        n_layers += 1
        return sums(*given)

    monkeypatch.setattr(sql, "sums", counted)
    network = Network(100, (Dense(100),) * 40)
    theta = np.random.default_rng(0).normal(size=network.n_parameters)
    model = Model(network, theta, SquaredError())
    with pytest.raises(ValueError, match="more than 1,000,000 characters"):
        sql_select(Trained(model), [f"x{k}" for k in range(100)])
    assert n_layers < 10


def test_the_exact_gelu_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"GELU\(approximate=False\) cannot be exported to SQL"):
        sql_select(trained((Dense(3, GELU()),)), list("abcde"))
