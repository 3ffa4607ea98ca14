"""R's networks: what they become, and what is refused."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.errors import InputError
from rosenblatt.importing.r_text import of_dput
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
    ('rank = c("a", "b"', 'rank = c("b", "b"', "the factor 'rank' has a level twice"),
    ("contr.sum", "contr.mine", "has the contrasts 'contr.mine'"),
    ("conn = c(0, 1", "conn = c(0, 99", "the network is recurrent"),
    ("wts = c(-28", "wts = c(NaN, -28", "nconn, conn and wts"),
    ("wts = c(-28", "wts = c(1e999 -28", "weight 1 of wts is not finite"),
    ("conn = c(0, 1", "conn = c(0, 1.5", "conn of the R object holds something else than whole"),
    ("wts = c(-28", "wts = c(-TRUE, -28", "nconn, conn and wts"),
    ('coefnames = c("age",', "coefnames = c(", "coefnames lists 9 columns"),
    ("n = c(10", "n = c(9", "nconn, conn and wts"),
    ("nsunits = ", "nounits = ", "the R object has no nsunits"),
    ("structure(list(", "structure(list(}", "of it is no text that dput writes"),
]


@pytest.mark.parametrize(("old", "new", "message"), CHANGES, ids=[c[2] for c in CHANGES])
def test_refusals(old: str, new: str, message: str, tmp_path: Path) -> None:
    text = (R / "two_classes.R").read_text()
    assert old in text
    changed = text.replace(old, new, 1).replace("1e999 -28.094551964007067", "1e999")
    assert message in refused(tmp_path, changed.encode())


WHOLE = {"nconn": [0, 0, 0, 2], "conn": [0, 1], "wts": [1, 2], "nsunits": [2], "nunits": [3]}
JSONS = [
    ({"n": [2_000_000, 0, 1]}, "nconn, conn and wts"),  # inputs that nothing is there for
    ({"wts": [1, 10**400]}, "weight 2 of wts is not finite"),
    ({"wts": {"a": [1, 2]}}, "the R object has no wts"),
    ({"xlevels": {"x": []}, "coefnames": ["x"]}, "the factor 'x' has no levels"),
]


@pytest.mark.parametrize(("new", "message"), JSONS, ids=[c[1] for c in JSONS])
def test_refusals_of_json(new: dict[str, Any], message: str, tmp_path: Path) -> None:
    plain = json.dumps({"n": [1, 0, 1], **WHOLE})
    assert importing.read(write(tmp_path / "plain", plain.encode())).names == ("x1",)
    assert message in refused(tmp_path, json.dumps({"n": [1, 0, 1], **WHOLE, **new}).encode())


def test_truth_values_are_numbers() -> None:
    """R's -TRUE is -1, and c(TRUE, 2) has 1."""
    assert of_dput("-TRUE").numbers().tolist() == [-1]
    assert of_dput("c(TRUE, 2, FALSE)").numbers().tolist() == [1, 2, 0]


def serialised(kind: int, *words: int | bytes) -> bytes:
    """A value as R serialises it: its flags, and what follows them."""
    return b"".join(w if isinstance(w, bytes) else struct.pack(">i", w) for w in (kind, *words))


HEAD = b"X\n" + serialised(2, 0, 0)
A = serialised(9, 1, b"a")
NAMES = serialised(1026, serialised(1, serialised(9, 5, b"names")))  # a pairlist's first, tagged
OBJECTS = {
    "complex numbers": serialised(15, 1, bytes(16)),
    "texts with names": serialised(528, 1, A, NAMES, serialised(16, 1, A), 254),
    "a name that is missing": serialised(
        531, 1, A, NAMES, serialised(16, 1, serialised(9, -1)), 254
    ),
    "a compact vector of texts": serialised(238, serialised(16, 1, A), A, 254),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_values_where_others_belong(name: str, tmp_path: Path) -> None:
    message = refused(tmp_path, HEAD + OBJECTS[name])
    assert "the R object has no n:" in message or "of the class None, which is not read" in message


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
