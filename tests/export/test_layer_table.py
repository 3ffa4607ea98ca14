"""The table of layers and formats in the guide, of both languages, beside what the exports do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rosenblatt.activations import Sigmoid, Tanh
from rosenblatt.export.c_source import c_source
from rosenblatt.export.fann import fann_file
from rosenblatt.export.javascript import javascript_module
from rosenblatt.export.pmml_network import pmml_document
from rosenblatt.export.r_function import r_function
from rosenblatt.export.sql import sql_select
from rosenblatt.export.tfjs import tfjs_model
from rosenblatt.export.trained import Trained
from rosenblatt.network import (
    GLU,
    BesideInput,
    CategoryEmbedding,
    Dense,
    EnsembleDense,
    Interpolation,
    MonotoneDense,
    PackedDense,
    ParametricActivation,
    PReLU,
    Scale,
)
from rosenblatt.normalizations import BatchNorm, LayerNorm
from tests.support.exported import CASES, averaged, trained

GUIDES = [Path(__file__).parents[2] / "docs" / f"elsewhere{x}.md" for x in ("", ".zh-CN")]
INPUTS = list("abcde")
ONE = Dense(1)
# Of each row of the table the networks that stand for it.
ROWS: list[list[Trained]] = [
    [
        trained((Scale(), Dense(4, Tanh(), dropout=0.1, normalization=BatchNorm()), ONE)),
        trained((MonotoneDense((1, 0, -1, 0, 1), (1,)),)),
    ],
    [trained((Dense(5, Tanh(), residual=True), Dense(7, Tanh(), residual=True), ONE))],
    [trained((BesideInput(Dense(4, Tanh())), BesideInput(Dense(2, Sigmoid())), ONE))],
    [trained((Dense(4, Tanh(), normalization=LayerNorm()), ONE))],
    [trained((PReLU(), ONE))],
    [trained((ParametricActivation(Tanh()), ONE))],
    [trained((Dense(4), GLU(), ONE))],
    [trained((EnsembleDense(2, 4, Tanh()), PackedDense(2, 1)))],
    [averaged(((Dense(4, Tanh()), ONE),) * 2, CASES["plain"].model.loss)],
    [
        CASES["waves"],
        CASES["slopes of pieces"],
        trained((CategoryEmbedding((1,), (3,), (2,)), ONE)),
    ],
    [CASES["pieces"], trained((Interpolation(5, (0,), ((-1.0, 1.0),), ((0.0, 2.0),)), ONE))],
    [CASES["pictures"]],
]


def onnx(case: Trained) -> Any:
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    return onnx_model(case)


def keras(case: Trained) -> Any:
    pytest.importorskip("h5py")
    from rosenblatt.export.keras_archive import keras_archive

    return keras_archive(case)


# Of each column the exports, each with its name in messages.
COLUMNS: list[dict[str, Callable[[Trained], Any]]] = [
    {"ONNX": onnx, "C": c_source},
    {
        "SQL": lambda case: sql_select(case, INPUTS),
        "JavaScript": lambda case: javascript_module(case, INPUTS),
        "R": lambda case: r_function(case, INPUTS),
    },
    {"Keras": keras, "TensorFlow.js": lambda case: tfjs_model(case, "w.bin")},
    {"PMML": lambda case: pmml_document(case, INPUTS)},
    {"FANN": fann_file},
]


def marks(guide: Path) -> list[list[str]]:
    lines = guide.read_text("utf-8").split("\n")
    first = next(k for k, line in enumerate(lines) if "| PMML | FANN |" in line) + 2
    rows = lines[first : first + len(ROWS)]
    assert not lines[first + len(ROWS)], "the table has another row"
    return [[cell.strip() for cell in row.strip("|").split("|")][1:] for row in rows]


def test_both_languages_say_the_same() -> None:
    assert marks(GUIDES[0]) == marks(GUIDES[1])


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_the_table(row: int) -> None:
    for mark, exports in zip(marks(GUIDES[0])[row], COLUMNS, strict=True):
        for name, export in exports.items():
            for case in ROWS[row]:
                if mark == "✓":
                    assert export(case)
                else:
                    with pytest.raises(ValueError, match=f"cannot be exported to {name}"):
                        export(case)
