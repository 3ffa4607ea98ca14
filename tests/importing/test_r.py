"""R's networks: what they become, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel, load_model, save_model
from tests.importing.golden import FOLDER

R = FOLDER / "r"


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "net"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        importing.read(path)
    message = str(error.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("ending", ["rds", "R", "nnet.json"])
def test_columns_and_classes_are_the_formulas(ending: str, tmp_path: Path) -> None:
    saved = importing.load(R / f"two_classes.{ending}")
    assert isinstance(saved, SavedModel)
    lines = {line.name: line.kind for line in saved.encoding.describe()}
    assert lines == {
        "age": "number",
        "size": "category",
        "member": "true/false",
        "rank": "category",
        "city": "category",
        "net worth": "number",
        "paid": "target",
    }
    assert saved.encoding.target.classes == ("no", "yes")
    save_model(tmp_path / "m", saved)
    assert load_model(tmp_path / "m").encoding == saved.encoding


def test_r_cuts_at_15() -> None:
    """Beyond it a probability is exactly 0 or 1, as R has it."""
    saved = importing.read(R / "logit.rds").saved_model()
    X = np.zeros((2, saved.model.n_inputs))
    X[:, 0] = -1e4, 1e4
    assert sorted(saved.model.predict(X)[:, 0].tolist()) == [0, 1]


CHANGES = [
    (
        'coefnames = c("age"',
        'coefnames = c("log(age)"',
        "'log(age)' of the model matrix is computed",
    ),
    ("contr.sum", "contr.mine", "has the contrasts 'contr.mine'"),
    ("conn = c(0, 1", "conn = c(0, 99", "the network is recurrent"),
    ("wts = c(-28", "wts = c(NaN, -28", "nconn, conn and wts"),
    ("wts = c(-28", "wts = c(1e999 -28", "weight 1 of wts is not finite"),
    ("n = c(10", "n = c(9", "coefnames lists 10 columns"),
    ("nsunits = ", "nounits = ", "the R object has no nsunits"),
    ("structure(list(", "structure(list(}", "of it is no text that dput writes"),
]


@pytest.mark.parametrize(("old", "new", "message"), CHANGES, ids=[c[2] for c in CHANGES])
def test_refusals(old: str, new: str, message: str, tmp_path: Path) -> None:
    text = (R / "two_classes.R").read_text()
    assert old in text
    changed = text.replace(old, new, 1).replace("1e999 -28.094551964007067", "1e999")
    assert message in refused(tmp_path, changed.encode())


@pytest.mark.parametrize("name", ["two_classes.rds", "two_classes.R", "two_classes.nnet.json"])
def test_files_cut_off_anywhere_are_refused(name: str, tmp_path: Path) -> None:
    data = (R / name).read_bytes()
    for end in range(0, len(data) - 3, 83):
        refused(tmp_path, data[:end])


def test_a_compressed_file_does_not_grow_without_bound(tmp_path: Path) -> None:
    bomb = gzip.compress(b"X\n" + bytes(50_000_000))
    assert "compress = FALSE" in refused(tmp_path, bomb)


def test_serialised_data_of_another_kind(tmp_path: Path) -> None:
    data = gzip.decompress((R / "classes.rds").read_bytes())
    importing.read(write(tmp_path / "plain.rds", data))
    assert "no format is recognised" in refused(tmp_path, b"A\n" + data[2:])
    assert "serialisation version 9" in refused(tmp_path, data[:2] + b"\0\0\0\x09" + data[6:])
    assert "which is not read" in refused(tmp_path, data[:23] + b"\0\0\0\x15" + data[27:])


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
