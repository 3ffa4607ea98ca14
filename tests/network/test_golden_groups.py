"""Groups of parameters, learned slopes and gates: thirty steps of PyTorch's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rosenblatt.activations import SELU
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.reference import ReferenceTrainer
from rosenblatt.losses import SquaredError
from rosenblatt.network import (
    GLU,
    Dense,
    Network,
    ParameterGroup,
    ParametricActivation,
    PReLU,
    Scale,
)
from rosenblatt.optimizers import AdamW
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "parameter_groups.json").read_text())
NETWORK = Network(4, (Scale(), Dense(6), PReLU(), ParametricActivation(SELU()), GLU(), Dense(2)))
NAMES = {
    "layers.0.factor": "scale",
    "layers.1.weight": "W1",
    "layers.1.bias": "b1",
    "layers.2.slope": "slope",
    "layers.3.slope": "s",
    "layers.5.weight": "W2",
    "layers.5.bias": "b2",
}


@pytest.mark.parametrize("threads", [None, 1, 2])
def test_thirty_steps_are_pytorchs(threads: int | None) -> None:
    theirs = GOLDEN["factors"]
    groups = tuple(
        ParameterGroup(name, *theirs[other]) for name, other in NAMES.items() if other in theirs
    )
    optimizer = AdamW(GOLDEN["lr"], weight_decay=GOLDEN["decay"])
    problem = Problem(NETWORK, SquaredError(), L2(0.0), optimizer, groups=groups)
    theta = NETWORK.pack_named({name: GOLDEN["start"][other] for name, other in NAMES.items()})
    arrays = Arrays(np.array(GOLDEN["X"]), np.array(GOLDEN["y"]))
    memory = OptimizerState.of(optimizer, theta)
    trainer = (
        ReferenceTrainer(problem, arrays, theta, memory)
        if threads is None
        else NativeTrainer(problem, arrays, theta, memory, threads)
    )
    for loss in GOLDEN["losses"]:
        epoch = trainer.epoch(EpochPlan(None, 20, np.ones(1)))
        assert epoch.data_loss == pytest.approx(loss, rel=1e-9)
    for name, ours in NETWORK.named_parameters(theta).items():
        np.testing.assert_allclose(ours, GOLDEN["end"][NAMES[name]], rtol=1e-8, atol=1e-10)
