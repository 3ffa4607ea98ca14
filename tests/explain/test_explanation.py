"""Explanations as data, what shap makes of them, and the masker for shap's own explainers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt.explain import Explanation, ShapExplainer, TableMasker
from rosenblatt.explain.subject import cells_of
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from rosenblatt.table import table_of
from tests.support.export_tables import table
from tests.support.table_models import averaged_model, expected

COLUMNS = ["income", "_value_1", "town", "member", "seen", "constant"]


def explained(target: str, loss: Any, n_outputs: int) -> Explanation:
    saved = averaged_model(table(with_gaps=True), target, loss, n_outputs)
    frame = table(with_gaps=True)[COLUMNS]
    return ShapExplainer(saved, frame[50:55])(frame[:12])


def test_importances_are_means_of_absolute_values() -> None:
    why = explained("class", CategoricalCrossEntropy(), 3)
    wanted = np.abs(why.values).mean(axis=(0, 2))
    assert why.importances == pytest.approx(dict(zip(COLUMNS, wanted.tolist(), strict=True)))
    assert list(why.importances.values()) == sorted(wanted.tolist(), reverse=True)


def test_rows_and_outputs_are_parts() -> None:
    why = explained("class", CategoricalCrossEntropy(), 3)
    assert why.output_names == ("x", "y", "z")
    part = why[2:5].of_output("y")
    np.testing.assert_array_equal(part.values, why.values[2:5, :, 1])
    np.testing.assert_array_equal(part.base_values, why.base_values[2:5, 1])
    np.testing.assert_array_equal(part.standard_errors, why.standard_errors[2:5, :, 1])
    assert part.output_names == ("y",)
    assert len(why[3]) == 1
    assert part.of_output(0) is part
    np.testing.assert_array_equal(why.of_output(2).values, why.values[:, :, 2])


def test_cells_are_as_they_were_given() -> None:
    why = explained("two", BinaryCrossEntropy(), 1)
    frame = table(with_gaps=True)[COLUMNS][:12]
    for k, name in enumerate(COLUMNS):
        for cell, given in zip(why.data[:, k], frame[name], strict=True):
            assert (cell is None or cell != cell) if pd.isna(given) else cell == given


@pytest.mark.parametrize(
    "times",
    [
        np.array(["200000-01-01", "-5000-01-01", "NaT"], "datetime64[s]"),
        np.array([2**60, -(2**60), "NaT"], "timedelta64[s]"),
    ],
    ids=["years", "durations"],
)
def test_cells_may_be_times_that_python_does_not_hold(times: Any) -> None:
    columns = {"t": times, "n": [1.0, 2.0, 3.0]}
    cells = cells_of(table_of(columns), ["n", "t"])
    assert cells[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert cells[2, 1] is None
    wanted = np.asarray(times)[:2]
    np.testing.assert_array_equal(cells[:2, 1].astype(wanted.dtype), wanted)


@pytest.mark.parametrize(
    ("target", "loss", "n_outputs"),
    [("two", BinaryCrossEntropy(), 1), ("class", CategoricalCrossEntropy(), 3)],
)
def test_shap_draws_them(target: str, loss: Any, n_outputs: int) -> None:
    shap = pytest.importorskip("shap")
    import matplotlib as mpl

    mpl.use("agg")
    why = explained(target, loss, n_outputs)
    of_shap = why.to_shap()
    np.testing.assert_array_equal(of_shap.values, why.values)
    assert np.isnan(of_shap.data[pd.isna(why.data)]).all()
    one = why.of_output(0).to_shap()
    shap.plots.beeswarm(one, show=False)
    shap.plots.waterfall(one[0], show=False)
    shap.plots.scatter(one[:, "town"], color=one, show=False)
    shap.plots.bar(one, show=False)


def test_the_masker_composes_rows() -> None:
    frame = table(with_gaps=True)[COLUMNS]
    mask = np.array([True, False, True, False, True, False])
    (masked,) = TableMasker(frame[50:53])(mask, frame.iloc[0].to_numpy())
    wanted = frame[50:53].copy()
    for name in ("income", "town", "seen"):
        wanted[name] = frame[name].iloc[[0] * 3].to_numpy()
    pd.testing.assert_frame_equal(masked, wanted)


def test_shaps_own_explainer_takes_the_masker() -> None:
    shap = pytest.importorskip("shap")
    saved = averaged_model(table(with_gaps=True), "two", BinaryCrossEntropy(), 1)
    frame = table(with_gaps=True)[COLUMNS]

    def f(rows: Any) -> Any:
        # shap joins the frames of several masks into one array of objects.
        return expected(saved, pd.DataFrame(rows, columns=COLUMNS).infer_objects())[:, 1]

    theirs = shap.ExactExplainer(f, TableMasker(frame[50:53]))(frame[:2])
    ours = ShapExplainer(saved, frame[50:53], exact=True)(frame[:2])
    assert np.abs(theirs.values - ours.values).max() < 1e-5
