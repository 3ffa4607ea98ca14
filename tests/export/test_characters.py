"""Characters that a format has not are refused by name, and nothing is written."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

FORMATS = {"to_c": "C", "to_r": "R", "to_sql": "SQL", "to_pmml": "PMML"}


def network(column: str = "a", label: str = "x") -> Any:
    X = pd.DataFrame(np.eye(4)[:, :2], columns=[column, "b"])
    # Sigmoids, which every format has.
    net = MLPClassifier(hidden_layer_sizes=(2,), activation="logistic", max_iter=1)
    return net.fit(X, np.array([label, "y"] * 2, object).astype(str))


@pytest.mark.parametrize("label", ["a\0b", "a\ud800"], ids=["nul", "half"])
@pytest.mark.parametrize("method", FORMATS)
def test_classes(method: str, label: str, tmp_path: Path) -> None:
    path = tmp_path / "net"
    said = f"cannot be exported to {FORMATS[method]}, which has no character"
    with pytest.raises(ValueError, match=said) as raised:
        getattr(network(label=label), method)(path)
    assert str(raised.value).isprintable()
    assert not path.exists()


@pytest.mark.parametrize("name", ["a\x1b[31m", "\x07", "a\x0b", "\uffff"], ids=repr)
def test_xml_has_no_control_characters(name: str) -> None:
    for net in (network(column=name), network(label=name)):
        with pytest.raises(ValueError, match="PMML, which has no character"):
            net.to_pmml()


@pytest.mark.parametrize(
    "name", ["a\tb", "a\nb", "a\rb", "\x85", "<&\"'>", "]]>", "日本 😀"], ids=repr
)
def test_all_others_are_written(name: str) -> None:
    root = ET.fromstring(network(column=name).to_pmml().encode())
    fields = root.findall(".//{*}DataDictionary/{*}DataField")
    assert [field.get("name") for field in fields] == [name, "b", "y"]
    for method in FORMATS:
        assert getattr(network(label=name), method)()
