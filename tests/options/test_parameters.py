"""The parameters of a fit as one value."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.options.parameters import CONSTRAINTS, Parameters

# Those that belong to the targets.
OF_TARGETS = {"loss", "class_weight"}


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_both_estimators_have_all_of_them_with_the_same_defaults(kind: Any) -> None:
    signature = inspect.signature(kind).parameters
    defaults = {f.name: f.default for f in dataclasses.fields(Parameters)}
    assert {n: p.default for n, p in signature.items() if n not in OF_TARGETS} == defaults
    assert [name for name in signature if name not in OF_TARGETS] == list(defaults)


def test_each_has_a_constraint() -> None:
    assert CONSTRAINTS.keys() == {f.name for f in dataclasses.fields(Parameters)}


def test_parameters_do_not_follow_the_estimator() -> None:
    model = MLPClassifier(alpha=0.5)
    parameters = Parameters.of(model)
    model.alpha = 0.25
    assert (parameters.alpha, parameters.solver) == (0.5, "adam")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign"):
        parameters.alpha = 1.0  # type: ignore[misc]
