"""Notes on many columns are put together, others are left as they are."""

from __future__ import annotations

import pytest

from rosenblatt.cli.alike_notes import MOST, in_short


def read_as(name: str, cell: str, written: str = "1234,5") -> str:
    return f"column {name!r} is read as {written}: {cell!r} decides"


def test_notes_that_differ_in_names_and_cells_are_one() -> None:
    notes = [read_as(f"x{i}", f"{i},5") for i in range(9)]
    assert in_short(notes) == [f"{notes[0]} (8 further columns likewise: 'x1', 'x2', 'x3', …)"]


def test_few_and_different_ones_stay() -> None:
    notes = [read_as(f"x{i}", "2,5") for i in range(3)]
    others = [read_as(f"y{i}", "2,5 €", "1234,5 €") for i in range(3)]
    assert in_short([*notes, *others]) == [*notes, *others]


def test_the_same_note_on_no_column_is_not_put_together() -> None:
    notes = ["3 rows left out: 'y' is missing there"] * 5
    assert in_short(notes) == notes


def test_names_with_quotation_marks_and_counts() -> None:
    notes = [
        f"column {name!r} has {i} cells of {i} categories unseen in training ({name!r}; row {i})"
        for i, name in enumerate(["it's", 'a "b"', "c", "d", "e"])
    ]
    assert in_short(notes)[0].startswith(notes[0])
    assert len(in_short(notes)) == 1


def words_beside(name: str, n: int, words: str) -> str:
    numbers = f"{n:,} number{'s' * (n > 1)}"
    return (
        f"column {name!r} has {numbers} beside {words}, and is taken as text: to take the others as"
        f" missing, say --column {name}=number"
    )


ALIKE = {
    "counts, lists of cells and names in an option": [
        words_beside("a", 1, "'x'"),
        words_beside("b 2", 12, "'x', 'y, z'"),
        words_beside("it's", 1_234, "'x', \"don't\", '3', ..."),
        words_beside("d-4", 2, "'1', '2'"),
    ],
    "rows and categories": [
        f"column 'c{k}' has {cells} unseen in training ({quoted}; {rows}): taken as none"
        for k, (cells, quoted, rows) in enumerate(
            [
                ("1 cell of 1 category", "'x'", "row 3"),
                ("2 cells of 2 categories", "'x', 'y'", "row 3, row 4"),
                ("9 cells of 1 category", "'x'", "row 3, row 4, row 5 and 6 more"),
                ("4 cells of 4 categories", "'x', 'y', 'z', ...", "row 3, row 4, row 5 and 1 more"),
            ]
        )
    ],
    "a colon after the name": [f"column 'p{k}': decimals are read as floats" for k in range(4)],
}


@pytest.mark.parametrize("case", ALIKE)
def test_notes_that_say_the_same_are_one_whatever_their_columns_hold(case: str) -> None:
    (one,) = in_short(ALIKE[case])
    assert one.startswith(ALIKE[case][0])
    assert "(3 further columns likewise: " in one


def test_the_lines_are_bounded_whatever_the_notes_say() -> None:
    notes = [f"column 'x{i}' holds {'abcdefghij'[i % 10] * (i + 1)}" for i in range(1000)]
    short = in_short(notes)
    assert len(short) == MOST
    assert short[:-1] == notes[: MOST - 1]
    assert short[-1] == f"and {1000 - MOST + 1} more notes: --json has them all"
    assert in_short(notes[:MOST]) == notes[:MOST]


def test_a_name_of_any_length_is_shown_by_its_beginning() -> None:
    notes = [f"column {name!r} is left out" for name in ("a", *(x * 900 for x in "bcd"))]
    (one,) = in_short(notes)
    assert len(one) < 300
