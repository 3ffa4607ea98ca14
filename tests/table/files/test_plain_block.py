"""The parser of plain numbers reads what it takes as pyarrow does, and floats as Python does."""

from __future__ import annotations

import ast
import random
import struct
from pathlib import Path

import pyarrow as pa
import pytest

from rosenblatt.table.files import _plain_block
from rosenblatt.table.files.block_parsing import parsed
from rosenblatt.table.files.csv_rows import Dialect
from rosenblatt.table.files.plain_block import columns_of_plain_block
from rosenblatt.table.files.plain_numbers import are_exact

INT, LONG, FLOAT, TEXT = pa.int32(), pa.int64(), pa.float64(), pa.string()
COMMA = Dialect(",")

WHOLE = ["0", "7", "-12", "007", "-0", "2147483647", "-2147483648", "123456789", "12345678"]
LARGE = ["2147483648", "999999999999999999", "-9007199254740993"]
FRACTIONS = [".5", "5.", "-.25", "-0.0", "1.5", "12.2024", "1e5", "1E-5", "-2.5e+3", "0e400"]
FRACTIONS += ["1e22", "1e23", "4.9e-324", "1e-400", "99999999999999999999e-10", "9007199254740991"]
FRACTIONS += ["40.910000000000004", "123456789.12345678", "0.1234567890123456789", f".{24 * '0'}1"]
STRANGE = ["x", "-", ".", "e5", "1e", "1e+", "--1", "+1", "1-2", "1 ", " 1", "\t1", "1.2.3", "1,"]
STRANGE += ["0x1F", "nan", "NaN", "inf", "-inf", "1e999", "1e5.0", "1_000", "١", "\0", "1\r2", " "]
STRANGE += ["NA", "\ufeff1", "a b", "é", "9223372036854775808", "-12345678901234567890"]


def cell(random_: random.Random, kind: pa.DataType, oddity: float) -> str:
    if random_.random() < oddity:
        return random_.choice((*STRANGE, *LARGE, *FRACTIONS))
    if random_.random() < 0.1:
        return ""
    if kind == TEXT:
        return random_.choice(("a", "letters and blanks ", "é", "0x1F", "-", "1.5", "x" * 40))
    if kind == FLOAT:
        if random_.random() < 0.5:
            return random_.choice((*WHOLE, *FRACTIONS))
        return repr(random_.uniform(-1, 1) * 10 ** random_.randrange(-5, 15))
    return random_.choice(WHOLE if kind == INT else (*WHOLE, *LARGE))


