"""Notes on many columns are put together, others are left as they are."""

from __future__ import annotations

from rosenblatt.cli.alike_notes import in_short


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
