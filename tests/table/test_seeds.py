"""What a table is, and whether it trains, is decided by all its rows and by no seed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pandas as pd
import pytest

from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.preparation import prepare
from rosenblatt.errors import InputError
from tests.support.read_tables import put, read

SEEDS = range(10)
OPTIONS = TrainingOptions(
    task="auto",
    hidden=(8,),
    activation="relu",
    solver="adam",
    alpha=0.0001,
    batch_size=None,
    learning_rate=0.001,
    schedule="constant",
    epochs=2,
    validation_fraction=0.1,
    test_fraction=0.2,
    patience=10,
    seed=0,
    jobs=1,
    deterministic=False,
    on_divergence="raise",
)


def number(draw):
    return f"{draw.uniform(0, 9):.2f}"


def with_odd(odd, places, write=number):
    return lambda draw, i: odd if i in places else write(draw)


def iso(draw):
    return f"2023-{draw.randint(1, 12):02d}-{draw.randint(1, 28)}"


def open_order(draw):
    return f"0{draw.randint(1, 9)}/0{draw.randint(1, 9)}/2023"


def digit(draw):
    return str(draw.randint(1, 9))


def three_decimals(draw):
    return f"{draw.randint(1, 9)}.{draw.randint(100, 999)}"


COLUMNS = {
    "one word": {"a": with_odd("n.a.", {77})},
    "one word in each of five": {f"a{k}": with_odd("n.a.", {17 * k}) for k in range(1, 6)},
    "three words": {"a": lambda d, i: {5: "-", 50: "two", 150: "x"}.get(i, number(d))},
    "a bad date": {"d": with_odd("unknown", {77}, iso)},
    "dates of zeros": {"d": with_odd("0000-00-00", {3, 90}, iso)},
    "one decimal comma": {"a": with_odd("1,5", {120}, digit)},
    "one day after the twelfth": {"d": with_odd("13/04/2023", {99}, open_order)},
    "an Excel error": {"a": with_odd("#DIV/0!", {10})},
    "a rare category": {"c": with_odd("rare", {60}, lambda d: d.choice("pqr"))},
    "an empty cell": {"a": with_odd("", {61})},
    "one million": {"a": with_odd("1.234.567", {42}, three_decimals)},
    "many words": {"a": lambda d, i: "none given" if i % 5 == 0 else number(d)},
    "a word beside answers": {"c": with_odd("n/a", {8}, lambda d: d.choice(["yes", "no"]))},
}


def table(path, columns, n=200):
    draw = Random(0)
    rows = [
        ";".join([digit(draw), *(make(draw, i) for make in columns.values())])
        + f";{draw.choice(['yes', 'no'])}"
        for i in range(n)
    ]
    return put(path, [";".join(["b", *columns, "y"]), *rows])


def outcome(file, seed, **options):
    try:
        prepared = prepare(file, replace(OPTIONS, seed=seed), **options)
    except InputError as error:
        return str(error)
    encoding = prepared.encoding
    # Which categories have features of their own is learnt from the rows to train on.
    kinds = [
        (c.name, c.kind, () if c.kind == "category" else c.feature_names) for c in encoding.columns
    ]
    return kinds, getattr(encoding.target, "classes", None), prepared.notes


@pytest.mark.parametrize("case", COLUMNS)
@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_no_seed_decides_what_the_columns_are(tmp_path, case, end):
    file = read(table(tmp_path / "b1.csv", COLUMNS[case]), "y")
    if end == "parquet":
        frame = pd.read_csv(tmp_path / "b1.csv", sep=";", dtype=str, keep_default_na=False)
        frame.to_parquet(tmp_path / "b1.parquet")
        file = read(tmp_path / "b1.parquet", "y")
    found = [outcome(file, seed, target="y") for seed in SEEDS]
    first = found[0]
    assert not isinstance(first, str), first
    assert [f[:2] for f in found] == [first[:2]] * len(found)


def test_a_refusal_is_one_under_every_seed(tmp_path):
    columns = {"d": lambda draw, _: open_order(draw)}
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