def block(random_: random.Random, types: list[pa.DataType], delimiter: str) -> str:
    """Rows, in every other block all regular."""
    oddity = random_.choice((0, 0, 0.001, 0.05))
    end = random_.choice(("\n", "\r\n"))
    rows = []
    for _ in range(random_.randrange(1, 60)):
        row = delimiter.join(cell(random_, kind, oddity) for kind in types)
        if random_.random() < oddity:
            row = random_.choice(
                ("", row + delimiter, row[: len(row) // 2], f'"{row}"', "\r" + row)
            )
        rows.append(row)
    return end.join((*rows, ""))


def read(text: str, *types: pa.DataType, dialect: Dialect = COMMA) -> list[pa.Array] | None:
    return columns_of_plain_block(text.encode(), dialect, types)


def bits(column: pa.Array) -> list[object]:
    """Values in which 0.0 and -0.0 differ."""
    if column.type != FLOAT:
        return column.to_pylist()
    return [None if x is None else struct.pack("d", x) for x in column.to_pylist()]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_taken_is_read_as_by_pyarrow(seed: int) -> None:
    n_taken = 0
    for k in range(100):
        random_ = random.Random(1000 * seed + k)
        types = random_.choices((INT, LONG, FLOAT, TEXT), k=random_.randrange(1, 7))
        dialect = Dialect(random_.choice(",;\t|"), random_.choice(('"', "'", "")))
        data = block(random_, types, dialect.delimiter).encode()
        found = columns_of_plain_block(data, dialect, types)
        if found is None:
            continue
        n_taken += 1
        expected = parsed(data, dialect.delimiter, dialect.quote, types, range(len(types)))
        assert expected is not None
        assert expected.n_odd == 0
        for ours, theirs, kind in zip(found, expected.columns, types, strict=True):
            ours.validate(full=True)
            assert ours.type == theirs.type
            assert ours.null_count == theirs.null_count
            assert bits(ours) == bits(theirs)
            assert kind != FLOAT or are_exact(ours)
    assert n_taken > 20


@pytest.mark.parametrize("seed", range(5))
def test_floats_are_those_of_python(seed: int) -> None:
    random_ = random.Random(seed)
    texts = []
    for _ in range(20_000):
        digits = "".join(random_.choices("0123456789", k=random_.randrange(1, 25)))
        point = random_.randrange(len(digits) + 1)
        exponent = random_.choice(("", "", f"e{random_.randrange(-320, 20)}"))
        texts.append(
            random_.choice("- ").strip() + digits[:point] + "." + digits[point:] + exponent
        )
        texts.append(repr(random_.uniform(-1, 1) * 2.0 ** random_.randrange(-60, 53)))
    # Below the smallest double the parser leaves the decision to the general one.
    texts = [text for text in texts if abs(float(text)) < 2**53 and float(text) != 0]
    found = read("\n".join((*texts, "")), FLOAT)
    assert found is not None
    assert bits(found[0]) == [struct.pack("d", float(text)) for text in texts]


@pytest.mark.parametrize("text", STRANGE)
def test_strange_numbers_are_left_to_the_general_parser(text: str) -> None:
    for kind in (INT, LONG, FLOAT):
        assert read(f"1,2\n{text},3\n", kind, INT) is None


@pytest.mark.parametrize(
    "text",
    [
        "1,2",
        "1,2\n3\n",
        "1,2\n3,4,5\n",
        "1,2\r3,4\n",
        '1,"2"\n',
        "1,2\n\r3,4\n",
        "1,2\n3,4\r",
        "",
        "\0",
    ],
)
def test_rows_that_are_not_plain(text: str) -> None:
    assert read(text, INT, INT) is None


def test_blank_lines_are_no_rows_of_several_columns() -> None:
    found = read("\n1,a\r\n\r\n\n2,\n\n", INT, TEXT)
    assert found is not None
    assert [column.to_pylist() for column in found] == [[1, 2], ["a", None]]
    assert read("1\n\n2\n", INT) is None


def test_bounds_of_whole_numbers() -> None:
    for kind, least in ((INT, -(2**31)), (LONG, -(10**18) + 1)):
        for value in (least, -1 - least):
            found = read(f"{value}\n", kind)
            assert found is not None
            assert found[0].to_pylist() == [value]
    assert read(f"{2**31}\n", INT) is None
    assert read(f"{-(2**31) - 1}\n", INT) is None


@pytest.mark.parametrize("delimiter", ["0", "9", "e", "E", "-", "+", ".", "\r", "\n", "、", "é"])
def test_delimiters_of_which_numbers_are_made(delimiter: str) -> None:
    assert read(f"1{delimiter}2\n", INT, INT, dialect=Dialect(delimiter)) is None


def test_a_column_of_empty_fields_alone() -> None:
    found = read("1,,\n" * 20, INT, TEXT, FLOAT)
    assert found is not None
    assert [column.null_count for column in found] == [0, 20, 20]


def test_the_stub_lists_what_the_build_has() -> None:
    stub = ast.parse(Path(_plain_block.__file__).with_name("_plain_block.pyi").read_text())
    functions = {node.name: node for node in stub.body if isinstance(node, ast.FunctionDef)}
    assert set(functions) == {name for name in vars(_plain_block) if not name.startswith("_")}
    for name, node in functions.items():
        ((signature, *_),) = getattr(_plain_block, name).__nb_signature__
        assert [a.arg for a in node.args.args] == [
            part.split(":")[0].strip() for part in signature.partition("(")[2].split(",")
        ]
