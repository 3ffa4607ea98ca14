"""OpenCV's FileStorage in YAML, XML or JSON, as far as ml models use it: names and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.json_value import as_object, json_value
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.support.types import Float64Array

__all__ = ["NAME", "storage_of"]

NAME = "opencv_ml_ann_mlp"
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
UNREAL = re.compile(r"[-+]?\.?(?:nan|inf)", re.IGNORECASE)
TAG = re.compile(r"\s*<(/?)([A-Za-z_][\w.-]*)>([^<]*)")
KEY = re.compile(r"^( *)([A-Za-z_]\w*):[ \t]*(.*)$", re.MULTILINE)
WORD = re.compile(r"\S+")
DEEPEST = 6
PIECE = 2**16


def storage_of(source: Source) -> dict[str, Any]:
    """The entries of the network: texts, arrays of numbers, and lists of arrays."""
    head = source.head.lstrip()
    if head.startswith(b"{"):
        return as_object(as_object(json_value(source), "the file").get(NAME), NAME)
    try:
        text = source.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"it is no text in UTF-8: {DAMAGED}") from error
    source.check_memory(len(text) + 2 * 8 * n_words(source.data), "its numbers")
    return of_xml(text) if head.startswith(b"<?xml") else of_yaml(text)


def n_words(data: bytes) -> int:
    """What stands between blanks and commas."""
    n, was_blank = 0, True
    for start in range(0, len(data), PIECE):
        piece = np.frombuffer(data, np.uint8, min(PIECE, len(data) - start), start)
        is_blank = (piece <= ord(" ")) | (piece == ord(","))
        n += int(np.count_nonzero(is_blank[:-1] & ~is_blank[1:])) + (was_blank and not is_blank[0])
        was_blank = bool(is_blank[-1])
    return n


def numbers_in(text: str, where: str) -> Float64Array:
    def numbers() -> Iterator[float]:
        for found in WORD.finditer(text):  # a list of the words would take ten times the file
            word = found[0]
            if not NUMBER.fullmatch(word):
                what = "not finite" if UNREAL.fullmatch(word) else "no number"
                raise InputError(f"{where} holds {word[:40]!r}, which is {what}: train it again")
            yield float(word)

    return np.fromiter(numbers(), np.float64)


def scalar_or_numbers(text: str, where: str) -> Any:
    words = text.split(None, 1)
    if len(words) == 1 and not NUMBER.fullmatch(words[0]) and not UNREAL.fullmatch(words[0]):
        return words[0]
    return numbers_in(text, where)


def of_xml(text: str) -> dict[str, Any]:
    """Elements alone: whatever XML has beside them, such as entities, is refused."""
    start = text.find("?>") + 2
    place, entries = start, {}
    stack: list[str] = []
    parts: list[Float64Array] = []
    while found := TAG.match(text, place):
        place = found.end()
        closes, name, content = found[1] == "/", found[2], found[3].strip()
        if closes:
            if not stack or stack.pop() != name:
                raise InputError(f"the element {name[:40]} is closed and was not open: {DAMAGED}")
            if stack == ["opencv_storage", NAME] and name == "weights":
                entries["weights"] = parts
            continue
        stack.append(name)
        if len(stack) > DEEPEST:
            raise InputError(f"its elements are nested more than {DEEPEST} deep")
        if len(stack) == 4 and stack[2:] == ["weights", "_"]:
            parts.append(numbers_in(content, f"weights[{len(parts)}]"))
        elif len(stack) == 3 and content:
            if name in entries:
                raise InputError(f"the element {name[:40]} is there twice")
            entries[name] = scalar_or_numbers(content, name)
    if stack or text[place:].strip():
        raise cut_off(f"the element behind its character {place:,}")
    return entries


def of_yaml(text: str) -> dict[str, Any]:
    """Keys of one level, with sequences of numbers in blocks or in brackets."""
    entries: dict[str, Any] = {}
    keys = list(KEY.finditer(text))
    level: int | None = None
    for k, found in enumerate(keys):
        indent, name = len(found[1]), found[2]
        if not indent:
            level = None
        elif level is None:
            level = indent
        if indent != level:
            continue
        if name in entries:
            raise InputError(f"the key {name[:40]} is there twice")
        end = keys[k + 1].start() if k + 1 < len(keys) else len(text)
        body = text[found.start(3) : end]
        entries[name] = parts_of(body) if name == "weights" else plain(body, name)
    return entries


def plain(body: str, name: str) -> Any:
    words = re.sub(r"(?m)^\s*-(?=\s)|[\[\],]", " ", body)
    if not words.strip():
        return None
    return scalar_or_numbers(words, name)


def parts_of(body: str) -> list[Float64Array]:
    """Sequences within a sequence."""
    if "[" in body:
        if body.count("[") != body.count("]"):
            raise cut_off("the end of weights")
        chunks = [chunk.partition("]")[0] for chunk in body.split("[")[1:]]
    else:
        chunks = re.split(r"(?m)^\s*-\s*$", body)[1:]
    return [plain_numbers(chunk, f"weights[{k}]") for k, chunk in enumerate(chunks)]


def plain_numbers(chunk: str, where: str) -> Float64Array:
    return numbers_in(re.sub(r"(?m)^\s*-(?=\s)|,", " ", chunk), where)
