"""Factors of features and pieces, which a network learns beside its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableRegressor
from rosenblatt.network import PiecewiseLinear, Scale


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(1500, 6)), columns=list("abcdef"))
    frame["y"] = np.sin(3 * frame["a"]) + 0.1 * rng.normal(size=1500)
    return frame


def factors_of(model: Any) -> list[tuple[PiecewiseLinear, np.ndarray]]:
    found = []
    for member in getattr(model, "members", (model,)):
        first, second = member.network.layers[:2]
        assert isinstance(first, PiecewiseLinear)
        assert isinstance(second, Scale)
        parameters = member.network.named_parameters(member.parameters)
        found.append((first, parameters["layers.1.factor"]))
    return found


def test_a_column_that_matters_has_the_larger_factors(frame: pd.DataFrame) -> None:
    learner = TableRegressor(preset="fast", random_state=0, n_jobs=1).fit(frame, target="y")
    found = factors_of(learner.network_)
    assert len(found) > 1
    for first, factor in found:
        # Of a feature and of its pieces; all of them begin at 1.
        feature = np.concatenate([np.arange(first.n_inputs), first.source])
        size = [np.sqrt(np.mean(factor[feature == k] ** 2)) for k in range(first.n_inputs)]
        assert np.argmax(size) == 0
        assert size[0] > 1.1 * np.mean(size[1:])


def test_a_promise_goes_without(frame: pd.DataFrame) -> None:
    learner = TableRegressor(preset="fast", random_state=0, n_jobs=1, monotonic_cst={"b": 1})
    learner.fit(frame, target="y")
    members = getattr(learner.network_, "members", (learner.network_,))
    assert not any(isinstance(layer, Scale) for m in members for layer in m.network.layers)
