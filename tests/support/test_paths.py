"""Paths as users give them, to every public function that takes one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris

from rosenblatt import MLPClassifier
from rosenblatt.errors import InputError
from rosenblatt.persistence import is_model_file, load_model, read_model, save_model
from tests.support.fuzz_bases import base_files

X, Y = load_iris(return_X_y=True)


class Named:
    """A path-like of somebody else's."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


@pytest.fixture(scope="module")
def network() -> MLPClassifier:
    return MLPClassifier(3, solver="lbfgs", max_iter=1000, random_state=0).fit(X, Y)


def every_writer(path: Path, network: MLPClassifier) -> dict[str, Callable[[Any], object]]:
    path.write_bytes(base_files()["number, float32"])
    saved = load_model(path)
    writers = {
        "save_model": lambda to: save_model(to, saved),
        "to_c": network.to_c,
        "to_c of a table": saved.to_c,
    }
    try:
        import onnx  # noqa: F401
    except ImportError:
        return writers
    return {**writers, "to_onnx": network.to_onnx, "to_onnx of a table": saved.to_onnx}


@pytest.mark.parametrize("kind", [str, Path, Named])
def test_a_path_is_a_text_or_whatever_has_one(
    kind: Any, tmp_path: Path, network: MLPClassifier
) -> None:
    for name, write in every_writer(tmp_path / "model", network).items():
        write(kind(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 100
    given = kind(tmp_path / "save_model")
    assert is_model_file(given)
    assert load_model(given).summary == read_model(given).saved.summary
    assert not is_model_file(kind(tmp_path / "to_c"))
    checkpoint = kind(tmp_path / "checkpoint")
    MLPClassifier(3, solver="lbfgs", max_iter=1000, checkpoint=checkpoint).fit(X, Y)
    assert (tmp_path / "checkpoint").exists()


@pytest.mark.parametrize("given", [5, None, b"model", ""])
def test_invalid_path_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match="takes the path of a file"):
        load_model(given)


def test_a_slash_at_the_end_makes_no_file(tmp_path: Path, network: MLPClassifier) -> None:
    writers = every_writer(tmp_path / "model", network)
    for write in writers.values():
        with pytest.raises(InputError, match="is that of a folder"):
            write(f"{tmp_path}{os.sep}new{os.sep}")
    assert os.listdir(tmp_path) == ["model"]
