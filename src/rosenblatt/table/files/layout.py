"""Where the table is in a text: lines above it, its header, what its rows have around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.csv_rows import LINE_END, Dialect, Row, rows_of
from rosenblatt.table.files.file_reading import FileReading
from rosenblatt.table.files.footer import begins_totals
from rosenblatt.table.files.header import FirstLine, first_line_is, is_numeric_column, looks_numeric
from rosenblatt.table.format import TableFormat
from rosenblatt.table.messages import count, quote

__all__ = ["Layout", "find_layout"]

ROWS: Final = 2000
FIELDS: Final = 20_000
RULE: Final = frozenset("-+=|: \t")


@final
@dataclass(frozen=True)
class Layout:
    """The parts of a text.

    Attributes
    ----------
    names : tuple of str
        Of the columns, in their order, as they stand in the header.
    header_line : int
        Its number from 1; 0 if there is none.
    first_line : int
        Of the rows.
    n_fields : int
        Of every row, row names and an empty last field included.
    row_names, is_trailing : bool
        Whether rows begin with a name, end in a delimiter, where the header does not.
    comment : str
        What comment lines begin with.
    comments_anywhere : bool
        Whether rows that begin with it are comments even if they have as many fields.
    raw_header : str
        The header as it stands in the file; "" where a row may be the same.
    numeric : tuple of bool
        For each field, whether it holds numbers or dates.
    has_totals : bool
        Whether a last row that begins with "Total" sums up: the word is no value of other rows.
    may_swallow : bool
        Whether a cell of several lines may be rows behind a stray quotation mark.
    skipped : tuple of int
        Numbers of lines above the rows that are left out.
    notes : tuple of str
    """

    names: tuple[str, ...]
    header_line: int
    first_line: int
    n_fields: int
    row_names: bool = False
    is_trailing: bool = False
    comment: str = ""
    comments_anywhere: bool = False
    raw_header: str = ""
    numeric: tuple[bool, ...] = ()
    has_totals: bool = True
    may_swallow: bool = True
    skipped: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def find_layout(
    sample: str, line: int, dialect: Dialect, fmt: TableFormat, hint: FileReading | None, name: str
) -> Layout:
    """The layout of a text whose beginning is `sample`.

    Parameters
    ----------
    sample : str
        Whole lines.
    line : int
        Number of the first of them: directives and skipped lines are behind it.
    dialect : Dialect
    fmt : TableFormat
    hint : FileReading or None
        How the file was read that a model was trained with.
    name : str
        Of the file, for messages.

    Raises
    ------
    InputError
        Where it is unclear which line names the columns.
    """
    rows = []
    for row in rows_of(sample, dialect, line):
        rows.append(row)
        if len(rows) == ROWS or len(rows) * len(row.fields) > FIELDS:
            break
    comment, skipped, rows = without_comments(rows, sample, line, fmt)
    notes = [f"{lines_named(skipped)} left out: comments"] if skipped else []
    rows = [row for row in rows if not row.is_blank]
    if not rows:
        raise InputError(f"{name} is empty: it needs a header line and rows")
    rows, titles = without_titles(rows, fmt, name)
    if titles:
        shown = quote([" ".join(filter(None, row.fields)) for row in titles])
        notes.append(f"{lines_named([r.line for r in titles])} left out above the header: {shown}")
    first, rest = rows[0], rows[1:]
    rules = [row for row in rest[:1] if is_rule("".join(row.fields))]
    rest = rest[len(rules) :]
    notes += [f"line {row.line} left out: a rule below the header" for row in rules]
    skipped = [*skipped, *(row.line for row in (*titles, *rules))]
    has_header = header_wanted(first, rest, fmt, hint, name)
    if not has_header:
        rest = [first, *rest]
    names = [cell.strip() for cell in first.fields] if has_header else []
    n_fields = usual_length(rest) if rest else len(names)
    row_names, is_trailing = around_rows(names, rest, n_fields)
    if not has_header:
        n_names = n_fields - is_trailing
        names = [f"column {i}" for i in range(1, n_names + 1)]
        if not fmt.names and fmt.header is None:
            notes.append(
                f"{name} has no header: line {first.line} is its first row, and the columns are "
                f"{quote(names)}"
            )
    elif not row_names and not is_trailing:
        n_fields = len(names)
    # Blank lines below the header count: in a table of one column they are missing cells.
    first_line = (rules[-1] if rules else first).last_line + 1 if has_header else first.line
    return Layout(
        tuple(names),
        first.line if has_header else 0,
        first_line,
        n_fields,
        row_names,
        is_trailing,
        comment,
        bool(comment) and fmt.comment is not None,
        raw_line(sample, first, line) if has_header and not all(map(looks_numeric, names)) else "",
        numeric_fields([row for row in rest if len(row.fields) == n_fields], n_fields),
        sum(begins_totals(next(filter(None, row.fields), "")) for row in rest) < 2,
        fmt.quote is None,
        tuple(sorted(skipped)),
        tuple(notes),
    )


def raw_line(sample: str, row: Row, line: int) -> str:
    """A row of one line as it stands in the sample, which begins with this line."""
    if row.line != row.last_line:
        return ""
    position = 0
    for _ in range(row.line - line):
        end = LINE_END.search(sample, position)
        position = end.end() if end else len(sample)
    end = LINE_END.search(sample, position)
    return sample[position : end.start() if end else len(sample)]


def numeric_fields(rows: Sequence[Row], n_fields: int) -> tuple[bool, ...]:
    return tuple(is_numeric_column([row.fields[i] for row in rows]) for i in range(n_fields))


def is_rule(line: str) -> bool:
    return ("--" in line or "==" in line) and set(line) <= RULE


def without_comments(
    rows: list[Row], sample: str, line: int, fmt: TableFormat
) -> tuple[str, list[int], list[Row]]:
    """The sign of comments, the numbers of their lines at the start, and the rows without them."""
    sign = fmt.comment if fmt.comment is not None else "#"
    if not sign:
        return "", [], rows
    leading = []
    for row in rows:
        if row.is_blank or row.fields[0].lstrip().startswith(sign):
            leading.append(row)
        else:
            break
    behind = rows[len(leading) :]
    leading = [row for row in leading if not row.is_blank]
    if leading and fmt.comment is None and behind:
        n = usual_length(behind)
        last = leading[-1]
        # "#id,name" directly above rows of two fields is their header.
        names_fields = is_header([last, *behind], names_numbers=True) or not is_header(behind)
        if len(last.fields) == n > 1 and names_fields:
            leading = leading[:-1]
            behind = [last, *behind]
    if not leading and fmt.comment is None:
        return "", [], rows
    kept = [row for row in behind if fmt.comment is None or not row.fields[0].startswith(sign)]
    return sign, [row.line for row in leading], kept


def without_titles(rows: list[Row], fmt: TableFormat, name: str) -> tuple[list[Row], list[Row]]:
    """Rows from the header on, and the lines of another kind above it."""
    n = usual_length(rows)
    if n < 2 or fmt.header is False:
        return rows, []
    first = next(
        (i for i, row in enumerate(rows) if abs(len(row.fields) - n) <= 1 < len(row.fields)), 0
    )
    stands_apart = first > 0 and rows[first].line > rows[first - 1].last_line + 1
    if first and not is_header(rows[first:], names_numbers=not stands_apart):
        return rows, []
    titles, rows = rows[:first], rows[first:]
    filled = [cell.strip() for cell in rows[0].fields if cell.strip()]
    if n > 2 and len(filled) == 1 and len(rows) > 1 and is_header(rows[1:]):
        raise InputError(
            f"line {rows[0].line} of {name}, {filled[0]!r}, seems to be a title above the header: "
            f"leave it out with --skip {rows[0].line}"
        )
    return rows, titles


def is_header(rows: list[Row], *, names_numbers: bool = False) -> bool:
    """Whether the first row names columns, by what stands below it; on demand, one of numbers."""
    below = fields_like(rows[0], rows[1:])
    if names_numbers and not any(
        is_numeric_column(list(column)) and not looks_numeric(cell)
        for cell, column in zip(rows[0].fields, zip(*below, strict=True), strict=False)
    ):
        return False
    return first_line_is(rows[0].fields, below) is FirstLine.HEADER


def header_wanted(
    first: Row, rest: list[Row], fmt: TableFormat, hint: FileReading | None, name: str
) -> bool:
    if fmt.header is not None:
        return fmt.header
    cells = [cell.strip() for cell in first.fields]
    if hint is not None and hint.names and set(cells) & set(hint.names):
        return True
    found = first_line_is(first.fields, fields_like(first, rest))
    if found is FirstLine.UNCLEAR and hint is not None and hint.file_type == "text":
        return bool(hint.header_line)
    if found is FirstLine.UNCLEAR:
        raise InputError(
            f"line {first.line} of {name}, {quote(cells)}, may be the names of the columns or the "
            "first row: give --no-header if it is a row, or the names with --names, and --skip "
            f"{first.line} if it is none"
        )
    return found is FirstLine.HEADER


def fields_like(first: Row, rest: Sequence[Row]) -> list[list[str]]:
    """Rows to compare a first line with; row names and a last empty field cut off."""
    n = len(first.fields)
    usual = usual_length(rest) if rest else n
    alike = [row.fields for row in rest if len(row.fields) == usual]
    if usual == n + 1:
        trailing = all(not fields[-1].strip() for fields in alike)
        alike = [fields[:-1] if trailing else fields[1:] for fields in alike]
    return [fields for fields in alike if len(fields) == n]


def usual_length(rows: Sequence[Row]) -> int:
    counts = Counter(len(row.fields) for row in rows)
    return max(counts, key=lambda n: (counts[n], n))


def around_rows(names: list[str], rest: list[Row], n: int) -> tuple[bool, bool]:
    """Whether rows have names the header has no field for, and an empty field at their end."""
    if not names or n != len(names) + 1:
        return False, False
    alike = [row.fields for row in rest if len(row.fields) == n]
    if all(not fields[-1].strip() for fields in alike):
        return False, True
    firsts = [fields[0].strip() for fields in alike]
    # Names of rows are distinct, and all rows have one; a pair of words may be one cell with a
    # delimiter in it.
    is_named = len(alike) == len(rest) and len(set(firsts)) == len(firsts) and all(firsts)
    is_pair = n == 2 and not is_numeric_column([fields[1] for fields in alike])
    return is_named and not is_pair, False


def lines_named(lines: Sequence[int]) -> str:
    """ "line 3", "lines 3 and 4", "lines 1 to 9", "12 lines (2, 5, 9, …)"."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    if len(lines) == 2:
        return f"lines {lines[0]} and {lines[1]}"
    if lines[-1] - lines[0] + 1 == len(lines):
        return f"lines {lines[0]} to {lines[-1]}"
    return f"{count(len(lines), 'line')} ({', '.join(map(str, lines[:3]))}, …)"
