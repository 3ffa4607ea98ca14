"""Values of R as plain data, and R's serialisation of them (`saveRDS`), of which nothing runs.

The format is that of "R Internals", section 1.8: big-endian numbers, each value behind a word of
flags. Functions and expressions are skipped over.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, cut_off

__all__ = ["RValue", "unserialized"]

DEEPEST = 200  # values within values
FEWEST_FLAGS = 4  # bytes that each value has


@final
@dataclass(frozen=True, eq=False)
class RValue:
    """A value of R.

    Attributes
    ----------
    value : array, list of str or None, list of RValue, str, or None
        Numbers and truth values; texts; a list's items; a symbol's name; all else.
    attributes : mapping of str to RValue
    """

    value: Any
    attributes: Mapping[str, RValue] = field(default_factory=dict)

    @property
    def items(self) -> dict[str, RValue]:
        """Those of a list with names."""
        names = self.attributes.get("names")
        if not isinstance(self.value, list) or names is None or not isinstance(names.value, list):
            return {}
        return {
            name: value
            for name, value in zip(names.value, self.value, strict=False)
            if isinstance(name, str) and isinstance(value, RValue)
        }

    @property
    def first(self) -> RValue:
        """A list's first item; nothing for anything else."""
        items = self.value if isinstance(self.value, list) else []
        return items[0] if items and isinstance(items[0], RValue) else NOTHING

    def numbers(self) -> Any:
        """An array of them; an empty one for anything else."""
        return self.value if isinstance(self.value, np.ndarray) else np.empty(0)

    def texts(self) -> tuple[str, ...]:
        """The texts, none for anything else."""
        if not isinstance(self.value, list):
            return ()
        return tuple(text for text in self.value if isinstance(text, str))


NOTHING = RValue(None)

# Types of R's values, by number.
SYMBOL, PAIRS, CLOSURE, ENVIRONMENT, PROMISE, CALL = 1, 2, 3, 4, 5, 6
SPECIAL, BUILTIN, TEXT, LOGICAL, INTEGER, REAL, COMPLEX, TEXTS = 7, 8, 9, 10, 13, 14, 15, 16
LIST, EXPRESSIONS, BYTES = 19, 20, 24
REFERENCE, NIL, GLOBAL, UNBOUND, MISSING, BASE_NAMESPACE, NAMESPACE = (
    255,
    254,
    253,
    252,
    251,
    250,
    249,
)
EMPTY, BASE, CALL_WITH, PAIRS_WITH, ALTERNATIVE = 242, 241, 240, 239, 238
ALONE = {NIL, GLOBAL, UNBOUND, MISSING, BASE_NAMESPACE, EMPTY, BASE}
NUMBERS = {LOGICAL: ">i4", INTEGER: ">i4", REAL: ">f8", COMPLEX: ">c16", BYTES: "u1"}
ATTRIBUTES, TAG = 1 << 9, 1 << 10
NA_INTEGER = -(2**31)


def unserialized(data: bytes) -> RValue:
    """The value that R has serialised; InputError for what is no such data."""
    reader = Reader(data)
    if reader.take(2) != b"X\n":
        raise InputError(
            "it is an R file, but not of the binary kind that saveRDS writes: save it by"
            " saveRDS(model, file)"
        )
    version, _, _ = reader.integer(), reader.integer(), reader.integer()
    if version not in (2, 3):
        raise InputError(f"it is of serialisation version {version}, and 2 and 3 are read")
    if version == 3:
        reader.take(reader.integer())
    return reader.value(0)


