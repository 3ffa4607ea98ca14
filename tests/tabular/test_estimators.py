"""Table estimators as scikit-learn's users meet them."""

from __future__ import annotations

import pickle
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt import TableClassifier, TableEncoder, TableRegressor
from rosenblatt.errors import InputError
from tests.support.houses import FEATURES, QUICK, classifier, houses, regressor


@parametrize_with_checks([TableEncoder(), TableClassifier("fast"), TableRegressor("fast")])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)


def test_frames_of_all_libraries_give_the_same() -> None:
    frame = houses()
    fitted = regressor().fit(frame[FEATURES], frame["price"])
    assert fitted.columns_ == {
        "town": "category",
        "area": "number",
        "built": "date",
        "lift": "true/false",
    }
    wanted = fitted.predict(frame[FEATURES])
    others = (
        pl.from_pandas(frame[FEATURES]),
        pa.Table.from_pandas(frame[FEATURES]),
        {name: frame[name].to_numpy() for name in FEATURES},
        frame[FEATURES[::-1]],
        frame[FEATURES].assign(more=1),
    )
    for other in others:
        np.testing.assert_array_equal(fitted.predict(other), wanted)
        if len(other) == len(frame):
            again = regressor().fit(other, frame["price"])
            if list(getattr(other, "columns", FEATURES)) == FEATURES:
                np.testing.assert_array_equal(again.predict(frame[FEATURES]), wanted)


def test_a_target_by_its_name_is_the_same_as_its_values() -> None:
    frame = houses()[[*FEATURES, "dear"]]
    named = classifier().fit(frame, target="dear")
    given = classifier().fit(frame[FEATURES], frame["dear"])
    np.testing.assert_array_equal(named.predict_proba(frame), given.predict_proba(frame[FEATURES]))
    assert named.classes_.tolist() == given.classes_.tolist() == ["no", "yes"]
    assert named.feature_names_in_.tolist() == FEATURES


def test_rows_without_a_target_are_left_out() -> None:
    frame = houses()[[*FEATURES, "price"]]
    gaps = frame.copy()
    gaps.loc[::3, "price"] = np.nan
    fitted = regressor().fit(gaps, target="price")
    assert fitted.n_rows_ == gaps["price"].notna().sum()
    texts = houses()[[*FEATURES, "dear"]].astype({"dear": object})
    texts.loc[::3, "dear"] = None
    assert classifier().fit(texts, target="dear").classes_.tolist() == ["no", "yes"]


def test_predictions_stay_in_the_order_and_the_range_of_the_training_rows() -> None:
    frame = houses()
    fitted = regressor().fit(frame[FEATURES], frame["price"])
    order = np.random.default_rng(0).permutation(len(frame))
    shuffled = frame.iloc[order]
    np.testing.assert_allclose(
        fitted.predict(shuffled[FEATURES]), fitted.predict(frame[FEATURES])[order], rtol=1e-5
    )
    far = fitted.predict(frame[FEATURES].assign(area=1e7))
    assert far.max() <= frame["price"].max()


def test_results_follow_from_the_seed_and_not_from_the_threads() -> None:
    frame = houses()
    one, two = (
        regressor(n_jobs=n).fit(frame[FEATURES], frame["price"]).predict(frame[FEATURES])
        for n in (1, 2)
    )
    np.testing.assert_array_equal(one, two)
    other = TableRegressor(QUICK, random_state=1).fit(frame[FEATURES], frame["price"])
    assert (other.predict(frame[FEATURES]) != one).any()


def test_it_learns() -> None:
    frame, new = houses(1000), houses(500, seed=1)
    fitted = TableRegressor("fast", random_state=0).fit(frame[FEATURES], frame["price"])
    assert fitted.score(new[FEATURES], new["price"]) > 0.97
    assert abs(fitted.validation_score_ - fitted.score(new[FEATURES], new["price"])) < 0.03
    clf = TableClassifier("fast", random_state=0).fit(frame[FEATURES], frame["dear"])
    assert clf.score(new[FEATURES], new["dear"]) > 0.93
    p = clf.predict_proba(new[FEATURES])
    np.testing.assert_allclose(p.sum(axis=1), 1)


