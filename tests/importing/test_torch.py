"""PyTorch's state dicts and modules: what they become, and what is refused."""

from __future__ import annotations

import contextlib
import io
import json
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, importing
from rosenblatt.activations import SiLU
from rosenblatt.errors import InputError
from tests.importing.golden import FOLDER, assert_equal, read_golden

TORCH = FOLDER / "torch"
ACTIVATIONS = {
    "regressor": "relu",
    "classes": [SiLU(), "elu"],
    "double": ["tanh", "sigmoid"],
    "normalised": ["relu", "gelu"],
    "named": ["tanh", "tanh"],
}
FILES = sorted(TORCH.glob("*.net.*"))


def refused(path: Path, content: bytes, activation: object = "relu") -> str:
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        importing.read(path, activation=activation)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_predictions_are_those_of_torch(path: Path) -> None:
    name = path.name.partition(".")[0]
    X, Y, tolerance = read_golden(TORCH / f"{name}.json")
    imported = importing.read(path, activation=ACTIVATIONS[name])
    assert_equal(imported.model.predict(X), Y, tolerance)


def test_estimators_go_on_training() -> None:
    X, Y, _ = read_golden(TORCH / "classes.json")
    est = importing.load(
        TORCH / "classes.net.safetensors", activation=[SiLU(), "elu"], classes=["c", "a", "b"]
    )
    assert isinstance(est, MLPClassifier)
    share = np.exp(Y - Y.max(1, keepdims=True))
    share = (share / share.sum(1, keepdims=True))[:, [1, 2, 0]]
    np.testing.assert_allclose(est.predict_proba(X[:13]), share[:13], rtol=2e-5, atol=1e-7)
    before = est.predict_proba(X)
    est.partial_fit(X[:12], ["a", "b", "c"] * 4)
    assert not np.allclose(est.predict_proba(X), before, rtol=1e-6)
    assert isinstance(importing.load(TORCH / "regressor.net.pt", activation="relu"), MLPRegressor)


def test_one_output_is_the_score_or_the_probability_of_the_second_class() -> None:
    X, Y, _ = read_golden(TORCH / "double.json")
    est = importing.load(
        TORCH / "double.net.pt", activation=["tanh", "sigmoid"], classes=["no", "yes"]
    )
    assert isinstance(est, MLPClassifier)
    np.testing.assert_allclose(est.predict_proba(X)[:, 1], Y[:, 0], rtol=1e-9)
    scores = importing.load(TORCH / "double.net.pt", activation="tanh", classes=["no", "yes"])
    assert isinstance(scores, MLPClassifier)
    np.testing.assert_allclose(scores.predict_proba(X)[:, 1], Y[:, 0], rtol=1e-9)


def test_what_the_files_cannot_say() -> None:
    path = TORCH / "regressor.net.safetensors"
    with pytest.raises(InputError, match="one behind 0, 2: name it by --activation"):
        importing.read(path)
    with pytest.raises(InputError, match="names 4 activations, and there are 2 between"):
        importing.read(path, activation=["relu"] * 4)
    imported = importing.read(TORCH / "normalised.net.pt", activation=["relu", "gelu"])
    said = [one.what for one in imported.findings.unsaid]
    assert any("1e-5" in what for what in said)
    assert "an activation of the outputs" in said


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_cut_off_anywhere_are_refused(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    for end in range(0, len(data) - 1, 61):
        refused(tmp_path / "net", data[:end])


@pytest.mark.parametrize("name", ["normalised.net.pt", "normalised.net.safetensors"])
def test_mutated_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    data, rng, path = (TORCH / name).read_bytes(), random.Random(5), tmp_path / "net"
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(rng.choice((1, 2, 8))):
            changed[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(changed)
        with contextlib.suppress(InputError):
            importing.read(path, activation=["relu", "gelu"])


def with_pickle(old: bytes, new: bytes) -> bytes:
    """The state dict of the regressor, with something else in its pickle."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(TORCH / "regressor.net.pt") as archive,
        zipfile.ZipFile(out, "w") as changed,
    ):
        for info in archive.infolist():
            content = archive.read(info)
            if info.filename.endswith("data.pkl"):
                assert old in content
                content = content.replace(old, new)
            changed.writestr(info.filename, content)
    return out.getvalue()


PICKLES = [
    (b"ccollections\nOrderedDict", b"cos\nsystem", "it holds the object os.system: save model.st"),
    (b"ctorch._utils\n_rebuild_tensor_v2", b"cbuiltins\neval", "the object builtins.eval"),
    (b"ccollections\nOrderedDict", b"ctorch.nn\nLinear", "the object torch.nn.Linear"),
    (b"FloatStorage", b"CharStorage", "has the type CharStorage"),
    (b"0.weight", b"0.kernel", "the layer '0' has kernel"),
    (b"K\x05K\x03\x86", b"K\x09K\x09\x86", "the tensor 0.weight is not there or not whole"),
    (b"}q", b"\x8f}q", "the opcode EMPTY_SET"),
]


@pytest.mark.parametrize(("old", "new", "message"), PICKLES, ids=[c[2] for c in PICKLES])
def test_nothing_of_a_pickle_is_called(
    old: bytes, new: bytes, message: str, tmp_path: Path
) -> None:
    assert message in refused(tmp_path / "net", with_pickle(old, new))


def tensor_file(tensors: dict[str, np.ndarray], kind: str = "F32", **more: object) -> bytes:
    header, data = dict(more), b""
    for name, array in tensors.items():
        end = len(data) + array.nbytes
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [len(data), end]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


LINEAR = {"0.weight": ones(2, 3), "0.bias": ones(2)}
TENSORS = [
    (tensor_file({"0.weight": ones(4, 3, 3)}), "as of a convolution"),
    (tensor_file({**LINEAR, "2.weight": ones(2, 5)}), "takes 5 numbers, and 2 come to it"),
    (tensor_file({"0.weight": ones(2, 3) * np.float32("nan")}), "a weight that is not finite"),
    (tensor_file({"rnn.weight_ih_l0": ones(2, 3)}), "the layer 'rnn' has weight_ih_l0"),
    (tensor_file({"a.weight": ones(3, 3), "b.weight": ones(3, 3)}), "which layer comes first"),
    (tensor_file({"bn.weight": ones(3), "bn.bias": ones(3)}), "which side of it"),
    (tensor_file(LINEAR, "U32"), "has the type U32"),
    (tensor_file(LINEAR, "F64"), "is not described"),
    (tensor_file(LINEAR, __metadata__={"rosenblatt": "{}"}), "a model file of this library"),
    (tensor_file({}, __metadata__={}), "it holds no tensors"),
]


@pytest.mark.parametrize(("content", "message"), TENSORS, ids=[c[1] for c in TENSORS])
def test_refused_tensors(content: bytes, message: str, tmp_path: Path) -> None:
    assert message in refused(tmp_path / "net", content)


def test_names_with_numbers_are_in_order(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shapes = {f"fc{k}": (3, 3) for k in range(1, 12)}
    W = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    path = tmp_path / "net"
    path.write_bytes(tensor_file({f"{name}.weight": W[name] for name in sorted(W)}))
    x = rng.standard_normal((4, 3))
    expected = x
    for name in shapes:
        expected = expected @ W[name].T.astype(np.float64)
    predicted = importing.read(path, activation="identity").model.predict(x)
    np.testing.assert_allclose(predicted, expected, rtol=1e-9)
