"""Autoencoders in files: they come back as they were, and what is no autoencoder's is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from safetensors.numpy import load_file
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import scale

import rosenblatt
from rosenblatt import MLPAutoencoder
from rosenblatt.activations import LeakyReLU, Tanh
from rosenblatt.errors import InputError
from rosenblatt.losses import Huber
from rosenblatt.persistence import container
from rosenblatt.regularization.activity import ActivityL1
from rosenblatt.schedules import CosineAnnealing
from rosenblatt.unsupervised import load

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = scale(load_iris().data)
QUICK: dict[str, Any] = {"max_iter": 3, "random_state": 0}


@pytest.mark.parametrize(
    "autoencoder",
    [
        MLPAutoencoder(2, (8, 4), **QUICK),
        MLPAutoencoder(2, 6, ["tanh"], tied_weights=True, **QUICK),
        MLPAutoencoder(3, (), "identity", solver="lbfgs", dtype=np.float32, **QUICK),
        MLPAutoencoder(2, 6, [LeakyReLU(0.3)], code_activation=Tanh(), loss=Huber(0.7), **QUICK),
        MLPAutoencoder(2, 6, normalization="batch", dropout=[0.1, 0.0, 0.2], **QUICK),
        MLPAutoencoder(6, 8, sparsity="l1", masking=0.1, input_noise=0.2, residual=True, **QUICK),
    ],
    ids=["plain", "tied", "linear", "objects", "normalised", "sparse"],
)
def test_they_come_back(autoencoder: MLPAutoencoder, tmp_path: Path) -> None:
    autoencoder.fit(X).save(tmp_path / "ae")
    again = load(tmp_path / "ae")
    codes = autoencoder.transform(X)
    assert_array_equal(again.transform(X), codes)
    assert_array_equal(again.inverse_transform(codes), autoencoder.inverse_transform(codes))
    assert_array_equal(again.reconstruction_error(X), autoencoder.reconstruction_error(X))
    assert again.score(X) == autoencoder.score(X)
    assert again.model_.network == autoencoder.model_.network
    assert again.model_.dtype == autoencoder.model_.dtype
    assert again.n_iter_ == autoencoder.n_iter_
    assert list(again.get_feature_names_out()) == list(autoencoder.get_feature_names_out())
    own, others = (a.get_params() for a in (autoencoder, again))
    for name in set(own) - {"activation", "dropout", "dtype"}:
        assert others[name] == own[name], name
    again.partial_fit(X).fit(X)
    again.save(tmp_path / "again")


def test_names_of_columns_are_kept(tmp_path: Path) -> None:
    frame = pd.DataFrame(X, columns=["a", "b", "c", "ü"])
    MLPAutoencoder(2, 4, **QUICK).fit(frame).save(tmp_path / "ae")
    again = load(tmp_path / "ae")
    assert again.feature_names_in_.tolist() == ["a", "b", "c", "ü"]
    again.transform(frame)
    with pytest.raises(ValueError, match="feature names"):
        again.transform(frame[["b", "a", "c", "ü"]])


def test_objects_that_only_train_are_not_kept(tmp_path: Path) -> None:
    given: dict[str, Any] = {"learning_rate": CosineAnnealing(), "sparsity": ActivityL1(0.1)}
    autoencoder = MLPAutoencoder(2, 4, **given, callbacks=[print], **QUICK).fit(X)
    autoencoder.save(tmp_path / "ae")
    again = load(tmp_path / "ae")
    assert (again.learning_rate, again.sparsity, again.callbacks) == ("constant", None, None)
    assert_array_equal(again.transform(X), autoencoder.transform(X))


def test_arrays_are_safetensors_by_name(tmp_path: Path) -> None:
    autoencoder = MLPAutoencoder(2, 4, **QUICK).fit(X)
    autoencoder.save(tmp_path / "ae.safetensors")
    arrays = load_file(tmp_path / "ae.safetensors")
    assert set(arrays) == {f"layers.{i}.{part}" for i in range(4) for part in ("weight", "bias")}
    for i, weights in enumerate(autoencoder.coefs_):
        assert_array_equal(arrays[f"layers.{i}.weight"], weights)


def test_another_process_reads_it(tmp_path: Path) -> None:
    autoencoder = MLPAutoencoder(2, 4, **QUICK).fit(X)
    autoencoder.save(tmp_path / "ae")
    code = (
        "import sys; from rosenblatt.unsupervised import load;"
        "print(load(sys.argv[1]).transform([[1.0, -1.0, 0.5, 2.0]]).tobytes().hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "ae")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.strip() == autoencoder.transform([[1.0, -1.0, 0.5, 2.0]]).tobytes().hex()


def wider(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
    metadata["network"]["layers"][0]["n_outputs"] = 10**9


def deeper(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
    metadata["network"]["layers"] *= 10**4


def without_bias(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
    del tensors["layers.1.bias"]


def not_finite(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
    tensors["layers.0.weight"][0] = np.nan


def parameter(name: str, value: Any) -> Any:
    def change(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata["parameters"][name] = value

    return change


def network(name: str, value: Any) -> Any:
    def change(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata["network"][name] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        wider,
        deeper,
        without_bias,
        not_finite,
        parameter("n_components", 3),
        parameter("n_components", "many"),
        parameter("activation", "tanh"),
        parameter("activation", {"kind": "SquaredError"}),
        parameter("hidden_layer_sizes", [4, 4]),
        parameter("loss", "absolute_error"),
        parameter("no_such", 1),
        network("n_inputs", 5),
        network("feature_names", ["a"]),
        network("layers", []),
        network("loss", {"kind": "LogLoss"}),
    ],
)
def test_files_that_are_no_whole_autoencoders(change: Any, tmp_path: Path) -> None:
    path = tmp_path / "ae"
    MLPAutoencoder(2, 4, **QUICK).fit(X).save(path)
    content = container.read(path)
    metadata = json.loads(content.metadata)
    tensors = {name: array.copy() for name, array in content.tensors.items()}
    change(metadata, tensors)
    path.write_bytes(container.pack(json.dumps(metadata), tensors))
    with pytest.raises(InputError, match="cannot load the autoencoder"):
        load(path)


def test_other_files(tmp_path: Path) -> None:
    path = tmp_path / "ae"
    with pytest.raises(InputError, match="there is no such file"):
        load(path)
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match="cannot load the autoencoder"):
        load(path)
    path.write_bytes(container.pack('{"format_version": 1}', {"a": np.zeros(2)}))
    with pytest.raises(InputError, match="another kind of model"):
        load(path)
    path.write_bytes(container.pack('{"autoencoder_format": 2}', {"a": np.zeros(2)}))
    with pytest.raises(InputError, match="it has format 2, and this rosenblatt reads 1; upgrade"):
        load(path)
    with pytest.raises(NotFittedError):
        MLPAutoencoder().save(path)


def test_readers_of_models_name_the_reader_of_autoencoders(tmp_path: Path) -> None:
    path = tmp_path / "ae"
    MLPAutoencoder(max_iter=2, random_state=0).fit(X).save(path)
    with pytest.raises(InputError, match=r"it is an autoencoder; rosenblatt\.unsupervised\.load"):
        rosenblatt.load(path)
