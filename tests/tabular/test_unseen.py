"""New rows whose categories are written otherwise than those of the training."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.support.commands import command
from tests.support.houses import FEATURES, classifier, houses, regressor

WORDS = "column 'town' has none of the categories of the training, but 'KIEL'"


def test_predictions_of_such_rows_come_with_a_warning() -> None:
    frame = houses()
    X = frame[FEATURES]
    clf, reg = classifier().fit(X, frame["dear"]), regressor().fit(X, frame["price"])
    odd = X.assign(town="KIEL")
    for predict in (clf.predict_proba, reg.predict):
        with pytest.warns(UserWarning, match=WORDS) as caught:
            predict(odd)
        assert len(caught) == 1
        assert "did you mean 'Kiel'?" in str(caught[0].message)
        assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf.predict(X.assign(town=["KIEL", *X["town"][1:]]))
        clf.predict(X.assign(town=None))
        clf.predict(odd.head(1))  # one row with a new category is nothing odd


def test_the_command_line_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = houses(120)
    model = classifier().fit(frame[FEATURES], frame["dear"])
    model.save(tmp_path / "m.safetensors")
    frame[FEATURES].assign(town="KIEL").to_csv(tmp_path / "new.csv", index=False)
    command(
        "predict", tmp_path / "m.safetensors", tmp_path / "new.csv", "--out", tmp_path / "p.csv"
    )
    shown = " ".join(capsys.readouterr().err.split())
    assert WORDS in shown
