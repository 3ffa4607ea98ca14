"""Keras's .keras and .h5 files and TensorFlow.js's models: what they become, what is refused."""

from __future__ import annotations

import io
import json
import shutil
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier, importing
from rosenblatt.errors import InputError
from rosenblatt.importing import hdf5_file
from tests.importing.golden import FOLDER, assert_equal, read_golden

h5py = pytest.importorskip("h5py")
KERAS, TFJS = FOLDER / "keras", FOLDER / "tfjs"
FILES = sorted([*KERAS.glob("*.net.*"), *TFJS.glob("*.net.json")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_predictions_are_those_of_the_tool(path: Path) -> None:
    X, Y, tolerance = read_golden(path.parent / f"{path.name.partition('.')[0]}.json")
    assert_equal(importing.read(path).model.predict(X), Y, tolerance)


def test_names_classes_and_training() -> None:
    path = KERAS / "keras2_columns.net.h5"
    assert importing.read(path).names == ("age", "income", "size")
    est = importing.load(path, classes=["no", "yes"])
    assert isinstance(est, MLPClassifier)
    rows, Y, _ = read_golden(KERAS / "keras2_columns.json")
    X = pd.DataFrame(rows, columns=["age", "income", "size"])
    np.testing.assert_allclose(est.predict_proba(X)[:, 1:], Y, rtol=1e-5, atol=1e-7)
    est.partial_fit(X, np.array(["no", "yes"] * 8))
    three = importing.read(KERAS / "nested.net.keras", classes=["c", "a", "b"])
    X, Y, tolerance = read_golden(KERAS / "nested.json")
    assert_equal(three.model.predict(X), Y[:, [1, 2, 0]], tolerance)


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        importing.read(path)
    assert "\n" not in str(error.value)
    return str(error.value)


def with_config(name: str, change: Callable[[dict[str, Any]], None], path: Path) -> Path:
    """A .keras file whose configuration is changed."""
    with zipfile.ZipFile(KERAS / name) as archive, zipfile.ZipFile(path, "w") as changed:
        for info in archive.infolist():
            content = archive.read(info)
            if info.filename == "config.json":
                config = json.loads(content)
                change(config)
                content = json.dumps(config).encode()
            changed.writestr(info.filename, content)
    return path


def layer(config: dict[str, Any], k: int) -> dict[str, Any]:
    found: dict[str, Any] = config["config"]["layers"][k]
    return found


def setting(k: int, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda config: layer(config, k)["config"].update(values)


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "the layer 'dense' (Lambda) holds Python code": lambda c: layer(c, 1).update(
        class_name="Lambda"
    ),
    "the layer 'dense' (Conv1D) has no counterpart here": lambda c: layer(c, 1).update(
        class_name="Conv1D"
    ),
    "has the activation 'glu', which is not supported": setting(1, activation="glu"),
    "computes in 'mixed_float16'": setting(1, dtype="mixed_float16"),
    "is quantised or adapted by LoRA": setting(1, quantization_config={"class_name": "Int8"}),
    "takes something else than rows": setting(0, batch_shape=[None, 8, 3]),
    "the model is a 'MyModel'": lambda c: c.update(class_name="MyModel"),
    "has the weights of 'dense', and those of 'other'": setting(1, name="other"),
    "and 5 numbers come to it": setting(0, batch_shape=[None, 5]),
}


@pytest.mark.parametrize("message", CHANGES)
def test_what_has_no_counterpart_is_named_with_its_place(message: str, tmp_path: Path) -> None:
    path = with_config("plain.net.keras", CHANGES[message], tmp_path / "net")
    assert message in refused(path)


def test_activations_with_their_own_configuration(tmp_path: Path) -> None:
    def change(config: dict[str, Any]) -> None:
        layer(config, 1)["config"]["activation"] = {"class_name": "LeakyReLU", "config": {}}

    path = with_config("plain.net.keras", change, tmp_path / "net")
    assert "an activation with a configuration of its own" in refused(path)


def in_h5(tmp_path: Path, change: Callable[[Any], None]) -> str:
    path = tmp_path / "net"
    shutil.copy(KERAS / "plain.net.h5", path)
    with h5py.File(path, "a") as file:
        change(file)
    return refused(path)


KERNEL = "model_weights/dense/sequential/dense/kernel"


def replaced(file: Any, value: Any, **options: Any) -> None:
    del file[KERNEL]
    file.create_dataset(KERNEL, data=value, **options)


def test_hdf5_is_not_followed_elsewhere(tmp_path: Path) -> None:
    def linked(file: Any) -> None:
        del file[KERNEL]
        file[KERNEL] = h5py.ExternalLink("/etc/passwd", "/kernel")

    assert "is a link elsewhere" in in_h5(tmp_path, linked)

    def external(file: Any) -> None:
        del file[KERNEL]
        file.create_dataset(KERNEL, (3, 5), "f4", external=[("/etc/passwd", 0, 60)])

    assert "compressed, in pieces or in another file" in in_h5(tmp_path, external)
    zipped = {"compression": "gzip", "chunks": (3, 5)}
    assert "compressed" in in_h5(tmp_path, lambda file: replaced(file, np.ones((3, 5)), **zipped))
    huge = {"shape": (3, 10**9), "dtype": "f4"}

    def bomb(file: Any) -> None:
        del file[KERNEL]
        file.create_dataset(KERNEL, **huge)

    assert "may ask for" in in_h5(tmp_path, bomb)
    nan = np.full((3, 5), np.nan, np.float32)
    assert "not finite" in in_h5(tmp_path, lambda file: replaced(file, nan))
    assert "holds something else than numbers" in in_h5(
        tmp_path, lambda file: replaced(file, np.full((3, 5), b"x"))
    )


def test_versions_and_weights_alone(tmp_path: Path) -> None:
    def newer(file: Any) -> None:
        file.attrs["keras_version"] = "4.0.0"

    assert "version '4.0.0' of Keras" in in_h5(tmp_path, newer)
    assert "weights without a model" in in_h5(tmp_path, lambda f: f.attrs.pop("model_config"))


@pytest.mark.parametrize("program", ["while True: pass", "import os; os.abort()"])
def test_a_reader_that_stands_still_or_ends_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(hdf5_file, "CHILD", child)
    monkeypatch.setattr(hdf5_file, "SECONDS", 0.5)
    assert "it is no whole HDF5 file" in refused(KERAS / "plain.net.h5")


def test_without_h5py(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert "reading HDF5 files of Keras needs h5py" in refused(KERAS / "plain.net.h5")


def test_a_compressed_archive_is_bounded(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.0.0"}')
        archive.writestr("config.json", b" " * 50_000_000)
        archive.writestr("model.weights.h5", b"")
    path = tmp_path / "net"
    path.write_bytes(out.getvalue())
    tracemalloc.start()
    assert "may ask for" in refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 4 * path.stat().st_size + 2**20


def tfjs(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    shutil.copy(TFJS / "plain.net.weights.bin", tmp_path)
    model = json.loads((TFJS / "plain.net.json").read_text())
    change(model)
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model))
    return refused(path)


def test_tfjs_files_lie_beside_the_model(tmp_path: Path) -> None:
    def at(place: str) -> Callable[[dict[str, Any]], None]:
        return lambda model: model["weightsManifest"][0].update(paths=[place])

    for place in ("../plain.net.weights.bin", "/etc/passwd", "https://example.com/w.bin"):
        assert "put them beside the model.json" in tfjs(tmp_path, at(place))
    assert "'absent.bin' beside it is not there" in tfjs(tmp_path, at("absent.bin"))
    assert "beside it is not there" in tfjs(tmp_path, at("w" * 300))  # longer than names may be
    (tmp_path / "link.bin").symlink_to(TFJS / "plain.net.weights.bin")
    assert "'link.bin' beside it is not there" in tfjs(tmp_path, at("link.bin"))

    def longer(model: dict[str, Any]) -> None:
        model["weightsManifest"][0]["weights"][0]["shape"] = [3, 6]

    assert "have 236 bytes, and its weights take 248" in tfjs(tmp_path, longer)

    def quantised(model: dict[str, Any]) -> None:
        model["weightsManifest"][0]["weights"][0]["quantization"] = {"dtype": "uint8"}

    assert "quantised" in tfjs(tmp_path, quantised)
    assert "'graph-model'" in tfjs(tmp_path, lambda model: model.update(format="graph-model"))
