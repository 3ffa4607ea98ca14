"""Targets are read as features are, labels come out letter by letter, and so do countries."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import ClassTarget, NumberTarget, Task, learn_encoding
from tests.support.read_tables import put, read, read_new, train, values

N = 300


def classes_of(path, target="code", **said):
    return train(read(path, target, **said), target, **said).target


def labelled(path, labels, hole=None):
    draw = Random(0)
    lines = [
        f"{k + draw.random():.2f},{'' if i == hole else labels[k]}"
        for i, k in enumerate(draw.randrange(len(labels)) for _ in range(N))
    ]
    return put(path, ["x,code", *lines])


LABELS = {
    "exponents": ["1E5", "2E3", "7E1"],
    "equal exponents": ["1E2", "10E1", "2E3"],
    "19 digits": ["1234567890123456789", "1234567890123456791", "1234567890123456999"],
    "20 digits": ["12345678901234567890", "12345678901234567891"],
    "zeros in front": ["007", "010", "0010"],
    "decimals": ["3.0", "3.5", "4.0"],
    "decimals, zeros": ["3.50", "3.5", "4.0"],
    "signs": ["-1", "+1"],
    "plus": ["+1", "0", "-1"],
    "TRUE": ["FALSE", "TRUE"],
    "True": ["False", "True"],
    "T": ["F", "T"],
    "yes": ["no", "yes"],
    "Y": ["N", "Y"],
    "0.0": ["0.0", "1.0"],
    "hexadecimal": ["0x1F", "0x2A"],
    "grades": ["A+", "A", "A-"],
    "None": ["None", "Insomnia", "Apnea"],
    "two with None": ["None", "Insomnia"],
    "NA": ["NA", "ZA", "ZW", "BW"],
    "normal": ["NaCl", "Na", "K"],
    "null values": ["Null", "Love", "Ace"],
    "versions": ["1.10", "1.1", "2.0"],
    "bins": ["1-5", "6-10", "11-20"],
    "case": ["a", "A", "b"],
    "inner blanks": ["New York", "NewYork"],
    "accents": ["é", "e", "ê"],
    "infinity": ["inf", "low", "high"],
    "clock": ["12:00", "18:00"],
}


@pytest.mark.parametrize("case", LABELS)
@pytest.mark.parametrize("hole", [None, 7], ids=["full", "with a hole"])
def test_labels_come_out_as_they_went_in(tmp_path, case, hole):
    labels = LABELS[case]
    path = labelled(tmp_path / "e.csv", labels, hole)
    said = {"columns": {"code": "category"}} if case in ("clock",) else {}
    target = train(read(path, "code", **said), "code", **said)
    if case in ("decimals", "decimals, zeros", "exponents", "equal exponents", "versions", "0.0"):
        frame = read(path, "code").table
        target = learn_encoding(frame, target="code", task=Task.CLASSIFICATION)
    assert isinstance(target.target, ClassTarget)
    assert sorted(map(str, target.target.classes)) == sorted(labels)
    # The same rows as text in Parquet and pandas, and as they are predicted.
    file = read_new(path, target)
    y = target.encode_target(file.table)
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)["code"]
    expected = [text for text in raw if text]
    assert list(map(str, target.target.labels(y.y))) == expected


TARGETS = {
    "a dash": (lambda i, x: "-" if i == 77 else str(int(x)), lambda x: int(x)),
    "wages": (lambda i, x: f'"{int(x) * 1000:,}"', lambda x: int(x) * 1000),
    "prices": (lambda i, x: f'"${x * 1000:,.2f}"', lambda x: round(x * 1000, 2)),
    "percent": (lambda i, x: f"{x:.1f}%", lambda x: round(x, 1)),
    "euros": (lambda i, x: f'"{x:.2f} €"'.replace(".", ","), lambda x: round(x, 2)),
    "kilograms": (lambda i, x: f"{x:.1f} kg", lambda x: round(x, 1)),
    "n.a.": (lambda i, x: "n.a." if i == 77 else f"{x:.2f}", lambda x: round(x, 2)),
    "unknown": (lambda i, x: "unknown" if i == 77 else f"{x:.2f}", lambda x: round(x, 2)),
    "#DIV/0!": (lambda i, x: "#DIV/0!" if i == 77 else f"{x:.2f}", lambda x: round(x, 2)),
    "brackets": (lambda i, x: f"({x:.2f})" if i % 3 else f"{x:.2f}", None),
    "clock": (lambda i, x: f"00:{int(x) // 2:02d}:00", lambda x: int(x) // 2 * 60),
    "thousands": (lambda i, x: f"{x:.1f}K", lambda x: round(x, 1) * 1000),
}


@pytest.mark.parametrize("case", TARGETS)
def test_a_target_of_numbers_is_a_regression(tmp_path, case):
    draw = Random(1)
    write, meant = TARGETS[case]
    xs = [draw.uniform(1, 100) for _ in range(600)]
    lines = [f"{x:.1f},{write(i, x)}" for i, x in enumerate(xs)]
    path = put(tmp_path / "c.csv", ["x,score", *lines])
    file = read(path, "score")
    encoding = train(file, "score")
    assert isinstance(encoding.target, NumberTarget)
    found = encoding.encode_target(file.table)
    if meant is None:
        expected = [-round(x, 2) if i % 3 else round(x, 2) for i, x in enumerate(xs)]
    else:
        expected = [meant(x) for x in xs]
    missing = not found.rows[77]
    assert missing == (write(77, 5.0) in ("-", "n.a.", "unknown", "#DIV/0!"))
    kept = [v for i, v in enumerate(expected) if found.rows[i]]
    np.testing.assert_allclose(found.y, kept, rtol=1e-14)
    # The column reads the same as a feature.
    as_feature = values(read(path, "x").table, "score", "x")
    if case != "clock":  # a time of day there
        np.testing.assert_array_equal(as_feature[found.rows], found.y)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (["Yes", "yes", "YES"], ["No", "no", "NO"]),
        (["TRUE", "True", "true"], ["FALSE", "false", "False"]),
        (["Y", "y"], ["N", "n"]),
        (["yes", "Y"], ["no", "N"]),
    ],
)
def test_spellings_of_true_and_false_are_two_classes(tmp_path, true, false):
    draw = Random(2)
    xs = [draw.uniform(0, 100) for _ in range(600)]
    lines = [f"{x:.1f},{draw.choice(true if x > 50 else false)}" for x in xs]
    path = put(tmp_path / "c4.csv", ["x,bought", *lines])
    encoding = train(read(path, "bought"), "bought")
    assert len(encoding.target.classes) == 2
    codes = encoding.encode_target(read_new(path, encoding).table).y
    labels = encoding.target.labels(codes)
    assert [label in true for label in labels] == [x > 50 for x in xs]


EFFECTS = {"NA": 4, "ZA": -4, "ZW": 2, "BW": -2}


def countries():
    draw = Random(3)
    rows = [
        (c, round(draw.uniform(0, 9), 2), "hi" if EFFECTS[c] + draw.gauss(0, 0.3) > 0 else "lo")
        for c in (draw.choice(list(EFFECTS)) for _ in range(N))
    ]
    return pd.DataFrame(rows, columns=["country", "x", "y"])


MISSING = {
    "countries": (list(EFFECTS), None),
    "illnesses": (["None", "Insomnia", "Apnea"], None),
    "answers": (["yes", "n/a", "no", "maybe"], "n/a"),
    "question marks": (["?", "a", "b"], "?"),
    "NA among words": (["NA", "red", "green", "blue"], "NA"),
    "none among words": (["none", "mild", "severe"], None),
    "null": (["null", "red", "green"], "null"),
    "missing": (["missing", "found", "lost"], None),
    "nan": (["nan", "a", "b"], "nan"),
    "Excel": (["#N/A", "north", "south"], "#N/A"),
}


@pytest.mark.parametrize("case", MISSING)
@pytest.mark.parametrize("column", ["feature", "target"])
def test_words_for_missing_are_the_same_in_every_format(tmp_path, case, column):
    words, missing = MISSING[case]
    draw = Random(4)
    frame = pd.DataFrame(
        {"c": [draw.choice(words) for _ in range(N)], "x": np.arange(N) / 8, "d": ["p", "q"] * 150}
    )
    target = "c" if column == "target" else "d"
    frame.to_csv(tmp_path / "f.csv", index=False)
    frame.to_parquet(tmp_path / "f.parquet")
    frame.to_feather(tmp_path / "f.feather")
    files = [read(tmp_path / f"f.{end}", target).table for end in ("csv", "parquet", "feather")]
    for table in (*files, frame):
        found = values(table, "c", target)
        assert found == [None if text == missing else text for text in frame["c"]]
    encodings = [learn_encoding(table, target=target) for table in files]
    assert encodings[1] == encodings[2]
    assert encodings[0].feature_names == encodings[1].feature_names
    if column == "target":
        assert set(encodings[0].target.classes) == set(words) - {missing}


def test_a_word_is_kept_or_missing_as_it_is_said(tmp_path):
    countries().to_csv(tmp_path / "f.csv", index=False)
    file = read(tmp_path / "f.csv", "y")
    assert "NA" in values(file.table, "country")
    assert "NA" not in values(file.table, "country", missing=("NA",))
    red = put(
        tmp_path / "t.csv", ["c,y", *(f"{['NA', 'red', 'blue'][i % 3]},{i % 2}" for i in range(90))]
    )
    assert "NA" not in values(read(red, "y").table, "c")
    assert "NA" in values(read(red, "y").table, "c", keep=("NA",))


def test_a_target_with_one_class_beside_a_word_says_the_way_out(tmp_path):
    lines = [f"{i},{['NA', 'red'][i % 2]}" for i in range(60)]
    path = put(tmp_path / "t.csv", ["x,code", *lines])
    with pytest.raises(InputError, match=r"'red' in every row.*'NA'.*--keep NA"):
        classes_of(path)
    assert set(classes_of(path, keep=("NA",)).classes) == {"NA", "red"}


def test_unknown_labels_count_as_errors(tmp_path):
    path = labelled(tmp_path / "t.csv", ["a", "b"])
    encoding = train(read(path, "code"), "code")
    new = put(tmp_path / "new.csv", ["x,code", "1,a", "2,c", "3,d", "4,"])
    y = encoding.encode_target(read_new(new, encoding).table)
    assert y.y.tolist() == [0, 2, 3]
    assert "counted as errors" in "".join(y.notes)


@pytest.mark.parametrize("kind", ["text", "int64", "float", "category", "bool"])
def test_stored_labels_are_those_of_the_csv_file(tmp_path, kind):
    draw = Random(5)
    cells = {
        "text": ["07", "7", "007"], "int64": [1234567890123456789, 1234567890123456791],
        "float": [3.0, 4.0], "category": ["1", "2"], "bool": [True, False],
    }[kind]  # fmt: skip
    frame = pd.DataFrame({"x": np.arange(N) / 8, "c": [draw.choice(cells) for _ in range(N)]})
    if kind == "category":
        frame["c"] = frame["c"].astype("category")
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    found = []
    for end in ("csv", "parquet"):
        file = read(tmp_path / f"t.{end}", "c")
        encoding = learn_encoding(file.table, target="c", task=Task.CLASSIFICATION)
        found.append([str(label) for label in encoding.target.classes])
    assert found[0] == found[1] == sorted({str(c) for c in cells})
