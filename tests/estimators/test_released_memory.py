"""What a finished fit held is free at once, without the garbage collector."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPRegressor
from rosenblatt.options.solvers import SOLVERS

X = np.random.default_rng(0).normal(size=(60, 3))


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def left_by_a_fit(**parameters: Any) -> int:
    """Objects in reference cycles after the second of two fits; the first fills the caches."""
    for _ in range(2):
        gc.collect()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            MLPRegressor(hidden_layer_sizes=(4,), random_state=0, **parameters).fit(X, X[:, 0])
    return gc.collect()


@pytest.mark.parametrize("solver", [solver.name for solver in SOLVERS])
def test_a_fit_leaves_no_reference_cycle(solver: str) -> None:
    assert left_by_a_fit(solver=solver, max_iter=2) == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"early_stopping": True},
        {"verbose": "bar"},
        {"callbacks": [lambda progress: None]},
        {"averaging": "ema"},
    ],
    ids=lambda p: str(*p),
)
def test_nor_with_what_is_called_or_shown_each_epoch(parameters: dict[str, Any]) -> None:
    assert left_by_a_fit(max_iter=2, **parameters) == 0


def test_nor_with_checkpoints(tmp_path: Path) -> None:
    assert left_by_a_fit(max_iter=2, checkpoint=tmp_path / "fit.safetensors") == 0
