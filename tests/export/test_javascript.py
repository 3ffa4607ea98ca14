"""ES modules of networks, run by Node.js."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier
from rosenblatt.export.javascript import javascript_module
from rosenblatt.export.trained import Trained
from rosenblatt.losses import BinaryCrossEntropy
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import SavedModel
from rosenblatt.table import Task, learn_encoding
from tests.support.export_tables import cells, strange, table
from tests.support.exported import CASES, expected, parameters, rows
from tests.support.refused import LAYERS, is_refused
from tests.support.saved_models import SUMMARY
from tests.support.table_models import TARGETS, averaged_model, expected_in_double, saved_model

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js")


def predictions(texts: dict[str, str], inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What modules predict of rows, all in one process."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")
        (folder / f"{name}.json").write_text(json.dumps(inputs[name]), encoding="utf-8")
    names = json.dumps(list(texts))
    (folder / "main.mjs").write_text(MAIN.replace("NAMES", names), encoding="utf-8")
    done = subprocess.run([str(NODE), "main.mjs"], cwd=folder, check=True, capture_output=True)
    return {name: np.array(got, float) for name, got in json.loads(done.stdout).items()}


MAIN = """\
import { readFileSync } from "fs";
const out = {};
for (const name of NAMES) {
  const { predict } = await import(`./${name}.mjs`);
  out[name] = JSON.parse(readFileSync(`${name}.json`)).map((row) => predict(row));
}
console.log(JSON.stringify(out));
"""


def test_every_network(tmp_path: Path) -> None:
    """Or a sentence about what it lacks."""
    X, texts = rows(8), {}
    for k, case in enumerate(CASES.values()):
        if is_refused(case, *LAYERS):
            with pytest.raises(ValueError, match="cannot be exported to JavaScript"):
                javascript_module(case, list("abcde"))
        else:
            texts[f"net{k}"] = javascript_module(case, list("abcde"))
    assert len(texts) > 50
    got = predictions(texts, dict.fromkeys(texts, X.tolist()), tmp_path)
    for k, (name, case) in enumerate(CASES.items()):
        if f"net{k}" in texts:
            np.testing.assert_allclose(got[f"net{k}"], expected(case, X), 1e-9, 1e-15, err_msg=name)


def test_raw_cells(tmp_path: Path) -> None:
    texts, inputs, want = {}, {}, {}
    for with_gaps in (False, True):
        frame = table(with_gaps)
        for target, loss, n in TARGETS:
            single = saved_model(frame, target, loss, n, np.float64)
            for saved in (single, averaged_model(frame, target, loss, n)):
                given = pd.concat([frame[100:120], strange(frame)[:45]])
                name = f"net{len(texts)}"
                texts[name] = saved.to_javascript()
                columns = {
                    k: nulls(c[:, 0].tolist()) for k, c in cells(given, saved.encoding).items()
                }
                inputs[name] = [
                    dict(zip(columns, row, strict=True))
                    for row in zip(*columns.values(), strict=True)
                ]
                want[name] = expected_in_double(saved, given, saved.model.dtype)
    got = predictions(texts, inputs, tmp_path)
    for name in texts:
        np.testing.assert_allclose(got[name], want[name], 1e-9)


def nulls(values: list[Any]) -> list[Any]:
    return [None if v == "" or v != v else v for v in values]


def test_erfc_in_both_of_its_forms(tmp_path: Path) -> None:
    """The exact GELU at points whose values SciPy has, far into the tail."""
    from scipy.special import erfc

    from rosenblatt.activations import GELU

    network = Network(1, (Dense(1, GELU()),))
    text = javascript_module(
        Trained(Model(network, np.array([1.0, 0.0]), BinaryCrossEntropy())), ["x"]
    )
    text = text.replace("export function predict", "export { erfc as predict };\nfunction network")
    x = [-30.0, -3.0, -1.0, -1e-9, 0.0, 0.1, 1.0, 1.9999, 2.0, 2.5, 5.0, 10.0, 26.0]
    got = predictions({"erfc": text}, {"erfc": x}, tmp_path)["erfc"]
    np.testing.assert_allclose(got, erfc(x), 1e-12)


def test_dates_truth_values_and_classes_as_javascript_has_them(tmp_path: Path) -> None:
    frame = table(with_gaps=True)
    (target, loss, n), *_ = TARGETS
    saved = saved_model(frame, target, loss, n, np.float64)
    script = """\
