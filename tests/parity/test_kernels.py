"""The map and the compiled module list the same members, with the same fields in the same order."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from rosenblatt.activations import Step, Tanh
from rosenblatt.engine import native
from rosenblatt.engine.compiled import module
from rosenblatt.engine.kernels import KERNELS, has_kernel, kernel
from rosenblatt.optimizers import SGD
from tests.support.native_cases import builds


def specified() -> dict[str, dict[str, list[str]]]:
    return {
        concept: {name: [f.name for f in dataclasses.fields(cls)] for cls, name in members.items()}
        for concept, members in KERNELS.items()
    }


@pytest.mark.parametrize("build", builds(), ids=lambda b: b.__name__)
def test_map_and_catalogue_agree(build: Any) -> None:
    listed = build.catalogue()
    assert {concept: dict(members) for concept, members in listed.items()} == specified()
    assert all(len(members) == len(dict(members)) for members in listed.values())


def test_catalogue_is_the_chosen_builds() -> None:
    assert native.catalogue() == module().catalogue()


def test_names_are_the_classes_names() -> None:
    for members in KERNELS.values():
        assert all(cls.__name__ == name for cls, name in members.items())


def test_fields_travel_in_order_as_numbers() -> None:
    assert kernel(SGD(0.25, 0.5, nesterov=True)) == ("SGD", [0.25, 0.5, 1.0, 0.0])
    assert kernel(Tanh()) == ("Tanh", [])


def test_a_member_without_kernel_is_known_as_such() -> None:
    assert not has_kernel(Step())
    assert has_kernel(Tanh())
