"""A file of column kinds: a TOML table of names and kinds, written to be edited by hand."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rosenblatt.errors import InputError
from rosenblatt.table.format import ColumnKind
from rosenblatt.table.small_file import text_of_small_file

__all__ = ["columns_text", "read_columns"]

# What takes memory by the square of its length, and says nothing of columns: a.b.c. … = 1
TEXTS = re.compile(r"'[^'\n]*'|\"(?:[^\"\\\n]|\\.)*\"")
DOTTED = re.compile(r"(?<![\w-])[\w-]+(?:[ \t]*\.[ \t]*[\w-]+){100}")

LINES = 'it needs a table [columns] with lines such as "zip" = "category"'
HEADING = """\
# What each column is: number, category, date, true/false, text or drop.
# A line that is left out is detected.
[columns]
"""


def columns_text(kinds: Iterable[tuple[str, ColumnKind, str]]) -> str:
    """The content of a file with a line for each (name, kind, remark)."""
    lines = [
        f"{key(name)} = {json.dumps(kind.value)}"
        + (f"  # {' '.join(remark.split())}" if remark else "")
        for name, kind, remark in kinds
    ]
    return HEADING + "\n".join(lines) + "\n"


def key(name: str) -> str:
    """A name in TOML's quotation marks, which are JSON's but for one control character."""
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_columns(path: Path) -> Mapping[str, ColumnKind]:
    """The kinds by name. Raises InputError with what is wrong with the file."""
    try:
        text = text_of_small_file(path)
        if DOTTED.search(TEXTS.sub("x", text)):
            raise InputError(f"{path} has names of a hundred parts: {LINES}")
        data = tomllib.loads(text)
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}") from error
    except PermissionError as error:
        raise InputError(f"{path} may not be read: change its permissions") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    except InputError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise InputError(f"{path} is none of columns: {LINES}") from error
    except RecursionError as error:
        raise InputError(f"{path} is nested too deeply: {LINES}") from error
    columns = data.get("columns")
    if not isinstance(columns, dict) or not all(isinstance(k, str) for k in columns.values()):
        raise InputError(f"{path} is none of columns: {LINES}")
    return {name: ColumnKind.named(kind) for name, kind in columns.items()}
