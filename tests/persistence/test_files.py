"""A model file: what goes in comes out, and nothing but a whole, true file is accepted."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from rosenblatt import activations, losses
from rosenblatt.activations import GELU, Activation, Identity, LeakyReLU, ReLU
from rosenblatt.errors import InputError
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, Quantile
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.persistence import (
    OptionValue,
    PartSize,
    SavedModel,
    Score,
    Summary,
    load_model,
    read_model,
    save_model,
)
from rosenblatt.persistence.container import MAX_HEADER_BYTES
from rosenblatt.support.registry import registered_classes
from rosenblatt.table import TableEncoding, Task, learn_encoding
from tests.support.members import random_state
from tests.support.model_files import rewrite

FRAME = pd.DataFrame(
    {
        "size": [1.5, 2.5, np.nan, 4.0, 8.0, 16.5],
        "colour": ["red", "blue", "red", "grün", "blue", "red"],
        "kind": ["a", "b", "a", "b", "a", "b"],
    }
)
SUMMARY = Summary(
    created="2026-01-31T12:00:00+00:00",
    version="0.1.0",
    parts=(PartSize("train", 4), PartSize("held-out", 2)),
    options=(
        OptionValue("hidden", "3"),
        OptionValue("alpha", 1e-4),
        OptionValue("seed", 0),
        OptionValue("jobs", None),
    ),
    scores=(
        Score("network", "train", "accuracy", 0.75),
        Score("network", "train", "roc_auc", None),
    ),
    epochs=7,
    stop_reason="all epochs are done",
    weight_column=None,
)


def saved_model(
    activation: Activation | None = None,
    loss: Loss | None = None,
    dtype: type[np.floating[Any]] = np.float32,
) -> SavedModel:
    encoding = learn_encoding(FRAME, target="kind", task=Task.CLASSIFICATION)
    network = Network(
        len(encoding.feature_names), (Dense(3, activation or ReLU()), Dense(1, Identity()))
    )
    theta = np.random.default_rng(0).normal(size=network.n_parameters).astype(dtype)
    return SavedModel(Model(network, theta, loss or BinaryCrossEntropy()), encoding, SUMMARY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    save_model(file, saved_model())
    return file


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
def test_what_goes_in_comes_out(tmp_path: Path, activation, loss, dtype) -> None:
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


def test_too_long_a_description_is_refused_when_saving_rather_than_when_loading(tmp_path) -> None:
    saved = saved_model()
    summary = replace(SUMMARY, stop_reason="long " * (MAX_HEADER_BYTES // 5))
    with pytest.raises(InputError, match="16 MiB"):
        save_model(tmp_path / "m", replace(saved, summary=summary))


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_refused(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError, match=r"cut short|no safetensors header"):
        load_model(path)


def test_a_file_without_its_last_byte_says_how_many_are_there(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    with pytest.raises(InputError, match=f"{len(data) - 1:,} bytes of {len(data):,}"):
        load_model(path)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_refused(data, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("flip") / "m"
    save_model(path, saved_model())
    content = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    with pytest.raises(InputError):
        load_model(path)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), with_length=st.booleans())
def test_noise_is_refused(data: bytes, with_length: bool, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("noise") / "m"
    path.write_bytes(struct.pack("<Q", len(data) + 1) + b"{" + data if with_length else data)
    with pytest.raises(InputError):
        load_model(path)


def header(value: Any, **tensors: Any) -> bytes:
    text = json.dumps({"__metadata__": value, **tensors}).encode()
    return struct.pack("<Q", len(text)) + text


HUGE = {"dtype": "F32", "shape": [10**6, 10**7], "data_offsets": [0, 4 * 10**13]}
DIGITS = int("9" * 4000)
OVERLAPPING = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no safetensors header"),
        (b"size,colour\n1,red\n", "no safetensors header"),
        (b"PK\x03\x04" + bytes(100), "no safetensors header"),
        (struct.pack("<Q", 2**63) + b"{", "too large to be ours"),
        (struct.pack("<Q", 10_000_000) + b"{", "cut short"),
        (struct.pack("<Q", 2) + b"{}", "not one that rosenblatt wrote"),
        (header({"format": "pt"}), "not one that rosenblatt wrote"),
        (header({"rosenblatt": "{}"}), "not one that rosenblatt wrote"),
        (header({"rosenblatt": 1, "rosenblatt_sha256": ""}), "not one that rosenblatt wrote"),
        (header({"rosenblatt": "{}", "rosenblatt_sha256": ""}), "checksum"),
        (header({}, t=HUGE), "cut short"),
        (header({}, t={**HUGE, "dtype": "BF16"}), "not one of ours"),
        (header({}, t={**HUGE, "shape": [DIGITS]}), "not one of ours"),
        (header({}, t={**HUGE, "shape": [DIGITS] * 2000}), "not one of ours"),
        (header({}, t={**HUGE, "data_offsets": [0, 8]}), "not one of ours"),
        (header({}, t={**HUGE, "data_offsets": [4, 4 + 4 * 10**13]}), "overlap or leave gaps"),
        (header({}, **{"é" * 10_000: HUGE}), "tensor 'é{64}' is not one of ours"),
        (header({}, t={**HUGE, "shape": [-1]}), "not one of ours"),
        (header({}, t={**HUGE, "shape": "x"}), "not one of ours"),
        (header({}, t=3), "not one of ours"),
        (
            header({"rosenblatt": "", "rosenblatt_sha256": ""}, t=OVERLAPPING, u=OVERLAPPING)
            + bytes(8),
            "damaged",
        ),
        (struct.pack("<Q", 14) + b'{"a":{},"a":1}', "not valid JSON"),
        (struct.pack("<Q", 9) + b'{"a":NaN}', "not valid JSON"),
        (struct.pack("<Q", 100_005) + b'{"a":' + b"[" * 100_000, "could take more memory"),
        (struct.pack("<Q", 5_005) + b'{"a":' + b"[" * 5_000, "not valid JSON"),
        (struct.pack("<Q", 9_006) + b'{"a":' + b"9" * 9_000 + b"}", "not valid JSON"),
    ],
)
def test_a_hostile_or_foreign_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "m"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason):
        load_model(path)


def test_bytes_after_the_end_are_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(InputError, match="4 bytes too many"):
        load_model(path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "no such file"),
        ("folder", "not a regular file"),
        ("pipe", "not a regular file"),
        ("n" * 300, "File name too long"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=reason):
        load_model(tmp_path / name)


def test_a_newer_version_says_to_upgrade(path: Path) -> None:
    def newer(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata["format_version"] = 2
        metadata["a part that version 1 does not know"] = {}

    rewrite(path, newer)
    with pytest.raises(InputError, match=r"format version 2.*upgrade rosenblatt"):
        load_model(path)


NORM = {"kind": "LayerNorm", "epsilon": 1e-5}
LAYER = {
    "kind": "LayerData",
    "n_outputs": 2,
    "activation": {"kind": "Tanh"},
    "normalization": None,
    "dropout": 0.0,
    "residual": False,
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m, t: m.pop("loss"), "loss"),
        (lambda m, t: m.update(more=1), "more"),
        (lambda m, t: m.update(format_version="1"), "format version"),
        (lambda m, t: m.update(format_version=True), "format version"),
        (lambda m, t: m.update(format_version=0), "format version"),
        (lambda m, t: m.update(n_inputs=-1), "n_inputs"),
        (lambda m, t: m.update(n_inputs=2.0), "n_inputs"),
        (lambda m, t: m.update(n_inputs=99), "99 inputs"),
        (lambda m, t: m.update(n_inputs=DIGITS), "at most 64 bits, got 99999"),
        (lambda m, t: m.update(input_noise=10**400), "at most 64 bits"),
        (
            lambda m, t: m["loss"].update(kind="x" * 9999),
            r"one of AbsoluteError, .* got 'x{57}\.\.\.'",
        ),
        (lambda m, t: m.update(loss=[[1] * 9999]), "got a list: the file is damaged"),
        (lambda m, t: m.update({"n" * 9999: 1}), r"unknown entry 'n{57}\.\.\.'"),
        (lambda m, t: m["summary"].update(created="\ud800"), "whole characters, got '.ud800'"),
        (lambda m, t: m["encoding"]["target"]["classes"].reverse(), "sorted"),
        (
            lambda m, t: m["encoding"]["columns"][1].update(name="n" * 9999, others=["red"]),
            "distinct",
        ),
        (lambda m, t: m.update(layers=[]), "layer"),
        (lambda m, t: m.update(layers={}), "layers"),
        (lambda m, t: m["layers"].append(LAYER), "2 outputs"),
        (lambda m, t: m["layers"].insert(0, LAYER), "do not fit the network"),
        (lambda m, t: m["layers"][0].update(n_outputs=10**12), "do not fit the network"),
        (lambda m, t: m["layers"][0].update(n_outputs=0), "n_outputs"),
        (lambda m, t: m["layers"][0].update(dropout=1.0), "dropout"),
        (lambda m, t: m["layers"][0].update(residual=True), "do not fit the network"),
        (lambda m, t: m["layers"][0].update(normalization="layer"), "normalization"),
        (lambda m, t: m["layers"][0].update(normalization=NORM), "do not fit the network"),
        (lambda m, t: m["layers"][0].update(normalization=NORM | {"epsilon": 0.0}), "epsilon"),
        (lambda m, t: m["layers"][0]["activation"].update(kind="eval"), "activation"),
        (lambda m, t: m["layers"][0]["activation"].update(kind=["ReLU"]), "activation"),
        (lambda m, t: m["layers"][0]["activation"].update(leak=1), "leak"),
        (lambda m, t: m["layers"][1]["activation"].update(kind="ReLU"), "business of the loss"),
        (lambda m, t: m["loss"].update(p_min="0"), "p_min"),
        (lambda m, t: m["loss"].update(p_min=True), "p_min"),
        (lambda m, t: m["loss"].update(kind="__import__"), "loss"),
        (lambda m, t: m["loss"].update(smoothing=2.0), "smoothing"),
        (lambda m, t: m.update(loss={"kind": "Quantile", "levels": []}), "at least one level"),
        (lambda m, t: m.update(loss={"kind": "Quantile", "levels": [2.0]}), "between 0 and 1"),
        (lambda m, t: m.update(loss={"kind": "Quantile", "levels": 0.5}), "levels"),
        (lambda m, t: m.update(loss={"kind": "Huber", "delta": -1.0}), "delta"),
        (lambda m, t: m.update(encoding={}), "encoding"),
        (lambda m, t: m["summary"].pop("epochs"), "epochs"),
        (lambda m, t: m["summary"].update(epochs="7"), "epochs"),
        (lambda m, t: m["summary"].update(created=1), "created"),
        (lambda m, t: m["summary"].update(options={}), "options"),
        (lambda m, t: m["summary"]["scores"][0].update(value="1"), "value"),
        (lambda m, t: m["summary"].update(weight_column=0), "weight_column"),
        (lambda m, t: t.pop("layers.1.bias"), "do not fit the network"),
        (lambda m, t: t.update(more=np.zeros(1, np.float32)), "do not fit the network"),
        (lambda m, t: t.update({"layers.0.bias": np.zeros(4, np.float32)}), "do not fit"),
        (lambda m, t: t.update({"layers.0.bias": np.zeros((3, 1), np.float32)}), "do not fit"),
        (lambda m, t: t.update({"layers.0.bias": np.zeros(3)}), "all float32 nor all float64"),
        (lambda m, t: t["layers.0.weight"].fill(np.nan), "not finite"),
        (lambda m, t: t["layers.1.bias"].fill(np.inf), "not finite"),
    ],
)
def test_whole_files_with_the_wrong_content_are_refused(path: Path, change, reason: str) -> None:
    """Their checksums fit: the reader trusts no writer."""
    rewrite(path, change)
    with pytest.raises(InputError, match=reason) as refused:
        load_model(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 600 + len(str(path))


def test_categorical_models_come_back_too(tmp_path: Path) -> None:
    frame = FRAME.assign(kind=["a", "b", "c", "a", "b", "c"])
    encoding: TableEncoding = learn_encoding(frame, target="kind", task=Task.CLASSIFICATION)
    network = Network(len(encoding.feature_names), (Dense(3),))
    theta = np.ones(network.n_parameters)
    saved = SavedModel(Model(network, theta, CategoricalCrossEntropy()), encoding, SUMMARY)
    save_model(tmp_path / "m", saved)
    assert load_model(tmp_path / "m").encoding.target == encoding.target


def test_a_network_whose_outputs_do_not_fit_the_target_is_refused(path: Path) -> None:
    def one_more_output(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata["layers"][1]["n_outputs"] = 5
        tensors["layers.1.weight"] = np.zeros((3, 5), np.float32)
        tensors["layers.1.bias"] = np.zeros(5, np.float32)

    rewrite(path, one_more_output)
    with pytest.raises(InputError, match="5 outputs"):
        load_model(path)
