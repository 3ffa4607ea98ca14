"""Random changes of nested data and of its text."""

from __future__ import annotations

import copy
import random
from typing import Any

from tests.support.fuzz_files import Raw

HOSTILE: list[Any] = [
    *(None, True, False, 0, -1, 1, 2, 3, 7, 255, 10**6, 10**12, 2**31, 2**63 - 1, 2**63, -(2**63)),
    *(2**64, 10**400, -(10**400), 0.0, -0.0, 0.5, 1.0, -1.5, 1e-320, 5e-324, 1e308, -1e308, 1e-9),
    *(
        "",
        " ",
        "a",
        "\0",
        "\n",
        "\x1b[31m",
        "é",
        "蓝",
        "🟣",
        "\u202e",
        "NaN",
        "inf",
        "1,5",
        "%",
        "€",
    ),
    *("ReLU", "BatchNorm", "Quantile", "Category", "Dropped", "Number", "__import__", "size"),
    *("year", "day", "F32", "F64", "BF16", "layers.0.weight", "rosenblatt", "x" * 5000),
    *([], {}, [[]], [{}], {"kind": "ReLU"}, {"kind": "Huber", "delta": 1.0}, ["a", "a"], [1, "a"]),
    *([True, False], [0.5], [0, 0], [0.1, 0.9], [1] * 40, [None], {"": ""}, {"kind": None}),
    *(map(Raw, ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1E3", "1.0e+2", "-0"))),
    *(Raw("9" * 4000), Raw("9" * 5000), Raw("0." + "3" * 3000), Raw("01"), Raw("+1"), Raw("'a'")),
    *(Raw(r'"\ud800"'), Raw(r'"\udc00\ud800"'), Raw(r'"\ud83d\ude00"'), Raw(r'"\x"'), Raw('"')),
    *(
        Raw('{"kind":"ReLU","kind":"Tanh"}'),
        Raw('{"a":1,"a":2}'),
        Raw(""),
        Raw("[1,]"),
        Raw("/**/1"),
    ),
    *(Raw("[" * 200 + "]" * 200), Raw("[" * 3000 + "]" * 3000), Raw("[" * 3000)),
    *(Raw('{"a":' * 300 + "1" + "}" * 300), Raw("[" + "[]," * 3000 + "[]]")),
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of every node below the root."""
    found: list[tuple[Any, Any]] = []
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(item, dict | list) and item:
            found += places(item)
    return found


def disturb(rng: random.Random, value: Any) -> None:
    """One change at a random place of nested data."""
    container, key = rng.choice(places(value))
    match rng.randrange(9):
        case 0 | 1 | 2:
            container[key] = copy.deepcopy(rng.choice(HOSTILE))
        case 3:
            if isinstance(container, dict):
                del container[key]
            else:
                container.pop(key)
        case 4:
            if isinstance(container, dict):
                container[rng.choice(("more", "kind", "", "é" * 9, key + "x"))] = rng.choice(
                    HOSTILE
                )
            else:
                container.insert(key, rng.choice(HOSTILE))
        case 5:
            other, at = rng.choice(places(value))  # one part in the place of another
            container[key] = copy.deepcopy(other[at])
        case 6:
            item = container[key]
            if isinstance(item, list) and item:
                container[key] = item * rng.choice((2, 3, 200))
            elif isinstance(item, str):
                container[key] = item * rng.choice((2, 1000))
        case 7:
            item = container[key]
            if type(item) in (int, float):
                container[key] = rng.choice(
                    (-item, item + 1, item * 2, item // 2, str(item), [item])
                )
            elif type(item) is bool:
                container[key] = not item
            elif isinstance(item, list):
                rng.shuffle(item)
        case _:
            container[key] = rng.choice(
                ([container[key]], {"kind": container[key]}, {"": container[key]})
            )


def disturbed_text(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text))
    length = rng.choice((1, 1, 2, 5, 40))
    match rng.randrange(4):
        case 0:
            return text[:at] + text[at + length :]
        case 1:
            return text[:at] + rng.choice(list('{}[]",:\\0123456789eE.-ntu\0é🟣\n ')) + text[at:]
        case 2:
            return (
                text[:at] + text[at : at + length] * rng.choice((2, 3, 500)) + text[at + length :]
            )
        case _:
            other = rng.randrange(len(text))
            return text[:at] + text[other : other + length] + text[at + length :]
