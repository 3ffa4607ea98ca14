"""What a layer is made of has types; each other one is refused by the name of its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import ReLU
from rosenblatt.network import Dense, Network, NumericEmbedding, Periodic

CASES: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str]] = [
    (Dense, (3, "relu"), {}, r"activation must be an object such as ReLU\(\), got 'relu'"),
    (Dense, (3, ReLU), {}, "activation must be an object"),
    (Dense, (True,), {}, "n_outputs must be a whole number, got True"),
    (Dense, (2.5,), {}, "n_outputs must be a whole number"),
    (Dense, (float("nan"),), {}, "n_outputs must be a whole number"),
    (Dense, (None,), {}, "n_outputs must be a whole number"),
    (Dense, ("3",), {}, "n_outputs must be a whole number"),
    (Dense, (3,), {"dropout": "a"}, "dropout must be a number"),
    (Dense, (3,), {"dropout": None}, "dropout must be a number"),
    (Dense, (3,), {"residual": "a"}, "residual must be True or False"),
    (Dense, (3,), {"normalization": "batch"}, "normalization must be an object"),
    (Network, (3, (None,)), {}, r"a network takes layers such as Dense\(3\), got None"),
    (Network, (None, (Dense(1),)), {}, "n_inputs must be a whole number"),
    (Network, (3, (Dense(1),)), {"input_noise": "a"}, "input_noise must be a number"),
    (Periodic, (), {"has_phase": "a"}, "has_phase must be True or False"),
    (Periodic, (), {"sigma": "a"}, "sigma must be a number"),
    (Periodic, (1.5,), {}, "n_frequencies must be a whole number"),
    (NumericEmbedding, (Periodic(),), {"width": float("nan")}, "width must be a whole number"),
    (NumericEmbedding, (Periodic(),), {"width": None}, "width must be a whole number"),
]


@pytest.mark.parametrize(("made", "given", "named", "message"), CASES)
def test_other_types_are_refused(
    made: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        made(*given, **named)


def test_numbers_of_numpy_are_numbers() -> None:
    layer = Dense(np.int64(3), ReLU(), dropout=np.float32(0.5))
    assert Network(np.int32(2), (layer,)).n_parameters == 9
