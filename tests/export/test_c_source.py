"""C files, compiled and compared."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, MLPEnsembleRegressor, MLPRegressor
from rosenblatt.activations import Activation, Mish, Softmax, Tanh
from rosenblatt.export.c_source import c_source
from rosenblatt.losses import CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.network import Dense
from rosenblatt.normalizations import LayerNorm
from tests.support.c_compiler import STRICT, compiled
from tests.support.exported import (
    CASES,
    EVERY_CASE,
    averaged,
    expected,
    hidden,
    huge,
    rows,
    trained,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")


def predictions(library: ctypes.CDLL, X: Any, n_outputs: int, name: str = "predict") -> Any:
    out = np.empty((len(X), n_outputs), X.dtype)
    for x, row in zip(X, out, strict=True):
        getattr(library, name)(
            x.ctypes.data_as(ctypes.c_void_p), row.ctypes.data_as(ctypes.c_void_p)
        )
    return out


@needs_compiler
@EVERY_CASE
def test_predicts_what_the_model_predicts(case: Any, tmp_path: Path) -> None:
    X = rows(50)
    got = predictions(compiled(c_source(case), tmp_path), X, case.n_outputs)
    np.testing.assert_allclose(got, expected(case, X), 1e-10, 1e-13)


@needs_compiler
@pytest.mark.parametrize("name", ["Tanh()", "layer norm, residual", "batch norm", "both classes"])
def test_float32(name: str, tmp_path: Path) -> None:
    case, X = CASES[name].converted(np.float32), rows(50, np.float32)
    got = predictions(compiled(c_source(case), tmp_path), X, case.n_outputs)
    np.testing.assert_allclose(got, expected(case, X), 2e-5, 2e-6)
    assert c_source(CASES[name], dtype="float32") == c_source(case)


@needs_compiler
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_whose_variance_overflows(dtype: Any, tmp_path: Path) -> None:
    case, X, wanted = huge(dtype)
    got = predictions(compiled(c_source(case), tmp_path), X, case.n_outputs)
    np.testing.assert_allclose(got, wanted, 1e-4, 1e-5)
    X[1, 0], X[2, 0] = np.nan, np.inf
    got = predictions(compiled(c_source(case), tmp_path), X, case.n_outputs)
    np.testing.assert_array_equal(np.isnan(got).all(1), [False, True, True, False])


@needs_compiler
@pytest.mark.parametrize("name", ["NAME", "REAL_SQRT", "EXP", "x", "odd"])
def test_any_name_does(name: str, tmp_path: Path) -> None:
    layers = (Dense(3, Mish()), Dense(3, Softmax(), normalization=LayerNorm()), Dense(2))
    case, X = trained(layers), rows(3)
    got = predictions(compiled(c_source(case, name), tmp_path), X, 2, name)
    np.testing.assert_allclose(got, expected(case, X), 1e-10)


@needs_compiler
def test_estimators_and_their_classes(tmp_path: Path) -> None:
    X, codes = load_iris(return_X_y=True)
    names = np.array(['a "quoted" \\ name', "*/ ??/ %d\n", "中文"])
    clf = MLPClassifier(6, solver="lbfgs", max_iter=5, random_state=0).fit(X, names[codes])
    path = tmp_path / "iris.c"
    text = clf.to_c(path, name="iris")
    assert path.read_text() == text
    library = compiled(text, tmp_path)
    np.testing.assert_allclose(
        predictions(library, X, 3, "iris"), clf.predict_proba(X), 1e-10, 1e-15
    )
    found = (ctypes.c_char_p * 3).in_dll(library, "iris_classes")
    assert [label.decode() for label in found] == list(clf.classes_)

    reg = MLPRegressor(hidden_layer_sizes=4, solver="lbfgs", max_iter=5, random_state=0)
    reg.fit(X[:, :3], X[:, 3])
    text = reg.to_c(dtype="float32")
    assert "classes" not in text
    library = compiled(text, tmp_path / "regressor")
    got = predictions(library, X[:, :3].astype(np.float32, "C"), 1)
    np.testing.assert_allclose(got[:, 0], reg.predict(X[:, :3]), 1e-5, 1e-5)


@needs_compiler
def test_ensembles(tmp_path: Path) -> None:
    X, codes = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])
    network = MLPClassifier(6, solver="lbfgs", max_iter=5)
    clf = MLPEnsembleClassifier(network, 3, random_state=0).fit(X, names[codes])
    library = compiled(clf.to_c(tmp_path / "iris.c", name="iris"), tmp_path)
    got = predictions(library, X, 3, "iris")
    np.testing.assert_allclose(got, clf.predict_proba(X), 1e-10, 1e-15)
    found = (ctypes.c_char_p * 3).in_dll(library, "iris_classes")
    assert [label.decode() for label in found] == list(names)

    estimator = MLPRegressor(hidden_layer_sizes=4, solver="lbfgs", max_iter=5)
    reg = MLPEnsembleRegressor(estimator, 3, random_state=0).fit(X[:, :3], X[:, 3])
    library = compiled(reg.to_c(dtype="float32"), tmp_path / "regressor")
    got = predictions(library, X[:, :3].astype(np.float32, "C"), 1)
    np.testing.assert_allclose(got[:, 0], reg.predict(X[:, :3]), 1e-5, 1e-5)


def test_one_class_alone_has_no_names() -> None:
    clf = MLPClassifier(2, solver="lbfgs", max_iter=2).fit([[0.0], [1.0]], ["a", "a"])
    assert "predict_classes" not in clf.to_c()


def test_head_says_what_it_takes() -> None:
    text = c_source(trained(hidden(Tanh()), CategoricalCrossEntropy()))
    assert "5-7-7-4-3" in text
    assert "Stack: 112 bytes" in text  # two buffers of 7 numbers
    n = 5 * 7 + 7 + 7 * 7 + 7 + 7 * 4 + 4 + 4 * 3 + 3
    assert f"Constants: {8 * n} bytes" in text


@needs_compiler
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_beyond_the_type(dtype: Any, residual: bool, tmp_path: Path) -> None:
    """A sum that the type holds is a number, whatever is beyond it on the way there."""
    case = trained((Dense(3, residual=residual),), dtype=dtype)
    size = 2.0 ** (np.finfo(dtype).maxexp // 2 - 1)
    case.model.parameters[:] *= dtype(size)
    case.model.parameters[0] = dtype(1 / size)  # small beside the others
    X = (rows(400) * size).astype(dtype)
    named = case.model.network.named_parameters(case.model.parameters).items()
    exact = {name: array.astype(np.longdouble) for name, array in named}
    wanted = X.astype(np.longdouble) @ exact["layers.0.weight"] + exact["layers.0.bias"]
    terms = np.abs(X.astype(np.longdouble)) @ np.abs(exact["layers.0.weight"])
    if residual:
        wanted += X.astype(np.longdouble) @ exact["layers.0.projection"]
        terms += np.abs(X.astype(np.longdouble)) @ np.abs(exact["layers.0.projection"])
    text, largest = c_source(case), np.longdouble(np.finfo(dtype).max)
    got = predictions(compiled(text, tmp_path), X, 3)
    beyond, within = np.abs(wanted) > 1.001 * largest, np.abs(wanted) < 0.999 * largest
    assert beyond.any()
    assert (within & (terms > largest)).any()
    if not residual:  # the sum of the layer may be beyond the type, and that with the residual not
        assert np.isfinite(got[within]).all()
    held = np.isfinite(got)
    assert not held[beyond].any()
    error = np.abs(got.astype(np.longdouble) - wanted)[held]
    assert (error <= 8 * np.finfo(dtype).eps * np.minimum(terms, 4 * largest)[held]).all()
    real = {np.float32: "float", np.float64: "double"}[dtype]
    assert f"within the network is beyond {real}: isfinite() tells" in text


@needs_compiler
@pytest.mark.parametrize("loss", [SquaredError(), CategoricalCrossEntropy()])
def test_predictions_that_are_not_finite_are_the_engine_s(loss: Loss, tmp_path: Path) -> None:
    """Nothing in C can warn of them."""
    case = trained((Dense(3),), loss, np.float32)
    case.model.parameters[:] = np.abs(case.model.parameters) * np.float32(1e19)
    X = np.abs(rows(50, np.float32)) * np.float32(1e19)
    with pytest.warns(UserWarning, match="not finite"):
        wanted = case.model.predict(X)
    assert 0 < np.isfinite(wanted).all(1).sum() < 50
    got = predictions(compiled(c_source(case), tmp_path), X, 3)
    np.testing.assert_allclose(got, wanted, 1e-5, equal_nan=True)


def test_the_stack_of_a_mean_is_that_of_its_largest_member() -> None:
    """The outputs of one member beside the two buffers of 7, which are more than one of 9."""
    wide = (Dense(9, Tanh()), Dense(3))
    text = c_source(averaged((hidden(Tanh()), hidden(Tanh()), wide), CategoricalCrossEntropy()))
    assert "The mean of 3 feed-forward networks, 2 of 5-7-7-4-3, 1 of 5-9-3, written" in text
    assert f"Stack: {8 * (7 + 7 + 3)} bytes" in text


@pytest.mark.parametrize(
    "name", ["", "2b", "a-b", "x(", "für", "int", "exp", "expf", "_x", "main", "a" * 32, "x\n"]
)
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"C function|word of C"):
        c_source(CASES["no hidden layer"], name)


def test_unsupported_members_are_refused_by_the_c_export() -> None:
    class Own(Activation):
        def value(self, z: Any) -> Any:
            return z

        def pull_back(self, z: Any, a: Any, grad: Any) -> Any:
            return grad

    with pytest.raises(ValueError, match="cannot be exported"):
        c_source(trained((Dense(2, Own()), Dense(1))))
    with pytest.raises(ValueError, match="float32 or float64"):
        c_source(CASES["no hidden layer"], dtype="int32")
    large = trained((Dense(2),))
    large.model.parameters[0] *= 1e300
    with pytest.raises(ValueError, match="not finite in float32"):
        c_source(large, dtype="float32")


@needs_compiler
def test_c_source_under_sanitizers(tmp_path: Path) -> None:
    """All networks in one program, under AddressSanitizer and UBSan."""
    X = rows(20)
    table = ",\n".join("{" + ", ".join(x.hex() for x in row) + "}" for row in X.tolist())
    calls = "".join(
        f"for (k = 0; k < 20; k++) {{ double out[{case.n_outputs}]; n{i}(X[k], out);"
        f' for (j = 0; j < {case.n_outputs}; j++) printf("%.17g ", out[j]); }}\n'
        for i, case in enumerate(CASES.values())
    )
    program = (
        "#include <stdio.h>\n"
        + "".join(c_source(case, f"n{i}") for i, case in enumerate(CASES.values()))
        + f"static const double X[20][5] = {{\n{table}\n}};\n"
        + f"int main(void)\n{{\nint k, j;\n{calls}return 0;\n}}\n"
    )
    source, binary = tmp_path / "all.c", tmp_path / "all"
    source.write_text(program, encoding="ascii")
    checked = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run(["cc", *STRICT, *checked, str(source), "-o", str(binary), "-lm"], check=True)
    done = subprocess.run([binary], check=True, capture_output=True, text=True)
    wanted = np.concatenate([np.ravel(expected(case, X)) for case in CASES.values()])
    np.testing.assert_allclose(np.array(done.stdout.split(), float), wanted, 1e-10, 1e-13)
