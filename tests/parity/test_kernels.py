"""The classes and the compiled module have the same members, with the same fields in order."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest

from rosenblatt.activations import Activation, Step, Tanh
from rosenblatt.averaging import StepAveraging
from rosenblatt.engine.compiled import module
from rosenblatt.engine.kernels import MODULES, catalogue, has_kernel, kernel, kernel_classes
from rosenblatt.losses import Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.regularization.clipping import Clipping
from rosenblatt.regularization.constraints import Constraint
from rosenblatt.regularization.penalties import Penalty
from tests.support.native_cases import builds

# Classes that the library has and that run on the reference engine alone.
WITHOUT = {"activations": {Step}}
BASES = {
    "activations": Activation,
    "losses": Loss,
    "normalizations": Normalization,
    "penalties": Penalty,
    "optimizers": Optimizer,
    "clippings": Clipping,
    "constraints": Constraint,
    "averagings": StepAveraging,
}


def specified(concept: str) -> dict[str, list[str]]:
    """Every concrete class of a concept, and its fields in order."""
    members = vars(MODULES[concept]).values()
    classes = {c for c in members if isinstance(c, type) and issubclass(c, BASES[concept])}
    return {
        cls.__name__: [field.name for field in dataclasses.fields(cls)]
        for cls in classes - WITHOUT.get(concept, set())
        if not inspect.isabstract(cls)
    }


@pytest.mark.parametrize("build", builds(), ids=lambda b: b.__name__)
def test_classes_and_catalogue_agree(build: Any) -> None:
    listed = build.catalogue()
    for concept in BASES:
        assert dict(listed[concept]) == specified(concept)
    assert all(len(members) == len(dict(members)) for members in listed.values())


def test_catalogue_is_the_chosen_builds() -> None:
    assert catalogue() == module().catalogue()


def test_every_member_of_the_catalogue_has_a_class() -> None:
    for concept, classes in kernel_classes().items():
        assert [cls.__name__ for cls in classes] == [name for name, _ in catalogue()[concept]]


def test_a_class_of_the_same_name_has_no_kernel() -> None:
    theirs = dataclasses.make_dataclass("Tanh", [], frozen=True)
    assert not has_kernel(theirs())


def test_fields_travel_in_order_as_numbers() -> None:
    assert kernel(SGD(0.25, 0.5, nesterov=True)) == ("SGD", [0.25, 0.5, 1.0, 0.0])
    assert kernel(Tanh()) == ("Tanh", [])


def test_a_member_without_kernel_is_known_as_such() -> None:
    assert not has_kernel(Step())
    assert has_kernel(Tanh())
