"""The target: which column, which task, which codes."""

import datetime
import json
import sys

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import (
    ClassTarget,
    NumberTarget,
    TableEncoding,
    Task,
    guess_target,
    learn_encoding,
    recognise_table,
    table_of,
)

N = 300


def frame_of(values):
    return pd.DataFrame({"x": np.arange(len(values)) * 0.5, "y": values})


def learn(values, task=Task.AUTO):
    return recognise_table(frame_of(values), target="y", task=task).target


def cells_of(values):
    return table_of(frame_of(values)).by_name["y"]


CLASSES = {
    "text": (np.resize(["b", "a", "c"], N), ("a", "b", "c")),
    "category": (pd.Categorical(np.resize(["b", "a", "c"], N)), ("a", "b", "c")),
    "category of digits": (pd.Categorical(np.resize(["1", "0"], N)), ("0", "1")),
    "bool": (np.resize([True, False], N), (False, True)),
    "bool with missing": (np.resize(np.array([True, False, None]), N), (False, True)),
    "nullable bool": (pd.array(np.resize([True, False], N), dtype="boolean"), (False, True)),
    "yes and no": (np.resize(["yes", "no"], N), ("no", "yes")),
    "few integers": (np.resize([3, -1, 10], N), (-1, 3, 10)),
    "integers as floats": (np.resize([0, 1, np.nan], N), ("0.0", "1.0")),
    "two integers in few rows": ([0, 1, 1, 0], (0, 1)),
    "nullable integers": (pd.array(np.resize([1, 2], N), dtype="Int64"), (1, 2)),
}


@pytest.mark.parametrize("case", CLASSES)
def test_classes(case):
    values, classes = CLASSES[case]
    target = learn(values)
    assert isinstance(target, ClassTarget)
    assert target.classes == classes
    assert [type(label) for label in target.classes] == [type(label) for label in classes]
    series = frame_of(values)["y"]
    encoded = target.encode(cells_of(values))
    np.testing.assert_array_equal(encoded.rows, series.notna())
    labels = target.labels(encoded.y)
    assert labels.tolist() == [
        str(v) if isinstance(classes[0], str) else v for v in series.dropna()
    ]
    assert target.counts == tuple(int((labels == label).sum()) for label in classes)
    encoding = learn_encoding(frame_of(values), target="y")
    again = TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict())))
    assert again == encoding
    assert [type(label) for label in again.target.classes] == [type(label) for label in classes]


NUMBERS = {
    "floats": np.linspace(0, 1, N),
    "two floats": np.resize([0.5, 1.5], N),
    "many integers": np.arange(N) % 50,
    "few integers in few rows": [1, 2, 3, 4, 5, 6, 7],
    "numbers as text": [f"{k / 4}" for k in range(N)],
    "floats with missing": np.where(np.arange(N) % 7, np.arange(N), np.nan),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers(case):
    values = NUMBERS[case]
    target = learn(values)
    assert isinstance(target, NumberTarget)
    numbers = np.asarray(values, dtype=float)
    present = numbers[~np.isnan(numbers)]
    encoded = target.encode(cells_of(values))
    np.testing.assert_allclose(encoded.y, present)
    z = target.standardise(encoded.y)
    assert z.mean() == pytest.approx(0, abs=1e-12)
    assert z.std() == pytest.approx(1)
    np.testing.assert_allclose(target.restore(z), present, atol=1e-12)


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.REGRESSION])
@pytest.mark.parametrize("values", [np.resize([1, 2, 4], N), np.resize(["1", "2", "4"], N)])
def test_the_task_that_was_asked_for_wins(task, values):
    target = learn(values, task)
    assert isinstance(target, ClassTarget) == (task is Task.CLASSIFICATION)
    assert "was asked for" in target.notes[0]


def test_notes_say_what_was_taken_and_why():
    assert "whole numbers, only 2 distinct values in 300 rows" in learn([0, 1] * 150).notes[0]
    assert "numbers with decimals" in learn(np.linspace(0, 1, N)).notes[0]
    target = learn(["a"] * 5 + ["b"] * 4 + ["c"])
    assert target.notes[1] == "class 'c' of 'y' with one row only"


