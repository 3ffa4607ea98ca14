"""What the texts of JavaScript and R have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rosenblatt.export import procedure
from rosenblatt.export.javascript import javascript_module
from rosenblatt.export.r_function import r_function
from rosenblatt.export.trained import Trained
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network


@pytest.mark.parametrize(
    ("written", "name"), [(javascript_module, "JavaScript"), (r_function, "R")]
)
def test_what_is_too_large_is_refused_before_it_is_made(
    written: Callable[..., str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ten layers of 110 numbers each nine are within a limit of a thousand."""
    sizes: list[int] = []
    step = procedure.Procedure._constant

    def counted(self: Any, array: Any) -> str:
        done = step(self, array)
        sizes.append(array.size)
        return done

    monkeypatch.setattr(procedure.Procedure, "_constant", counted)
    monkeypatch.setattr(procedure, "MOST_NUMBERS", 1_000)
    network = Network(10, (Dense(10),) * 10)
    model = Trained(Model(network, np.ones(network.n_parameters), SquaredError()))
    inputs = [f"x{k}" for k in range(10)]
    with pytest.raises(ValueError, match=f"more than 1,000 numbers, .* for a text of {name}"):
        written(model, inputs)
    assert sum(sizes) == 9 * 110
    monkeypatch.setattr(procedure, "MOST_NUMBERS", 1_100)
    assert written(model, inputs).startswith(("//", "#"))
