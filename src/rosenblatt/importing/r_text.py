"""R objects as text: what `dput` writes, and the JSON of the function in docs/elsewhere.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.r_values import NOTHING, RValue
from rosenblatt.importing.source import DAMAGED

__all__ = ["of_dput", "of_json", "words_in"]

TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<number>(?:0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?(?:[pP][-+]?\d+)?|"
    r"\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)L?)"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[A-Za-z.][A-Za-z0-9._]*|`[^`]+`)"
    r"|(?P<sign><-|<=|>=|==|!=|&&|\|\||%[^%\s]*%|:::?|[-+*/^~:!&|<>=,(){}\[\]$@;?\\])"
    r")"
)
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u\{?[0-9a-fA-F]{1,4}\}?|U\{?[0-9a-fA-F]{1,8}\}?|.)")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
WORDS = {"TRUE": 1.0, "FALSE": 0.0, "T": 1.0, "F": 0.0}
MISSING = {"NA", "NA_real_", "NA_integer_", "NaN"}
DEEPEST = 100
ENDS = {",", ")", ""}


def of_dput(text: str) -> RValue:
    """The value of a text that `dput` wrote; calls and formulas are not run but skipped."""
    parser = Parser(text)
    value = parser.value(0)
    if parser.sign != "":
        raise parser.error()
    return value


@final
class Parser:
    """Reads one value after another, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.kind, self.sign = "", ""
        self.advance()

    def advance(self) -> None:
        found = TOKEN.match(self.text, self.place)
        if found is None:
            if self.text[self.place :].strip():
                raise self.error()
            self.kind, self.sign = "", ""
            return
        self.kind, self.place = found.lastgroup or "", found.end()
        self.sign = found[found.lastgroup or 0]

    def error(self) -> InputError:
        line = self.text.count("\n", 0, self.place) + 1
        return InputError(f"line {line} of it is no text that dput writes: {DAMAGED}")

    def expect(self, sign: str) -> None:
        if self.sign != sign:
            raise self.error()
        self.advance()

    def value(self, depth: int) -> RValue:
        """A value up to the comma or parenthesis behind it."""
        if depth > DEEPEST:
            raise InputError(f"its values are nested more than {DEEPEST} deep: {DAMAGED}")
        start = self.place - len(self.sign)
        value = self.simple(depth)
        if self.sign in ENDS:
            return value
        if self.sign == ":" and isinstance(value.value, np.ndarray):
            self.advance()
            other = self.simple(depth)
            if self.sign in ENDS and len(value.numbers()) == 1 == len(other.numbers()):
                first, last = float(value.value[0]), float(other.value[0])
                if abs(last - first) <= len(self.text):
                    return RValue(np.arange(first, last + 1))
        return self.expression(start)

    def expression(self, start: int) -> RValue:
        """What is no data, such as a formula: its text."""
        open_signs = 0
        while self.sign != "" and (open_signs or self.sign not in ENDS):
            open_signs += (self.sign in "({[") - (self.sign in ")}]") if self.kind == "sign" else 0
            self.advance()
        return RValue(self.text[start : self.place - len(self.sign)].strip())

    def simple(self, depth: int) -> RValue:
        kind, sign = self.kind, self.sign
        if kind == "number":
            self.advance()
            return RValue(np.array([number_of(sign)]))
        if kind == "text":
            self.advance()
            return RValue([text_of(sign)])
        if sign == "-":
            self.advance()
            inner = self.simple(depth + 1)
            return RValue(-inner.value) if isinstance(inner.value, np.ndarray) else NOTHING
        if kind != "name":
            return NOTHING
        self.advance()
        if self.sign == "(" and sign in ("c", "list", "structure"):
            return self.call(sign, depth)
        if sign in WORDS:
            return RValue(np.array([WORDS[sign]]))
        if sign in MISSING:
            return RValue(np.array([np.nan]))
        if sign == "Inf":
            return RValue(np.array([np.inf]))
        return NOTHING

    def call(self, function: str, depth: int) -> RValue:
        self.expect("(")
        names: list[str] = []
        values: list[RValue] = []
        while self.sign != ")":
            names.append(self.name_of_argument())
            values.append(self.value(depth + 1))
            if self.sign != ")":
                self.expect(",")
        self.expect(")")
        if function == "list":
            named = {"names": RValue(list(names))} if any(names) else {}
            return RValue(values, named)
        if function == "c":
            return joined(names, values)
        if not values:
            raise self.error()
        given = dict(zip(names[1:], values[1:], strict=True))
        renamed = {{".Names": "names", ".Dim": "dim"}.get(n, n): v for n, v in given.items()}
        return RValue(values[0].value, {**values[0].attributes, **renamed})

    def name_of_argument(self) -> str:
        """Its name, and the = behind it; an empty one where it has none."""
        if self.kind not in ("name", "text"):
            return ""
        found = re.compile(r"\s*=(?!=)").match(self.text, self.place)
        if found is None:
            return ""
        name = text_of(self.sign) if self.kind == "text" else self.sign.strip("`")
        self.place = found.end()
        self.advance()
        return name


def joined(names: list[str], values: list[RValue]) -> RValue:
    """What `c` makes of values of one type."""
    named = {"names": RValue(list(names))} if any(names) else {}
    if all(isinstance(value.value, np.ndarray) for value in values):
        return RValue(np.concatenate([value.value for value in values] or [np.empty(0)]), named)
    if all(isinstance(value.value, list) for value in values):
        return RValue([text for value in values for text in value.value], named)
    return NOTHING


def number_of(text: str) -> float:
    text = text.removesuffix("L")
    return float.fromhex(text) if text[:2].lower() == "0x" else float(text)


def text_of(quoted: str) -> str:
    return ESCAPE.sub(unescaped, quoted[1:-1])


def unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else "?"
    return ESCAPES.get(code, code)


def of_json(value: Any) -> RValue:
    """The value of JSON: a list of numbers, texts or truth values, or an object."""
    if isinstance(value, dict):
        names = RValue(list(value))
        return RValue([of_json(item) for item in value.values()], {"names": names})
    if isinstance(value, np.ndarray):
        return RValue(value)
    items = value if isinstance(value, list) else [value]
    if all(isinstance(item, bool | int | float) for item in items):
        return RValue(np.array(items, float))
    if all(isinstance(item, str) for item in items):
        return RValue(items)
    return NOTHING


def words_in(text: str) -> Iterator[str]:
    """The names in an expression."""
    place = 0
    while found := TOKEN.match(text, place):
        place = found.end()
        if found.lastgroup == "name":
            yield found["name"].strip("`")
