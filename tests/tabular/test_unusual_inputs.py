"""Arrays, frames and targets of unusual types: each is read, or refused in one sentence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rosenblatt import TableClassifier, TableEncoder, TableRegressor
from rosenblatt.errors import InputError

N = 40
RNG = np.random.default_rng(0)
Z = RNG.normal(size=(N, 3))
CODES = (Z[:, 0] > 0).astype(int)
NUMBERS = 2 * Z[:, 0] + 1
FRAME = pd.DataFrame(Z, columns=list("abc"))


class Stream:
    """Arrow data that can be read once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.reader = pa.Table.from_pandas(frame).to_reader()

    def __arrow_c_stream__(self, schema: Any = None) -> Any:
        return self.reader.__arrow_c_stream__(schema)


def classifier() -> TableClassifier:
    return TableClassifier("fast", random_state=0, n_jobs=1)


def with_cell(cell: Any) -> Any:
    cells = Z.astype(object)
    cells[3, 1] = cell
    return cells


@pytest.mark.parametrize("dtype", [">f8", np.longdouble])
def test_other_formats_of_floats_are_the_same_numbers(dtype: Any) -> None:
    wanted = classifier().fit(Z, CODES).predict_proba(Z)
    fitted = classifier().fit(Z.astype(dtype), CODES.astype(">i8"))
    np.testing.assert_array_equal(fitted.predict_proba(Z.astype(dtype)), wanted)
    columns = {"a": Z[:, 0].astype(dtype), "b": Z[:, 1]}
    np.testing.assert_array_equal(
        TableEncoder().fit_transform(columns), TableEncoder().fit_transform(Z[:, :2])
    )


@pytest.mark.parametrize("dtype", ["f8", "i8", "M8[s]", object])
def test_masked_cells_are_missing(dtype: Any) -> None:
    days = (100 * Z).astype("i8").astype(dtype)
    masked = np.ma.array(days, mask=RNG.random(Z.shape) < 0.3)
    frame = pd.DataFrame({f"x{k}": pd.Series(days[:, k]).mask(masked.mask[:, k]) for k in range(3)})
    wanted = TableEncoder().fit(frame).transform(frame)
    encoder = TableEncoder().fit(masked)
    np.testing.assert_array_equal(encoder.transform(masked), wanted)
    np.testing.assert_array_equal(
        TableEncoder().fit_transform({"a": masked[:, 0]}),
        TableEncoder().fit_transform(frame[["x0"]]),
    )


def test_what_lies_below_a_mask_is_unknown() -> None:
    infinite = Z.copy()
    infinite[3, 1] = np.inf
    missing = Z.copy()
    missing[3, 1] = np.nan
    masked = np.ma.masked_invalid(infinite)
    wanted = TableEncoder().fit_transform(missing)
    np.testing.assert_array_equal(TableEncoder().fit_transform(masked), wanted)


def test_streams_are_frames() -> None:
    wanted = classifier().fit(pl.from_pandas(FRAME), CODES)
    fitted = classifier().fit(Stream(FRAME), CODES)
    assert fitted.n_features_in_ == 3
    assert fitted.feature_names_in_.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(fitted.predict_proba(Stream(FRAME)), wanted.predict_proba(FRAME))
    reader = pa.Table.from_pandas(FRAME).to_reader()
    encoder = TableEncoder().fit(reader, CODES)
    assert encoder.n_features_in_ == 3
    np.testing.assert_array_equal(
        encoder.transform(Stream(FRAME[["c", "a", "b"]])), encoder.transform(FRAME)
    )


@pytest.mark.parametrize(
    ("X", "said"),
    [
        ({"a": Z[:, 0], "b": [1, 2, 3]}, "column 'a' has 40 cells, and column 'b' has 3"),
        ({"a": 1}, "column 'a' is a single int"),
        ({"a": "text"}, "column 'a' is a single str"),
        ({"a": [1, "x"]}, "column 'a' cannot be read"),
        (np.zeros((N, 2), "V4"), "hold no cells"),
        ({"a": np.zeros(N, "V4")}, "hold no cells"),
        (np.zeros(N, [("a", "f8"), ("b", "f8")]), "hold no cells"),
        (np.full((N, 2), np.longdouble("1e4000")), "infinity"),
        (pl.DataFrame({"a": pl.Series(range(N), dtype=pl.Int128)}), "Int128 to Int64"),
        (pd.DataFrame({"a": [Decimal("Infinity"), *map(Decimal, range(N - 1))]}), "infinite"),
    ],
)
def test_columns_that_cannot_be_read(X: Any, said: str) -> None:
    for estimator in (classifier(), TableEncoder()):
        with pytest.raises(ValueError, match=said):
            estimator.fit(X, CODES)


