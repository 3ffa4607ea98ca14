"""C files that raw rows go into, compiled strictly and run under sanitizers."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt.export.c_text import string
from rosenblatt.losses import (
    CategoricalCrossEntropy,
    Loss,
    Quantile,
    SquaredError,
)
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import SavedModel
from rosenblatt.table import ClassTarget, Task, learn_encoding
from tests.support.c_compiler import STRICT, compiled
from tests.support.c_rows import inputs, predictions
from tests.support.export_tables import cells, strange, table
from tests.support.exported import parameters
from tests.support.saved_models import SUMMARY
from tests.support.table_models import LIMITS, TARGETS, averaged_model, expected, saved_model

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")


@pytest.mark.parametrize("with_gaps", [False, True])
@pytest.mark.parametrize(("target", "loss", "n_outputs"), TARGETS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_raw_rows(
    with_gaps: bool, target: str, loss: Loss, n_outputs: int, dtype: Any, tmp_path: Path
) -> None:
    frame = table(with_gaps)
    saved = saved_model(frame, target, loss, n_outputs, dtype)
    path = tmp_path / "table.c"
    library = compiled(saved.to_c(path), tmp_path)
    assert path.read_text() == saved.to_c()
    close = 1e-5 if dtype == np.float32 else 2e-7  # the features are float32
    for rows in (frame, strange(frame)):
        want = expected(saved, rows)
        got = predictions(library, saved, inputs(saved, rows), want.shape[1])
        np.testing.assert_allclose(got, want, close, close)
    if isinstance(saved.encoding.target, ClassTarget):
        array = (ctypes.c_char_p * want.shape[1]).in_dll(library, "predict_classes")
        assert [text.decode() for text in array] == list(saved.encoding.target.classes)


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize(("loss", "n"), [(SquaredError(), 1), (Quantile((0.1, 0.9)), 2)])
def test_a_number_is_held_within_its_limits(
    loss: Loss, n: int, limits: Any, tmp_path: Path
) -> None:
    frame = table(with_gaps=False)
    saved = saved_model(frame, "price", loss, n)
    free = expected(saved, frame)
    low, high = limits.get("low", -np.inf), limits.get("high", np.inf)
    assert (free < low).any() == ("low" in limits)
    assert (free > high).any() == ("high" in limits)
    target = replace(saved.encoding.target, **limits)
    saved = replace(saved, encoding=replace(saved.encoding, target=target))
    got = predictions(compiled(saved.to_c(), tmp_path), saved, inputs(saved, frame), n)
    np.testing.assert_allclose(got, free.clip(low, high), 1e-5)
    assert got.min() >= low
    assert got.max() <= high


@pytest.mark.parametrize(("target", "loss", "n_outputs"), TARGETS)
def test_the_mean_of_several_networks(
    target: str, loss: Loss, n_outputs: int, tmp_path: Path
) -> None:
    frame = table(with_gaps=True)
    saved = averaged_model(frame, target, loss, n_outputs)
    want = expected(saved, frame)
    got = predictions(compiled(saved.to_c(), tmp_path), saved, inputs(saved, frame), want.shape[1])
    np.testing.assert_allclose(got, want, 1e-5, 1e-5)


def test_null_is_missing_and_so_is_a_truth_value_that_is_none(tmp_path: Path) -> None:
    frame = table(with_gaps=True)
    saved = saved_model(frame, "price", SquaredError(), 1)
    library = compiled(saved.to_c(), tmp_path)
    gap = frame[:1].copy()
    gap[["town", "member"]] = None
    (row,) = inputs(saved, gap)
    names = list(cells(gap, saved.encoding))
    other = list(row)
    other[names.index("member")] = 7.0
    got = predictions(library, saved, [tuple(row), tuple(other)], 1)
    np.testing.assert_allclose(got, np.repeat(expected(saved, gap), 2, 0), 1e-5)


def test_names_that_c_could_misread(tmp_path: Path) -> None:
    """Keywords, comments, digits, other scripts, and two that are alike in small letters."""
    names = [
        "double",
        "a*/b",
        "/*",
        "1st",
        "价格",
        "蓝",
        "Size",
        "size",
        "SIZE ",
        "??/",
        "unix",
        "\\",
    ]
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.normal(size=50) for name in names})
    frame['"col\nour"'] = rng.choice(['"', "\\", "a\nb", "??=", "é"], 50)
    frame["*/ end"] = frame["1st"] + frame["size"]
    encoding = learn_encoding(frame, target="*/ end", task=Task.REGRESSION)
    network = Network(encoding.n_features, (Dense(1),))
    model = Model(network, parameters(network, 0, np.float64), SquaredError())
    saved = SavedModel(model, encoding, SUMMARY)
    library = compiled(saved.to_c(), tmp_path)
    got = predictions(library, saved, inputs(saved, frame), 1)
    np.testing.assert_allclose(got, expected(saved, frame), 2e-7)


def test_c_source_under_sanitizers(tmp_path: Path) -> None:
    """A program of its own, under AddressSanitizer and UBSan."""
    frame = table(with_gaps=True)
    saved = saved_model(frame, "class", CategoricalCrossEntropy(), 3)
    odd = strange(frame)[:60]
    rows = inputs(saved, odd)
    lines = ",\n".join("{" + ", ".join(map(literal, row)) + "}" for row in rows)
    main = (
        f"#include <stdio.h>\nstatic const predict_row rows[] = {{\n{lines}\n}};\n"
        "int main(void)\n{\n    double out[3];\n    unsigned k;\n"
        f"    for (k = 0; k < {len(rows)}; k++) {{\n        predict(&rows[k], out);\n"
        '        printf("%.17g %.17g %.17g\\n", out[0], out[1], out[2]);\n    }\n    return 0;\n}\n'
    )
    source, program = tmp_path / "program.c", tmp_path / "program"
    source.write_text(saved.to_c() + main, encoding="ascii")
    checked = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"]
    subprocess.run(["cc", *STRICT, *checked, str(source), "-o", str(program), "-lm"], check=True)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    got = np.array([line.split() for line in done.stdout.splitlines()], float)
    np.testing.assert_allclose(got, expected(saved, odd), 1e-5, 1e-6)


def literal(value: Any) -> str:
    if isinstance(value, str):
        return string(value)
    return "NAN" if np.isnan(value) else float(value).hex()
