"""The command `look`: what is understood of a table, before any training."""

from __future__ import annotations

from dataclasses import asdict

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.table import ColumnOverview, FileReading, overview_of
from rosenblatt.table.messages import count

LONGEST = 24  # characters of an example cell


def run_look(source: Source, screen: Screen) -> Json:
    """Show a line for each column, then what is doubtful."""
    file = source.read()
    columns = overview_of(file.table, source.format)
    facts = described(file.reading)
    rows = count(len(file.table), "row")
    screen.say(f"{source.name}: {rows}, {count(len(columns), 'column')}{facts and f'; {facts}'}\n")
    screen.lines(
        ("column", "taken for", "values", "missing", "as written", "as read"),
        [line_of(column) for column in columns],
        dim=[column.kind == "left out" for column in columns],
    )
    doubts = [doubt for column in columns for doubt in column.doubts]
    screen.notes([*file.notes, *doubts])
    return {
        "table": source.name,
        "rows": len(file.table),
        "reading": asdict(file.reading),
        "columns": [{**asdict(column), "doubts": list(column.doubts)} for column in columns],
        "notes": list(file.notes),
    }


def described(reading: FileReading) -> str:
    """What was decided about the file, in a few words."""
    if reading.file_type != "text":
        return reading.file_type
    header = f"header in line {reading.header_line}" if reading.header_line else "no header"
    delimiter = f"separated by {reading.delimiter!r}" if reading.delimiter else "one column"
    return f"{reading.encoding}, {delimiter}, {header}"


def line_of(column: ColumnOverview) -> tuple[str, ...]:
    written, read = shortened(column.written), shortened(column.read)
    kind = f"{column.kind}, {column.notation}" if column.notation else column.kind
    doubtful = " ?" if column.doubts else ""
    missing = f"{column.missing:,}" if column.missing else ""
    return (
        column.name + doubtful,
        kind,
        column.values,
        missing,
        written,
        "" if read == written else read,
    )


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
