"""Files of many blocks are read alike whichever parser reads each block."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import read_table
from rosenblatt.table.files import block_parsing, text_file
from rosenblatt.table.files.byte_stream import byte_blocks

N_ROWS = 1500
SMALL = 1000  # bytes at once: a block has 50 rows or more then, and a file many blocks


def column(random_: random.Random) -> list[str]:
    """Cells of one kind, which changes at a row in half of the columns."""
    kinds = random_.sample(["short", "long", "fraction", "digits", "text", "date", "word"], 2)
    change = random_.choice((N_ROWS, random_.randrange(N_ROWS)))
    n_empty = random_.choice((0, 0, 3, N_ROWS // 3))
    empty = {random_.randrange(N_ROWS) for _ in range(n_empty)}
    lead = random_.choice((0, 0, 0, 200))  # a beginning without a cell
    return [
        "" if i in empty or i < lead else cell(random_, kinds[i >= change]) for i in range(N_ROWS)
    ]


def cell(random_: random.Random, kind: str) -> str:
    match kind:
        case "short":
            return str(random_.randrange(-999, 10_000))
        case "long":
            return str(random_.randrange(-(2**40), 2**40) * random_.choice((1, 1, 1, 2**20)))
        case "fraction":
            return f"{random_.uniform(-500, 500):.{random_.choice((1, 2, 3, 3, 9))}f}"
        case "digits":
            return random_.choice(("1.234", "12.500", "+5", "1e3", "1 000", "0x1F", "7", " 8"))
        case "word":
            return random_.choice(("1.5", "2", "NA", "nan", "-", "inf"))
        case "date":
            return f"2023-0{random_.randrange(1, 10)}-1{random_.randrange(10)}"
        case _:
            return random_.choice(("a", "b c", "é", '"q, r"'))


def file_text(random_: random.Random) -> str:
    columns = [column(random_) for _ in range(random_.randrange(2, 6))]
    ends = random_.choice((["\n"], ["\r\n"], ["\n", "\n\n", "\n\r\n"], ["\n", "\r\n", "\r"]))
    rows = [",".join(f"c{k}" for k in range(len(columns)))]
    rows += [",".join(cells) for cells in zip(*columns, strict=True)]
    # A line of another length, or one that repeats the header: in one of three files each.
    line = random_.choice(("1,2,3,4,5,6,7", rows[0], ""))
    if line:
        rows.insert(random_.randrange(1, len(rows)), line)
    return "".join(row + random_.choice(ends) for row in rows)


def outcome(path: Path) -> tuple[object, ...]:
    """What is read, or how it is refused."""
    try:
        file = read_table(path)
    except InputError as error:
        return (str(error),)
    columns = [
        (c.name, c.type, c.words, list(map(repr, c.values.to_pylist()))) for c in file.table.columns
    ]
    return (columns, file.reading, file.notes)


def small_blocks(path: Path, size: int = SMALL) -> Iterator[bytes]:
    return byte_blocks(path, min(size, SMALL))


@pytest.mark.parametrize("seed", range(60))
def test_with_the_parser_of_plain_numbers_and_without(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(file_text(random.Random(seed)), newline="")
    monkeypatch.setattr(text_file, "byte_blocks", small_blocks)
    found = outcome(path)
    monkeypatch.setattr(block_parsing, "columns_of_plain_block", lambda *_: None)
    assert outcome(path) == found


def test_blank_lines_move_the_numbers_of_later_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    lines = [f"{i},{i / 4},{'' if i % 7 else i}" + "\n" * (1 + (i % 5 == 0)) for i in range(5000)]
    path.write_text("i,quarter,seventh\n" + "".join(lines))
    monkeypatch.setattr(text_file, "byte_blocks", small_blocks)
    whole, quarter, seventh = read_table(path).table.columns
    assert whole.values.to_pylist() == list(range(5000))
    assert quarter.values.to_pylist() == [i / 4 for i in range(5000)]
    assert seventh.values.to_pylist() == [None if i % 7 else i for i in range(5000)]
    for cells in (whole, quarter, seventh):
        cells.values.validate(full=True)
        assert cells.values.num_chunks == 1
