"""JSON from strangers, with its numbers as arrays, which take a small part of the memory."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.json_numbers import Columns, NumbersByName, Taken
from rosenblatt.importing.source import DAMAGED, Source
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array

__all__ = ["as_object", "json_value"]

# Bytes that a character of the rest may stand for, in the objects that the parser makes.
COSTS = {b",": 16, b"[": 96, b"{": 240, b":": 130, b'"': 32}


def json_value(source: Source, data: bytes | None = None) -> Any:
    """The value of a file of JSON, or of a part of it.

    A list of nothing but numbers is an array, one of objects of numbers that have the same names is
    `Columns`, and an object of many numbers is one for `as_object` alone.

    Raises
    ------
    InputError
        Where it is none, has a key twice or an Infinity, or could take more memory than it may.
    """
    data = source.data if data is None else data
    n_numbers = data.count(b",") + 1
    source.check_memory(8 * n_numbers, "its numbers")
    taken = Taken(source.size)
    rest = taken.out_of(data)
    costs = sum(cost * rest.count(mark) for mark, cost in COSTS.items()) - 300 * len(taken.values)
    source.check_memory(taken.n_bytes + 2 * len(rest) + costs, "its objects and lists")

    def built(pairs: list[tuple[str, Any]]) -> Any:
        if len(pairs) == 1 and pairs[0][0] == "\0":
            k = pairs[0][1]
            if type(k) is int and 0 <= k < len(taken.values):
                return taken.values[k]
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"it has the key {twice[:40]!r} twice in an object: {DAMAGED}")
        return result

    try:
        return json.loads(
            rest.decode("utf-8"),
            object_pairs_hook=built,
            parse_int=whole,
            parse_constant=no_number,
        )
    except InputError:
        raise
    except UnicodeDecodeError as error:
        raise InputError("its text is not in UTF-8: save it as UTF-8") from error
    except RecursionError as error:
        raise InputError(f"its lists and objects are nested too deep: {DAMAGED}") from error
    except ValueError as error:
        raise InputError(f"it is no valid JSON: {DAMAGED}") from error


def whole(digits: str) -> float:
    """A whole number; an infinity beyond double precision, as of one with an exponent."""
    return int(digits) if len(digits) < 300 else float(digits)


def no_number(name: str) -> None:
    raise InputError(f"it holds {name}, which is no number of JSON: train the network again")


def as_object(value: Any, what: str) -> dict[str, Any]:
    """An object of JSON; InputError, which names its place, for anything else."""
    if isinstance(value, NumbersByName):
        return value.as_dict()
    if not isinstance(value, dict) or isinstance(value, Columns):
        raise InputError(f"{what} is no JSON object: {DAMAGED}")
    return value


def as_list(value: Any, what: str) -> list[Any]:
    """A list of JSON, of other things than numbers."""
    if not isinstance(value, list):
        raise InputError(f"{what} is no JSON list of objects or lists: {DAMAGED}")
    return value


def as_text(value: Any, what: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise InputError(f"{what} is no text: {DAMAGED}")
    return value


def as_number(value: Any, what: str) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating):
        raise InputError(f"{what} is no number: {DAMAGED}")
    number = float(value)
    if not np.isfinite(number):
        raise InputError(f"{what} is not finite: train the network again")
    return number


def as_place(value: Any, what: str, most: int) -> int:
    """A whole number from 0 to below `most`."""
    number = as_number(value, what)
    if number != int(number) or not 0 <= number < most:
        raise InputError(
            f"{what} is {number:g}, and a whole number below {most:,} is needed: {DAMAGED}"
        )
    return int(number)


def as_numbers(value: Any, what: str, n: int | None = None) -> Float64Array:
    """An array of finite numbers, n of them."""
    if not isinstance(value, list | np.ndarray):
        raise InputError(f"{what} is no list of numbers: {DAMAGED}")
    if isinstance(value, list):  # none, or not all of them numbers
        value = np.array([as_number(one, f"{what}[{k}]") for k, one in enumerate(value)])
    if n is not None and len(value) != n:
        raise InputError(f"{what} holds {count(len(value), 'number')}, and not {n:,}: {DAMAGED}")
    if not np.isfinite(value).all():
        raise InputError(f"{what} holds a number that is not finite: train the network again")
    return value
