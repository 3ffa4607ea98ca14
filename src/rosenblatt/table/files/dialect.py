"""What separates the fields of a text, and what stands around them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, NamedTuple, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.csv_rows import Dialect, Row, rows_of
from rosenblatt.table.files.file_reading import FileReading
from rosenblatt.table.format import is_quotation_mark

__all__ = ["DELIMITER_NAMES", "checked_delimiter", "find_dialect", "require_fields"]

DELIMITER_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
NOTHING: Final = "\x00"  # as a delimiter, for whole lines: no text has it
SAMPLE_ROWS: Final = 300
SAMPLE_FIELDS: Final = 20_000
NO_DELIMITERS: Final = "\"'`.+-"  # quotes, and what stands within names, numbers and dates
NUMBER: Final = re.compile(r"[-+]?\d+([.,]\d+)?")
DECIMAL_COMMA: Final = re.compile(r"\s*+[-+]?\d*+,\d++\s*+[^\s\d]{0,3}+\s*+")
GROUPED: Final = "[\\d.,'’ \u00a0\u202f\u2009]*+"
WITH_COMMAS: Final = re.compile(rf"\s*+[-+(]?+[^\w\s]?+\s?\d{GROUPED}[^\s\d]{{0,3}}+\s*+")
SAME_LENGTH: Final = 0.8  # share of rows with as many fields, for a delimiter to be one


def find_dialect(
    sample: str, usual: str, quote: str | None, hint: FileReading | None = None
) -> Dialect:
    """The dialect of a text that starts like `sample`, whole lines.

    Parameters
    ----------
    sample : str
    usual : str
        The delimiter that the file's name suggests, preferred among equals.
    quote : str or None
        Given by the user; None detects it.
    hint : FileReading, optional
        How the file was read that a model was trained with: so is one with a name of its header.
    """
    if hint is not None and len(hint.delimiter) == 1 and is_usable(hint.quote):
        same = Dialect(hint.delimiter, hint.quote if quote is None else quote)
        first = sample_rows(sample.lstrip(), same)[:1]
        if first and {cell.strip() for cell in first[0].fields} & set(hint.names):
            return same
    candidates = [usual, *(d for d in DELIMITER_NAMES if d != usual)]
    dialects = [Dialect(d, find_quote(sample, d) if quote is None else quote) for d in candidates]
    if is_one_column(sample, dialects[0].quote):
        return next((d for d in dialects if d.delimiter not in sample), dialects[0])
    scored = [(fitness(sample, dialect), dialect) for dialect in dialects]
    best, dialect = max(scored, key=lambda one: one[0])
    return dialect if best.splits else dialects[0]


def is_usable(quote: str) -> bool:
    """Of a model file, which may say anything."""
    return not quote or is_quotation_mark(quote)


def is_one_column(sample: str, quote: str) -> bool:
    """Whether a header of one word has rows of decimal commas below it, or few with delimiters."""
    lines = [row.fields[0].strip() for row in sample_rows(sample, Dialect(NOTHING, quote))]
    lines = [line for line in lines if line]
    if len(lines) < 2 or any(d in lines[0] for d in DELIMITER_NAMES):
        return False
    split = [line for line in lines[1:] if any(d in line for d in DELIMITER_NAMES)]
    commas = sum(bool(DECIMAL_COMMA.fullmatch(line)) for line in split)
    return 0 < commas == len(split) or 0 < len(split) < (len(lines) - 1) / 2


def find_quote(sample: str, delimiter: str) -> str:
    """A single quotation mark where it stands around fields, and the double one around none."""
    single = around(sample, delimiter, "'")
    return "'" if single and single > around(sample, delimiter, '"') else '"'


def around(sample: str, delimiter: str, quote: str) -> int:
    """How many fields of two or more characters stand in this quotation mark."""
    d = re.escape(delimiter)
    pattern = rf"(?:^|(?<={d})) *{quote}[^{quote}\r\n]*{quote}(?={d}|\r|\n|$)"
    return len(re.findall(pattern, sample[: 1 << 16], re.MULTILINE))


@final
class Fitness(NamedTuple):
    """How well a delimiter fits, the best last in order.

    splits : whether the rows have two fields or more, and most as many.
    regular : whether all rows have as many, and the header above them.
    whole : share of fields that no other delimiter would split.
    same : share of rows with the most frequent number of fields.
    n_fields : that number.
    """

    splits: bool
    regular: bool
    whole: float
    same: float
    n_fields: int


def fitness(sample: str, dialect: Dialect) -> Fitness:
    rows = [row for row in sample_rows(sample, dialect) if not row.is_blank]
    regular = len({len(row.fields) for row in rows}) == 1
    n_titles = next((i for i, row in enumerate(rows) if len(row.fields) > 1), 0)
    rows = rows[n_titles:] if len(rows) > n_titles + 1 else rows
    counts = Counter(len(row.fields) for row in rows)
    if not counts:
        return Fitness(False, False, 0.0, 0.0, 1)
    n = max(counts, key=lambda n: (counts[n], n))
    same = counts[n] / len(rows)
    if n < 2 or (same < SAME_LENGTH and (n_titles or len(rows[0].fields) != n)):
        return Fitness(False, False, 0.0, same, n)
    fields = [field for row in rows if len(row.fields) == n for field in row.fields]
    others = [d for d in DELIMITER_NAMES if d != dialect.delimiter and d in sample]
    split = sum(
        any(d in field for d in others) and not WITH_COMMAS.fullmatch(field) for field in fields
    )
    whole = 1 - split / len(fields)
    ends = [end for d in others for end in (dialect.quote + d, d + dialect.quote)]
    if dialect.quote and any(end in field for field in fields for end in ends):
        regular = False  # a quoted field of another delimiter ends or begins there
    return Fitness(True, regular, round(same, 1) * whole, same, n)


def sample_rows(sample: str, dialect: Dialect) -> list[Row]:
    found = []
    for row in rows_of(sample, dialect):
        found.append(row)
        if len(found) == SAMPLE_ROWS or len(found) * len(row.fields) > SAMPLE_FIELDS:
            break
    return found


def checked_delimiter(sample: str, given: str, usual: str, quote: str) -> str:
    """The delimiter given, if it is one character and splits a row; else InputError."""
    delimiter = {"\\t": "\t", "tab": "\t"}.get(given, given)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise InputError(
            f"the delimiter {given!r} cannot be used: it must be one character, such as , or ;"
        )
    rows = sample_rows(sample, Dialect(delimiter, quote))
    if all(len(row.fields) < 2 for row in rows):
        better = find_dialect(sample, usual, quote).delimiter
        if better != delimiter and fitness(sample, Dialect(better, quote)).splits:
            raise InputError(
                f"the delimiter {given!r} leaves the header in one piece: the fields seem to be "
                f"separated by {better!r} ({DELIMITER_NAMES[better]})"
            )
        raise InputError(
            f"the delimiter {given!r} does not occur in the header: name the one that the file uses"
        )
    return delimiter


def require_fields(sample: str, header: str, name: str) -> None:
    """InputError if no usual delimiter splits the header, and another one splits every line."""
    if mark := unusual_delimiter(sample, header):
        raise InputError(
            f"the header of {name} is one field {header!r}: name what separates the columns, for "
            f"example --delimiter '{mark}', or put the header in quotation marks if it is one name"
        )


def unusual_delimiter(sample: str, header: str) -> str | None:
    """What splits a header in one piece and all rows alike, or None if nothing does."""
    marks = {
        mark
        for mark in header
        if mark.isprintable() and not mark.isalnum() and mark not in "_" + NO_DELIMITERS
    }

    def share(mark: str) -> tuple[float, str]:
        rows = [row for row in sample_rows(sample, Dialect(mark)) if not row.is_blank]
        n = len(rows[0].fields) if rows else 0
        return sum(len(row.fields) == n for row in rows) / max(len(rows), 1), mark

    best = max(marks, key=share, default=None)
    if best is None:
        return None
    rows = [row.fields for row in sample_rows(sample, Dialect(best)) if not row.is_blank]
    return best if splits_into_columns(rows) else None


def splits_into_columns(rows: list[list[str]]) -> bool:
    """Whether these pieces of lines are a header of distinct names and rows of as many fields.

    Two words a line may be one field, such as a person's name: then one of them must be a number.
    """
    names = [name.strip() for name in rows[0]]
    if len(names) < 2 or not all(names) or len(set(names)) < len(names):
        return False
    if len(rows) < 2 or any(len(row) != len(names) for row in rows):
        return False
    return len(names) > 2 or any(
        all(NUMBER.fullmatch(field.strip()) for field in column)
        for column in zip(*rows[1:], strict=True)
    )
