"""The course of a fit, as `history_` and the lines of `verbose` tell it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from tests.support.houses import FEATURES, classifier, houses, regressor

FIELDS = ["network", "recipe", "epoch", "loss", "score", "chosen", "kept"]


def test_every_network_of_every_recipe_is_told_apart() -> None:
    frame = houses()
    y = np.exp(frame["price"] / 150)
    fitted = regressor().fit(frame[FEATURES], y)
    history = pd.DataFrame(fitted.history_)
    assert list(history) == FIELDS
    assert not history.duplicated(["network", "recipe", "epoch"]).any()
    recipes = {"wide", "wide, log target", "small", "small, log target"}
    assert set(history["recipe"]) == recipes
    assert set(history["network"][~history["chosen"]]) == {0, 1}
    (winner,) = set(history["recipe"][history["chosen"]])
    assert ("log" in winner) == fitted.encoding_.target.log
    assert (history["chosen"] == (history["recipe"] == winner)).all()


def test_the_epoch_that_is_kept_is_the_best_one_of_its_network() -> None:
    frame = houses()
    fitted = classifier().fit(frame[FEATURES], frame["dear"])
    history = pd.DataFrame(fitted.history_)
    chosen = history[history["chosen"]]
    kept = history[history["kept"]].set_index("network")
    assert kept["chosen"].all()
    assert kept.index.tolist() == list(range(len(fitted.network_.members)))
    assert (kept["score"] == chosen.groupby("network")["score"].max()).all()


def test_lines_are_whole_and_number_networks_as_the_history_does(
    capfd: pytest.CaptureFixture[str],
) -> None:
    frame = houses()
    fitted = regressor(verbose=True, n_jobs=2).fit(frame[FEATURES], frame["price"])
    lines = capfd.readouterr().out.splitlines()
    number = r"-?[\d.]+(?:e[+-]\d+)?"
    line = re.compile(rf"network (\d) \((\D+)\), epoch (\d): loss {number}, score {number}")
    found = [line.fullmatch(one) for one in lines]
    assert None not in found, lines
    told = sorted((int(m[1]), m[2], int(m[3])) for m in found if m)
    assert told == [(one["network"], one["recipe"], one["epoch"]) for one in fitted.history_]
