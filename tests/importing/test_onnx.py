"""ONNX: what other exporters write, what is refused, and what a file may take of memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from rosenblatt import MLPClassifier, MLPRegressor, importing
from rosenblatt.activations import Activation, ClippedLogistic, Mish, Sigmoid, SiLU
from rosenblatt.errors import InputError
from rosenblatt.export.onnx_graph import onnx_model
from rosenblatt.importing.onnx_file import model_of
from rosenblatt.importing.source import Source
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense
from tests.importing.golden import FOLDER, assert_equal, read_golden
from tests.support.export_tables import table
from tests.support.exported import CASES, expected, rows, trained
from tests.support.table_models import saved_model

ONNX = FOLDER / "onnx"
FILES = sorted(ONNX.glob("*.net.onnx"))
W = np.arange(6.0).reshape(3, 2) / 7


def golden_of(path: Path) -> Path:
    return path.parent / f"{path.name.partition('.')[0]}.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_predictions_are_those_of_the_runtime(path: Path) -> None:
    imported = importing.read(path)
    X, Y, tolerance = read_golden(golden_of(path))
    ours = imported.model.predict(X)
    if imported.classes is not None and len(imported.classes) == 2:
        ours = np.hstack([1 - ours, ours])
    assert_equal(ours, Y, tolerance)


def test_names_classes_and_training() -> None:
    imported = importing.read(ONNX / "skl_columns_float.net.onnx")
    assert imported.names == ("age", "income", "size")
    assert imported.classes == ("no", "perhaps", "yes")
    est = importing.load(ONNX / "skl_two_double.net.onnx")
    assert isinstance(est, MLPClassifier)
    assert list(est.classes_) == ["bad", "good"]
    X, Y, _ = read_golden(ONNX / "skl_two_double.json")
    np.testing.assert_allclose(est.predict_proba(X), Y, rtol=1e-9, atol=1e-12)
    est.partial_fit(X, np.array(["good", "bad"] * 8))
    assert isinstance(importing.load(ONNX / "torch_regressor_traced.net.onnx"), MLPRegressor)


def model(
    nodes: list[Any], constants: dict[str, Any] | None = None, dims: tuple[Any, ...] = ("n", 3)
) -> bytes:
    """A model of input x and output y."""
    tensors = [
        numpy_helper.from_array(np.asarray(array), name)
        for name, array in (constants or {}).items()
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, dims)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", None])
    graph = helper.make_graph(nodes, "g", [x], [y], tensors)
    domains = sorted({"", *(node.domain for node in nodes)})
    imports = [helper.make_opsetid(domain, 20 if not domain else 3) for domain in domains]
    content: bytes = helper.make_model(
        graph, ir_version=9, opset_imports=imports
    ).SerializeToString()
    return content


def node(operator: str, *inputs: str, output: str = "y", **attributes: Any) -> Any:
    return helper.make_node(operator, inputs, [output], **attributes)


DENSE = node("MatMul", "x", "W", output="h")
TABLES = [
    ([DENSE, node("Clip", "h", "", "c")], {"c": 6.0}, "between -inf and 6: finite limits"),
    ([DENSE, node("Erf", "h")], {}, "the operator Erf 'y' (node 2) has no counterpart here"),
    ([DENSE, node("Softmax", "h", axis=0)], {}, "acts along the rows"),
    ([DENSE, node("Mul", "h", "x")], {}, "multiplies branches of 2 and 3 numbers"),
    ([DENSE, node("Mean", "h", "x")], {}, "the mean of branches of several widths"),
    ([DENSE, node("Slice", "h", "c", "c")], {"c": np.array([1])}, "than columns one behind"),
    ([DENSE, node("Mul", "h", "c")], {"c": np.ones((4, 2))}, "a constant of the shape (4, 2)"),
    ([DENSE, node("Div", "c", "h")], {"c": 1.0}, "divides by something that may be 0"),
    ([DENSE, node("Add", "h", "x")], {}, "adds branches of 2 and 3 numbers"),
    ([DENSE, node("Gelu", "h", approximate="sigmoid")], {}, "another approximation than tanh"),
    ([DENSE, node("Mystery", "h", domain="com.example")], {}, "com.example.Mystery"),
    ([DENSE, node("Cast", "h", to=TensorProto.INT64)], {}, "rounds to whole numbers"),
    ([DENSE, node("Reshape", "h", "c")], {"c": np.array([2, -1])}, "makes [2, -1] of 2 columns"),
    ([DENSE, node("Relu", "z")], {}, "nothing before gives the value 'z'"),
    ([node("Gemm", "x", "W", transA=1)], {}, "transposes the rows"),
    ([node("MatMul", "x", "V")], {"V": W.T}, "weights of the shape (2, 3), and 3 numbers come"),
    ([DENSE, node("Add", "h", "c")], {"c": np.array([np.nan, 1])}, "is not a finite number"),
    ([node("LSTM", "x", "W", "W", hidden_size=2)], {}, "the operator LSTM"),
    ([node("Conv", "x", "W")], {}, "the operator Conv 'y' (node 1) has no counterpart here"),
    ([node("Identity", "W")], {}, "the output 'y' does not depend on the inputs"),
]


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "net"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        importing.read(path)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(("nodes", "constants", "message"), TABLES, ids=[t[2] for t in TABLES])
def test_what_has_no_counterpart_is_named_with_its_place(
    nodes: list[Any], constants: dict[str, Any], message: str, tmp_path: Path
) -> None:
    assert message in refused(tmp_path, model(nodes, {"W": W, **constants}))


def test_shapes_and_files_of_others(tmp_path: Path) -> None:
    assert "has 4 dimensions" in refused(tmp_path, model([DENSE], {"W": W}, ("n", 3, 8, 8)))
    assert "how many columns" in refused(tmp_path, model([DENSE], {"W": W}, ("n", None)))
    far = helper.make_tensor("W", TensorProto.FLOAT, [3, 2], W.ravel())
    del far.float_data[:]
    far.data_location = TensorProto.EXTERNAL
    far.external_data.add(key="location", value="/etc/passwd")
    graph = helper.make_graph(
        [node("MatMul", "x", "W")],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        [far],
    )
    content = helper.make_model(graph, ir_version=9).SerializeToString()
    assert "'W' lies in another file: save the model with its weights in" in refused(
        tmp_path, content
    )


CHOICES: dict[str, Any] = {
    "relu": ([node("Max", "h", "c")], {"c": 0.0}, lambda h: np.maximum(h, 0)),
    "relu6": ([node("Clip", "h", "a", "b")], {"a": 0.0, "b": 6.0}, lambda h: np.clip(h, 0, 6)),
    "hard sigmoid": (
        [node("HardSigmoid", "h", alpha=0.3, beta=0.4)],
        {},
        lambda h: np.clip(0.3 * h + 0.4, 0, 1),
    ),
    "celu": ([node("Celu", "h", alpha=2.0)], {}, lambda h: np.where(h > 0, h, 2 * np.expm1(h / 2))),
    "cosine": ([node("Cos", "h")], {}, np.cos),
    "swish": (
        [
            node("Mul", "h", "c", output="s"),
            node("Sigmoid", "s", output="t"),
            node("Mul", "h", "t"),
        ],
        {"c": 1.7},
        lambda h: h / (1 + np.exp(-1.7 * h)),
    ),
    "logistic": (
        [
            node("Neg", "h", output="s"),
            node("Exp", "s", output="t"),
            node("Add", "t", "c", output="u"),
            node("Div", "c", "u"),
        ],
        {"c": 1.0},
        lambda h: 1 / (1 + np.exp(-h)),
    ),
    "square": ([node("Mul", "h", "h")], {}, np.square),
    "difference": (
        [node("Tanh", "h", output="t"), node("Sub", "h", "t")],
        {},
        lambda h: h - np.tanh(h),
    ),
    "mean": (
        [node("Tanh", "h", output="t"), node("Relu", "h", output="r"), node("Mean", "h", "t", "r")],
        {},
        lambda h: (h + np.tanh(h) + np.maximum(h, 0)) / 3,
    ),
    "last column": (
        [node("Slice", "h", "c", "d", "a")],
        {"c": np.array([-1]), "d": np.array([2**60]), "a": np.array([1])},
        lambda h: h[:, 1:],
    ),
    "chosen": (
        [node("Gather", "h", "c", axis=1)],
        {"c": np.array([1, 0, 1])},
        lambda h: h[:, [1, 0, 1]],
    ),
    "softmax": (
        [
            node("ReduceMax", "h", "axes", output="m"),
            node("Sub", "h", "m", output="d"),
            node("Exp", "d", output="e"),
            node("ReduceSum", "e", "axes", output="t"),
            node("Div", "e", "t"),
        ],
        {"axes": np.array([1])},
        lambda h: np.exp(h) / np.exp(h).sum(1, keepdims=True),
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_operators_are_their_formulas(name: str, tmp_path: Path) -> None:
    nodes, constants, formula = CHOICES[name]
    path = tmp_path / "net"
    path.write_bytes(model([DENSE, *nodes], {"W": W, **constants}))
    X = np.random.default_rng(0).normal(size=(20, 3)) * 9
    assert_equal(importing.read(path).model.predict(X), formula(X @ W), 1e-6)


READ = [
    *("residual", "layer norm, residual", "two of a kind", "beside its input", "learned slopes"),
    *("gates", "NTK", "mean of classes", "mean of one number"),
]


def test_matlab_form(tmp_path: Path) -> None:
    """Standardised features and Gemm, as MATLAB's exportONNXNetwork writes a featureInputLayer."""
    nodes = [
        node("Sub", "x", "mean", output="s"),
        node("Div", "s", "deviation", output="d"),
        node("Gemm", "d", "V", "b", output="h", transB=1),
        node("Relu", "h", output="r"),
        node("Gemm", "r", "U", "c", transB=1),
    ]
    rng = np.random.default_rng(2)
    named = {"mean": rng.normal(size=(1, 3)), "deviation": rng.random((1, 3)) + 0.5}
    named |= {"V": rng.normal(size=(4, 3)), "b": rng.normal(size=4)}
    named |= {"U": rng.normal(size=(2, 4)), "c": rng.normal(size=2)}
    path = tmp_path / "net"
    path.write_bytes(model(nodes, named))
    X = rng.normal(size=(9, 3)) * 50
    h = np.maximum((X - named["mean"]) / named["deviation"] @ named["V"].T + named["b"], 0)
    assert_equal(importing.read(path).model.predict(X), h @ named["U"].T + named["c"], 1e-12)


