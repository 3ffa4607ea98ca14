"""PMML as this library exports it is read again, with the same predictions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import importing
from rosenblatt.activations import Sigmoid, Softmax, Tanh
from rosenblatt.errors import InputError
from rosenblatt.export.pmml_network import pmml_document
from rosenblatt.export.trained import Trained
from rosenblatt.losses import CategoricalCrossEntropy, Loss
from rosenblatt.model import Model
from rosenblatt.network import BesideInput, Dense, EnsembleDense, Network, PackedDense
from rosenblatt.persistence import SavedModel
from rosenblatt.table import Category, NumberTarget, TableEncoding
from tests.importing.golden import FOLDER
from tests.support.export_tables import strange, table
from tests.support.exported import CASES, expected, rows, trained
from tests.support.table_models import LIMITS, TARGETS, averaged_model, in_units, saved_model

PMML = sorted((FOLDER / "pmml").glob("*.net.pmml"))
ONE = Dense(1)
NETWORKS = {
    **{
        name: CASES[name]
        for name in (
            *("Identity()", "Sigmoid()", "Tanh()", "ReLU()", "Sine()", "Bump()", "Softsign()"),
            *("Softmax()", "batch norm", "scale", "both classes", "one number"),
            "CategoricalCrossEntropy(p_min=0.0, smoothing=0.0)",
            *("mean of one number", "mean of classes"),
        )
    },
    "residual": trained((Dense(5, Tanh(), residual=True), Dense(7, Tanh(), residual=True), ONE)),
    "beside": trained((BesideInput(Dense(4, Tanh())), BesideInput(Dense(2, Sigmoid())), ONE)),
    "ensemble": trained((EnsembleDense(3, 4, Tanh()), PackedDense(3, 1))),
    "softmax within": trained((Dense(4, Softmax()), Dense(3, Softmax()), ONE)),
}


def predicted(saved: SavedModel, frame: Any) -> Any:
    """In double precision."""
    X = saved.encoding.encode(frame, np.float64).X
    return in_units(saved, saved.model.astype(np.float64).predict(X))


@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name: str, tmp_path: Path) -> None:
    case, X = NETWORKS[name], rows(30)
    if case.n_outputs > 1:
        case = replace(case, classes=tuple("a<&b"[: case.n_outputs]))
    path = tmp_path / "net.pmml"
    path.write_text(pmml_document(case, list("pqrst")))
    order = np.argsort(list(case.classes)) if case.classes else [0]
    want = expected(case, X)[:, order]
    got = predicted(importing.read(path).saved_model(), pd.DataFrame(X, columns=list("pqrst")))
    np.testing.assert_allclose(got, want, 1e-9, 1e-12)


def encoded_and_back(saved: SavedModel, folder: Path) -> SavedModel:
    (folder / "net.pmml").write_text(saved.to_pmml(), encoding="utf-8")
    return importing.read(folder / "net.pmml").saved_model()


@pytest.mark.parametrize("with_gaps", [False, True])
@pytest.mark.parametrize(("target", "loss", "n"), [t for t in TARGETS if t[2] != 2])
def test_tables(with_gaps: bool, target: str, loss: Loss, n: int, tmp_path: Path) -> None:
    """Numbers with tails, texts, truth values and dates, with and without gaps; and once more."""
    frame = table(with_gaps)
    saved = saved_model(frame, target, loss, n, np.float64)
    given = pd.concat([frame[100:160], strange(frame)[:45]], ignore_index=True)
    given.loc[3:5, "income"] = [1e30, -1e300, 1e-30]
    want = predicted(saved, given)
    again = encoded_and_back(saved, tmp_path)
    np.testing.assert_allclose(predicted(again, given), want, 1e-9, 1e-12)
    np.testing.assert_allclose(
        predicted(encoded_and_back(again, tmp_path), given), want, 1e-9, 1e-12
    )


@pytest.mark.parametrize("target", ["class", "price"])
def test_means_of_several_networks(target: str, tmp_path: Path) -> None:
    frame = table(with_gaps=True)
    (found,) = [t for t in TARGETS if t[0] == target and t[2] != 2][:1]
    saved = averaged_model(frame, *found)
    again = encoded_and_back(saved, tmp_path)
    np.testing.assert_allclose(predicted(again, frame), predicted(saved, frame), 1e-6, 1e-9)


@pytest.mark.parametrize("limits", LIMITS)
def test_limits(limits: dict[str, float], tmp_path: Path) -> None:
    frame = table(with_gaps=False)
    saved = saved_model(frame, *TARGETS[2], np.float64)
    target = replace(saved.encoding.target, **limits)
    saved = replace(saved, encoding=replace(saved.encoding, target=target))
    again = encoded_and_back(saved, tmp_path)
    np.testing.assert_allclose(predicted(again, frame), predicted(saved, frame), 1e-9, 1e-12)


def test_limits_of_numbers_as_they_stand(tmp_path: Path) -> None:
    text = pmml_document(trained((ONE,)), list("pqrst"))
    limits = '<Targets><Target field="y" min="-0.5" max="0.25"/></Targets>'
    (tmp_path / "net").write_text(text.replace("<NeuralInputs", f"{limits}<NeuralInputs"))
    imported = importing.read(tmp_path / "net")
    with pytest.raises(InputError, match="held between limits, which an estimator's are not"):
        imported.estimator()
    model = importing.load(tmp_path / "net")
    assert isinstance(model, SavedModel)
    got = predicted(model, pd.DataFrame(rows(30), columns=list("pqrst")))
    assert (got.min(), got.max()) == (-0.5, 0.25)


@pytest.mark.parametrize("path", PMML, ids=lambda path: path.name)
def test_imported_models(path: Path, tmp_path: Path) -> None:
    saved = importing.read(path).saved_model()
    again = encoded_and_back(saved, tmp_path)
    assert again.encoding.columns == saved.encoding.columns
    rng = np.random.default_rng(0)
    frame = {
        column.name: rng.choice(column.known, 50)
        if column.kind == "category"
        else rng.normal(size=50) * 30
        for column in saved.encoding.columns
    }
    np.testing.assert_allclose(predicted(again, frame), predicted(saved, frame), 1e-9, 1e-12)


def test_means_of_categories_and_long_texts(tmp_path: Path) -> None:
    texts = ("long " * 30, "<&>", "rare", "b")
    column = Category(
        *("town", texts[:2], texts[2:], True),
        means=((0.5,), (-1.25,), (2.0,), (0.125,), (3.0,)),
        mean_of=("y",),
    )
    encoding = TableEncoding((column,), NumberTarget("y", mean=2.0, scale=3.0, reason=""))
    network = Network(encoding.n_features, (Dense(4, Tanh()), ONE))
    theta = np.random.default_rng(0).normal(size=network.n_parameters)
    template = saved_model(table(with_gaps=False), *TARGETS[2], np.float64)
    saved = replace(template, model=replace(template.model, network=network, parameters=theta))
    saved = replace(saved, encoding=encoding)
    frame = {"town": [*texts, "never seen", None]}
    again = encoded_and_back(saved, tmp_path)
    np.testing.assert_allclose(predicted(again, frame), predicted(saved, frame), 1e-12)


def test_a_softmax_over_unlike_neurons_is_refused(tmp_path: Path) -> None:
    network = Network(5, (Dense(3, Softmax()), Dense(2)))
    theta = np.random.default_rng(0).normal(size=network.n_parameters)
    case = Trained(Model(network, theta, CategoricalCrossEntropy()), classes=("a", "b"))
    text = pmml_document(case, list("pqrst"))
    first = text[text.index('<Con from="0,0"') : text.index('<Con from="0,1"')]
    (tmp_path / "net").write_text(text.replace(first, "", 1))
    with pytest.raises(InputError, match="the layer 1 has a softmax, and neurons with unlike"):
        importing.read(tmp_path / "net")


def test_fields_that_name_one_another_in_a_circle_are_refused(tmp_path: Path) -> None:
    text = saved_model(table(with_gaps=False), *TARGETS[2], np.float64).to_pmml()
    start = text.index('<DerivedField name="v2"')
    end = text.index("</DerivedField>", start)
    head = text[start : text.index(">", start) + 1]
    (tmp_path / "net").write_text(text.replace(text[start:end], f'{head}<FieldRef field="v2"/>'))
    with pytest.raises(InputError, match="in more than 40 steps"):
        importing.read(tmp_path / "net")