def test_signalling_nans_are_missing() -> None:
    wanted = TableEncoder().fit_transform(with_cell(None))
    np.testing.assert_array_equal(TableEncoder().fit_transform(with_cell(Decimal("sNaN"))), wanted)


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([[1, 2], [3]] * (N // 2), "different lengths"),
        (pd.Series([None, *[True, False] * 19, True], dtype="boolean"), "NaN|missing"),
        (np.array([Decimal("sNaN"), *CODES[1:].tolist()], object), "NaN|missing"),
        (CODES[:-3], "inconsistent|shape"),
    ],
)
def test_targets_that_cannot_be_read(y: Any, said: str) -> None:
    for estimator in (classifier(), TableRegressor("fast"), TableEncoder()):
        with pytest.raises(ValueError, match=said):
            estimator.fit(Z, y)


def test_targets_of_128_bits() -> None:
    y = pl.Series(CODES.tolist(), dtype=pl.Int128)
    wanted = classifier().fit(Z, CODES).predict(Z)
    np.testing.assert_array_equal(classifier().fit(Z, y).predict(Z), wanted)


def test_a_failed_fit_leaves_the_encoder_as_it_was() -> None:
    encoder = TableEncoder().fit(FRAME, CODES)
    before = vars(encoder).copy()
    with pytest.raises(InputError):
        encoder.fit(FRAME[["a", "b"]].rename(columns={"a": "q"}), CODES[:-2])
    assert vars(encoder) == before


