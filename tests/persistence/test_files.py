"""A model file: what goes in comes out, and nothing but a whole, true file is accepted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from rosenblatt import activations, losses
from rosenblatt.activations import GELU, Activation, LeakyReLU, ReLU
from rosenblatt.errors import InputError
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, Quantile
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.persistence import (
    SavedModel,
    load_model,
    read_model,
    save_model,
)
from rosenblatt.persistence.container import MAX_HEADER_BYTES
from rosenblatt.support.registry import registered_classes
from rosenblatt.table import TableEncoding, Task, learn_encoding
from tests.support.members import random_state
from tests.support.model_files import rewrite
from tests.support.saved_models import FRAME, SUMMARY, saved_model


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        *((g(), BinaryCrossEntropy(1e-7, 0.1)) for g in registered_classes(Activation)),
        *((ReLU(), loss()) for loss in registered_classes(Loss)),
        (LeakyReLU(0.2), BinaryCrossEntropy()),
        (GELU(approximate=True), BinaryCrossEntropy()),
    ],
    ids=repr,
)
def test_saved_model_equals_the_loaded_one(tmp_path: Path, activation, loss, dtype) -> None:
    saved = saved_model(activation, loss, dtype)
    save_model(tmp_path / "m", saved)
    loaded = load_model(tmp_path / "m")
    assert loaded.model.network == saved.model.network
    assert loaded.model.loss == saved.model.loss
    assert loaded.model.parameters.dtype == dtype
    np.testing.assert_array_equal(loaded.model.parameters, saved.model.parameters)
    assert loaded.encoding == saved.encoding
    assert loaded.summary == saved.summary
    X = saved.encoding.encode(FRAME).X.astype(dtype)
    np.testing.assert_array_equal(loaded.model.predict(X), saved.model.predict(X))


def test_quantiles_come_back_with_their_levels(tmp_path: Path) -> None:
    encoding = learn_encoding(FRAME, target="size", task=Task.REGRESSION)
    network = Network(len(encoding.feature_names), (Dense(3, ReLU()), Dense(2)))
    model = Model(network, np.ones(network.n_parameters), Quantile((0.1, 0.9)))
    save_model(tmp_path / "m", SavedModel(model, encoding, SUMMARY))
    assert load_model(tmp_path / "m").model.loss == Quantile((0.1, 0.9))


def test_a_file_from_before_a_field_was_added_is_read_with_its_default(path: Path) -> None:
    rewrite(path, lambda metadata, tensors: metadata["loss"].pop("smoothing"))
    assert load_model(path).model.loss == BinaryCrossEntropy()


BLOCK = Dense(3, ReLU(), normalization=LayerNorm(), dropout=0.25, residual=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_blocks_come_out_as_they_went_in(tmp_path: Path, dtype) -> None:
    saved = saved_model(dtype=dtype)
    by_batch = replace(BLOCK, normalization=BatchNorm(momentum=0.3))
    network = replace(saved.model.network, layers=(BLOCK, by_batch, Dense(1)))
    theta = np.random.default_rng(0).normal(size=network.n_parameters).astype(dtype)
    state = random_state(network, dtype=dtype)
    model = replace(saved.model, network=network, parameters=theta, state=state)
    save_model(tmp_path / "m", replace(saved, model=model))
    loaded = load_model(tmp_path / "m").model
    assert loaded.network == network
    np.testing.assert_array_equal(loaded.parameters, theta)
    np.testing.assert_array_equal(loaded.state, state)
    X = saved.encoding.encode(FRAME).X.astype(dtype)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    names = {"weight", "bias", "scale", "shift"}
    expected = {f"layers.{i}.{name}" for i in (0, 1) for name in names}
    expected |= {"layers.1.running_mean", "layers.1.running_var", "layers.0.projection"}
    expected |= {"layers.2.weight", "layers.2.bias"}
    assert set(load_file(tmp_path / "m")) == expected
    rewrite(tmp_path / "m", lambda metadata, tensors: tensors["layers.1.running_var"].fill(-1))
    with pytest.raises(InputError, match="a running variance is negative"):
        load_model(tmp_path / "m")
    state[0] = np.inf
    with pytest.raises(InputError, match="not finite"):
        save_model(tmp_path / "m", replace(saved, model=model))


def test_every_activation_and_loss_can_be_saved_but_the_step() -> None:
    """A step passes no gradient, so no training ends with one."""
    others = {"Activation", "Elementwise", "Link", "Loss", "Targets", "register"}
    names = {cls.__name__ for cls in registered_classes(Activation)}
    assert names == {*activations.__all__} - others - {"Step"}
    assert {cls.__name__ for cls in registered_classes(Loss)} == {*losses.__all__} - others


def test_any_safetensors_reader_reads_the_weights(path: Path) -> None:
    tensors = load_file(path)
    views = saved_model().model.network.weights_and_biases(saved_model().model.parameters)
    assert sorted(tensors) == [f"layers.{i}.{name}" for i in (0, 1) for name in ("bias", "weight")]
    for index, (weight, bias) in enumerate(views):
        np.testing.assert_array_equal(tensors[f"layers.{index}.weight"], weight)
        np.testing.assert_array_equal(tensors[f"layers.{index}.bias"], bias)


def test_the_checksum_is_the_documented_one(path: Path) -> None:
    before = read_model(path).checksum
    rewrite(path, lambda metadata, tensors: metadata["summary"].update(epochs=8))
    assert read_model(path).saved.summary.epochs == 8
    assert read_model(path).checksum != before


def test_a_model_with_a_weight_that_is_not_finite_is_not_saved(path: Path) -> None:
    old = path.read_bytes()
    saved = saved_model()
    saved.model.parameters[3] = np.nan
    with pytest.raises(InputError, match=r"not finite.*smaller learning rate"):
        save_model(path, saved)
    assert path.read_bytes() == old


def test_a_model_with_a_part_that_the_format_does_not_know_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="activation"):
        save_model(tmp_path / "m", saved_model(activations.Step()))
    assert list(tmp_path.iterdir()) == []


def test_a_description_longer_than_any_header_comes_back(tmp_path: Path) -> None:
    saved = saved_model()
    saved = replace(saved, summary=replace(SUMMARY, stop_reason="long " * (MAX_HEADER_BYTES // 5)))
    save_model(tmp_path / "m", saved)
    assert load_model(tmp_path / "m").summary == saved.summary


def test_categorical_models_come_back_too(tmp_path: Path) -> None:
    frame = FRAME.assign(kind=["a", "b", "c", "a", "b", "c"])
    encoding: TableEncoding = learn_encoding(frame, target="kind", task=Task.CLASSIFICATION)
    network = Network(len(encoding.feature_names), (Dense(3),))
    theta = np.ones(network.n_parameters)
    saved = SavedModel(Model(network, theta, CategoricalCrossEntropy()), encoding, SUMMARY)
    save_model(tmp_path / "m", saved)
    assert load_model(tmp_path / "m").encoding.target == encoding.target