PEAK = """
import resource, sys
from rosenblatt import importing
import onnx
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
try:
    importing.read(sys.argv[1])
except importing.registry.InputError:
    print(peak() - before)
"""


def field(tag: int, content: bytes) -> bytes:
    """A field of a protocol buffer, of 2^14 bytes or more."""
    sizes, n = [tag], len(content)
    while n > 127:
        sizes.append(n & 127 | 128)
        n >>= 7
    return bytes([*sizes, n]) + content


HEAD = b"\x08\x09\x12\x00"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + field(0x3A, b"\x0a\x00" * 2**20),
        HEAD + b"\x72\x00" * 2**20,
        HEAD + field(0x3A, field(0x2A, field(0x3A, bytes(2**21)))),
    ],
    ids=["nodes", "properties", "packed"],
)
def test_memory_of_a_whole_process(content: bytes, tmp_path: Path) -> None:
    """The messages of protobuf are outside of what Python counts."""
    path = tmp_path / "net"
    path.write_bytes(content)
    told = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True
    )
    assert int(told.stdout) <= 4 * len(content) + 2**20


@pytest.mark.parametrize("activation", [SiLU(), ClippedLogistic(), Sigmoid(), Mish()], ids=repr)
def test_what_this_library_writes_of_several_operators_is_one_activation_again(
    activation: Activation, tmp_path: Path
) -> None:
    case = trained((Dense(4, activation), Dense(2)))
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_model(case).SerializeToString())
    read = importing.read(path).model
    assert read.network.layers[0] == Dense(4, activation)
    X = rows(9)
    np.testing.assert_allclose(read.predict(X), case.model.predict(X), 1e-6, 1e-6)


