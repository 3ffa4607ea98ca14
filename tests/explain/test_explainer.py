"""SHAP values beside their definition, on tables of every kind of column."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, TableRegressor
from rosenblatt.activations import Tanh
from rosenblatt.errors import InputError
from rosenblatt.explain import ShapExplainer, integrated_gradients, permutation_importance
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import EnsembleDense, Network, PackedDense
from rosenblatt.persistence import SavedModel
from rosenblatt.table import NumberTarget
from tests.support.export_tables import strange, table
from tests.support.houses import FEATURES, classifier, houses, regressor
from tests.support.members import parameters
from tests.support.shapley import by_definition
from tests.support.table_models import TARGETS, averaged_model, expected

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

COLUMNS = ["income", "_value_1", "town", "member", "seen", "constant"]


def rows(n: int, background: int) -> tuple[Any, Any]:
    """Some with cells that training had none of, and missing ones."""
    frame = strange(table(with_gaps=True))[COLUMNS]
    return frame.iloc[5 : 5 + n], frame.iloc[60 : 60 + background]


def second_of_two(saved: SavedModel, frame: Any) -> Any:
    values = expected(saved, frame)
    return values[:, 1:] if isinstance(saved.model.loss, BinaryCrossEntropy) else values


def three_axes(values: Any) -> Any:
    return values.reshape(*values.shape[:2], -1)


@pytest.mark.parametrize(("target", "loss", "n_outputs"), TARGETS)
def test_exact_values_are_those_of_the_definition(target: str, loss: Any, n_outputs: int) -> None:
    saved = averaged_model(table(with_gaps=True), target, loss, n_outputs)
    X, background = rows(4, 3)
    found = ShapExplainer(saved, background, exact=True)(X)
    wanted = by_definition(lambda frame: second_of_two(saved, frame), X, background)
    scale = np.abs(wanted).max()
    assert np.abs(three_axes(found.values) - wanted).max() < 2e-6 * max(scale, 1)
    base = second_of_two(saved, background).mean(axis=0)
    np.testing.assert_allclose(np.atleast_2d(found.base_values.T).T[:, : len(base)][0], base, 1e-6)
    assert found.feature_names == tuple(COLUMNS)
    assert not found.values[:, COLUMNS.index("constant")].any()
    assert not found.standard_errors.any()


def bounded(saved: SavedModel, *, log: bool) -> SavedModel:
    """With predictions that many rows would leave the range of."""
    target = saved.encoding.target
    assert isinstance(target, NumberTarget)
    given = {"mean": np.log(1000), "scale": 0.01, "log": True} if log else {}
    limited = replace(target, low=995.0, high=1005.0, **given)
    return replace(saved, encoding=replace(saved.encoding, target=limited))


@pytest.mark.parametrize("log", [False, True])
def test_numbers_are_those_that_are_predicted(log: bool) -> None:
    saved = bounded(averaged_model(table(with_gaps=True), "price", SquaredError(), 1), log=log)
    X, background = rows(3, 3)
    assert (expected(saved, table(with_gaps=True)) == 995.0).any()
    found = ShapExplainer(saved, background, exact=True)(X)
    wanted = by_definition(lambda frame: expected(saved, frame), X, background)
    assert np.abs(found.values - wanted[:, :, 0]).max() < 1e-4


@pytest.mark.parametrize(
    ("target", "loss", "n_outputs"),
    [("two", BinaryCrossEntropy(), 1), ("class", CategoricalCrossEntropy(), 3)],
)
def test_margins_are_logarithms(target: str, loss: Any, n_outputs: int) -> None:
    saved = averaged_model(table(with_gaps=True), target, loss, n_outputs)
    saved = replace(saved, model=saved.model.astype(np.float64))
    X, background = rows(3, 3)
    found = ShapExplainer(saved, background, exact=True, output="margin")(X)

    def margins(frame: Any) -> Any:
        p = expected(saved, frame)
        return np.log(p[:, 1:] / p[:, :1]) if target == "two" else np.log(p)

    wanted = by_definition(margins, X, background)
    assert np.abs(three_axes(found.values) - wanted).max() < 1e-9 * np.abs(wanted).max()


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(("target", "loss", "n_outputs"), TARGETS)
def test_values_add_up_to_predictions(target: str, loss: Any, n_outputs: int, exact: bool) -> None:
    saved = averaged_model(table(with_gaps=True), target, loss, n_outputs)
    X, background = rows(20, 10)
    found = ShapExplainer(saved, background, exact=exact)(X)
    total = found.values.sum(axis=1) + found.base_values
    wanted = second_of_two(saved, X)
    assert np.abs(total - wanted.reshape(total.shape)).max() < 1e-6 * max(1, np.abs(wanted).max())


def test_estimates_are_as_good_as_their_standard_errors_say() -> None:
    saved = averaged_model(table(with_gaps=True), "class", CategoricalCrossEntropy(), 3)
    X, background = rows(60, 10)
    exact = ShapExplainer(saved, background, exact=True)(X).values
    found = ShapExplainer(saved, background)(X)
    errors = found.values - exact
    assert 0.85 < (errors**2).mean() / (found.standard_errors**2).mean() < 1.15
    finer = ShapExplainer(saved, background, tolerance=2e-4)(X)
    assert finer.standard_errors.max() <= 2e-4
    assert ((finer.values - exact) ** 2).mean() < 0.3 * (errors**2).mean()


@pytest.mark.parametrize("n_columns", [30, 400])
def test_linear_models_have_values_in_closed_form(n_columns: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((80, n_columns))
    model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", max_iter=20).fit(
        X, X @ rng.standard_normal(n_columns)
    )
    found = ShapExplainer(model, X[:25])(X[30:40])
    wanted = (X[30:40] - X[:25].mean(axis=0)) * model.coefs_[0][:, 0]
    assert np.abs(found.values - wanted).max() < 1e-10
    assert found.standard_errors.max() < 1e-10
    np.testing.assert_array_equal(found.data.astype(float), X[30:40])


def test_estimators_of_tables_and_arrays_are_explained() -> None:
    frame = houses()
    for model, of in ((classifier(), "dear"), (regressor(), "price")):
        fitted = model.fit(frame[FEATURES], frame[of])
        predict = fitted.predict_proba if of == "dear" else fitted.predict
        found = ShapExplainer(fitted, frame[FEATURES].iloc[:6], exact=True)(frame[FEATURES][6:9])
        wanted = by_definition(predict, frame[FEATURES][6:9], frame[FEATURES].iloc[:6])
        assert np.abs(found.values - wanted[:, :, -1]).max() < 1e-5 * np.abs(wanted).max()
        assert found.output_names == (("yes",) if of == "dear" else ("price",))
    X = np.random.default_rng(1).standard_normal((60, 4))
    mlp = MLPClassifier(hidden_layer_sizes=(5,), max_iter=5, random_state=0).fit(
        X, X[:, 0] > X[:, 1] * X[:, 2]
    )
    found = ShapExplainer(mlp, X[:8], exact=True)(X[8:10])
    wanted = by_definition(
        lambda rows: mlp.predict_proba(rows.to_numpy()), pd.DataFrame(X[8:10]), pd.DataFrame(X[:8])
    )
    assert np.abs(found.values - wanted[:, :, 1]).max() < 1e-7
    assert found.feature_names == ("x0", "x1", "x2", "x3")


def test_results_do_not_depend_on_threads() -> None:
    saved = averaged_model(table(with_gaps=True), "class", CategoricalCrossEntropy(), 3)
    X, background = rows(30, 40)
    one, three = (ShapExplainer(saved, background, n_jobs=n)(X).values for n in (1, 3))
    assert one.tobytes() == three.tobytes()


def test_a_large_background_is_sampled() -> None:
    saved = averaged_model(table(with_gaps=True), "two", BinaryCrossEntropy(), 1)
    frame = table(with_gaps=True)[COLUMNS]
    explainer = ShapExplainer(saved, frame, max_background=7)
    assert len(set(explainer.background_.tolist())) == 7
    used = expected(saved, frame.iloc[explainer.background_])[:, 1].mean()
    assert abs(explainer.base_values_[0] - used) < 1e-6


def test_what_cannot_be_explained_is_refused_in_a_sentence() -> None:
    saved = averaged_model(table(with_gaps=True), "price", SquaredError(), 1)
    X, background = rows(3, 3)
    with pytest.raises(InputError, match="the background has no rows"):
        ShapExplainer(saved, background[:0])
    with pytest.raises(InputError, match="no rows to explain"):
        ShapExplainer(saved, background)(X[:0])
    with pytest.raises(InputError, match="town"):
        ShapExplainer(saved, background.drop(columns="town"))
    with pytest.raises(InputError, match="town"):
        ShapExplainer(saved, background)(X.drop(columns="town"))
    with pytest.raises(InputError, match="a number has no margin"):
        ShapExplainer(saved, background, output="margin")
    with pytest.raises(ValueError, match="neither 'prediction' nor 'margin'"):
        ShapExplainer(saved, background, output="logit")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="tolerance"):
        ShapExplainer(saved, background, tolerance=0)
    with pytest.raises(TypeError, match="none of the models that are explained"):
        ShapExplainer(object(), background)
    wide = np.random.default_rng(0).standard_normal((30, 40))
    mlp = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2).fit(wide, wide[:, 0])
    with pytest.raises(InputError, match=r"40 columns, and 2\^40 coalitions are too many"):
        ShapExplainer(mlp, wide[:2], exact=True)(wide[2:4])
    assert ShapExplainer(mlp, wide[:2])(wide[2:4]).standard_errors.max() > 0


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that interrupts")
def test_an_interruption_is_heard() -> None:
    """What is asked for would take hours."""
    wide = np.random.default_rng(0).standard_normal((200, 18))
    mlp = MLPRegressor(hidden_layer_sizes=(64,), max_iter=2).fit(wide, wide[:, 0])
    explainer = ShapExplainer(mlp, wide[:100], exact=True)

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            explainer(wide)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_networks_of_members_have_no_margin() -> None:
    frame = table(with_gaps=False)
    saved = averaged_model(frame, "two", BinaryCrossEntropy(), 1)
    n = saved.encoding.n_features
    network = Network(n, (EnsembleDense(3, 4, Tanh()), PackedDense(3, 1)))
    model = Model(network, parameters(network, 1, np.float32), BinaryCrossEntropy())
    saved = replace(saved, model=model)
    X, background = frame[COLUMNS][:3], frame[COLUMNS][60:64]
    found = ShapExplainer(saved, background, exact=True)(X)
    wanted = by_definition(lambda rows: second_of_two(saved, rows), X, background)
    assert np.abs(found.values - wanted[:, :, 0]).max() < 2e-6
    with pytest.raises(InputError, match="has no raw score of its own"):
        ShapExplainer(saved, background, output="margin")


def test_rows_that_are_done_are_reported() -> None:
    saved = averaged_model(table(with_gaps=True), "two", BinaryCrossEntropy(), 1)
    explainer = ShapExplainer(saved, rows(1, 3)[1])
    X, told = table(with_gaps=True)[COLUMNS].iloc[:100], []
    told_of = explainer(X, report=lambda done, total: told.append((done, total)))
    assert told == [(64, 100), (100, 100)]
    assert told_of.values.tobytes() == explainer(X).values.tobytes()


NETWORK: dict[str, Any] = {"hidden_layer_sizes": (3,), "max_iter": 5, "random_state": 0}


def explanations(model: Any, frame: Any, other: Any, y: Any) -> list[Callable[[], Any]]:
    """All that take a frame, of which one is another."""
    return [
        lambda: ShapExplainer(model, other)(frame).values,
        lambda: ShapExplainer(model, frame)(other).values,
        lambda: integrated_gradients(model, other, frame[:1]).values,
        lambda: integrated_gradients(model, frame, other[:1]).values,
        lambda: permutation_importance(model, other, y, random_state=0).importances,
    ]


@pytest.fixture(scope="module")
def named() -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(40, 2)) * [1, 100], columns=["a", "z"])
    return frame, frame["a"] * 2


@pytest.mark.parametrize(
    ("change", "said", "of_tables"),
    [
        (lambda frame: frame[["z", "a"]], "must be in the same order", None),
        (lambda f: f.rename(columns={"z": "b"}), "yet now missing: z|unseen at fit", "'z'"),
        (lambda frame: frame[["a"]], "yet now missing", "'z'"),
    ],
    ids=["order", "name", "missing"],
)
def test_columns_of_other_names_are_refused(
    change: Any, said: str, of_tables: str | None, named: Any
) -> None:
    """As `predict` refuses them, in one line: their values would be those of other columns."""
    frame, y = named
    other = change(frame)
    refused = [(MLPRegressor(**NETWORK), said)]
    if of_tables is not None:
        refused.append((TableRegressor("fast", random_state=0), of_tables))
    for model, sentence in refused:
        model.fit(frame, y)
        for explained in explanations(model, frame, other, y):
            with pytest.raises(ValueError, match=sentence) as error:
                explained()
            assert "\n" not in str(error.value)


@pytest.mark.parametrize("make", [pd.DataFrame, pa.table, dict], ids=["pandas", "arrow", "dict"])
def test_models_of_tables_take_columns_in_any_order(make: Any, named: Any) -> None:
    """As `predict` does, by their names."""
    frame, y = named
    model = TableRegressor("fast", random_state=0).fit(frame, y)
    columns = {name: frame[name].to_numpy() for name in ("z", "a")}
    other = make(columns)
    expected = ShapExplainer(model, frame)(frame)
    found = ShapExplainer(model, other)(other)
    np.testing.assert_array_equal(found.values, expected.values)
    np.testing.assert_array_equal(found.data, expected.data)
    importances = permutation_importance(model, other, y, random_state=0)
    of_frame = permutation_importance(model, frame, y, random_state=0)
    np.testing.assert_array_equal(importances.importances, of_frame.importances)


def test_names_that_nothing_can_be_told_of_are_not_asked_for(named: Any, recwarn: Any) -> None:
    frame, y = named
    model = MLPRegressor(**NETWORK, tol=0, n_iter_no_change=5).fit(frame, y)
    recwarn.clear()
    for rows in (frame, frame.to_numpy()):
        for explained in explanations(model, rows, rows, y):
            assert np.isfinite(explained()).all()
    assert not recwarn.list
    assert list(model.feature_names_in_) == ["a", "z"]
