"""Every sentence on a divergence has a whole translation, and none is in two languages."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from rosenblatt.cli.languages.catalogue import entries
from rosenblatt.cli.languages.translation import Translation
from rosenblatt.engine.diagnosis import layer_name
from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.fitting.divergence_handling import DivergenceHandler
from rosenblatt.fitting.first_order import FIRST_ORDER
from rosenblatt.fitting.history import EpochRecord
from rosenblatt.fitting.kfac import NATURAL_GRADIENT
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.network import Dense, Network
from rosenblatt.second_order.lbfgs import REMEDY
from rosenblatt.stopping import NoImprovement

WORDS = Translation(entries("zh"))
# Names of parameters, types, classes and layers, and numbers.
AS_WRITTEN = re.compile(
    r"\w+=(?:'[^']*'|\w+\(\)|\w+)|StandardScaler|clip_norm|float\d+|'adam'|alpha|l1\b|output|e[+-]\d+"
)
LAYER = layer_name(Network(3, (Dense(2), Dense(1))), 1)
WHAT = [
    "numbers overflow, which a second look does not find again",
    f"the weights of {LAYER} were not finite before the step",
    f"the outputs of {LAYER} overflow float32",
    f"the loss overflows float32, of the outputs of {LAYER}",
    f"the gradient of {LAYER} overflows float32",
    f"the penalty on the weights of {LAYER} overflows float32",
    f"the running statistics of {LAYER} overflow float64",
    f"the step of {LAYER} overflows float32",
    f"after its step the outputs of {LAYER} overflow float32",
    f"what the optimiser remembers of {LAYER} overflows float32",
    f"the squares of the inputs or of the errors of {LAYER} overflow float64",
    "the loss has risen from 0.5 to 1.2e+30",
]
BECAUSE = {
    Cause.WEIGHTS: ["training was to go on from weights that are not finite"],
    Cause.PENALTY: ["alpha, or l1, is too large, of weights up to 1.0e+02"],
    Cause.DATA: [
        "the inputs are not scaled, and reach 1.0e+30",
        "the targets are not scaled, and reach 1.0e+30",
        "the inputs or the targets are not scaled",
    ],
    Cause.STEPS: [
        "steps that were too large let the weights grow to 6.1e+18",
        "the steps are too large",
    ],
    Cause.DEPTH: [
        "the weights to begin with are too large, up to 1.0e+05",
        "numbers grow from layer to layer",
    ],
}
FINDINGS = [
    Diagnosis(2, what, cause, because, wider, by_move)
    for what, (cause, reasons), wider, by_move in product(
        WHAT, BECAUSE.items(), (False, True), (False, True)
    )
    for because in reasons
]


def assert_chinese(text: str) -> None:
    shown = WORDS(text)
    assert not re.search("[A-Za-z]{2,}", AS_WRITTEN.sub("", shown)), f"{text}\n{shown}"


def handler(solver: Any, rollback: Rollback | None) -> DivergenceHandler:
    return DivergenceHandler(solver, 7, NoImprovement(1e-4, 10), (np.zeros(1),), rollback)


RECORD = EpochRecord(3, 0.5, None, 0.001, (1.0,), 0.1)


@pytest.mark.parametrize("solver", [FIRST_ORDER, NATURAL_GRADIENT])
@pytest.mark.parametrize("restores", [False, True])
def test_a_divergence_that_ends_a_fit(solver: Any, restores: bool) -> None:
    for finding in FINDINGS:
        under_way = handler(solver, Rollback() if restores else None)
        under_way.begin(1)
        divergence = Divergence(2, finding)
        with pytest.raises(DivergenceError) as caught:
            under_way.give_up(divergence, RECORD, False)
        assert_chinese(str(caught.value).removeprefix(f"{NON_FINITE} "))
        with pytest.warns(RuntimeWarning) as noted:
            under_way.give_up(divergence, RECORD, True)
        assert_chinese(str(noted[0].message))


@pytest.mark.parametrize("solver", [FIRST_ORDER, NATURAL_GRADIENT])
def test_a_divergence_that_is_rolled_back(solver: Any) -> None:
    for finding in FINDINGS:
        under_way = handler(solver, Rollback())
        under_way.begin(1)
        moved = Divergence(2, replace(finding, by_move=True))
        with pytest.warns(RuntimeWarning) as noted:
            assert under_way.rolls_back(moved, 1, 0.001)
        assert_chinese(str(noted[0].message))


@pytest.mark.parametrize("solver", [FIRST_ORDER, NATURAL_GRADIENT])
def test_a_loss_that_has_exploded(solver: Any) -> None:
    under_way = handler(solver, None)
    under_way.losses.observe(1e-3)
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        under_way.after_last_step(replace_loss(1e30), False)
    assert len(noted) == 1
    assert_chinese(str(noted[0].message))


def replace_loss(loss: float) -> EpochRecord:
    return RECORD._replace(loss=loss)


def test_why_a_method_over_all_rows_ends() -> None:
    for finding in FINDINGS:
        assert_chinese(f"in iteration 3: {finding.message(REMEDY)}")