@pytest.mark.parametrize("wrong", [{"columns": ["a"]}, {"max_categories": -1}])
def test_parameters_of_the_encoder(wrong: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TableEncoder(**wrong).fit(FRAME)


def test_no_time_limit_is_too_long() -> None:
    limited = classifier().set_params(time_limit=1e300).fit(Z, CODES)
    assert len(limited.network_.members) >= 1


@pytest.mark.parametrize("cells", [[[1, 2]] * N, [{"k": 1}] * N])
def test_lists_are_no_numbers(cells: Any) -> None:
    encoder = TableEncoder().fit(FRAME)
    for frame in (FRAME.assign(a=cells), pl.from_pandas(FRAME).with_columns(a=pl.Series(cells))):
        with pytest.raises(InputError, match="column 'a' holds lists or records"):
            encoder.transform(frame)


UNFIT: dict[str, Any] = {
    "date": np.array([date(2020, 1, 1 + k % 28) for k in range(N)], dtype=object),
    "time": np.array([time(k % 24) for k in range(N)], dtype=object),
    "timedelta": np.array([timedelta(k) for k in range(N)], dtype=object),
    "Timestamp": pd.Series(pd.date_range("2020", periods=N, tz="UTC")),
    "Period": pd.Series(pd.period_range("2020-01", periods=N, freq="M")),
    "Interval": pd.Series(pd.interval_range(0, periods=N)),
    "datetime64": np.arange(N).astype("M8[D]"),
    "int": np.array([10**400 + k for k in range(N)], dtype=object),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_what_is_neither_class_nor_number_is_refused_by_its_type(kind: str) -> None:
    y = UNFIT[kind]
    with pytest.raises(InputError, match=f"the type {kind}.* cannot be classes: give their texts"):
        classifier().fit(Z, y)
    with pytest.raises(InputError, match=f"the type {kind}.*, and a regressor predicts numbers"):
        TableRegressor("fast", random_state=0).fit(Z, y)


@pytest.mark.parametrize("use", ["target", "sample_weight", "groups"])
@pytest.mark.parametrize(
    "kind", [pa.date64(), pa.timestamp("s"), pa.duration("s")], ids=["date", "time", "duration"]
)
def test_arrow_times_beyond_those_of_python(use: str, kind: pa.DataType) -> None:
    frame = pa.table({"a": Z[:, 0], "far": pa.array([2**62 + k for k in range(N)], kind)})
    y = {} if use == "target" else {"y": CODES}
    no_weight = "sample_weight='far' names a column that holds no numbers"
    beyond = "beyond the dates and durations of Python"
    with pytest.raises(InputError, match=no_weight if use == "sample_weight" else beyond):
        classifier().fit(frame, **y, **{use: "far"})


DAYS = np.datetime64("2020-01-06") + 7 * np.arange(N)


@pytest.mark.parametrize("unit", ["W", "h", "m", "10s", "10ms", "ps"])
def test_times_of_any_unit_of_numpy(unit: str) -> None:
    days = (
        DAYS.astype("M8[s]")
        if unit != "ps"
        else np.datetime64("1970-01-01", "s") + 60 * np.arange(N)
    )
    times = days.astype(f"M8[{unit}]")
    learn = TableEncoder(columns={"day": "date"})
    wanted = learn.fit_transform({"day": times.astype("M8[us]"), "a": Z[:, 0]})
    np.testing.assert_array_equal(learn.fit_transform({"day": times, "a": Z[:, 0]}), wanted)
    lasting = (times - times[0]).astype(f"m8[{unit}]")
    wanted = TableEncoder().fit_transform({"took": lasting.astype("m8[us]"), "a": Z[:, 0]})
    np.testing.assert_array_equal(
        TableEncoder().fit_transform({"took": lasting, "a": Z[:, 0]}), wanted
    )


def test_times_far_away_keep_their_order() -> None:
    days = np.array([-(10**9), 0, 1, 10**9] * (N // 4)).astype("M8[D]")
    for frame in ({"x0": days, "x1": days}, np.stack([days, days], axis=1)):
        features = TableEncoder(columns={"x0": "date"}).fit_transform(frame)[:4, 0]
        assert (np.diff(features) > 0).all()


@pytest.mark.parametrize("unit", ["W", "h", "Y"])
def test_times_beyond_64_bits_of_seconds(unit: str) -> None:
    far = np.full(N, 2**62).astype(f"m8[{unit}]")
    for frame in ({"took": far, "a": Z[:, 0]}, np.stack([far, far], axis=1)):
        with pytest.raises(InputError, match="in 64 bits do not hold"):
            TableEncoder().fit(frame)


@pytest.mark.parametrize("labels", [["no", "yes"], [0, 1], [False, True]], ids=str)
@pytest.mark.parametrize("others", [["no", "yes"], [0, 1], [0.0, 1.0], [False, True]], ids=str)
def test_labels_for_validation_may_be_of_another_type(labels: Any, others: Any) -> None:
    y, y_val = np.array(labels)[CODES], np.array(others)[CODES]
    fit = classifier().fit
    if isinstance(labels[0], str) is isinstance(others[0], str):
        given = fit(Z, y, X_val=Z, y_val=y_val).predict_proba(Z)
        np.testing.assert_array_equal(given, fit(Z, y, X_val=Z, y_val=y).predict_proba(Z))
        return
    with pytest.raises(InputError, match=r"the class '[\w.]+' of y_val is none of the training's"):
        fit(Z, y, X_val=Z, y_val=y_val)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (np.ones((N, 2)), r"column 'time' is a ndarray of the shape \(40, 2\): give a list or"),
        (FRAME[["a"]], r"column 'time' is a DataFrame of the shape \(40, 1\): give a list or"),
        (np.ones(N) + 1j, "column 'time' cannot be read: Unsupported numpy type"),
        (np.array([1, "a"] * 20, object), "column 'time' cannot be read: "),
        (np.array(["\ud800", "a"] * 20, object), "column 'time' cannot be read: "),
        (np.array([datetime(2020, 1, 1), 1.5] * 20, object), "column 'time' cannot be read: "),
        (np.array([{1}] * N, object), "column 'time' "),
    ],
    ids=["two columns", "frame", "complex", "mixed", "half a character", "with numbers", "sets"],
)
def test_times_that_are_no_column_are_refused(times: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        classifier().fit(Z, CODES, time=times)
    assert "\n" not in str(caught.value)


def test_a_signalling_nan_is_a_missing_cell() -> None:
    cells = [Decimal("sNaN"), *map(Decimal, range(N - 1))]
    frame = FRAME.assign(d=pd.Series(cells, dtype=object))
    plain = FRAME.assign(d=[np.nan, *range(N - 1)])
    mixed = frame.assign(d=[*cells[:-1], "x"])
    wanted = TableEncoder().fit(plain).transform(plain)
    np.testing.assert_array_equal(TableEncoder().fit(frame).transform(frame), wanted)
    assert TableEncoder().fit(mixed).transform(mixed).shape[0] == N


def test_a_target_that_bears_the_name_of_a_column_is_called_target() -> None:
    """Whose cells may be others: it was called after that column, with an underscore."""
    frame = FRAME.assign(target=1.0)
    for given, taken, name in (
        (FRAME, "a", "target"),
        (frame, "a", "target_"),
        (FRAME, "grade", "grade"),
        (FRAME, None, "target"),
    ):
        fitted = classifier().fit(given, pd.Series(CODES, name=taken))
        assert fitted.encoding_.target.name == name


RECORDS = FRAME.assign(s="u").to_dict("records")
NO_TABLES = [
    (RECORDS, "X is a list of records: make a table of it"),
    (tuple(RECORDS), "X is a list of records: make a table of it"),
    (FRAME.to_records(index=False), "X is an array of records: make a table of it"),
    (pd.DataFrame(index=range(N)), "X has no columns: give one or more"),
    ({}, "X has no columns: give one or more"),
    (FRAME[["a", "b"]].set_axis(pd.Index([1.0, 1], dtype=object), axis=1), "of the name '1.0'"),
]


@pytest.mark.parametrize(("X", "message"), NO_TABLES)
def test_what_is_no_table_yet_is_called_so(X: Any, message: str) -> None:
    for estimator in (classifier(), TableEncoder()):
        with pytest.raises(ValueError, match=message) as refused:
            estimator.fit(X, CODES)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("others", [[10**31], [None], [1.5], [float("nan")], [-(2**70)]])
def test_whole_numbers_of_more_than_64_bits_are_read_in_mappings_too(others: Any) -> None:
    cells = [10**30, *others] * (N // 2)
    framed = TableEncoder().fit_transform(pd.DataFrame({"k": pd.Series(cells, dtype=object)}))
    for column in (cells, np.array(cells, dtype=object)):
        np.testing.assert_array_equal(TableEncoder().fit_transform({"k": column}), framed)
