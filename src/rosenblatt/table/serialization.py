"""Frozen dataclasses to plain data and back, strictly: what a model file may hold.

A dataclass becomes ``{"kind": its name, field: value, …}`` of str, bool, int, finite float, None,
lists and further such dictionaries. On the way back every key must be there unless its field has a
default, as one has that an older file does not know; none may be strange, and every value must have
the type that the field declares; the dataclass then checks itself.

Of a table there may be 100,000 columns: their classes leave out what equals its default, which can
therefore never change.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rosenblatt.errors import InputError
from rosenblatt.support.listing import shortened
from rosenblatt.support.registry import registered_classes

__all__ = ["from_plain", "to_plain"]

# How the types of plain data are called in messages.
WORDS: dict[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    NoneType: "nothing",
    list: "a list",
    dict: "a description",
}
MOST = 2**64


def to_plain(value: Any) -> Any:
    """Plain data of a dataclass, an enum member, a tuple of such, or a scalar."""
    if is_dataclass(value) and not isinstance(value, type):
        content = {f.name: getattr(value, f.name) for f in fields(value)}
        if getattr(value, "leaves_out_defaults", False):
            for field in fields(value):
                if field.default is not MISSING and content[field.name] == field.default:
                    del content[field.name]
        return {"kind": type(value).__name__, **{k: to_plain(v) for k, v in content.items()}}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        if set(map(type, value)) <= {float}:
            return list(value)
        return [to_plain(item) for item in value]
    return value


def from_plain(declared: Any, data: Any, where: str) -> Any:
    """The value of the declared type; `where` names the place in messages.

    `declared` is a dataclass, an enum, ``tuple[T, ...]``, a scalar type, an abstract class whose
    members are registered, or a union of these.
    Raises InputError naming the place.
    """
    if isinstance(declared, UnionType) or registered_classes(declared) is not None:
        return from_plain(member_for(declared, data, where), data, where)
    if get_origin(declared) is tuple:
        if not isinstance(data, list):
            raise misfit(where, "a list", data)
        item_type = get_args(declared)[0]
        if item_type is float and all(type(item) is float and math.isfinite(item) for item in data):
            return tuple(data)
        return tuple(from_plain(item_type, item, f"{where}[{i}]") for i, item in enumerate(data))
    if is_dataclass(declared):
        return dataclass_from_plain(declared, data, where)
    if issubclass(declared, Enum):
        if data not in [member.value for member in declared]:
            raise misfit(where, one_of(member.value for member in declared), data)
        return declared(data)
    return scalar_from_plain(declared, data, where)


def scalar_from_plain(declared: Any, data: Any, where: str) -> Any:
    # bool is an int to Python, not to us.
    if type(data) is int and not -MOST < data < MOST:
        raise misfit(where, "a number of at most 64 bits", data)
    # An int is a float when it was written without a point.
    if declared is float and type(data) is int:
        data = float(data)
    if type(data) is not declared:
        raise misfit(where, WORDS[declared], data)
    if declared is float and not math.isfinite(data):
        raise misfit(where, "a finite number", data)
    if declared is str and not is_text(data):
        raise misfit(where, "text of whole characters", data)
    return data


def is_text(data: str) -> bool:
    """Whether it can be written: escapes of JSON can make halves of characters."""
    try:
        data.encode()
    except UnicodeEncodeError:
        return False
    return True


def member_for(declared: Any, data: Any, where: str) -> Any:
    """The member of a union, or the registered class, that the data claims to be."""
    is_open = False
    members: list[Any] = []
    for member in get_args(declared) or (declared,):
        registered = registered_classes(member)
        members += [member] if registered is None else registered
        is_open |= registered is not None
    for member in members:
        if isinstance(data, dict) and is_dataclass(member):
            matches = data.get("kind") == getattr(member, "__name__", None)
        elif isinstance(data, list):
            matches = get_origin(member) is tuple and all(
                type(item) is get_args(member)[0] for item in data
            )
        else:
            matches = type(data) is member
        if matches:
            return member
    named = data.get("kind", data) if isinstance(data, dict) else data
    expected = one_of(dict.fromkeys(map(in_words, members)))
    if is_open:
        expected += ", or a registered class"
    raise misfit(where, expected, named)


def dataclass_from_plain(declared: Any, data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        raise misfit(where, f"a description of {declared.__name__}", data)
    if data.get("kind") != declared.__name__:
        raise misfit(f"{where}.kind", repr(declared.__name__), data.get("kind"))
    if hasattr(declared, "of_current_form"):  # an earlier version wrote other entries
        data = declared.of_current_form(data)
    needed = {f.name: f.default is MISSING for f in fields(declared)}
    for key in data:
        if key != "kind" and key not in needed:
            raise InputError(
                f"{where} has the unknown entry {shortened(key)!r}: the file is not ours or newer"
            )
    for name, is_needed in needed.items():
        if is_needed and name not in data:
            raise InputError(f"{where} lacks the entry {name!r}: the file is damaged or not ours")
    hints = types_of(declared)
    content = {
        name: from_plain(hints[name], data[name], f"{where}.{name}")
        for name in needed
        if name in data
    }
    try:
        return declared(**content)
    except ValueError as error:
        raise InputError(f"{where} contradicts itself: {error}") from error


@functools.cache
def types_of(declared: Any) -> dict[str, Any]:
    return get_type_hints(declared)


def misfit(where: str, expected: str, data: Any) -> InputError:
    got = repr(shortened(data)) if type(data) is str else WORDS[type(data)]
    if type(data) in (int, float):
        got = shortened(str(data))
    return InputError(f"{where} must be {expected}, got {got}: the file is damaged or not ours")


def one_of(expected: Iterable[str]) -> str:
    return f"one of {', '.join(expected)}"


def in_words(declared: Any) -> str:
    if get_origin(declared) is tuple:
        return "a list of one kind"
    return WORDS.get(declared) or declared.__name__