import { predict, classes, columns } from "./net.mjs";
const seen = new Date("2020-03-04T06:00:00Z");
const row = { income: 1.5, _value_1: 3, town: " Ulm ", member: true, seen };
const days = { ...row, town: "Ulm", member: 1, seen: 18325.25 };
const gap = { _value_1: 3 };
const gaps = { income: null, _value_1: 3, town: "", member: NaN, seen: undefined };
const predicted = [row, days, gap, gaps].map(predict);
console.log(JSON.stringify([...predicted, classes, columns]));
"""
    (tmp_path / "net.mjs").write_text(saved.to_javascript(tmp_path / "x.mjs"), encoding="utf-8")
    (tmp_path / "main.mjs").write_text(script, encoding="utf-8")
    done = subprocess.run([str(NODE), "main.mjs"], cwd=tmp_path, check=True, capture_output=True)
    row, days, gap, gaps, classes, columns = json.loads(done.stdout)
    assert row == days
    assert gap == gaps
    assert row != gap
    assert classes == ["x", "y", "z"]
    assert columns["seen"].endswith("null or NaN is missing")
    assert (tmp_path / "x.mjs").read_text() == (tmp_path / "net.mjs").read_text()


def test_blanks_around_a_text_are_those_of_tables(tmp_path: Path) -> None:
    """`String.prototype.trim` takes a byte order mark for one, and U+0085 for none."""
    (target, loss, n), *_ = TARGETS
    saved = saved_model(table(with_gaps=True), target, loss, n, np.float64)
    around = [c for c in map(chr, range(0x10000)) if c.isspace()]
    others = ["\ufeff", "\u200b", "\u180e", "x"]
    texts = [f"{c}Ulm{c}" for c in (*around, *others)]
    script = f"""\
import {{ predict }} from "./net.mjs";
const of = (town) => predict({{ income: 1, _value_1: 3, town, member: true, seen: 0 }});
console.log(JSON.stringify(["Ulm", "Atlantis", ...{json.dumps(texts)}].map(of)));
"""
    (tmp_path / "net.mjs").write_text(saved.to_javascript(), encoding="utf-8")
    (tmp_path / "main.mjs").write_text(script, encoding="utf-8")
    done = subprocess.run([str(NODE), "main.mjs"], cwd=tmp_path, check=True, capture_output=True)
    known, unseen, *found = json.loads(done.stdout)
    assert known != unseen
    assert found == [known] * len(around) + [unseen] * len(others)


def test_names_that_javascript_could_misread(tmp_path: Path) -> None:
    names = ['"', "\\", "`${x}`", "*/", "</script>", "\u2028", "价格", "a\nb"]
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.normal(size=40) for name in names} | {"y": rng.normal(size=40)})
    encoding = learn_encoding(frame, target="y", task=Task.REGRESSION)
    network = Network(encoding.n_features, (Dense(1),))
    model = Model(network, parameters(network, 0, np.float64), BinaryCrossEntropy())
    saved = SavedModel(model, encoding, SUMMARY)
    inputs = {"net": frame.drop(columns="y").to_dict("records")}
    got = predictions({"net": saved.to_javascript()}, inputs, tmp_path)["net"]
    np.testing.assert_allclose(got, expected_in_double(saved, frame, saved.model.dtype), 1e-12)


def test_an_estimator_says_what_it_takes_and_gives() -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))
    text = MLPClassifier(3, solver="lbfgs").fit(X, X[:, 0] > 0).to_javascript()
    assert 'export const columns = ["x1", "x2"];' in text
    assert 'export const classes = ["False", "True"];' in text
