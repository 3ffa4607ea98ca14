"""Published networks by name: fits, files, exports, and what may be said beside a name."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from rosenblatt import TableClassifier, TableRegressor, load
from rosenblatt.errors import InputError
from rosenblatt.losses import BinaryCrossEntropy
from rosenblatt.tabular.networks import NETWORKS, NetworkFamily, TabM
from rosenblatt.tabular.preset import NETWORK_NAMES
from tests.support.c_compiler import compiled
from tests.support.c_rows import inputs, predictions
from tests.support.export_tables import cells
from tests.support.houses import FEATURES, houses
from tests.support.onnx_sessions import session

SMALL: dict[str, dict[str, Any]] = {
    "realmlp": {"hidden": (16, 16), "epochs": 6, "batch_size": 32},
    "tabm": {"n_members": 3, "hidden": (16, 16), "epochs": 6, "batch_size": 32},
    "mlp": {"hidden": (16, 16), "epochs": 6, "batch_size": 32},
}
each_name = pytest.mark.parametrize("name", NETWORK_NAMES)


def small(name: str, **changes: Any) -> NetworkFamily:
    return replace(NETWORKS[name], **{**SMALL[name], **changes})  # type: ignore[type-var]


def frame_of(n: int = 240) -> pd.DataFrame:
    """With a category that is embedded, some of its cells missing."""
    frame = houses(n)
    street = np.random.default_rng(1).integers(0, 12, n).astype(str)
    return frame.assign(street=pd.Series([f"s{k}" for k in street]).where(frame.index % 17 > 0))


COLUMNS = [*FEATURES, "street"]


def fitted(name: str, kind: str, **parameters: Any) -> tuple[Any, pd.DataFrame, Any]:
    """(An estimator, rows, what it predicts.)"""
    frame = frame_of()
    if kind == "number":
        reg = TableRegressor(network=small(name), random_state=0, **parameters)
        reg.fit(frame[COLUMNS], frame["price"])
        return reg, frame[COLUMNS], reg.predict(frame[COLUMNS])[:, None]
    y = frame["dear"] if kind == "two" else frame["price"].rank().to_numpy().astype(int) % 3
    clf = TableClassifier(network=small(name), random_state=0, **parameters)
    clf.fit(frame[COLUMNS], y)
    return clf, frame[COLUMNS], clf.predict_proba(frame[COLUMNS])


KINDS = pytest.mark.parametrize("kind", ["two", "many", "number"])


def test_names_are_those_of_the_networks() -> None:
    assert tuple(NETWORKS) == NETWORK_NAMES


@each_name
@KINDS
def test_a_file_gives_the_same_predictions(name: str, kind: str, tmp_path: Path) -> None:
    model, X, wanted = fitted(name, kind)
    model.save(tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors")
    predict = "predict" if kind == "number" else "predict_proba"
    np.testing.assert_array_equal(getattr(again, predict)(X).reshape(wanted.shape), wanted)


@each_name
@KINDS
def test_onnx_of_raw_cells(name: str, kind: str) -> None:
    pytest.importorskip("onnx")
    model, X, _ = fitted(name, kind)
    new = X.assign(street=X["street"].replace("s3", "elsewhere"))
    for rows in (X, new):
        want = model.predict(rows)[:, None] if kind == "number" else model.predict_proba(rows)
        (got,) = session(model.to_onnx()).run(None, cells(rows, model.encoding_))
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
@each_name
@KINDS
def test_c_of_raw_cells(name: str, kind: str, tmp_path: Path) -> None:
    from rosenblatt.tabular.saving import saved_model_of

    model, X, wanted = fitted(name, kind)
    path = tmp_path / "m.c"
    model.to_c(path)
    saved = saved_model_of(model)
    got = predictions(
        compiled(path.read_text(), tmp_path), saved, inputs(saved, X), wanted.shape[1]
    )
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)


@each_name
def test_a_name_is_kept_by_files_and_clones(name: str, tmp_path: Path) -> None:
    model, _, _ = fitted(name, "two")
    model.set_params(network=name).save(tmp_path / "m.safetensors")
    assert load(tmp_path / "m.safetensors").network == name
    assert clone(model).network == name


@each_name
def test_threads_change_nothing(name: str) -> None:
    _, _, one = fitted(name, "two", n_jobs=1)
    _, _, two = fitted(name, "two", n_jobs=2)
    np.testing.assert_array_equal(one, two)


@each_name
def test_it_learns(name: str) -> None:
    frame = frame_of(600)
    rate = {} if name == "realmlp" else {"learning_rate": 0.01}
    family = small(name, epochs=60, **rate)
    reg = TableRegressor(network=family, random_state=0).fit(frame[COLUMNS], frame["price"])
    assert reg.validation_score_ > 0.95
    clf = TableClassifier(network=family, random_state=0).fit(frame[COLUMNS], frame["dear"])
    assert clf.validation_score_ > 0.9


def test_a_fifth_of_the_rows_is_outside_and_the_best_epoch_kept() -> None:
    model, X, _ = fitted("mlp", "two")
    history = pd.DataFrame(model.history_)
    assert set(history["recipe"]) == {"mlp"}
    assert history["chosen"].all()
    assert history["kept"].sum() == 1
    # Of equally good epochs the earlier one wins.
    assert history["kept"].idxmax() == history["score"].idxmax()
    share = history["score"] * len(X) / 5
    np.testing.assert_allclose(share, share.round(), atol=1e-9)
    # Each half of the outside rows has the epoch that is best by the other half.
    assert history["score"].min() <= model.validation_score_ <= history["score"].max()


def test_of_equally_good_epochs_of_realmlp_the_later_one_is_kept() -> None:
    model, _, _ = fitted("realmlp", "two")
    history = pd.DataFrame(model.history_)
    best = history["score"] == history["score"].max()
    assert history["kept"].idxmax() == np.flatnonzero(best)[-1]
    assert len(history) == SMALL["realmlp"]["epochs"]


def test_patience_ends_the_training() -> None:
    frame = frame_of()
    family = small("mlp", epochs=500, patience=3)
    clf = TableClassifier(network=family, random_state=0).fit(frame[COLUMNS], frame["dear"])
    history = pd.DataFrame(clf.history_)
    assert len(history) == history["score"].idxmax() + 1 + 3 < 500


@each_name
def test_two_classes_have_one_output_with_the_same_predictions(name: str) -> None:
    model, X, _ = fitted(name, "two")
    (member,) = model.network_.members
    assert member.network.n_outputs == 1
    assert isinstance(member.loss, BinaryCrossEntropy)
    # The score of the kept epoch was measured with both outputs.
    frame = frame_of()
    kept = max(one["score"] for one in model.history_)
    accuracy = (model.predict(X) == frame["dear"]).mean()
    assert accuracy > kept - 0.2


def test_weights_and_groups_and_rows_to_compare_by() -> None:
    frame = frame_of()
    X, y = frame[COLUMNS], frame["dear"]
    family = small("mlp")
    groups = np.arange(len(X)) // 6
    model = TableClassifier(network=family, random_state=0).fit(X, y, groups=groups)
    assert 0 < model.validation_score_ <= 1
    beside = TableClassifier(network=family, random_state=0).fit(X, y, X_val=X[:40], y_val=y[:40])
    (kept,) = (one["score"] for one in beside.history_ if one["kept"])
    assert kept == pytest.approx((beside.predict(X[:40]) == y[:40]).mean())
    twice = np.where(np.arange(len(X)) % 2, 2.0, 1.0)
    weighted = TableClassifier(network=family, random_state=0).fit(X, y, sample_weight=twice)
    rows = np.repeat(np.arange(len(X)), twice.astype(int))
    repeated = TableClassifier(network=family, random_state=0).fit(
        X.iloc[rows].reset_index(drop=True), y.iloc[rows].reset_index(drop=True)
    )
    np.testing.assert_array_equal(weighted.predict_proba(X), repeated.predict_proba(X))


def test_no_time_gives_a_linear_model_without_codes() -> None:
    frame = frame_of()
    clf = TableClassifier(network="mlp", random_state=0, time_limit=1e-9)
    with pytest.warns(UserWarning, match="a linear model"):
        clf.fit(frame[COLUMNS], frame["dear"])
    before, after = (
        clf.predict_proba(frame[COLUMNS].assign(street=name)) for name in ("s1", "s11")
    )
    np.testing.assert_array_equal(before, after)


def test_the_time_ends_a_training_without_end() -> None:
    frame = frame_of()
    family = small("mlp", epochs=10**6, patience=10**6)
    clf = TableClassifier(network=family, random_state=0, time_limit=1)
    clf.fit(frame[COLUMNS], frame["dear"])
    assert len(clf.history_) > 1


def test_more_members_than_memory_holds_is_said_before() -> None:
    frame = frame_of()
    reg = TableRegressor(network=TabM(n_members=4_000_000, hidden=(4000,)), random_state=0)
    with pytest.raises(InputError, match="take fewer members or units"):
        reg.fit(frame[COLUMNS], frame["price"])


def test_a_name_that_is_none() -> None:
    frame = frame_of()
    with pytest.raises(ValueError, match="'network' parameter"):
        TableClassifier(network="tab").fit(frame[COLUMNS], frame["dear"])


def test_absolute_errors_are_learnt_by_their_loss() -> None:
    frame = frame_of()
    reg = TableRegressor(network=small("mlp"), loss="absolute_error", random_state=0)
    reg.fit(frame[COLUMNS], frame["price"])
    assert type(reg.network_.loss).__name__ == "AbsoluteError"
