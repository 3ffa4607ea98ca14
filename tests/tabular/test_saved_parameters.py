"""Constructor parameters in model files: of estimators, of the command line, of older versions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt import TableClassifier, TableRegressor, load
from rosenblatt.errors import InputError
from rosenblatt.persistence import OptionValue, load_model, save_model
from rosenblatt.table import ColumnKind
from rosenblatt.tabular.preset import PRESETS
from tests.support.commands import command
from tests.support.houses import FEATURES, QUICK, houses


def saved_and_loaded(model: Any, path: Path) -> Any:
    model.save(path)
    return load(path)


def test_a_classifier_has_its_parameters_again(tmp_path: Path) -> None:
    frame = houses(120)
    said: Any = {"lift": "drop", "town": ColumnKind.CATEGORY}
    model = TableClassifier(
        "fast", columns=said, random_state=np.int64(4), time_limit=600, n_jobs=1, verbose=0
    ).fit(frame[FEATURES], frame["dear"])
    again = saved_and_loaded(model, tmp_path / "m.safetensors")
    assert again.get_params() == {
        "preset": "fast",
        "network": None,
        "columns": {"lift": "drop", "town": "category"},
        "monotonic_cst": None,
        "extrapolation": "constant",
        "random_state": 4,
        "time_limit": 600,
        "n_jobs": 1,
        "verbose": 0,
        "decision": None,
        "class_weight": None,
    }
    refitted = clone(again).fit(frame[FEATURES], frame["dear"])
    np.testing.assert_array_equal(
        refitted.predict_proba(frame[FEATURES]), model.predict_proba(frame[FEATURES])
    )


def test_a_regressor_has_its_loss_again(tmp_path: Path) -> None:
    frame = houses(120)
    model = TableRegressor("fast", loss="absolute_error").fit(frame[FEATURES], frame["price"])
    again = saved_and_loaded(model, tmp_path / "m.safetensors")
    assert again.get_params() == model.get_params()


def test_what_is_not_plain_is_not_kept(tmp_path: Path) -> None:
    frame = houses(120)
    model = TableClassifier(QUICK, random_state=np.random.RandomState(0), columns={"lift": "drop"})
    model.fit(frame[FEATURES], frame["dear"])
    again = saved_and_loaded(model, tmp_path / "m.safetensors")
    assert (again.preset, again.random_state) == ("default", None)
    assert again.columns == {"lift": "drop"}
    assert again.history_ == []


@pytest.mark.parametrize("networks", [None, 2])
def test_options_of_the_command_line_are_parameters(networks: int | None, tmp_path: Path) -> None:
    frame = houses(120)
    frame[[*FEATURES, "price"]].to_csv(tmp_path / "t.csv", index=False)
    path = tmp_path / "m.safetensors"
    extra = [] if networks is None else ["--ensemble", networks]
    given = ("--preset", "fast", "--seed", 4, "--drop", "lift", "--column", "price=number", *extra)
    loss = ("--loss", "absolute_error", "--time", "9m")
    loss += ("--monotone", "area=1", "--monotone", "built=-1", "--extrapolation", "linear")
    command("train", tmp_path / "t.csv", "--target", "price", *given, *loss, "--out", path)
    again = load(path)
    fast = PRESETS["fast"]
    assert again.preset == ("fast" if networks is None else fast.with_networks(networks))
    assert again.columns == {"lift": "drop"}  # the target is no column here
    assert again.monotonic_cst == again.directions_ == {"area": 1, "built": -1}
    assert again.extrapolation == "linear"
    assert (again.random_state, again.loss, again.time_limit) == (4, "absolute_error", 540)


def test_one_network_of_the_command_line_has_default_parameters(tmp_path: Path) -> None:
    houses(120)[[*FEATURES, "price"]].to_csv(tmp_path / "t.csv", index=False)
    path = tmp_path / "m.safetensors"
    given = ("--network", 8, "--epochs", 2, "--seed", 4)
    command("train", tmp_path / "t.csv", "--target", "price", *given, "--out", path)
    assert load(path).get_params() == TableRegressor().get_params()


def test_files_without_options_or_with_unknown_ones_are_read(tmp_path: Path) -> None:
    frame = houses(120)
    model = TableClassifier("fast").fit(frame[FEATURES], frame["dear"])
    path = tmp_path / "m.safetensors"
    model.save(path)
    saved = load_model(path)
    save_model(path, replace(saved, summary=replace(saved.summary, options=())))
    assert load(path).get_params() == TableClassifier().get_params()
    later = (OptionValue("preset", "tomorrow"), OptionValue("zeal", 3))
    save_model(path, replace(saved, summary=replace(saved.summary, options=later)))
    again = load(path)
    assert again.predict(frame[FEATURES]).tolist() == model.predict(frame[FEATURES]).tolist()
    with pytest.raises((InputError, ValueError), match="preset"):
        again.fit(frame[FEATURES], frame["dear"])
