"""The values in the pickle of PyTorch's file, without unpickling: nothing in it is called.

The opcodes that torch.save writes for dictionaries, lists, plain values and tensors build values of
their own here; every other opcode, and every other name, is refused.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, final

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, cut_off

__all__ = ["Storage", "StoredTensor", "values_of"]


@final
@dataclass(frozen=True)
class Name:
    """Something that the pickle names and Python would call."""

    text: str


@final
@dataclass(frozen=True)
class Storage:
    """The numbers of tensors: which type they have, in which part of the file, and how many."""

    kind: str
    key: str
    n: int


@final
@dataclass(frozen=True)
class StoredTensor:
    """A tensor's place in a storage, counted in numbers."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


Kind = TypeVar("Kind")
MARK = object()
KEPT = ("BINPUT", "LONG_BINPUT", "PUT")
FETCHED = ("BINGET", "LONG_BINGET", "GET")
PLAIN = (
    *("BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("SHORT_BINSTRING", "BINSTRING", "INT", "LONG"),
)
CONSTANTS = {"NEWTRUE": True, "NEWFALSE": False, "NONE": None}
FIRST = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
WHAT_TO_DO = "save model.state_dict(), or take rosenblatt.importing.from_torch(model)"


def values_of(data: bytes) -> Any:
    """The value that a pickle describes.

    Raises
    ------
    InputError
        If it is damaged, or holds something else than tensors and plain values, by name.
    """
    reader = Reader()
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name == "STOP":
                (value,) = reader.stack
                return value
            reader.take(opcode.name, argument)
    except InputError:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise InputError(f"its list of tensors cannot be read: {DAMAGED}") from error
    raise cut_off("the end of its list of tensors")


@final
class Reader:
    """A stack machine of the few opcodes."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def take(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in PLAIN:
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in FIRST:
            stack.append(FIRST[name]())
        elif name in KEPT:
            self.memo[argument] = stack[-1]
        elif name in FETCHED:
            stack.append(self.memo[argument])
        elif name == "MARK":
            stack.append(MARK)
        elif name == "GLOBAL":
            stack.append(Name(argument.replace(" ", ".")))
        elif name in TUPLES:
            n = TUPLES[name]
            items = tuple(stack[-n:])
            del stack[-n:]
            stack.append(items)
        elif name == "TUPLE":
            stack.append(tuple(self.to_mark()))
        elif name in ("APPEND", "APPENDS"):
            more = [stack.pop()] if name == "APPEND" else self.to_mark()
            checked(stack[-1], list).extend(more)
        elif name in ("SETITEM", "SETITEMS"):
            pairs = [*stack[-2:]] if name == "SETITEM" else self.to_mark()
            if name == "SETITEM":
                del stack[-2:]
            checked(stack[-1], dict).update(zip(pairs[::2], pairs[1::2], strict=True))
        elif name == "BINPERSID":
            stack.append(storage_of(stack.pop()))
        elif name == "REDUCE":
            arguments = checked(stack.pop(), tuple)
            stack.append(called(checked(stack.pop(), Name), arguments))
        elif name == "BUILD":  # of a state dict: the versions of its modules
            stack.pop()
            checked(stack[-1], dict)
        elif name != "PROTO":
            raise InputError(f"its list of tensors has the opcode {name}: {WHAT_TO_DO}")

    def to_mark(self) -> list[Any]:
        """What stands behind the last mark, which is taken off with it."""
        place = len(self.stack) - 1
        while self.stack[place] is not MARK:
            place -= 1
            if place < 0:
                raise ValueError("no mark")
        items = self.stack[place + 1 :]
        del self.stack[place:]
        return items


def checked(value: Any, kind: type[Kind]) -> Kind:
    if isinstance(value, Name) and kind is not Name:
        raise InputError(f"it holds the object {value.text}: {WHAT_TO_DO}")
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value


def storage_of(value: Any) -> Storage:
    match value:
        case ("storage", Name(text), str(key), str(), int(n)) if n >= 0:
            return Storage(text.rpartition(".")[2], key, n)
    raise ValueError("no storage")


def tensor_of(arguments: tuple[Any, ...]) -> StoredTensor:
    match arguments:
        case (Storage() as storage, int(offset), tuple(shape), tuple(strides), *_):
            numbers = (offset, *shape, *strides)
            if len(shape) == len(strides) and all(type(n) is int and n >= 0 for n in numbers):
                return StoredTensor(storage, offset, shape, strides)
    raise ValueError("no tensor")


def parameter_of(arguments: tuple[Any, ...]) -> StoredTensor:
    return checked(arguments[0], StoredTensor)


def dictionary_of(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    if arguments:
        raise ValueError("a dictionary of something")
    return {}


CALLED: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "collections.OrderedDict": dictionary_of,
    "torch._utils._rebuild_tensor_v2": tensor_of,
    "torch._utils._rebuild_parameter": parameter_of,
}


def called(name: Name, arguments: tuple[Any, ...]) -> Any:
    if name.text not in CALLED:
        raise InputError(f"it holds the object {name.text}: {WHAT_TO_DO}")
    return CALLED[name.text](arguments)