REFUSED = {
    "missing": ([None] * 9, Task.AUTO, "missing in every row"),
    "markers": ([None, "", " "] * 3, Task.AUTO, "missing in every row"),
    "constant text": (["a"] * 9, Task.AUTO, "is 'a' in every row"),
    "constant number": ([2.0, np.nan, 2.0], Task.REGRESSION, "is '2.0' in every row"),
    "text for regression": (["1.5", "tall", "2"], Task.REGRESSION, "'tall' in row 2"),
    "categories": (pd.Categorical(["1", "2", "3"]), Task.REGRESSION, "say --column y=number"),
    "infinite": ([1.0, np.inf, 2.5], Task.AUTO, r"infinite values \(row 2\)"),
    "huge": ([1e308, -1e308, 1.5], Task.REGRESSION, "too much to be scaled"),
    "constant but for a marker": (["2.5", "NA", "2.5"], Task.REGRESSION, "is '2.5' in every row"),
    "dates": (pd.date_range("2020-01-01", periods=9), Task.AUTO, "holds dates"),
    "date objects": ([datetime.date(2020, 1, k) for k in range(1, 10)], Task.AUTO, "holds dates"),
    "dates as text": ([f"{k}.01.2020" for k in range(10, 19)], Task.AUTO, "holds dates"),
    "ids": ([f"id {k}" for k in range(N)], Task.AUTO, "too many for classes"),
    "floats as classes": (np.linspace(0, 1, N), Task.CLASSIFICATION, "or regression"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_sentence(case):
    values, task, sentence = REFUSED[case]
    with pytest.raises(InputError, match=sentence):
        learn(values, task)


def test_an_absent_target_offers_near_names():
    frame = pd.DataFrame({"Price": [1.0, 2.5], "rooms": [1, 2]})
    with pytest.raises(InputError, match=r"no target column 'prize': did you mean 'Price'\?"):
        learn_encoding(frame, target="prize")
    with pytest.raises(InputError, match="it has 'Price', 'rooms'"):
        learn_encoding(frame, target="zzz")
    with pytest.raises(InputError, match="no target column 'target': it has 'age', 'y'"):
        learn_encoding(pd.DataFrame({"age": [1.0, 2.5], "y": [1, 2]}), target="target")
    with pytest.raises(InputError, match="'rooms' occurs more than once"):
        recognise_table(frame.set_axis(["rooms", "rooms"], axis=1), target="rooms")


@pytest.mark.parametrize(
    ("names", "guess"),
    [
        (["a", "Target", "b"], "Target"),
        (["y", "label", "b"], "label"),
        (["CLASS", "y", "b"], "CLASS"),
        (["a", "Y", "b"], "Y"),
        (["a", "b"], "b"),
    ],
)
def test_guess(names, guess):
    name, note = guess_target(pd.DataFrame(columns=names))
    assert name == guess
    assert repr(guess) in note


def test_no_columns_to_guess_from():
    with pytest.raises(InputError, match="no columns"):
        guess_target(pd.DataFrame())


def test_rows_with_a_missing_class_are_left_out_and_unknown_classes_are_errors():
    encoding = learn_encoding(frame_of(np.resize(["a", "b"], N)), target="y")
    encoded = encoding.encode_target(frame_of(["a", None, "z", "b", "", "z"]))
    np.testing.assert_array_equal(encoded.y, [0, 2, 1, 2])
    assert encoded.y.dtype == np.int64
    assert encoded.rows.tolist() == [True, False, True, True, False, True]
    assert "2 rows left out: 'y' is missing there" in encoded.notes
    assert any("2 rows" in note and "('z'; row 3, row 6)" in note for note in encoded.notes)
    with pytest.raises(InputError, match="lacks the column 'y'"):
        encoding.encode_target(pd.DataFrame({"x": [1.0]}))


def test_labels_of_more_digits_than_python_converts():
    long = sys.get_int_max_str_digits() + 1
    labels = ["9" * long + last for last in "12"]
    encoding = learn_encoding(frame_of(np.resize(labels, N)), target="y")
    assert encoding.target.classes == tuple(labels)
    again = [labels[1], "00" + labels[0], labels[0] + ".0", "-" + labels[0]]
    assert encoding.encode_target(frame_of(again)).y.tolist() == [1, 0, 0, 2]
    encoding = learn_encoding(frame_of(np.resize([1, 2], N)), target="y")
    assert encoding.encode_target(frame_of([*labels, "02", "2.0"])).y.tolist() == [2, 3, 1, 1]


def test_bad_numbers_in_the_target_later_on():
    encoding = learn_encoding(frame_of(np.linspace(0, 1, N)), target="y")
    encoded = encoding.encode_target(frame_of([0.5, None, 7.0]))
    np.testing.assert_array_equal(encoded.y, [0.5, 7.0])
    assert encoded.notes == ("1 row left out: 'y' is missing there",)
    with pytest.raises(InputError, match="'high' in row 2, which is not a number"):
        encoding.encode_target(frame_of([0.5, "high"]))
    with pytest.raises(InputError, match="infinite"):
        encoding.encode_target(frame_of([0.5, np.inf]))


def test_a_target_learnt_from_more_rows_keeps_its_classes():
    frame = frame_of(["a", "b"] * 20 + ["c"])
    formats = recognise_table(frame, target="y")
    encoding = learn_encoding(frame, target=formats, rows=np.arange(30))
    assert encoding.target.classes == ("a", "b", "c")
    assert encoding.encode_target(frame).rows.all()


def test_bool_classes_are_recognised_in_words():
    encoding = learn_encoding(frame_of([True, False] * 20), target="y")
    encoded = encoding.encode_target(frame_of(["true", "FALSE", "perhaps", None]))
    np.testing.assert_array_equal(encoded.y, [1, 0, 2])
    assert len(encoded.notes) == 2


LIMITED = NumberTarget("y", 10.0, 2.0, "numbers", low=7.0, high=12.5)


def test_predictions_of_a_number_are_held_within_its_limits():
    standardised = np.array([-9.0, -1.5, 0.0, 1.25, 1.3, np.inf, -np.inf, np.nan])
    found = LIMITED.restore(standardised)
    np.testing.assert_array_equal(found, [7.0, 7.0, 10.0, 12.5, 12.5, 12.5, 7.0, np.nan])
    np.testing.assert_array_equal(LIMITED.restore(standardised.reshape(4, 2)).ravel(), found)
    below = NumberTarget("y", 10.0, 2.0, "numbers", high=12.5)
    np.testing.assert_array_equal(below.restore(standardised[:5]), [-8, 7, 10, 12.5, 12.5])
    above = NumberTarget("y", 10.0, 2.0, "numbers", low=7.0)
    np.testing.assert_array_equal(above.restore(standardised[:5]), [7, 7, 10, 12.5, 12.6])
    assert LIMITED.detail.endswith("standard deviation 2, predictions from 7 to 12.5")
    assert above.detail.endswith(", predictions from 7")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("log", [False, True])
def test_numbers_far_beyond_those_that_were_learnt_are_infinite(log):
    target = NumberTarget("y", 0.0, 1e-307 if log else 1e-30, "numbers", log=log)
    assert target.standardise(np.array([1e300]))[0] == np.inf
    target = NumberTarget("y", 0.0, 1e300, "numbers", log=log)
    assert target.restore(np.array([1e30]))[0] == np.inf


def test_limits_that_leave_nothing_are_refused():
    with pytest.raises(ValueError, match="lower limit"):
        NumberTarget("y", 10.0, 2.0, "numbers", low=2.0, high=1.0)
    assert NumberTarget("y", 10.0, 2.0, "numbers", low=1.0, high=1.0).restore(np.ones(1)) == 1


def test_limits_come_back_and_older_files_have_none():
    encoding = learn_encoding(frame_of(np.arange(N) / 7), target="y")
    assert (encoding.target.low, encoding.target.high) == (None, None)
    data = encoding.to_dict()
    assert {"low", "high"}.isdisjoint(data["target"])
    data["target"] |= {"low": -1.5, "high": 3.0}
    found = TableEncoding.from_dict(json.loads(json.dumps(data)))
    assert (found.target.low, found.target.high) == (-1.5, 3.0)
    assert TableEncoding.from_dict(found.to_dict()) == found
    for wrong in ({"low": 4.0}, {"high": "3"}, {"low": True}):
        with pytest.raises(ValueError, match=r"low|lower limit|high"):
            TableEncoding.from_dict(data | {"target": data["target"] | wrong})
