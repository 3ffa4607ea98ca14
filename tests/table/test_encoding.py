"""Columns to features: recognition, imputation, scaling, categories, dates, plain data."""

import datetime
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rosenblatt.errors import InputError
from rosenblatt.table import (
    Boolean,
    Category,
    Cycle,
    Date,
    DateOrder,
    Dropped,
    Number,
    Scaling,
    TableEncoding,
    learn_encoding,
    read_table,
)

N = 400
DATA = Path(__file__).parents[3] / "shared" / "data"


def rng():
    return np.random.default_rng(0)


def table(**columns):
    """Columns beside a number that is always learnable, and a target."""
    n = len(next(iter(columns.values()))) if columns else N
    x = rng().normal(size=n)
    return pd.DataFrame({**columns, "x": x, "y": np.where(x > 0, "a", "b")})


def learn(frame, **options):
    return learn_encoding(frame, target="y", **options)


def column_of(values, name="c", **options):
    return learn(table(**{name: values}), **options).columns[0]


def features(encoding, frame):
    return pd.DataFrame(encoding.encode(frame).X, columns=list(encoding.feature_names))


WORDS = np.array(["red", "green", "blue"])
DAYS = pd.date_range("2020-01-01", periods=N, freq="7h")
NUMBERS = np.arange(N) * 1.25