def test_a_skewed_target_is_learnt_by_its_logarithm() -> None:
    frame = houses(400)
    noise = np.random.default_rng(0).normal(scale=0.1, size=400)
    y = np.exp(frame["price"] / 150 + noise)
    fitted = TableRegressor("fast", random_state=0).fit(frame[FEATURES], y)
    assert fitted.encoding_.target.log
    assert fitted.validation_score_ > 0.93
    assert fitted.predict(frame[FEATURES]).min() >= y.min()


def test_columns_may_be_taken_for_something_else() -> None:
    frame = houses().assign(floor=np.arange(240) % 4)
    columns = {"floor": "category", "built": "drop"}
    fitted = regressor(columns=columns).fit(frame[[*FEATURES, "floor"]], frame["price"])
    assert fitted.columns_["floor"] == "category"
    assert fitted.columns_["built"] == "drop"
    with pytest.raises(InputError, match="flor"):
        regressor(columns={"flor": "category"}).fit(frame[FEATURES], frame["price"])


def test_groups_and_validation_rows() -> None:
    frame, other = houses(), houses(100, seed=2)
    fitted = regressor().fit(frame[FEATURES], frame["price"], groups=frame["town"].to_numpy())
    assert len(fitted.network_.members) == 3
    fitted = regressor().fit(
        frame[FEATURES], frame["price"], X_val=other[FEATURES], y_val=other["price"]
    )
    assert np.isfinite(fitted.validation_score_)
    with pytest.raises(ValueError, match="without y_val"):
        regressor().fit(frame[FEATURES], frame["price"], X_val=other[FEATURES])
    X_val, y_val = other[FEATURES], other["price"][:9]
    with pytest.raises(ValueError, match=r"inconsistent .* \[100, 9\]"):
        regressor().fit(frame[FEATURES], frame["price"], X_val=X_val, y_val=y_val)


def test_weight_zero_is_absence() -> None:
    frame = houses()
    weights = np.arange(240) % 2
    fitted = regressor().fit(frame[FEATURES], frame["price"], sample_weight=weights)
    assert fitted.n_rows_ == 120
    with pytest.raises(ValueError, match="non-zero"):
        regressor().fit(frame[FEATURES], frame["price"], sample_weight=np.zeros(240))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": None}, "requires y"),
        ({"target": "price"}, "not both"),
        ({"y": None, "target": "nowhere"}, "nowhere"),
        ({"y": np.full(240, np.nan)}, "NaN"),
        ({"y": np.ones(10)}, "inconsistent"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], message: str) -> None:
    frame = houses()
    given = {"X": frame[FEATURES], "y": frame["price"]} | change
    with pytest.raises(ValueError, match=message):
        regressor().fit(**given)


def test_one_class_no_target_and_missing_columns_are_refused() -> None:
    frame = houses()
    with pytest.raises(InputError, match="one class only"):
        classifier().fit(frame[FEATURES], np.full(240, "yes"))
    with pytest.raises(InputError, match="missing"):
        regressor().fit(frame[FEATURES].assign(price=np.nan), target="price")
    with pytest.raises(InputError, match="array without names"):
        regressor().fit(frame[["area"]].to_numpy(), target="price")
    fitted = regressor().fit(frame[FEATURES], frame["price"])
    with pytest.raises(InputError, match="'area'"):
        fitted.predict(frame[FEATURES].rename(columns={"area": "Area "}))


