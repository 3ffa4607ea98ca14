"""New cells in another notation: read where that is certain and said, or refused with the cell."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import learn_encoding

VALUES = np.round(np.random.default_rng(0).uniform(1, 100, 60), 1)
DAYS = [dt.date(2023, 1 + i % 12, 1 + i % 28) for i in range(60)]
TRAINING = {
    "plain": [str(x) for x in VALUES],
    "comma": [str(x).replace(".", ",") for x in VALUES],
    "kg": [f"{x} kg" for x in VALUES],
    "%": [f"{x}%" for x in VALUES],
    "€": [f"{x} €".replace(".", ",") for x in VALUES],
    "K": [f"{x}K" for x in VALUES],
    "iso": [str(d) for d in DAYS],
    "dots": [f"{d:%d.%m.%Y}" for d in DAYS],
    "us": [f"{d:%m/%d/%Y}" for d in DAYS],
    "clock": [f"{i % 24:02d}:{i % 60:02d}" for i in range(60)],
    "spans": [f"{i} days 02:00:00" for i in range(60)],
    "dates": pa.array(DAYS),
    "times": pa.array([dt.time(i % 24, i) for i in range(60)]),
}


def learnt(name):
    table = {"v": TRAINING[name], "y": ["a", "b"] * 30}
    return learn_encoding(table, target="y")


def same(name, cells, others):
    encoding = learnt(name)
    X = encoding.encode({"v": cells}).X
    np.testing.assert_array_equal(X, encoding.encode({"v": others}).X)
    return encoding.encode({"v": cells}).notes


@pytest.mark.parametrize(
    ("training", "cells", "usual"),
    [
        ("plain", ["−5"], ["-5"]),
        ("plain", ["(5)"], ["-5"]),
        ("plain", ["５.5"], ["5.5"]),
        ("plain", ["55e-1"], ["5.5"]),
        ("comma", ["5,50"], ["5,5"]),
        ("kg", ["5 KG"], ["5 kg"]),
        ("kg", ["5kg"], ["5 kg"]),
        ("€", ["EUR 5,50"], ["5,5 €"]),
        ("€", ["€5,50"], ["5,5 €"]),
        ("K", ["5000"], ["5K"]),
        ("K", ["0.005M"], ["5K"]),
        ("dots", ["2023-03-04"], ["04.03.2023"]),
        ("dots", ["4.3.23"], ["04.03.2023"]),
        ("iso", ["20230304"], ["2023-03-04"]),
        ("iso", ["4 March 2023"], ["2023-03-04"]),
        ("iso", ["2023年3月4日"], ["2023-03-04"]),
        ("us", ["2023-03-04"], ["03/04/2023"]),
        ("iso", pa.array([dt.date(2023, 3, 4)]), ["2023-03-04"]),
        ("dates", ["2023-03-04"], pa.array([dt.date(2023, 3, 4)])),
        ("times", ["10:30"], pa.array([dt.time(10, 30)])),
        ("clock", pa.array([dt.time(10, 30)]), ["10:30"]),
        ("clock", ["10:30 PM"], ["22:30"]),
        ("spans", pa.array([dt.timedelta(hours=3)]), ["0 days 03:00:00"]),
    ],
)
def test_what_is_certain_is_read_without_a_note(training, cells, usual):
    assert not same(training, cells, usual)


@pytest.mark.parametrize(
    ("training", "cells", "usual", "said"),
    [
        ("plain", ["1,5"], ["1.5"], "'1,5' in row 1"),
        ("plain", ["1.234,5"], ["1234.5"], "'1.234,5' in row 1"),
        ("plain", ["5K"], ["5000"], "'5K' in row 1"),
        ("comma", ["1.5", "1234.5"], ["1,5", "1234,5"], "'1.5' in row 1"),
        ("€", ["5.50 €"], ["5,5 €"], "'5.50 €' in row 1"),
        ("kg", ["5"], ["5 kg"], "without the unit kg"),
        ("kg", [5.0], ["5 kg"], "without the unit kg"),
        ("€", ["5,50"], ["5,5 €"], "without the unit €"),
        ("%", [12.5], ["12.5%"], "without the unit %"),
        ("%", ["0.5"], ["0.5%"], "'0.5' in row 1"),
        ("us", ["13/04/2023"], ["2023-04-13"], "day-month-year and not month-day-year"),
        ("plain", pa.array([dt.timedelta(seconds=5)]), ["5"], "read as seconds"),
    ],
)
def test_what_is_written_otherwise_is_read_and_said(training, cells, usual, said):
    notes = same(training, cells, usual)
    assert any(said in note for note in notes), notes


@pytest.mark.parametrize(
    ("training", "cells"),
    [
        ("plain", ["1,234"]),
        ("plain", ["5 kg"]),
        ("plain", ["5%"]),
        ("plain", ["<5"]),
        ("plain", ["abc"]),
        ("plain", pa.array([dt.date(2023, 3, 4)])),
        ("comma", ["1.234"]),
        ("kg", ["5 lb"]),
        ("kg", ["5 g"]),
        ("%", ["5‰"]),
        ("%", ["1.25", "50%"]),
        ("€", ["$5.50"]),
        ("€", ["1.234 €"]),
        ("iso", ["03/04/2023"]),
        ("iso", ["45000"]),
        ("iso", ["10:30"]),
        ("iso", ["2023-02-31"]),
        ("iso", pa.array([dt.time(10, 30)])),
        ("dates", pa.array([dt.time(10, 30)])),
        ("clock", ["25:00"]),
        ("clock", ["2023-03-04"]),
        ("times", pa.array([dt.date(2023, 3, 4)])),
        ("spans", [3600.0]),
        ("spans", ["3600"]),
    ],
)
def test_what_is_not_certain_is_refused_by_row_and_cell(training, cells):
    encoding = learnt(training)
    with pytest.raises(InputError, match=r"column 'v' has '.*' in row 1"):
        encoding.encode({"v": cells})


def test_stored_and_written_cells_are_read_alike():
    frame = pd.DataFrame({"v": VALUES, "y": ["a", "b"] * 30})
    stored, written = (
        learn_encoding(data, target="y") for data in (frame, frame.assign(v=frame["v"].astype(str)))
    )
    np.testing.assert_array_equal(stored.encode(frame).X, written.encode(frame).X)
