"""JSON from strangers, with its lists of numbers as arrays, which take a quarter of the memory."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, Source
from rosenblatt.support.types import Float64Array

__all__ = ["as_object", "json_value"]

# Nothing is given back once it is matched, which would take memory for each number.
NUMBER = rb"-?+(?>0|[1-9]\d*+)(?:\.\d++)?+(?:[eE][-+]?+\d++)?+"
NUMBERS = re.compile(rb"\[\s*+" + NUMBER + rb"(?:\s*+,\s*+" + NUMBER + rb")*+\s*+\]")
# Bytes that a character of the rest may stand for, in the objects that the parser makes.
COSTS = {b",": 16, b"[": 96, b"{": 240, b":": 130, b'"': 32}


def json_value(source: Source, data: bytes | None = None) -> Any:
    """The value of a file of JSON, or of a part of it; a list of nothing but numbers is an array.

    Raises
    ------
    InputError
        Where it is none, has a key twice or an Infinity, or could take more memory than it may.
    """
    arrays: list[Float64Array] = []

    def taken(found: re.Match[bytes]) -> bytes:
        words = found[0][1:-1].split(b",") if len(found[0]) < 4096 else None
        array = (
            np.array(list(map(float, words)))
            if words is not None
            else np.fromstring(found[0][1:-1].decode("ascii"), sep=",")
        )
        arrays.append(array)
        return b'{"\\u0000":%d}' % (len(arrays) - 1)

    data = source.data if data is None else data
    n_numbers = data.count(b",") + 1
    source.check_memory(8 * n_numbers, "its numbers")
    rest = NUMBERS.sub(taken, data)
    costs = sum(cost * rest.count(mark) for mark, cost in COSTS.items()) - 300 * len(arrays)
    source.check_memory(
        sum(a.nbytes + 120 for a in arrays) + 2 * len(rest) + costs, "its objects and lists"
    )

    def built(pairs: list[tuple[str, Any]]) -> Any:
        if len(pairs) == 1 and pairs[0][0] == "\0":
            k = pairs[0][1]
            if type(k) is int and 0 <= k < len(arrays):
                return arrays[k]
        result = dict(pairs)
        if len(result) < len(pairs):
            raise ValueError("a key is there twice")
        return result

    try:
        return json.loads(
            rest.decode("utf-8"),
            object_pairs_hook=built,
            parse_int=whole,
            parse_constant=no_number,
        )
    except (ValueError, RecursionError) as error:
        raise InputError(f"it is no valid JSON ({type(error).__name__}): {DAMAGED}") from error


def whole(digits: str) -> float:
    """A whole number; an infinity beyond double precision, as of one with an exponent."""
    return int(digits) if len(digits) < 300 else float(digits)


def no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def as_object(value: Any, what: str) -> dict[str, Any]:
    """An object of JSON; InputError, which names its place, for anything else."""
    if not isinstance(value, dict):
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
    if isinstance(value, list) and not value:
        value = np.empty(0)
    if not isinstance(value, np.ndarray) or (n is not None and len(value) != n):
        found = len(value) if isinstance(value, list | np.ndarray) else 0
        raise InputError(f"{what} holds {found:,} numbers, and not {n or 'some'}: {DAMAGED}")
    if not np.isfinite(value).all():
        raise InputError(f"{what} holds a number that is not finite: train the network again")
    return value