def test_more_classes_than_fit_into_memory_are_refused() -> None:
    X = np.arange(20_000.0)[:, None]
    with pytest.raises(InputError, match="10,000 classes in 20,000 rows"):
        classifier().fit(X, np.arange(20_000) // 2)


def odd_cells() -> dict[str, Any]:
    frame = houses()
    huge = np.array([2**70 + k for k in range(240)], dtype=object)
    dates = np.array([None, *pd.to_datetime(frame["built"][1:])], dtype=object)
    return {
        "more than 64 bits": pd.DataFrame({"a": huge, "b": frame["area"]}),
        "half a character": pd.DataFrame(
            {"a": np.array(["\ud800", "b"] * 120, dtype=object), "b": frame["area"]}, dtype=object
        ),
        "hours": np.arange(240).astype("m8[h]")[:, None],
        "dates and gaps": np.column_stack([dates, frame["town"].to_numpy()]).astype(object),
    }


@pytest.mark.parametrize("case", odd_cells())
def test_odd_cells_are_read(case: str) -> None:
    X, y = odd_cells()[case], houses()["dear"]
    assert classifier().fit(X, y).predict(X).shape == (240,)


def test_columns_with_numbers_for_names() -> None:
    frame = houses()[["area", "town", "price"]].rename(columns={"area": 1, "town": 2, "price": 3})
    fitted = regressor(columns={2: "drop"}).fit(frame, target=3)
    assert fitted.columns_ == {"1": "number", "2": "drop"}
    assert fitted.predict(frame).shape == (240,)


def test_a_mapping_is_fitted_like_a_frame() -> None:
    frame = houses()
    mapping = {name: frame[name].tolist() for name in ("town", "area")}
    fitted = regressor().fit(mapping, frame["price"])
    assert fitted.feature_names_in_.tolist() == ["town", "area"]
    np.testing.assert_allclose(
        fitted.predict(mapping), fitted.predict(frame[["town", "area"]]), rtol=1e-6
    )
    assert TableEncoder().fit(mapping).transform(mapping).shape[0] == 240


@pytest.mark.parametrize("weight", [1e308, 5e-324])
def test_weights_count_by_their_ratios(weight: float) -> None:
    frame = houses()
    plain = classifier().fit(frame[FEATURES], frame["dear"], sample_weight=np.ones(240))
    scaled = classifier().fit(frame[FEATURES], frame["dear"], sample_weight=np.full(240, weight))
    X = frame[FEATURES]
    np.testing.assert_array_equal(plain.predict_proba(X), scaled.predict_proba(X))


def test_targets_that_are_no_classes_are_refused() -> None:
    frame = houses()
    for y, message in (
        (frame["built"], "cannot be classes"),
        (pd.Series([1, "1"] * 120, dtype=object), "several types, int and str"),
        (np.array(["\ud800", "b"] * 120, dtype=object), "half a character"),
    ):
        with pytest.raises(InputError, match=message):
            classifier().fit(frame[FEATURES], y)
    with pytest.raises(InputError, match="no row with a target"):
        classifier().fit(
            frame[FEATURES], frame["dear"], X_val=frame[FEATURES][:0], y_val=frame["dear"][:0]
        )


@pytest.mark.parametrize("scale", [2.0**-380, 2.0**330, 2.0**480])  # which round nothing
def test_numbers_of_any_size(scale: float) -> None:
    frame = houses()
    fitted = regressor().fit(frame[FEATURES], frame["price"] * scale)
    plain = regressor().fit(frame[FEATURES], frame["price"])
    X = frame[FEATURES]
    np.testing.assert_allclose(fitted.predict(X) / scale, plain.predict(X), rtol=1e-3)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_numbers_that_cannot_be_scaled_are_refused(scale: float) -> None:
    frame = houses()
    with pytest.raises(InputError, match="too little or too much"):
        regressor().fit(frame[FEATURES], frame["price"] * scale)


def test_an_interrupted_training_keeps_its_networks_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = houses()
    fitted = regressor(verbose=True)
    n_epochs = 0

    def interrupting(number: int, recipe: str, note: Any) -> None:
        nonlocal n_epochs
        n_epochs += 1
        if n_epochs == 14:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(fitted, "_report", interrupting, raising=False)
    with pytest.warns(UserWarning, match="networks are kept"):
        fitted.fit(frame[FEATURES], frame["price"])
    assert np.isfinite(fitted.predict(frame[FEATURES])).all()


@pytest.mark.parametrize("method", ["save", "to_c", "to_onnx"])
def test_nothing_is_written_before_a_fit(method: str, tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        getattr(classifier(), method)(tmp_path / "m")


def test_missing_targets_of_pandas_are_said() -> None:
    frame = houses()
    texts = frame["dear"].astype("string")
    texts.iloc[0] = pd.NA
    with pytest.raises(ValueError, match="rows without a class"):
        classifier().fit(frame[FEATURES], texts)
    numbers = frame["price"].astype("Float64")
    numbers.iloc[0] = pd.NA
    with pytest.raises(ValueError, match="NaN"):
        regressor().fit(frame[FEATURES], numbers)
    for name, values, estimator in (("y", texts, classifier()), ("y", numbers, regressor())):
        fitted = estimator.fit(frame[FEATURES].assign(y=values), target=name)
        assert fitted.n_rows_ == 239
    cells = frame[FEATURES].astype(object)
    cells.iloc[0, :] = pd.NA
    assert classifier().fit(cells.to_numpy(), frame["dear"]).n_features_in_ == 4


def test_texts_are_no_target_of_a_regressor() -> None:
    frame = houses()
    for y in (frame["dear"], frame["dear"].astype("category"), frame["dear"].to_numpy(str)):
        with pytest.raises(InputError, match="take TableClassifier"):
            regressor().fit(frame[FEATURES], y)
    assert regressor().fit(frame[FEATURES], frame["price"].astype(str)).n_rows_ == 240


def test_three_rows_are_enough() -> None:
    frame = houses()[:3]
    assert regressor().fit(frame[["area"]].fillna(50), [1.0, 2.0, 3.0]).predict(frame).shape == (3,)
    clf = classifier().fit(frame[["area"]].fillna(50), ["a", "b", "a"])
    assert set(clf.predict(frame)) <= {"a", "b"}


def test_a_constant_number_is_predicted() -> None:
    frame = houses()
    fitted = regressor().fit(frame[FEATURES], np.full(240, 7.0))
    np.testing.assert_array_equal(fitted.predict(frame[FEATURES]), 7.0)


def test_no_time_gives_a_linear_model_and_says_so() -> None:
    frame = houses(2000)
    with pytest.warns(UserWarning, match="linear model"):
        fitted = TableRegressor(time_limit=1e-6).fit(frame[FEATURES], frame["price"])
    assert fitted.score(frame[FEATURES], frame["price"]) > 0.7
    assert len(fitted.network_.members[0].network.layers) == 1
    with pytest.warns(UserWarning, match="linear model"):
        clf = TableClassifier(time_limit=1e-6).fit(frame[FEATURES], frame["dear"])
    assert clf.score(frame[FEATURES], frame["dear"]) > 0.8


def test_it_is_copied_and_pickled() -> None:
    frame = houses()
    fitted = classifier().fit(frame[FEATURES], frame["dear"])
    copied = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(
        copied.predict_proba(frame[FEATURES]), fitted.predict_proba(frame[FEATURES])
    )
    assert clone(fitted).get_params() == fitted.get_params()
    assert "town" in fitted.summary()
    assert "TableClassifier" in fitted._repr_html_()


def test_among_scikit_learns_tools() -> None:
    frame = houses()
    X, y = frame[FEATURES], frame["dear"]
    pipeline = make_pipeline(FunctionTransformer(), classifier())
    assert pipeline.fit(X, y).predict(X).shape == (240,)
    assert cross_val_predict(classifier(), X, y, cv=2, method="predict_proba").shape == (240, 2)
    calibrated = CalibratedClassifierCV(classifier(), cv=2).fit(X, y)
    assert calibrated.predict_proba(X).shape == (240, 2)
    voting = VotingClassifier([("a", classifier()), ("b", classifier())], voting="soft").fit(X, y)
    assert voting.predict(X).shape == (240,)
    grid = GridSearchCV(classifier(), {"columns": [None, {"built": "drop"}]}, cv=2).fit(X, y)
    assert grid.best_estimator_.score(X, y) > 0.5
    fitted = regressor().fit(X, frame["price"])
    importance = permutation_importance(fitted, X, frame["price"], n_repeats=2, random_state=0)
    assert importance.importances_mean.argmax() == FEATURES.index("area")
    shown = partial_dependence(fitted, X.dropna(), ["area"], grid_resolution=5)
    assert np.diff(shown["average"][0]).min() > 0


def test_the_encoder_is_a_transformer() -> None:
    frame = houses()
    encoder = TableEncoder(random_state=0)
    X = encoder.fit_transform(frame[FEATURES], frame["dear"])
    names = encoder.get_feature_names_out()
    assert X.shape == (240, len(names))
    assert "town = Ulm" in names
    shown = encoder.set_output(transform="pandas").transform(frame[FEATURES])
    assert list(shown.columns) == list(names)
    model = make_pipeline(TableEncoder(random_state=0), LogisticRegression(max_iter=1000))
    assert model.fit(frame[FEATURES], frame["dear"]).score(frame[FEATURES], frame["dear"]) > 0.9
    assert TableEncoder().fit(frame[FEATURES]).transform(frame[FEATURES]).shape[0] == 240