@pytest.mark.parametrize("name", READ)
def test_what_this_library_writes_of_branches_is_read_again(name: str, tmp_path: Path) -> None:
    case, path = CASES[name], tmp_path / "net.onnx"
    path.write_bytes(onnx_model(case).SerializeToString())
    X = rows(9)
    want = expected(case, X)
    got = importing.read(path).model.predict(X).reshape(want.shape)
    np.testing.assert_allclose(got, want, 1e-5, 1e-5)  # weights of single precision


def test_a_model_of_raw_cells_is_refused(tmp_path: Path) -> None:
    saved = saved_model(table(with_gaps=True), "price", SquaredError(), 1)
    saved.to_onnx(tmp_path / "net.onnx")
    with pytest.raises(InputError, match=r"table's model of this library.*take the model file"):
        importing.read(tmp_path / "net.onnx")


@pytest.mark.parametrize(
    ("filling", "said"),
    [(b"\0\0", "the number of a field"), (b"\xf8\x07\1", "may ask for")],
    ids=["zeros", "fields of no version"],
)
def test_what_fills_a_file_is_refused_before_its_end(filling: bytes, said: str) -> None:
    content = model([DENSE, node("Tanh", "h")], {"W": W})
    source = Source(Path("net"), len(content) + 10**7, content)
    source.data = content + filling * (10**7 // len(filling))
    with pytest.raises(InputError, match=said):
        model_of(source)
