"""FANN's files: read back here, and by libfann where that is installed."""

from __future__ import annotations

import ctypes
import ctypes.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.activations import GELU, ReLU, Softmax, Tanh
from rosenblatt.export.fann import fann_file
from rosenblatt.export.trained import Trained
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.network import Dense
from tests.importing.golden import FOLDER, assert_equal, read_golden
from tests.support.export_tables import table
from tests.support.exported import CASES, expected, rows, trained
from tests.support.table_models import saved_model

FANN = FOLDER / "fann"
LIBRARY = ctypes.util.find_library("doublefann")
HAS = [
    *("Identity()", "Sigmoid()", "Tanh()", "HardTanh()"),
    *(
        "Step()",
        "HardSigmoid()",
        "Softsign()",
        "Sine()",
        "Bump()",
        "StepwiseSigmoid()",
        "StepwiseTanh()",
        "plain",
    ),
    *("batch norm", "scale", "no hidden layer", "one number", "residual", "NTK"),
    *("beside its input", "batch norm, residual", "mean of one number", "ensemble of one"),
]


def run_by_fann(path: Path, X: Any) -> Any:
    """What libfann's double library predicts."""
    if LIBRARY is None:
        pytest.skip("no libfann")
    library = ctypes.CDLL(LIBRARY)
    library.fann_create_from_file.restype = ctypes.c_void_p
    library.fann_run.restype = ctypes.POINTER(ctypes.c_double)
    network = ctypes.c_void_p(library.fann_create_from_file(str(path).encode()))
    assert network, "FANN does not read the file"
    n = library.fann_get_num_output(network)
    out = []
    for row in X.tolist():
        given = (ctypes.c_double * len(row))(*row)
        out.append(library.fann_run(network, given)[:n])
    library.fann_destroy(network)
    return np.array(out)


@pytest.mark.parametrize("name", HAS)
def test_networks(name: str, tmp_path: Path) -> None:
    case, X, path = CASES[name], rows(20), tmp_path / "net.net"
    path.write_text(fann_file(case))
    want = expected(case, X)
    np.testing.assert_allclose(importing.read(path).model.predict(X), want, 1e-9, 1e-14)
    np.testing.assert_allclose(run_by_fann(path, X), want, 1e-9, 1e-14)


@pytest.mark.parametrize("path", sorted(FANN.glob("*.net")), ids=lambda p: p.stem)
def test_there_and_back_again(path: Path, tmp_path: Path) -> None:
    """FANN's own file, imported, exported and imported: its own predictions, by itself too."""
    X, Y, tolerance = read_golden(path)
    again = tmp_path / "again.net"
    again.write_text(fann_file(Trained(importing.read(path).model)))
    assert_equal(importing.read(again).model.predict(X), Y, tolerance)
    assert_equal(run_by_fann(again, X), Y, tolerance)


def test_one_output_is_the_second_class(tmp_path: Path) -> None:
    case = trained((Dense(4, Tanh()), Dense(1)), BinaryCrossEntropy())
    X, path = rows(9), tmp_path / "net.net"
    path.write_text(fann_file(case))
    np.testing.assert_allclose(importing.read(path).model.predict(X), expected(case, X), 1e-9)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (trained((Dense(3, GELU()),)), "GELU(approximate=False) cannot be exported to FANN"),
        (trained((Dense(3, ReLU()),)), "ReLU() cannot be exported to FANN"),
        (trained((Dense(3, Softmax()),)), "Softmax() cannot be exported to FANN"),
        (trained((Dense(3),), CategoricalCrossEntropy()), "Softmax() cannot be exported to FANN"),
        (CASES["layer norm"], "a layer LayerNorm cannot be exported to FANN"),
        (CASES["Poisson()"], "a loss of counts cannot be exported to FANN"),
    ],
)
def test_what_fann_has_not_is_refused(case: Trained, said: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        fann_file(case)
    assert said in str(error.value)


def test_a_table_of_plain_numbers_and_any_other(tmp_path: Path) -> None:
    """Numbers as an import has them are scaled in the first layer; a category is refused."""
    saved = importing.read(FANN / "linear.net").saved_model()
    text = saved.to_fann(tmp_path / "net.net")
    assert (tmp_path / "net.net").read_text() == text
    X, Y, _ = read_golden(FANN / "linear.net")
    np.testing.assert_allclose(importing.read(tmp_path / "net.net").model.predict(X), Y, 1e-9)
    other = saved_model(table(with_gaps=False), "price", SquaredError(), 1)
    with pytest.raises(ValueError, match="the column 'income' cannot be exported to FANN"):
        other.to_fann()
