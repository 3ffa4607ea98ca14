"""PMML's NeuralNetwork: what it becomes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, importing
from rosenblatt.errors import InputError
from tests.importing.golden import FOLDER, check_table

PMML = FOLDER / "pmml"
FILES = sorted(PMML.glob("*.net.pmml"))
KNIME = (PMML / "hand_knime.net.pmml").read_text()
R = (PMML / "hand_r.net.pmml").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_predictions_are_those_of_pypmml(path: Path) -> None:
    check_table(importing.read(path), Path(str(path).replace(".net.pmml", ".json")))


def test_names_classes_and_training() -> None:
    est = importing.load(PMML / "nyoka_two.net.pmml")
    assert isinstance(est, MLPClassifier)
    assert list(est.feature_names_in_) == ["age", "income", "size"]
    assert list(est.classes_) == ["bad", "good"]
    imported = importing.read(PMML / "hand_r.net.pmml")
    assert (imported.target, imported.names) == ("answer", ("age", "income", "colour"))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_way_back_and_here_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    path = tmp_path / "net"
    for est, y in (
        (MLPRegressor(hidden_layer_sizes=(4,), activation="tanh", max_iter=5), X[:, 0]),
        (MLPClassifier((4,), activation="softsign", max_iter=5), X[:, 0] > 0),
    ):
        est.fit(X, y).to_pmml(path)
        again = importing.load(path)
        assert isinstance(again, type(est))
        rows = np.vstack([X[:9], [[1e3, -1e3, 30]]])
        predict = "predict" if isinstance(est, MLPRegressor) else "predict_proba"
        frame = pd.DataFrame(rows, columns=again.feature_names_in_)
        ours, theirs = getattr(again, predict)(frame), getattr(est, predict)(rows)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


ENTITY = "<!DOCTYPE a [<!ENTITY b 'c'>]>"
LINES = '<LinearNorm orig="2.0" norm="0.0"/><LinearNorm orig="8.0" norm="1.0"/>'
CHANGES = [
    (KNIME, "?>", f"?>{ENTITY}", "declares a document type or an entity"),
    (KNIME, 'version="4.2"', 'version="5.0"', "it is no PMML of version 3 or 4"),
    (KNIME, "NeuralNetwork", "MiningModel", "its models are MiningModel: one NeuralNetwork"),
    (KNIME, '"logistic"', '"radialBasis"', "the layer 1 has the activation 'radialBasis'"),
    (KNIME, '"none"', '"simplemax"', "the layer 1, which is a hidden one, is divided by its sum"),
    (KNIME, 'weight="3.25"', 'weight="NaN"', "the connection from '0,0' is not finite"),
    (KNIME, 'weight="3.25"', 'weight="1_0"', "the connection from '0,0' is not finite"),
    (KNIME, 'weight="3.25"', 'weight="x"', "the connection from '0,0' is no number"),
    (KNIME, 'from="1,1"', 'from="2,0"', "the neuron '2,0' has a connection from a neuron that is"),
    (KNIME, '<Neuron id="1,1"', '<Neuron id="1,0"', "the id '1,0' is there twice"),
    (KNIME, LINES, LINES + '<LinearNorm orig="9" norm="9"/>', "a NormContinuous of several lines"),
    (KNIME, 'NormContinuous field="age"', 'NormContinuous field="size"', "'size', which is none"),
    (
        KNIME,
        '<NormContinuous field="age"',
        '<NormContinuous field="age" outliers="asExtremeValues"',
        "the input '0,0' treats outliers in a way of its own",
    ),
    (
        KNIME,
        '<MiningField name="age"',
        '<MiningField name="age" missingValueReplacement="3"',
        "the field 'age' has a missingValueReplacement, which is not read",
    ),
    (R, 'colour" value="red"', 'colour" value="pink"', "of 'pink', which 'colour' lacks"),
    (R, '<FieldRef field="age"/>', '<TextIndex field="age"/>', "the expression TextIndex"),
    (R, 'outputNeuron="9"', 'outputNeuron="19"', "the neuron '19' is not there"),
    (
        R,
        '<NormDiscrete field="answer" value="no"/>',
        '<FieldRef field="answer"/>',
        "its outputs are not all numbers, and not all classes",
    ),
    (R, "</NeuralInputs>", "", "it is no well-formed XML"),
]


@pytest.mark.parametrize(("text", "old", "new", "message"), CHANGES, ids=[c[3] for c in CHANGES])
def test_what_is_refused_is_named(
    text: str, old: str, new: str, message: str, tmp_path: Path
) -> None:
    assert old in text
    path = tmp_path / "net"
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError) as error:
        importing.read(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("n_features", "n_units", "n_classes"), [(400, 3, 2), (3, 3000, 2), (4, 5, 1000)]
)
def test_networks_that_are_wide_in_one_place_come_back(
    tmp_path: Path, n_features: int, n_units: int, n_classes: int
) -> None:
    """A few bytes of text for each element, and a matrix of inputs by columns, are not damage."""
    rng = np.random.default_rng(0)
    y = np.arange(max(2 * n_classes, 20)) % n_classes
    X = rng.standard_normal((len(y), n_features)) + y[:, None]
    est = MLPClassifier((n_units,), max_iter=1).fit(X, y)
    est.to_pmml(tmp_path / "net")
    again = importing.load(tmp_path / "net")
    frame = pd.DataFrame(X[:9], columns=again.feature_names_in_)
    order = [again.classes_.tolist().index(str(one)) for one in est.classes_]  # by their texts
    ours = again.predict_proba(frame)[:, order]
    np.testing.assert_allclose(ours, est.predict_proba(X[:9]), rtol=1e-9, atol=1e-12)
