"""The command `import`: from another tool's file to predictions of a model file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rosenblatt import importing
from rosenblatt.cli.app import run
from rosenblatt.errors import InputError
from tests.importing.golden import FOLDER, read_golden

FANN = FOLDER / "fann" / "scaled.net"


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """FANN's own, beside its inputs."""
    X, Y, _ = read_golden(FANN)
    rows = [",".join(map(repr, [*x, *y])) for x, y in zip(X.tolist(), Y.tolist(), strict=True)]
    path = tmp_path / "predictions.csv"
    path.write_text("\n".join(["age,size,price", *rows]) + "\n")
    return path


def test_from_a_file_to_its_predictions(
    predictions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.safetensors"
    options = ["--inputs", "age,size", "--target", "price", "--check", str(predictions)]
    assert run(["import", str(FANN), "--out", str(out), *options, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["inputs"], told["target"]) == (
        "FANN 2.1",
        ["age", "size"],
        "price",
    )
    assert told["check"]["rows"] == 13
    assert told["check"]["difference"] < 1e-9
    assert run(["predict", str(out), str(predictions)]) == 0
    lines = capsys.readouterr().out.split()[1:]
    _, Y, _ = read_golden(FANN)
    assert [float(line) for line in lines] == pytest.approx(Y[:, 0].tolist(), rel=1e-12)


def test_what_differs_is_told(
    predictions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = predictions.read_text().splitlines()
    lines[5] = lines[5].rpartition(",")[0] + ",7.5"
    predictions.write_text("\n".join(lines) + "\n")
    out = tmp_path / "m.safetensors"
    assert run(["import", str(FANN), "--out", str(out), "--check", str(predictions)]) == 0
    told = capsys.readouterr()
    assert "in row 5 of column 'price': 7.5 there" in told.out
    assert "the file does not say the names of the inputs: --inputs does" in told.err


@pytest.mark.parametrize(
    "options", [["--inputs", "age,target"], ["--inputs", "age,size", "--target", "age"]]
)
def test_an_input_is_not_what_is_predicted(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.safetensors"
    assert run(["import", str(FANN), "--out", str(out), *options]) == 2
    assert "is the name of an input and of what is predicted: give" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("options", [["--inputs", "age,"], ["--target", " "]])
def test_names_that_are_none(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.safetensors"
    assert run(["import", str(FANN), "--out", str(out), *options]) == 2
    assert "is no name of a column: give a text" in capsys.readouterr().err
    for given in ({"target": 5}, {"target": b"a"}, {"names": ["a", 3]}, {"names": [None, "b"]}):
        with pytest.raises(InputError, match="is no name of a column"):
            importing.read(FANN, **given)


def test_inputs_of_one_name() -> None:
    imported = importing.read(FANN)
    with pytest.raises(InputError, match="two inputs are named 'a': name the inputs by --inputs"):
        replace(imported, names=("a", "a")).saved_model()


def test_nothing_is_left_of_a_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "m.safetensors"
    classes = FOLDER / "fann" / "classes.net"
    assert run(["import", str(classes), "--out", str(out)]) == 2
    assert "name 3 classes by --classes" in capsys.readouterr().err
    assert run(["import", str(classes), "--out", str(classes)]) == 2
    assert "is one of the files to read" in capsys.readouterr().err
    assert not out.exists()
