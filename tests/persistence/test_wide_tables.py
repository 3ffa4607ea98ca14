"""Models of tables with very many columns: saved and loaded, within the memory that is promised."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from rosenblatt.errors import InputError
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import (
    PartSize,
    SavedModel,
    Summary,
    check_savable,
    container,
    load_model,
    save_model,
)
from rosenblatt.table import TableEncoding
from rosenblatt.table.columns import AnyColumn, Category, Number
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.target import NumberTarget

SUMMARY = Summary("2026-11-29", "0", (PartSize("train", 3),), (), (), 1, "done", None)
LABELS = ("yes", "no", "maybe", "I do not know", "never")


def number(k: int) -> Number:
    scaling = Scaling(k / 7, 1 + k / 11, k / 13, 1 + k / 17)
    return Number(f"measurement_of_sensor_{k:08d}", k % 2 == 0, scaling, k % 3 == 0)


def category(k: int) -> Category:
    return Category(f"answer_to_the_question_{k:07d}", LABELS, (), False)


def encoding_of(columns: tuple[AnyColumn, ...]) -> TableEncoding:
    return TableEncoding(columns, NumberTarget("y", 0.0, 1.0, "numbers"))


def saved_model(columns: tuple[AnyColumn, ...]) -> SavedModel:
    encoding = encoding_of(columns)
    network = Network(encoding.n_features, (Dense(2), Dense(1)))
    theta = np.ones(network.n_parameters, np.float32)
    return SavedModel(Model(network, theta, SquaredError()), encoding, SUMMARY)


@pytest.mark.parametrize(
    ("make", "n"),
    [
        (number, 20_000),
        pytest.param(number, 100_000, marks=pytest.mark.exhaustive),
        pytest.param(category, 100_000, marks=pytest.mark.exhaustive),
    ],
)
def test_wide_tables(make, n: int, tmp_path: Path) -> None:
    saved, path = saved_model(tuple(map(make, range(n)))), tmp_path / "wide.safetensors"
    check_savable(saved.encoding, saved.encoding.n_features)
    save_model(path, saved)
    tracemalloc.start()
    try:
        loaded = load_model(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert loaded.encoding == saved.encoding
    assert peak < 4 * path.stat().st_size + 2**20
    assert len(load_file(path)["layers.0.weight"]) == saved.encoding.n_features


@pytest.fixture
def long_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metadata pass for too long for a header."""
    monkeypatch.setattr(container, "MAX_HEADER_BYTES", 2000)


@pytest.mark.usefixtures("long_metadata")
@pytest.mark.parametrize(("make", "n"), [(number, 20_000), (category, 5_000)])
def test_metadata_too_long_for_a_header_are_a_tensor(make, n: int, tmp_path: Path) -> None:
    saved, path = saved_model(tuple(map(make, range(n)))), tmp_path / "wide.safetensors"
    save_model(path, saved)
    assert int.from_bytes(path.read_bytes()[:8], "little") < 2000
    tracemalloc.start()
    try:
        loaded = load_model(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert loaded.encoding == saved.encoding
    assert (loaded.model.parameters == saved.model.parameters).all()
    assert peak < 4 * path.stat().st_size + 2**20
    tensors = load_file(path)
    assert len(tensors["layers.0.weight"]) == saved.encoding.n_features
    described = json.loads(tensors["rosenblatt"].tobytes())
    assert len(described["encoding"]["columns"]) == n


@pytest.mark.usefixtures("long_metadata")
def test_damaged_metadata_of_a_tensor_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.safetensors"
    save_model(path, saved_model(tuple(map(number, range(20)))))
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    for old, new, reason in [
        (b'"rosenblatt":""', b'"rosenblatt":"{"', "two descriptions"),
        (b'"rosenblatt":{"dtype"', b'"rosenblaxx":{"dtype"', "not its last"),
        (
            b'bias":{"dtype":"F32","shape":[2]',
            b'bias":{"dtype":"U8","shape":[8]',
            "is not its last",
        ),
    ]:
        assert old in data[:start]
        header = data[8:start].replace(old, new)
        path.write_bytes(len(header).to_bytes(8, "little") + header + data[start:])
        with pytest.raises(InputError, match=reason):
            load_model(path)
    for place in range(start, len(data), 97):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(InputError, match=r"checksum|finite"):
            load_model(path)
    for end in range(0, len(data), 211):
        path.write_bytes(data[:end])
        with pytest.raises(InputError):
            load_model(path)


def test_what_equals_its_default_is_left_out_and_comes_back() -> None:
    encoding = encoding_of((number(3), category(4)))
    data = encoding.to_dict()
    assert "notation" not in data["columns"][0]
    assert len(json.dumps(data["columns"][0])) < 260
    assert TableEncoding.from_dict(data) == encoding


def test_a_description_that_no_file_holds_is_refused_before_a_training() -> None:
    """Of 100 bytes a column at least, a hundred thousand names of a kilobyte are too much."""
    long = "x" * 1000
    columns = tuple(Category(f"{k}{long}", LABELS, (), False) for k in range(100_000))
    with pytest.raises(InputError, match="a model file holds 100: leave out columns"):
        check_savable(encoding_of(columns), 100_000)
