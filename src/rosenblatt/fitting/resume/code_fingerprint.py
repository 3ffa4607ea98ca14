"""What functions and classes of the user's own do, as text, by which an edit is seen.

Followed are, from a function, its defaults, what it closes over, and of the globals that it reads
plain values, functions and classes; from a class its methods, its plain values and its bases. An
installed package stands by its names. Not seen is what hangs on a module, or is a list, an array or
an object at a module's level.
"""

from __future__ import annotations

import dis
import functools
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rosenblatt.support.cached_property import cached_property

__all__ = ["does", "is_own"]

BY_NAME = {"numpy", "pandas", "rosenblatt", "scipy", "sklearn", *sys.stdlib_module_names}
INSTALLED = {"dist-packages", "site-packages"}
PLAIN = (bool, int, float, complex, str, bytes, type(None))
READ, SET = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"), "STORE_GLOBAL"


def is_own(value: Any) -> bool:
    """Whether it is a function or a class that belongs to no installed package."""
    if not isinstance(value, type | types.FunctionType):
        return False
    name = str(value.__module__)
    file = getattr(sys.modules.get(name), "__file__", None) or ""
    installed = name != "__main__" and not INSTALLED.isdisjoint(Path(file).parts)
    return not (installed or name.partition(".")[0] in BY_NAME)


def does(start: Any, text_of: Callable[[Any], str]) -> str:
    """A text for what a function or a class does, with all that it leads to, each of them once.

    They are numbered as they are met, in an order that depends on no hash. `text_of` makes the
    text of anything else; a TypeError that it raises is passed on where `start` itself needs them.
    """
    met, numbers = [start], {id(start): 0}

    def reference(value: Any) -> str:
        if not is_own(value):
            try:
                return text_of(value)
            except TypeError:
                if len(texts) == 0 and isinstance(start, types.FunctionType):
                    raise
                return type(value).__qualname__
        if id(value) not in numbers:
            numbers[id(value)] = len(met)
            met.append(value)
        return f"number {numbers[id(value)]}"

    texts: list[str] = []
    for value in met:  # which grows
        parts = of_function(value) if isinstance(value, types.FunctionType) else of_class(value)
        named = f"{value.__module__}.{value.__qualname__}"
        texts.append(f"{named}({', '.join(f'{name}: {reference(part)}' for name, part in parts)})")
    return "; ".join(texts)


def of_function(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    code = function.__code__
    yield "code", code
    for default in function.__defaults__ or ():
        yield "default", default
    yield from sorted((function.__kwdefaults__ or {}).items())
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:
            yield name, "nothing yet"
    for name in sorted(globals_read(code)) if is_own(function) else ():
        value = function.__globals__.get(name)
        if is_plain(value) or is_own(value):
            yield name, value


def of_class(own: type) -> Iterator[tuple[str, Any]]:
    for base in own.__bases__:
        yield "base", base
    for name, value in sorted(vars(own).items()):
        functions = functions_in(value)
        for function in functions:
            yield name, function
        if not functions and (is_own(value) or is_plain(value)) and not name.startswith("__"):
            yield name, value


def functions_in(value: Any) -> list[types.FunctionType]:
    """A method's function, or those of a property."""
    if isinstance(value, property):
        parts = [value.fget, value.fset, value.fdel]
    elif isinstance(value, functools.cached_property | cached_property):
        parts = [value.func]
    else:  # those of static and class methods, and of what functools puts around one
        parts = [value, getattr(value, "__wrapped__", None)]
    return [part for part in parts if isinstance(part, types.FunctionType)]


def is_plain(value: Any) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(is_plain, value))
    return isinstance(value, PLAIN)


def globals_read(code: types.CodeType) -> set[str]:
    """The names that it reads, with the code within it, and does not set itself."""
    read, changed, pending = set[str](), set[str](), [code]
    while pending:
        current = pending.pop()
        for instruction in dis.get_instructions(current):
            if instruction.opname in READ:
                read.add(instruction.argval)
            elif instruction.opname == SET:
                changed.add(instruction.argval)
        pending.extend(part for part in current.co_consts if isinstance(part, types.CodeType))
    return read - changed
