"""The texts in source files, as templates with the names of what is filled in."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

__all__ = ["Text", "is_prose", "texts_of"]

PROSE = re.compile(r"(?<![\w`'{/.-])[A-Za-z][a-z]+,? (?:[a-z]+\b|\{)|\} [a-z]{2,}|^ ?\(?[a-z]+ ")

# Errors that are none of the command line's: it shows them with the traceback of a bug.
OF_CALLERS = {"AttributeError", "ModuleNotFoundError", "TypeError", "ValueError"}


@final
@dataclass(frozen=True)
class Text:
    """A text of a source file as `gettext` has it: singular, and plural where it counts."""

    one: str
    many: str
    place: str


def is_prose(template: str) -> bool:
    """Whether a template has words to be read, beside names of options and columns."""
    return PROSE.search(template) is not None


def texts_of(path: Path) -> Iterator[Text]:
    """All texts of a file but docstrings and those within others."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from found(tree, path.name)


def found(node: ast.AST, file: str) -> Iterator[Text]:
    if isinstance(node, ast.Raise | ast.Assert) and not is_shown(node):
        return
    if isinstance(node, ast.Call) and called(node) == "count" and len(node.args) > 1:
        yield from counted(node, f"{file}:{node.lineno}")
        return
    if is_text(node):
        for line in template_of(node).split("\n"):
            yield Text(line, "", f"{file}:{node.lineno}")
        for part in inner(node):
            yield from found(part, file)
        return
    for child in children(node):
        yield from found(child, file)


def is_shown(node: ast.Raise | ast.Assert) -> bool:
    """Whether an error is one of the user's, and not of a caller in Python."""
    error = node.exc if isinstance(node, ast.Raise) else None
    return isinstance(error, ast.Call) and called(error) not in OF_CALLERS


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node, without docstrings and annotations."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield child


def counted(call: ast.Call, place: str) -> Iterator[Text]:
    """'{n:,} row' and '{n:,} rows' of a call of `count`."""
    words = [a.value for a in call.args[1:] if isinstance(a, ast.Constant)]
    if words:
        one, many = words[0], words[1] if len(words) > 1 else f"{words[0]}s"
        yield Text(f"{{n:,}} {one}", f"{{n:,}} {many}", place)
    else:  # chosen among several
        for node in itertools.chain.from_iterable(map(ast.walk, call.args[1:])):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield Text(f"{{n:,}} {node.value}", f"{{n:,}} {node.value}s", place)


def is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (is_text(node.left) or is_text(node.right))
    return isinstance(node, ast.JoinedStr)


def pieces(node: ast.AST) -> Iterator[str | ast.expr | ast.FormattedValue]:
    """The literal parts and the expressions of a text, in order."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            yield from pieces(value)
    elif isinstance(node, ast.BinOp) and is_text(node):
        yield from pieces(node.left)
        yield from pieces(node.right)
    elif isinstance(node, ast.expr):
        yield node


def inner(node: ast.AST) -> Iterator[ast.AST]:
    for piece in pieces(node):
        if isinstance(piece, ast.FormattedValue):
            yield piece.value
        elif isinstance(piece, ast.AST):
            yield piece


def template_of(node: ast.AST) -> str:
    """What `str.format` fills in: one placeholder for expressions that follow each other."""
    template, names, after_placeholder = "", set[str](), False
    for piece in pieces(node):
        if isinstance(piece, str):
            template += piece.replace("{", "{{").replace("}", "}}")
            after_placeholder = after_placeholder and not piece
        elif after_placeholder:
            template = re.sub(r"\{(\w+)(?:![a-z]|:[^{}]*)?\}$", r"{\1}", template)
        else:
            template += placeholder(piece, names)
            after_placeholder = True
    return template


def placeholder(piece: ast.expr, names: set[str]) -> str:
    value = piece.value if isinstance(piece, ast.FormattedValue) else piece
    name = name_of(value)
    numbers = itertools.count(2)
    while name in names:
        name = f"{name.rstrip('0123456789')}{next(numbers)}"
    names.add(name)
    end = ""
    if isinstance(piece, ast.FormattedValue):
        if piece.conversion > 0:
            end = f"!{chr(piece.conversion)}"
        elif isinstance(piece.format_spec, ast.JoinedStr):
            spec = piece.format_spec.values
            end = ":" + "".join(s.value for s in spec if isinstance(s, ast.Constant))
    return f"{{{name}{end}}}"


def name_of(value: ast.AST) -> str:
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower()
        case ast.Call():
            return called(value)
        case ast.Subscript(value=whole):
            return name_of(whole)
        case ast.IfExp(body=body):
            return "more" if is_text(body) else name_of(body)
    return "value"


def called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else "value"
