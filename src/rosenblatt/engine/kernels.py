"""Which members have native kernels: derived from the classes and the compiled catalogue.

A member has a kernel if the catalogue lists its class's name, with the same fields in the same
order. All others run on the reference engine.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Any

from rosenblatt import activations, averaging, losses, normalizations, optimizers
from rosenblatt.engine.compiled import module
from rosenblatt.network import Network
from rosenblatt.regularization import clipping, constraints, penalties

__all__ = [
    "catalogue",
    "has_kernel",
    "kernel",
    "kernel_classes",
    "members_without_kernels",
    "runs_natively",
]

# Where the classes of a concept are. A class of the user's own that has a member's name is not one.
MODULES: Mapping[str, ModuleType] = {
    "activations": activations,
    "losses": losses,
    "normalizations": normalizations,
    "penalties": penalties,
    "optimizers": optimizers,
    "clippings": clipping,
    "constraints": constraints,
    "averagings": averaging,
}


def catalogue() -> dict[str, list[tuple[str, list[str]]]]:
    """What the compiled module can run: concept -> (name, ordered fields) of every member."""
    listed: dict[str, list[tuple[str, list[str]]]] = module().catalogue()
    return listed


@cache
def kernel_classes() -> dict[str, tuple[type[Any], ...]]:
    """The classes that have kernels: concept -> classes, in the catalogue's order."""
    return {
        concept: tuple(
            cls
            for name, fields in members
            if (cls := getattr(MODULES[concept], name, None)) is not None
            and [field.name for field in dataclasses.fields(cls)] == fields
        )
        for concept, members in catalogue().items()
        if concept in MODULES
    }


@cache
def all_kernel_classes() -> frozenset[type[Any]]:
    return frozenset(cls for classes in kernel_classes().values() for cls in classes)


def has_kernel(member: object) -> bool:
    """Whether the native engine can run a member."""
    return type(member) in all_kernel_classes()


def runs_natively(network: Network) -> bool:
    """Whether the native engine can run all of a network's layers."""
    known = all_kernel_classes()
    return all(
        form is not None and all(type(member) in known for member in form.members)
        for form in network.native_forms
    )


def members_without_kernels(network: Network) -> list[object]:
    """The layers and activations for which the native engine has no kernel."""
    found: list[object] = []
    for layer, form in zip(network.layers, network.native_forms, strict=True):
        members = (layer,) if form is None else form.members
        found += [member for member in members if not has_kernel(member)]
    return found


def kernel(member: Any) -> tuple[str, list[float]]:
    """Name and field values, as the compiled module takes them: a field may be a tuple of them."""
    values = [getattr(member, name) for name in field_names(member.__class__)]
    numbers = [n for value in values for n in (value if isinstance(value, tuple) else (value,))]
    return type(member).__name__, [float(n) for n in numbers]


@cache
def field_names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))
