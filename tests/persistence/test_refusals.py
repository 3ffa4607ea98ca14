"""Files cut short, damaged, foreign or made up are refused."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt.errors import InputError
from rosenblatt.persistence import (
    FORMAT_VERSION,
    load_model,
    save_model,
)
from tests.support.model_files import rewrite
from tests.support.saved_models import saved_model


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


@settings(max_examples=60)
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


@settings(max_examples=60)
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
def test_non_file_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=reason):
        load_model(tmp_path / name)


def test_a_newer_version_says_to_upgrade(path: Path) -> None:
    def newer(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata["format_version"] = FORMAT_VERSION + 1
        metadata["a part that this version does not know"] = {}

    rewrite(path, newer)
    with pytest.raises(
        InputError, match=rf"format version {FORMAT_VERSION + 1}.*upgrade rosenblatt"
    ):
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


def with_means(mean: float) -> Callable[[dict[str, Any], Any], None]:
    def change(metadata: dict[str, Any], tensors: Any) -> None:
        column = next(c for c in metadata["encoding"]["columns"] if c["kind"] == "Category")
        n = len(column["categories"]) + len(column["others"]) + column["indicator"]
        column.update(mean_of=["y"], means=[[0.0]] * (n - 1) + [[mean]])

    return change


@pytest.mark.parametrize("mean", [3.5e38, -1e308])
def test_means_beyond_the_range_of_features_are_refused(path: Path, mean: float) -> None:
    rewrite(path, with_means(mean))
    with pytest.raises(InputError, match=r"means of column .* are too large"):
        load_model(path)


@pytest.mark.parametrize("change", [{"mean": -1e308, "std": 1e-3}, {"std": 1e-320}])
def test_scales_whose_quotients_overflow_are_refused(path: Path, change: dict[str, float]) -> None:
    def changed(metadata: dict[str, Any], tensors: Any) -> None:
        column = next(c for c in metadata["encoding"]["columns"] if c["kind"] == "Number")
        column["scaling"].update(change)

    rewrite(path, changed)
    with pytest.raises(InputError, match="a scale is too small, or its mean too large"):
        load_model(path)


def test_a_network_whose_outputs_do_not_fit_the_target_is_refused(path: Path) -> None:
    def one_more_output(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata["layers"][1]["n_outputs"] = 5
        tensors["layers.1.weight"] = np.zeros((3, 5), np.float32)
        tensors["layers.1.bias"] = np.zeros(5, np.float32)

    rewrite(path, one_more_output)
    with pytest.raises(InputError, match="5 outputs"):
        load_model(path)


def test_a_loss_of_several_outputs_for_a_target_of_classes_is_refused(path: Path) -> None:
    def with_quantiles(metadata: dict[str, Any], tensors: Any) -> None:
        metadata["loss"] = {"kind": "Quantile", "levels": [0.1, 0.5, 0.9]}

    rewrite(path, with_quantiles)
    with pytest.raises(InputError, match="its loss is one of numbers, and its target has classes"):
        load_model(path)
