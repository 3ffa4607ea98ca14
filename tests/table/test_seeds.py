"""What a table is, and whether it trains, is decided by all its rows and by no seed."""

from __future__ import annotations

from random import Random

import pytest

from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.preparation import prepare
from rosenblatt.errors import InputError
from tests.support.read_tables import put, read

SEEDS = range(10)


def number(draw):
    return f"{draw.uniform(0, 9):.2f}"


def with_odd(odd, places, write=number):
    return lambda draw, i: odd if i in places else write(draw)


COLUMNS = {
    "one word": {"a": with_odd("n.a.", {77})},
    "one word in each of five": {f"a{k}": with_odd("n.a.", {17 * k}) for k in range(1, 6)},
    "three words": {"a": lambda d, i: {5: "-", 50: "two", 150: "x"}.get(i, number(d))},
    "a bad date": {
        "d": with_odd("unknown", {77}, lambda d: f"2023-{d.randint(1, 12):02d}-{d.randint(1, 28)}")
    },
    "a date of zeros": {
        "d": with_odd("0000-00-00", {3, 90}, lambda d: f"2023-{d.randint(1, 9):02d}-1{d.randint(0, 9)}")
    },
    "one decimal comma": {"a": with_odd("1,5", {120}, lambda d: str(d.randint(1, 9)))},
    "one day after the twelfth": {
        "d": with_odd("13/04/2023", {99}, lambda d: f"0{d.randint(1, 9)}/0{d.randint(1, 9)}/2023")
    },
    "an Excel error": {"a": with_odd("#DIV/0!", {10})},
    "a rare category": {"c": with_odd("rare", {60}, lambda d: d.choice("pqr"))},
    "an empty cell": {"a": with_odd("", {61})},
    "one million": {"a": with_odd("1.234.567", {42}, lambda d: f"{d.randint(1, 9)}.{d.randint(100, 999)}")},
    "many words": {"a": lambda d, i: "none given" if i % 5 == 0 else number(d)},
    "words beside an answer": {"c": with_odd("n/a", {8}, lambda d: d.choice(["yes", "no"]))},
}  # fmt: skip


def table(path, columns, n=200):
    draw = Random(0)
    rows = [
        ";".join(["%s" % draw.randint(1, 9), *(make(draw, i) for make in columns.values())])
        + f";{draw.choice(['yes', 'no'])}"
        for i in range(n)
    ]
    return put(path, [";".join(["b", *columns, "y"]), *rows])


def outcome(file, seed, **options):
    try:
        prepared = prepare(file, TrainingOptions(seed=seed), **options)
    except InputError as error:
        return str(error)
    encoding = prepared.encoding
    kinds = [(column.name, column.kind, column.feature_names) for column in encoding.columns]
    return kinds, getattr(encoding.target, "classes", None), [n for n in prepared.notes]


@pytest.mark.parametrize("case", COLUMNS)
@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_no_seed_decides_what_the_columns_are(tmp_path, case, end):
    file = read(table(tmp_path / "b1.csv", COLUMNS[case]), "y")
    if end == "parquet":
        import pandas as pd

        frame = pd.read_csv(tmp_path / "b1.csv", sep=";", dtype=str, keep_default_na=False)
        frame.to_parquet(tmp_path / "b1.parquet")
        file = read(tmp_path / "b1.parquet", "y")
    found = [outcome(file, seed, target="y") for seed in SEEDS]
    first = found[0]
    assert not isinstance(first, str), first
    assert [f[:2] for f in found] == [first[:2]] * len(found)


def test_a_refusal_is_one_under_every_seed(tmp_path):
    columns = {"d": lambda d, i: f"0{d.randint(1, 9)}/0{d.randint(1, 9)}/2023"}
    file = read(table(tmp_path / "b1.csv", columns), "y")
    found = {str(outcome(file, seed, target="y")) for seed in SEEDS}
    assert len(found) == 1
    assert "--date-order" in found.pop()


def test_a_rare_class_is_a_class_under_every_seed(tmp_path):
    draw = Random(1)
    lines = [f"{draw.random():.2f},{'c' if i == 70 else draw.choice('ab')}" for i in range(200)]
    file = read(put(tmp_path / "t.csv", ["x,y", *lines]), "y")
    found = [outcome(file, seed, target="y") for seed in SEEDS]
    assert [f[1] for f in found] == [("a", "b", "c")] * len(found)
