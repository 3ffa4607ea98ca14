"""Values that are read block by block are those that Python's json has, and so are the refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.table.files import json_blocks
from rosenblatt.table.files.json_blocks import loads_in_blocks
from rosenblatt.table.files.json_file import RepeatedName, json_value

# Signs at which a list may be cut, also within texts.
TEXTS = st.text('ab,]}[{"\\\n: é', max_size=9)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
NESTED = st.recursive(
    PLAIN,
    lambda one: st.lists(one, max_size=5) | st.dictionaries(TEXTS, one, max_size=5),
    max_leaves=5,
)
VALUES = st.lists(NESTED, max_size=40) | st.dictionaries(TEXTS, st.lists(PLAIN) | NESTED)


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch) -> None:
    for name, size in (("TINY", 2), ("SMALLEST", 8), ("LARGEST", 64)):
        monkeypatch.setattr(json_blocks, name, size)


def outcome(read: Callable[[], Any]) -> Any:
    try:
        return repr(read())
    except json.JSONDecodeError as error:
        return error.lineno, error.colno
    except (ValueError, RecursionError) as error:
        return type(error)


def check(text: str) -> None:
    expected = outcome(lambda: json.loads(text, object_pairs_hook=dict))
    assert outcome(lambda: loads_in_blocks(text, dict)) == expected


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_values(value: Any, indent: int | None, plain: bool) -> None:
    check(json.dumps(value, indent=indent, ensure_ascii=plain))


@given(VALUES, st.integers(0), st.sampled_from([*',]}[{"\\ \u2003', ""]))
def test_what_is_no_json(value: Any, place: int, sign: str) -> None:
    text = json.dumps(value)
    place %= len(text)
    check(text[:place] + sign + text[place:])
    check(text[:place] + sign + text[place + 1 :])


def test_a_name_that_stands_twice_in_a_block() -> None:
    records = ", ".join(['{"a": 1}'] * 50 + ['{"a": 1, "a": 2}'] + ['{"a": 1}'] * 50)
    for text in (
        f"[{records}]",
        f'{{"rows": [{records}]}}',
        f'{{"a": [{", ".join("1" * 50)}], "a": [3]}}',
    ):
        with pytest.raises(RepeatedName, match="a"):
            json_value(text.encode())


def test_numbers_of_thousands_of_digits_and_deep_values() -> None:
    check("[" + "1, " * 200 + "1" * 5000 + "]")
    check("[" + "1, " * 200 + "[" * 10**5 + "]" * 10**5 + "]")


def test_each_call_decodes_a_block(monkeypatch) -> None:
    """Of a list, and of the lists of an object; a short value is one."""
    lengths = []

    class Watched(json.JSONDecoder):
        def decode(self, s: str, *others: Any) -> Any:
            lengths.append(len(s))
            return super().decode(s, *others)

        def raw_decode(self, s: str, idx: int = 0) -> Any:
            value, end = super().raw_decode(s, idx)
            lengths.append(end - idx)
            return value, end

    monkeypatch.setattr(json_blocks, "Decoder", Watched)
    records = [{"a": k, "b": "x, y"} for k in range(1000)]
    for value in (records, {"a": list(range(1000)), "b": ["],"] * 1000}):
        assert loads_in_blocks(json.dumps(value), dict) == value
    assert max(lengths) <= 2 * json_blocks.LARGEST + 2
    assert loads_in_blocks("[1]", dict) == [1]
