"""The numbers of a text of JSON as arrays: lists, objects of numbers, lists of alike objects.

What the parser would make of them takes up to twenty times the text.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from typing import Any, final

import numpy as np

from rosenblatt.support.types import Float64Array

__all__ = ["Columns", "NumbersByName", "Taken"]

# Nothing is given back once it is matched, which would take memory for each number.
NUMBER = rb"-?+(?>0|[1-9]\d*+)(?:\.\d++)?+(?:[eE][-+]?+\d++)?+"
COMMA = rb"\s*+,\s*+"
LIST = re.compile(rb"\[\s*+" + NUMBER + rb"(?:" + COMMA + NUMBER + rb")*+\s*+\]")
COLON = rb"\s*+:\s*+"
KEY = rb'"[^"\\]*+"'
PAIR = KEY + COLON + NUMBER
# Eight numbers or more; smaller objects are whatever they are.
BY_NAME = re.compile(rb"\{\s*+" + PAIR + rb"(?:" + COMMA + PAIR + rb"){7,}+\s*+\}")
FIELD = KEY + COLON + rb"(?>null|" + NUMBER + rb")"
RECORD = rb"\{\s*+" + FIELD + rb"(?:" + COMMA + FIELD + rb")*+\s*+\}"
RECORDS = re.compile(rb"\[\s*+" + RECORD + rb"(?:" + COMMA + RECORD + rb")++\s*+\]")
NAME = re.compile(KEY)
NAME_BYTES = 100  # of a name in what keeps it


@final
class NumbersByName(Mapping[str, float]):
    """An object of numbers; the names are one tuple for all objects that have the same."""

    def __init__(self, names: tuple[str, ...], numbers: Float64Array) -> None:
        self._names, self._numbers = names, numbers

    def __getitem__(self, name: str) -> float:
        return float(self._numbers[self._names.index(name)])

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def as_dict(self) -> dict[str, float]:
        return dict(zip(self._names, self._numbers.tolist(), strict=True))


@final
class Columns(dict[str, Float64Array]):
    """A list of objects of the same names in the same order: an array by name, NaN of null."""


@final
class Taken:
    """Takes numbers out of a text, and leaves a place in it for each array.

    Parameters
    ----------
    most : int
        Bytes that names of objects may take; others stay in the text.
    """

    def __init__(self, most: int) -> None:
        self.values: list[Any] = []
        self.n_bytes = 0
        self._most = most
        self._names: dict[bytes, tuple[str, ...]] = {}

    def out_of(self, text: bytes) -> bytes:
        for pattern, take in ((LIST, self._list), (RECORDS, self._records), (BY_NAME, self._named)):
            text = pattern.sub(take, text)
        return text

    def _kept(self, value: Any, n_bytes: int) -> bytes:
        self.values.append(value)
        self.n_bytes += n_bytes + 120
        return b'{"\\u0000":%d}' % (len(self.values) - 1)

    def _list(self, found: re.Match[bytes]) -> bytes:
        words = found[0][1:-1].split(b",") if len(found[0]) < 4096 else None
        numbers = (
            np.array(list(map(float, words)))
            if words is not None
            else np.fromstring(found[0][1:-1].decode("ascii"), sep=",")
        )
        return self._kept(numbers, numbers.nbytes)

    def _records(self, found: re.Match[bytes]) -> bytes:
        text, start, end = found.string, found.start(), found.end()
        first = text[start : text.index(b"}", start)]
        keys = NAME.findall(first)
        fields = (re.escape(key) + COLON + rb"(null|" + NUMBER + rb")" for key in keys)
        alike = re.compile(rb"\{\s*+" + COMMA.join(fields) + rb"\s*+\}")
        columns = [array("d") for _ in keys]
        n = 0
        for record in alike.finditer(text, start, end):
            n += 1
            for column, word in zip(columns, record.groups(), strict=True):
                column.append(np.nan if word == b"null" else float(word))
        names = named(keys)
        if names is None or n != text.count(b"{", start, end):
            return found[0]
        arrays = {name: np.array(column) for name, column in zip(names, columns, strict=True)}
        return self._kept(Columns(arrays), 8 * n * len(names) + 300 * len(names))

    def _named(self, found: re.Match[bytes]) -> bytes:
        keys = NAME.findall(found[0])
        joined = b"".join(keys)
        names = self._names.get(joined)
        if names is None:
            names = named(keys)
            needed = 2 * len(joined) + NAME_BYTES * len(keys)
            if names is None or self.n_bytes + needed > self._most:
                return found[0]
            self._names[joined] = names
            self.n_bytes += needed
        numbers = np.array([float(w) for w in VALUE.findall(found[0])])
        return self._kept(NumbersByName(names, numbers), numbers.nbytes)


VALUE = re.compile(rb'(?<=")' + COLON + rb"(" + NUMBER + rb")")


def named(keys: list[bytes]) -> tuple[str, ...] | None:
    """The names; None where one is there twice, or is no text."""
    try:
        names = tuple(key[1:-1].decode("utf-8") for key in keys)
    except UnicodeDecodeError:
        return None
    return names if len(set(names)) == len(names) else None
