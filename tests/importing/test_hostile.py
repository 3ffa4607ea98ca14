"""Files of strangers: mutated ones give a clear error or a network, within a bounded memory."""

from __future__ import annotations

import random
import re
import shutil
import tracemalloc
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.errors import InputError
from tests.importing.golden import FOLDER

BASES = {
    "fann": ["fann/classes.net", "fann/cascade.net", "fann/scaled.net"],
    "r": ["r/two_classes.rds", "r/skip.R", "r/multinom.nnet.json"],
    "javascript": [
        "javascript/brain1_tanh.net.json",
        "javascript/brain2_tanh.net.json",
        "javascript/synaptic_skips.net.json",
        "javascript/neataptic_grown.net.json",
        "javascript/ml_fnn_two.net.json",
    ],
    "opencv": ["opencv/sigmoid.net.yml", "opencv/classes.net.xml", "opencv/gaussian.net.json"],
    "pyrenn": ["pyrenn/two.net.csv"],
    "weka": ["weka/classes_3.6.14.net.txt"],
    "torch": [
        *("torch/normalised.net.pt", "torch/normalised.net.safetensors"),
        *("torch/classes.net.pt", "torch/double.net.safetensors"),
    ],
    "onnx": [
        *("onnx/torch_normalised_traced.net.onnx", "onnx/torch_residual_dynamo.net.onnx"),
        *("onnx/skl_columns_float.net.onnx", "onnx/skl_two_double.net.onnx"),
        "onnx/ours_two.net.onnx",
    ],
    "keras": [
        *("keras/plain.net.keras", "keras/residual.net.keras"),
        *("keras/nested.net.h5", "keras/keras2_normalised.net.h5"),
    ],
    "pmml": [
        *("pmml/nyoka_two.net.pmml", "pmml/hand_r.net.pmml", "pmml/hand_knime.net.pmml"),
        "pmml/jpmml_two.net.pmml",
    ],
    "tfjs": ["tfjs/plain.net.json", "tfjs/normalised.net.json", "tfjs/residual.net.json"],
}
FEW, MANY = 150, 20_000
FEW_OF = {"keras": 30}  # HDF5 is read by a process of its own, which takes half a second to start
ODD = [b"nan", b"inf", b"-1", b"0", b"1e999", b"99999999", b"4294967296", b'"', b"[", b"{", b"\0"]
NUMBER = re.compile(rb"-?\d+(?:\.\d*)?(?:e[-+]?\d+)?")


def flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(rng: random.Random, data: bytes) -> bytes:
    first, last = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:first] + data[last:]


def repeated(rng: random.Random, data: bytes) -> bytes:
    first, last = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:last] + data[first:last] * rng.randint(1, 3) + data[last:]


def other_number(rng: random.Random, data: bytes) -> bytes:
    found = list(NUMBER.finditer(data))
    if not found:
        return flipped(rng, data)
    one = rng.choice(found)
    return data[: one.start()] + rng.choice(ODD) + data[one.end() :]