@final
class Reader:
    """Reads values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0
        self.references: list[RValue] = []

    def take(self, n: int) -> bytes:
        if n < 0 or self.place + n > len(self.data):
            raise cut_off("the end of the R object")
        self.place += n
        return self.data[self.place - n : self.place]

    def integer(self) -> int:
        (n,) = struct.unpack(">i", self.take(4))
        return int(n)

    def length(self, bytes_of_each: int) -> int:
        """Of a vector, which must fit into the rest of the file."""
        n = self.integer()
        if n < 0 or n * bytes_of_each > len(self.data) - self.place:
            raise cut_off(f"a vector of {n:,} values of the R object")
        return n

    def value(self, depth: int) -> RValue:
        if depth > DEEPEST:
            raise InputError(f"its values are nested more than {DEEPEST} deep: {DAMAGED}")
        flags = self.integer()
        kind = flags & 0xFF
        if kind in ALONE:
            return NOTHING
        if kind == REFERENCE:
            k = (flags >> 8) or self.integer()
            if not 0 < k <= len(self.references):
                raise InputError(f"a reference of the R object leads nowhere: {DAMAGED}")
            return self.references[k - 1]
        if kind == SYMBOL:
            return self.kept(self.value(depth + 1))
        if kind in (PAIRS, CALL, CLOSURE, PROMISE, CALL_WITH, PAIRS_WITH):
            return self.pairs(flags, depth)
        if kind == ENVIRONMENT:
            return self.environment(depth)
        if kind == NAMESPACE:
            self.integer()
            for _ in range(self.length(FEWEST_FLAGS)):
                self.value(depth + 1)
            return self.kept(NOTHING)
        if kind == TEXT:
            n = self.integer()
            return RValue(None if n == -1 else self.take(n).decode("utf-8", "replace"))
        if kind in (SPECIAL, BUILTIN):
            self.take(self.integer())
            return NOTHING
        if kind == ALTERNATIVE:
            return self.alternative(depth)
        return self.vector(kind, bool(flags & ATTRIBUTES), depth)

    def kept(self, value: RValue) -> RValue:
        self.references.append(value)
        return value

    def vector(self, kind: int, has_attributes: bool, depth: int) -> RValue:
        value: Any
        if kind in NUMBERS:
            dtype = np.dtype(NUMBERS[kind])
            n = self.length(dtype.itemsize)
            value = np.frombuffer(self.data, dtype, n, self.place)
            self.place += n * dtype.itemsize
            value = None if kind == COMPLEX else value
        elif kind == TEXTS:
            value = [self.value(depth + 1).value for _ in range(self.length(FEWEST_FLAGS))]
        elif kind in (LIST, EXPRESSIONS):
            value = [self.value(depth + 1) for _ in range(self.length(FEWEST_FLAGS))]
        else:
            raise InputError(
                f"the R object holds a value of type {kind}, such as compiled code, which is not"
                " read: save the model without it, after environment(model$terms) <- globalenv()"
            )
        attributes = self.value(depth + 1).attributes if has_attributes else {}
        return RValue(value, attributes)

    def pairs(self, flags: int, depth: int) -> RValue:
        """A pairlist: its items, and by their names those that are tagged.

        A call or a function is one too; those of a call's attributes stand in place of its tags.
        """
        items: list[RValue] = []
        named: dict[str, RValue] = {}
        is_list = flags & 0xFF == PAIRS
        while True:
            if flags & ATTRIBUTES or flags & 0xFF in (CALL_WITH, PAIRS_WITH):
                own = self.value(depth + 1).attributes
                if not items and not is_list:
                    named.update(own)
            tag = self.value(depth + 1).value if flags & TAG else None
            items.append(self.value(depth + 1))
            if is_list and isinstance(tag, str):
                named[tag] = items[-1]
            flags = self.integer()
            if flags & 0xFF not in (PAIRS, CALL, PAIRS_WITH, CALL_WITH):
                break
        self.place -= 4
        self.value(depth + 1)
        return RValue(items, named)

    def environment(self, depth: int) -> RValue:
        self.kept(NOTHING)
        self.integer()
        for _ in ("enclosing", "frame", "table", "attributes"):
            self.value(depth + 1)
        return NOTHING

    def alternative(self, depth: int) -> RValue:
        """A vector in a compact form."""
        info, state, attributes = (self.value(depth + 1) for _ in range(3))
        name = info.first.value
        if name in ("compact_intseq", "compact_realseq"):
            numbers = state.numbers()
            if len(numbers) != 3 or not 0 <= numbers[0] <= len(self.data):
                raise InputError(f"a sequence of the R object is not whole: {DAMAGED}")
            n, start, step = (float(number) for number in numbers)
            return RValue(start + step * np.arange(int(n)), attributes.attributes)
        is_wrapped = isinstance(name, str) and name.startswith("wrap_")
        if (is_wrapped or name == "deferred_string") and isinstance(state.value, list):
            inner = state.first
            value = inner.value
            if name == "deferred_string" and isinstance(value, np.ndarray):
                value = [f"{number:.15g}" for number in value.tolist()]
            return RValue(value, attributes.attributes or inner.attributes)
        raise InputError(f"the R object holds a vector of the class {name!r}, which is not read")
