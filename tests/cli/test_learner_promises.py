"""The options --monotone and --extrapolation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt import load
from rosenblatt.cli.app import run
from tests.support.commands import command
from tests.support.houses import FEATURES, houses


def written(folder: Path) -> Path:
    houses(120)[[*FEATURES, "price"]].to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


def test_the_model_of_the_command_keeps_a_direction(tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    given = ("--target", "price", "--preset", "fast", "--monotone", "area=-1", "--out", out)
    command("train", written(tmp_path), *given)
    row = houses(120).iloc[[1] * 200][FEATURES].assign(area=np.linspace(0, 1e6, 200))
    assert (np.diff(load(out).predict(pd.DataFrame(row))) <= 0).all()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--monotone", "area"], "COLUMN=1"),
        (["--monotone", "area=2"], "COLUMN=1"),
        (["--monotone", "town=1"], "--column town=number"),
        (["--monotone", "rooms=1"], "lacks the column 'rooms'"),
        (["--monotone", "area=1", "--network", "8"], "table learner"),
        (["--monotone", "area=1", "--network", "mlp"], "published networks"),
        (["--extrapolation", "cubic"], "--extrapolation"),
    ],
)
def test_what_is_refused(
    given: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path)
    arguments = ["--target", "price", "--out", tmp_path / "m.safetensors", *given]
    assert run(list(map(str, ["train", path, *arguments]))) == 2
    assert says in " ".join(capsys.readouterr().err.split())