RECOGNISED = {
    "floats": (NUMBERS, Number),
    "float32": (NUMBERS.astype(np.float32), Number),
    "distinct integers": (rng().permutation(N), Number),
    "years": (np.arange(1600, 1600 + N), Number),
    "uint8": (np.arange(N).astype(np.uint8), Number),
    "two integers": (np.arange(N) % 2, Number),
    "nullable integers": (pd.array([*range(N - 1), None], dtype="Int64"), Number),
    "nullable floats": (pd.array(NUMBERS, dtype="Float64"), Number),
    "arrow floats": (pd.array(NUMBERS, dtype="double[pyarrow]"), Number),
    "decimals": ([Decimal(k) / 8 for k in range(N)], Number),
    "durations": (pd.to_timedelta(np.arange(N), unit="h"), Number),
    "numbers as text": ([f" {v:.3f}" for v in NUMBERS], Number),
    "grouped numbers": ([f"{v:,.2f}" for v in NUMBERS * 1e4], Number),
    "mixed objects of numbers": ([1, 2.5, "3", None] * (N // 4), Number),
    "words": (np.resize(WORDS, N), Category),
    "words as objects": (np.resize(WORDS, N).astype(object), Category),
    "words of arrow": (pd.array(np.resize(WORDS, N), dtype="string[pyarrow]"), Category),
    "declared category": (pd.Categorical(np.resize(WORDS, N)), Category),
    "declared category of digits": (pd.Categorical(np.resize(["20", "60", "75"], N)), Category),
    "declared category of integers": (pd.Categorical(np.resize([20, 60, 75], N)), Category),
    "ambiguous commas": (np.resize(["1,234", "2,345", "5"], N), Category),
    "intervals": (pd.cut(NUMBERS, 4), Category),
    "times of day": (np.resize([datetime.time(8), datetime.time(9)], N), Category),
    "bools": (np.resize([True, False, True], N), Boolean),
    "bools with missing": (np.resize(np.array([True, False, None]), N), Boolean),
    "nullable bools": (pd.array(np.resize([True, False], N), dtype="boolean"), Boolean),
    "yes and no": (np.resize(["Yes", "no", "NO"], N), Boolean),
    "true and false in words": (np.resize(["TRUE", "false", ""], N), Boolean),
    "declared category of Y and N": (pd.Categorical(np.resize(["Y", "N"], N)), Boolean),
    "timestamps": (DAYS, Date),
    "timestamps with zone": (DAYS.tz_localize("Asia/Tokyo"), Date),
    "periods": (pd.period_range("2020-01", periods=N, freq="M"), Date),
    "dates": ([day.date() for day in DAYS], Date),
    "iso text": (DAYS.strftime("%Y-%m-%d"), Date),
    "iso text with time": (DAYS.strftime("%Y/%m/%d %H:%M:%S"), Date),
    "percentages": ([f"{v:.1f}%" for v in NUMBERS], Number),
    "prices": ([f"-€{v:,.2f}" for v in NUMBERS * 1e4], Number),
    "prices with gaps": ([f"{v} $" if v % 7 else "unknown" for v in NUMBERS], Number),
    "few percentages, some missing": (np.resize(["5%", "NA", "10 %", "?"], N), Number),
    "two currencies": (np.resize(["€5", "$5", "$6"], N), Category),
    "hardly any sign": (np.resize(["5", "6", "$6"], N), Category),
    "day first": (DAYS.strftime("%d.%m.%Y"), Date),
    "arrow dates": (pd.array(DAYS, dtype="timestamp[us][pyarrow]"), Date),
    "constant number": (np.ones(N), Dropped),
    "constant text": (["same"] * N, Dropped),
    "constant bool": ([True] * N, Dropped),
    "constant date": ([datetime.date(2020, 1, 1)] * N, Dropped),
    "all missing": ([None] * N, Dropped),
    "all missing floats": (np.full(N, np.nan), Dropped),
    "all markers": (np.resize(["NA", "?", " "], N), Dropped),
    "text ids": ([f"customer {k}" for k in range(N)], Dropped),
    "free text": (
        [f"A long remark, number {k * 2 // 3}, " + "word " * 10 for k in range(N)],
        Dropped,
    ),
    "all rare": ([f"code {k // 2}" for k in range(N * 3)], Category),
    "lists": ([[1, 2]] * N, Dropped),
    "records": ([{"a": 1}] * N, Dropped),
    "complex": (NUMBERS + 1j, Dropped),
}


@pytest.mark.parametrize("case", RECOGNISED)
def test_recognition(case):
    values, kind = RECOGNISED[case]
    if case == "all rare":  # two rows each are too few where 400 / 200 rows are asked for
        values, kind = values[:1200], Dropped
    encoding = learn(table(c=values))
    column = encoding.columns[0]
    assert type(column) is kind
    frame = table(c=values)
    X = encoding.encode(frame).X
    assert X.dtype == np.float32
    assert X.flags.c_contiguous
    assert X.shape == (len(frame), len(encoding.feature_names))
    assert np.isfinite(X).all()
    own = X[:, : len(column.feature_names)]
    assert not own.size or own.std(axis=0).max() > 0.1
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


@pytest.mark.parametrize(
    ("name", "values", "dropped"),
    [
        ("id", rng().permutation(10 * N)[:N], True),
        ("customerID", rng().permutation(10 * N)[:N], True),
        ("Customer Id", rng().permutation(10 * N)[:N], True),
        ("customer_id", np.repeat(np.arange(N // 2), 2), False),
        ("width", np.arange(N), False),
        ("video", np.arange(N), False),
        ("index", np.arange(N), True),
        ("unnamed column 1", np.arange(N), True),
        ("price index", rng().permutation(10 * N)[:N], False),
        ("id", np.arange(N) + 0.5, False),
    ],
)
def test_identifiers_need_a_name_that_says_so(name, values, dropped):
    assert isinstance(column_of(values, name), Dropped) == dropped


def test_an_index_column_of_a_file_is_left_out(tmp_path):
    frame = table(c=np.resize(WORDS, N))
    frame.to_csv(tmp_path / "t.csv")
    encoding = learn(read_table(tmp_path / "t.csv").frame)
    assert isinstance(encoding.columns[0], Dropped)
    assert "identifier" in encoding.notes[1]


@given(
    arrays(
        np.float64, st.integers(1, 60), elements=st.floats(allow_nan=False, allow_infinity=False)
    )
)
def test_scaling_keeps_order_and_is_finite(x):
    scaling = Scaling.learn(x)
    z = scaling.apply(np.sort(x))
    assert np.isfinite(z).all()
    assert (np.diff(z) >= 0).all()
    assert np.isfinite(scaling.apply(np.array([-1e300, 1e300]))).all()


def test_scaling_without_tails_is_standardisation():
    x = rng().uniform(-3, 7, 1000)
    np.testing.assert_allclose(Scaling.learn(x).apply(x), (x - x.mean()) / x.std(), atol=1e-12)


def test_scaling_with_tails_keeps_the_bulk_apart_and_the_extremes_near():
    x = np.concatenate([rng().normal(size=10_000), [1e6, 1e9]])
    z = Scaling.learn(x).apply(x)
    assert z[:-2].std() > 0.5  # standardising would leave 1e-7
    assert z[:-2].max() < z[-2] < z[-1] - 1  # clipping would make the last two equal
    assert z[-1] < 50
    rare = np.zeros(1_000_000)
    rare[0] = 1
    assert 5 < Scaling.learn(rare).apply(rare)[0] < 50  # standardising: 1000


def test_scaling_has_a_continuous_slope():
    scaling = Scaling(center=0.0, spread=1.0, mean=0.0, std=1.0)
    x = np.linspace(4.9, 5.1, 2001)
    slope = np.diff(scaling.apply(x)) / np.diff(x)
    assert slope[0] == pytest.approx(1)
    assert np.abs(np.diff(slope)).max() < 1e-3
    # The inner and the outer tail: t(t(z)).
    inner = 5 * (1 + np.log(100 / 5))
    assert scaling.apply(np.array([100.0]))[0] == pytest.approx(5 * (1 + np.log(inner / 5)))


def test_numbers_are_imputed_by_the_median_and_marked():
    values = rng().normal(3, 2, N)
    values[::10] = np.nan
    frame = table(c=values)
    encoding = learn(frame)
    X = features(encoding, frame)
    np.testing.assert_array_equal(X["c is missing"], np.isnan(values))
    present = np.sort(values[~np.isnan(values)])
    imputed = np.where(np.isnan(values), present[(len(present) - 1) // 2], values)
    np.testing.assert_allclose(X["c"], (imputed - present.mean()) / present.std(), atol=1e-5)
    assert "x is missing" not in X


def test_a_missing_value_never_seen_in_training_is_imputed_and_noted():
    frame = table(c=np.arange(N) * 1.5, b=np.resize([True, True, False], N), k=np.resize(WORDS, N))
    encoding = learn(frame)
    holes = frame.astype({"b": object})
    holes.loc[[4, 9], ["c", "b", "k"]] = None
    encoded = encoding.encode(holes)
    X = pd.DataFrame(encoded.X, columns=list(encoding.feature_names))
    np.testing.assert_allclose(X.loc[4, "c"], X.loc[N // 2 - 1, "c"])  # the lower median
    assert X.loc[4, "b"] == 1
    assert X.loc[4, [f"k = {word}" for word in WORDS]].sum() == 0
    assert len(encoded.notes) == 3
    for note in encoded.notes:
        assert "2 missing cells (row 5, row 10)" in note


@pytest.mark.parametrize("column", ["c", "d", "z"])
@pytest.mark.parametrize("sign", [1, -1])
def test_infinite_values_name_column_and_rows(column, sign):
    frame = table(c=NUMBERS, d=pd.array(NUMBERS, dtype="Float64"), z=NUMBERS.astype(str))
    encoding = learn(frame)
    broken = frame.astype({"z": object})
    broken.loc[[2, 7], column] = np.inf * sign
    sentence = rf"column '{column}' holds infinite values \(row 3, row 8\)"
    with pytest.raises(InputError, match=sentence):
        encoding.encode(broken)
    with pytest.raises(InputError, match=sentence):
        learn(broken)


def test_a_few_words_among_numbers_mean_missing():
    cells = [str(v) for v in NUMBERS]
    cells[3] = cells[8] = "Unknown"
    frame = table(c=cells)
    encoding = learn(frame)
    assert encoding.columns[0].words == ("unknown",)
    X = features(encoding, frame)
    assert np.flatnonzero(X["c is missing"]).tolist() == [3, 8]
    assert any("'unknown'" in note for note in encoding.notes)
    frame.loc[5, "c"] = "unheard of"
    with pytest.raises(InputError, match="'unheard of' in row 6"):
        encoding.encode(frame)


def test_grouped_thousands_are_read_where_the_column_proves_them():
    frame = table(c=[f"{v:,}" for v in range(0, 4_000_000, 10_000)])
    encoding = learn(frame)
    plain = features(
        learn(table(c=range(0, 4_000_000, 10_000))), table(c=range(0, 4_000_000, 10_000))
    )
    np.testing.assert_array_equal(features(encoding, frame), plain)
    with pytest.raises(InputError, match="'1,2,3'"):
        encoding.encode(frame.assign(c="1,2,3"))
    # A lone "1,234" may be 1.234 elsewhere: never guessed at in a column of plain numbers.
    with pytest.raises(InputError, match="'1,234'"):
        learn(table(c=NUMBERS)).encode(frame.assign(c="1,234"))


def test_words_of_any_type_among_numbers_mean_missing():
    cells = pd.Series(NUMBERS, dtype=object)
    cells[[1, 6]] = datetime.time(8)
    X = features(learn(table(c=cells)), table(c=cells))
    assert np.flatnonzero(X["c is missing"]).tolist() == [1, 6]


def test_numbers_in_an_unclear_notation_are_left_out_with_a_hint():
    column = column_of([f"{k % 7 + 1},{k:03}" for k in range(N)])
    assert isinstance(column, Dropped)
    assert "unclear notation such as '1,000'" in column.reason


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


def test_dates_lie_on_a_line_and_on_circles():
    frame = table(c=DAYS)
    encoding = learn(frame)
    column = encoding.columns[0]
    assert column.cycles == (Cycle.YEAR, Cycle.WEEK, Cycle.DAY)
    X = features(encoding, frame)
    assert np.corrcoef(X["c"], np.arange(N))[0, 1] > 0.999999
    for cycle, wave in ((cycle.value, X[f"c in the {cycle.value}, sine"]) for cycle in Cycle):
        np.testing.assert_allclose(wave**2 + X[f"c in the {cycle}, cosine"] ** 2, 1, atol=1e-5)
    hour = 2 * np.pi * DAYS.hour.to_numpy() / 24
    np.testing.assert_allclose(X["c in the day, sine"], np.sin(hour), atol=1e-4)
    # The same moment, however it is written.
    for other in (
        DAYS.tz_localize("UTC").tz_convert("Asia/Tokyo"),
        DAYS.strftime("%Y-%m-%d %H:%M:%S"),
        DAYS.strftime("%Y-%m-%dT%H:%M:%SZ"),
        DAYS.to_pydatetime(),
        DAYS.astype("datetime64[s]"),
    ):
        np.testing.assert_allclose(features(encoding, frame.assign(c=other)), X, atol=1e-6)


@pytest.mark.parametrize(
    ("freq", "cycles"),
    [
        ("7D", (Cycle.YEAR,)),
        ("D", (Cycle.YEAR, Cycle.WEEK)),
        ("min", (Cycle.DAY,)),
        ("YS", (Cycle.WEEK,)),
    ],
)
def test_dates_have_the_cycles_in_which_they_vary(freq, cycles):
    assert column_of(pd.date_range("2020-01-06", periods=N // 2, freq=freq)).cycles == cycles


def test_missing_dates_are_marked_and_wrong_ones_named():
    cells = list(DAYS.strftime("%Y-%m-%d"))
    cells[7] = ""
    frame = table(c=cells)
    encoding = learn(frame)
    X = features(encoding, frame)
    assert np.flatnonzero(X["c is missing"]).tolist() == [7]
    assert X.loc[7, "c in the week, sine"] == X.loc[7, "c in the week, cosine"] == 0
    for wrong in ("2020-13-01", "soon", 7):
        with pytest.raises(InputError, match=r"'c' has .* in row 3.*not a date"):
            encoding.encode(frame.assign(c=pd.Series([None, None, wrong], dtype=object)))
    with pytest.raises(InputError, match="not a date"):
        encoding.encode(frame.assign(c=1.0))


@pytest.mark.parametrize(
    ("form", "order"),
    [
        ("%d.%m.%Y", DateOrder.DAY_FIRST),
        ("%d/%m/%Y", DateOrder.DAY_FIRST),
        ("%d-%m-%Y", DateOrder.DAY_FIRST),
        ("%m/%d/%Y", DateOrder.MONTH_FIRST),
        ("%m-%d-%Y", DateOrder.MONTH_FIRST),
        ("%b %d, %Y", DateOrder.MONTH_NAMED),
        ("%d %B %Y", DateOrder.MONTH_NAMED),
        ("%d-%b-%Y", DateOrder.MONTH_NAMED),
    ],
)
@pytest.mark.parametrize("time", ["", " %H:%M", " %H:%M:%S", " %I:%M %p"])
def test_the_cells_decide_the_order_of_a_date(form, order, time):
    frame = table(c=DAYS.strftime(form + time))
    encoding = learn(frame)
    assert encoding.columns[0].order is order
    moments = DAYS if time else DAYS.normalize()
    expected = learn(table(c=moments))
    np.testing.assert_array_equal(encoding.encode(frame).X, expected.encode(table(c=moments)).X)
    # A single row that would be unclear by itself is read as the training rows were.
    day = pd.Timestamp("2020-05-04 03:00" if time else "2020-05-04")
    one = frame.head(1)
    read = encoding.encode(one.assign(c=day.strftime(form + time))).X
    np.testing.assert_array_equal(read, encoding.encode(one.assign(c=day)).X)
    np.testing.assert_array_equal(read, encoding.encode(one.assign(c=day.isoformat(" "))).X)
    assert f"column 'c' holds dates, read as {order.value}" in encoding.notes
    assert f"({order.value})" in encoding.describe()[0].detail
    assert not any("read as" in note for note in expected.notes)
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


@pytest.mark.parametrize(
    "wrong",
    ["05/31/2020", "31/02/2020", "31/05/20", "31/05-2020", "31/05/2020 25:00", "31 May 2020", "9"],
)
def test_a_date_of_another_order_is_named(wrong):
    encoding = learn(table(c=DAYS.strftime("%d/%m/%Y")))
    with pytest.raises(InputError, match=r"row 1, which is not a date \(day-month-year\)"):
        encoding.encode(table(c=[wrong]))


@pytest.mark.parametrize("by", ["/", "-"])
def test_dates_of_an_unclear_order_are_left_as_they_are_and_noted(by):
    few = np.resize([f"01{by}0{k}{by}2020" for k in range(1, 9)], N)
    encoding = learn(table(c=few))
    assert isinstance(encoding.columns[0], Category)
    sentence = "looks like dates of an unclear order; write 2021-03-18"
    assert f"column 'c' {sentence}" in encoding.notes
    assert sentence in encoding.describe()[0].detail
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding
    for rows_each in (1, 2):  # all different, all rare
        cells = [f"{k % 12 + 1:02}{by}05{by}{1600 + k // rows_each}" for k in range(3 * N)]
        cells = [cells[k - k % rows_each] for k in range(3 * N)]
        column = column_of(cells)
        assert isinstance(column, Dropped)
        assert column.reason == sentence


@pytest.mark.parametrize(
    "text", ["31.13.2020", "32.01.2020", "01/31/2020", "31 Foo 2020", "1.2.2020 13:00 pm"]
)
def test_what_only_looks_like_a_date_is_none(text):
    cells = np.resize(["13.01.2020", "14.01.2020", text], N)
    assert isinstance(column_of(cells), Category)


def test_numbers_with_a_sign_are_read_with_or_without_it():
    frame = table(c=[f"{v}%" for v in NUMBERS])
    encoding = learn(frame)
    plain = learn(table(c=NUMBERS))
    np.testing.assert_array_equal(encoding.encode(frame).X, plain.encode(table(c=NUMBERS)).X)
    read = encoding.encode(table(c=["-5 %", "%-5", "-%5", "-5"])).X[:, 0]
    assert len(set(read)) == 1
    assert "numbers with %" in encoding.describe()[0].detail
    for wrong in ("5€", "%", "5%%", "1%2"):
        with pytest.raises(InputError, match="not a number"):
            encoding.encode(table(c=[wrong]))
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


def test_sentences_are_free_text_and_codes_identifiers():
    sentence = column_of([f"The lift was out of order, {k}" for k in range(N)])
    assert sentence.reason.startswith("free text: 400 of 400 texts are distinct, ")
    for code in ("customer {}", "AB-{}-XY-{}", "{} Mary Jones"):
        column = column_of([code.format(k, k) for k in range(N)])
        assert column.reason.startswith("an identifier: ")


@pytest.mark.parametrize("wrong", ["tall", "1.5m", "1_000", DAYS[0], b"x", 1j])
def test_what_is_no_number_in_a_numeric_column_is_named(wrong):
    frame = table(c=NUMBERS)
    encoding = learn(frame)
    cells = pd.Series(NUMBERS, dtype=object)
    cells[[2, 5]] = wrong
    with pytest.raises(InputError, match=r"column 'c' has .* in row 3 \(1 further cell likewise\)"):
        encoding.encode(frame.assign(c=cells))


def test_columns_in_any_order_extra_and_absent():
    frame = table(length=NUMBERS, color=np.resize(WORDS, N), idle=np.ones(N))
    encoding = learn(frame)
    X = encoding.encode(frame).X
    shuffled = frame[["color", "y", "x", "length"]].assign(note="hello", more=1)
    encoded = encoding.encode(shuffled)
    np.testing.assert_array_equal(encoded.X, X)
    assert encoded.notes == ("2 unknown columns ignored: 'note', 'more'",)
    np.testing.assert_array_equal(encoding.encode(frame.drop(columns=["y", "idle"])).X, X)
    with pytest.raises(InputError, match=r"lacks the column 'color': did you mean 'colour'\?"):
        encoding.encode(frame.rename(columns={"color": "colour"}))
    with pytest.raises(InputError, match=r"lacks the columns 'length', 'x': it has 'color'"):
        encoding.encode(frame[["color"]])
    with pytest.raises(InputError, match="'color' occurs more than once"):
        encoding.encode(pd.concat([frame, frame[["color"]]], axis=1))


def test_rows_are_encoded_alike_whatever_stands_beside_them():
    frame = table(
        a=np.where(NUMBERS % 3 == 0, np.nan, NUMBERS), b=np.resize(WORDS, N), c=DAYS
    ).sample(frac=1, random_state=0)
    encoding = learn(frame)
    X = encoding.encode(frame).X
    for row in (0, 7, N - 1):
        np.testing.assert_array_equal(encoding.encode(frame.iloc[[row]]).X[0], X[row])
    assert encoding.encode(frame.iloc[:0]).X.shape == (0, X.shape[1])


def test_rows_without_a_target_teach_nothing():
    frame = table(c=NUMBERS)
    frame.loc[5:, "y"] = None
    frame.loc[:4, "y"] = ["a", "b", "a", "b", "b"]
    assert learn(frame).columns == learn(frame.head(5)).columns


def test_no_column_left_to_learn_from():
    frame = table(c=["same"] * N).drop(columns="x")
    with pytest.raises(InputError, match=r"no column is left to learn 'y' from \(c: constant"):
        learn(frame)
    with pytest.raises(InputError, match="it is the only one"):
        learn(frame[["y"]])


def test_many_dropped_columns_make_one_note():
    frame = table(**{f"p{k}": np.zeros(N) for k in range(60)}, e=np.full(N, np.nan))
    encoding = learn(frame)
    assert encoding.notes[1:] == (
        "60 columns are left out, constant: 'p0', 'p1', 'p2', ...",
        "column 'e' is left out, all cells are missing",
    )


def test_describe_has_a_line_a_column():
    frame = table(c=np.resize(WORDS, N), d=DAYS, e=np.resize([True, False], N), f=np.ones(N))
    lines = learn(frame).describe()
    assert [(line.name, line.kind, line.n_features) for line in lines] == [
        ("c", "category", 3),
        ("d", "date", 7),
        ("e", "true/false", 1),
        ("f", "left out", 0),
        ("x", "number", 1),
        ("y", "target", 0),
    ]
    assert lines[0].detail == "3 categories"
    assert "median 2020-02-28" in lines[1].detail
    assert lines[5].detail == "2 classes: 'a', 'b'"


def test_text_columns_are_those_that_must_stay_as_written(tmp_path):
    frame = table(zip=np.resize(["01234", "X1", "00777"], N), n=np.arange(N) % 9)
    frame.to_csv(tmp_path / "train.csv", index=False)
    encoding = learn(read_table(tmp_path / "train.csv").frame)
    assert encoding.text_columns == ("zip", "y")
    frame.head(1).to_csv(tmp_path / "new.csv", index=False)
    new = read_table(tmp_path / "new.csv", as_text=encoding.text_columns).frame
    assert encoding.encode(new).notes == ()


@pytest.mark.parametrize(
    ("name", "n_features", "kinds"),
    [
        ("flights", 246, {"tailnum": 101, "dep_delay": 1, "temp": 2}),
        ("ames", None, {"Alley": 3, "Lot.Frontage": 2, "Central.Air": 1, "MS.SubClass": 15}),
        ("adult", 108, {"workclass": 9, "age": 1, "sex": 2}),
        ("kddcup99", 113, {"num_outbound_cmds": 0, "service": 63}),
    ],
)
def test_real_tables(name, n_features, kinds):
    path = DATA / f"{name}.parquet"
    if not path.exists():
        pytest.skip("the benchmark data are not here")
    frame = read_table(path).frame
    encoding = learn_encoding(frame, target="target")
    lines = {line.name: line.n_features for line in encoding.describe()}
    assert {key: lines[key] for key in kinds} == kinds
    encoded = encoding.encode(frame)
    assert n_features in (None, encoded.X.shape[1])
    assert encoded.notes == ()
    assert np.isfinite(encoded.X).all()
    assert np.abs(encoded.X).max() < 50
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


def test_a_table_through_csv_is_encoded_as_through_parquet(tmp_path):
    path = DATA / "adult.parquet"
    if not path.exists():
        pytest.skip("the benchmark data are not here")
    frame = read_table(path).frame.head(3000)
    frame.to_csv(tmp_path / "t.csv", index=False, sep=";", na_rep="?")
    again = read_table(tmp_path / "t.csv").frame
    encoding = learn_encoding(frame, target="target")
    assert learn_encoding(again, target="target") == encoding
    np.testing.assert_array_equal(encoding.encode(again).X, encoding.encode(frame).X)


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
def test_what_is_no_plain_data_at_all_is_refused(data):
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