def inserted(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + rng.choice(ODD) * rng.randint(1, 50) + data[place:]


CHANGES: list[Callable[[random.Random, bytes], bytes]] = [
    *(flipped, cut, repeated, other_number, other_number, inserted),
]


def refusal_of(path: Path) -> str | None:
    """The error of a file; None of one that predicts."""
    try:
        imported = importing.read(
            path, data=FOLDER / "weka" / "classes.arff", activation=["relu", "gelu"]
        )
    except InputError as error:
        return str(error)
    assert np.isfinite(imported.model.parameters).all()
    with warnings.catch_warnings():  # predictions beyond float64 are told, and are no fault
        warnings.simplefilter("ignore")
        imported.model.predict(np.zeros((1, imported.model.n_inputs)))
    return None


def outcomes(names: list[str], seeds: range, folder: Path) -> Counter[str]:
    bases = [(FOLDER / name).read_bytes() for name in names]
    for weights in FOLDER.glob("tfjs/*.bin"):  # which TensorFlow.js has in files of their own
        shutil.copy(weights, folder)
    counts: Counter[str] = Counter()
    for seed in seeds:
        rng = random.Random(seed)
        data = rng.choice(CHANGES)(rng, rng.choice(bases))
        path = folder / "net"
        path.write_bytes(data)
        refusal = refusal_of(path)
        assert refusal is None or refusal.startswith("cannot import"), seed
        assert (refusal or " ").isprintable(), (seed, refusal)
        # Whatever is wrong is named by whoever finds it.
        assert "it is no such network" not in (refusal or ""), (seed, refusal)
        counts["read" if refusal is None else "refused"] += 1
    return counts


def skip_without_reader(tool: str) -> None:
    if tool == "keras":
        pytest.importorskip("h5py")


@pytest.mark.parametrize("tool", BASES)
def test_mutated_files_are_refused_or_read(tool: str, tmp_path: Path) -> None:
    skip_without_reader(tool)
    few = FEW_OF.get(tool, FEW)
    counts = outcomes(BASES[tool], range(few), tmp_path)
    assert counts["refused"] > few / 10
    assert counts["refused"] + counts["read"] == few


@pytest.mark.slow
@pytest.mark.parametrize("tool", BASES)
def test_many_mutated_files(tool: str, tmp_path: Path) -> None:
    skip_without_reader(tool)
    print(tool, outcomes(BASES[tool], range(FEW, MANY), tmp_path))


K = 60_000
HOSTILE = {
    "fann, wide layers": (FOLDER / "fann/classes.net")
    .read_bytes()
    .replace(b"layer_sizes=5 7 6 4", b"layer_sizes=999999999 999999999 6 4"),
    "fann, many neurons": b"FANN_FLO_2.1\nnum_layers=2\nnetwork_type=0\nlayer_sizes=30000 30002 \n"
    b"neurons (num_inputs, activation_function, activation_steepness)="
    + b"(0, 0, 0) " * 30_000
    + b"(1, 3, 1) " * 30_001
    + b"(0, 0, 0) \nconnections (connected_to_neuron, weight)="
    + b"(0, 1) " * 30_001
    + b"\n",
    "json, empty lists": b'{"sizes":[' + b"[]," * K + b'[]],"layers":[]}',
    "json, objects": b'{"neurons":[' + b'{"a":{}},' * K + b'{"squash":1}],"squash":1}',
    "json, numbers": b'{"model":"FNN","layers":[' + b"0," * K + b"0]}",
    "json, alike objects": b'{"neurons":[' + b'{"a":1},' * K + b'{"a":1}],"squash":1}',
    "json, many names": b'{"sizes":{'
    + b",".join(b'"%d":1' % k for k in range(K))
    + b'},"layers":[]}',
    "json, names of objects": b'{"sizes":['
    + b",".join(
        b"{%s}" % b",".join(b'"%d":1' % k for k in range(8 * j, 8 * j + 8)) for j in range(K // 8)
    )
    + b'],"layers":[]}',
    "json, deep": b'{"model":"FNN","layers":' + b"[" * K,
    "r, one dput": b"structure(list(nconn = c(" + b"1," * K + b"1), nunits = 1, conn = 1))",
    "r, deep dput": b"structure(list(nconn = 1, nunits = 1, conn = " + b"list(" * K,
    "yaml": b"%YAML:1.0\nopencv_ml_ann_mlp:\n   weights: [" + b"1," * K + b"]\n",
    "xml": b"<?xml version='1.0'?>\n<opencv_ml_ann_mlp>" + b"<a>" * K,
    "pmml, elements": b'<PMML version="4.4">' + b"<a/>" * K,
    "pmml, attributes": b"<PMML " + b" ".join(b'a%d=""' % k for k in range(K // 8)) + b">",
    "pmml, connections": b"<PMML><Neuron>" + b'<Con from="1" weight="1"/>' * K,
    "pmml, deep": b"<PMML>" + b"<a>" * K,
    "pyrenn": b"nn\n9,9\ndIn\n0\ndIntern\n,\ndOut\n,\nnormP\n1\nnormY\n1\nw\n" + b"1\n" * K,
    "weka, names": b"Sigmoid Node 0\n    Inputs    Weights\n    Threshold    1\n"
    + b"".join(b"%d 1\n" % k for k in range(K)),
    "weka": b"Sigmoid Node 0\n    Inputs    Weights\n    Threshold    1\n" + b"a 1\n" * K,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_memory_before_a_refusal(name: str, tmp_path: Path) -> None:
    """Within four times the file's size and a mebibyte; importing modules is not counted."""
    data = HOSTILE[name]
    path = tmp_path / "net"
    for content in (data[:2000], data):
        path.write_bytes(content)
        tracemalloc.start()
        with pytest.raises(InputError):
            importing.read(path, data=FOLDER / "weka" / "classes.arff")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak <= 4 * len(data) + 2**20, peak / len(data)


@pytest.mark.parametrize("name", ["torch/classes.net.pt", "keras/plain.net.keras"])
def test_a_part_beyond_all_files_is_named(name: str, tmp_path: Path) -> None:
    """Its place is a number of 64 bits, which Python cannot seek to."""
    skip_without_reader(name.partition("/")[0])
    path = tmp_path / "net"
    with zipfile.ZipFile(FOLDER / name) as archive, zipfile.ZipFile(path, "w") as changed:
        for info in archive.infolist():
            changed.writestr(zipfile.ZipInfo(info.filename), archive.read(info))
        for info in changed.infolist():
            info.header_offset = 2**64 - 1
    assert "it is no whole zip archive" in (refusal_of(path) or "")
