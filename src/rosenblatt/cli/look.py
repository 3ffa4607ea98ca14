"""The command `look`: what is understood of a table, before any training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.support.wording import worded
from rosenblatt.table import ColumnOverview, overview_of
from rosenblatt.table.messages import count

MANY_COLUMNS = 100  # from which those that are alike share a line
LONGEST = 22  # characters of an example cell
UNDECIDED = ("number", "date")  # kinds that are always read, unless no cell decides how
NAMED = 5  # columns of a group


def run_look(source: Source, screen: Screen) -> Json:
    """Show a line for each column, or for many alike; then what is doubtful."""
    file = source.read()
    columns = overview_of(file.table, source.format)
    facts = file.reading.describe()
    rows = count(len(file.table), "row")
    screen.say(f"{source.name}: {rows}, {count(len(columns), 'column')}{facts and f'; {facts}'}\n")
    lines = [line_of(group) for group in groups_of(columns)]
    screen.lines(
        ("column", "taken for", "as written → as read", "missing", "values"),
        [line for line, _ in lines],
        dim=[stands_back for _, stands_back in lines],
    )
    notes = [note for c in columns for note in (*c.doubts, *((c.evidence,) if c.evidence else ()))]
    screen.notes([*file.notes, *notes])
    if len(lines) < len(columns):
        screen.notes(["columns that are alike share a line: --json has one for each"])
    return {
        "table": source.name,
        "rows": len(file.table),
        "reading": asdict(file.reading),
        "columns": [{**asdict(column), "doubts": list(column.doubts)} for column in columns],
        "notes": list(file.notes),
    }


def groups_of(columns: Sequence[ColumnOverview]) -> list[list[ColumnOverview]]:
    """Each column for itself; where there are many, those that are alike together."""
    if len(columns) < MANY_COLUMNS:
        return [[column] for column in columns]
    groups: dict[tuple[object, ...], list[ColumnOverview]] = {}
    for c in columns:
        reason = c.values.partition(":")[0] if c.kind == "left out" else ""
        groups.setdefault((c.kind, c.notation, reason, bool(c.doubts)), []).append(c)
    return list(groups.values())


def line_of(group: Sequence[ColumnOverview]) -> tuple[tuple[str, ...], bool]:
    """(The cells of a line, whether it stands back) for columns that are alike."""
    first = group[0]
    name, values = first.name, values_of(first)
    if len(group) > 1:
        name = worded(count(len(group), "column"))
        values = ", ".join(c.name for c in group[:NAMED]) + (", …" if group[NAMED:] else "")
    example = max(group, key=lambda c: len(c.written))
    missing = sum(c.missing for c in group)
    line = (
        name + (" ?" if first.doubts else ""),
        worded(first.kind),
        "" if first.kind == "category" else example_of(example),
        f"{missing:,}" if missing else "",
        values,
    )
    return line, first.kind == "left out"


def values_of(column: ColumnOverview) -> str:
    """What its cells hold; texts of categories stay as they are, whatever they say."""
    if column.kind != "category":
        return worded(column.values)
    texts, and_more, more = column.values.rpartition(" and ")
    return texts + worded(and_more + more) if more.endswith(" more") else column.values


def example_of(column: ColumnOverview) -> str:
    """A cell, and what was read where it was written otherwise."""
    written = shortened(column.written)
    if column.kind in UNDECIDED and written and not column.read:
        return f"{written} → ?"
    if not column.read or column.read == column.written:
        return written
    return f"{written} → {shortened(column.read)}"


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
