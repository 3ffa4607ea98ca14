"""Text files that hold something else than delimited rows."""

from __future__ import annotations

import json
import re
from typing import Final

from rosenblatt.errors import InputError

__all__ = ["is_json_line", "require_table"]

START: Final = 2000
HTML: Final = "an HTML page: copy its table into a CSV file"
XML: Final = "XML: save the table as CSV"
TAG_THEN_TAG: Final = r"(\s[^<>]*)?/?>\s*(<|$)"  # a name of a column may be a tag alone
KINDS: Final = (
    (r"<!doctype html\b", HTML),
    (r"<(html|table|head|body)\b" + TAG_THEN_TAG, HTML),
    (r"<\?xml", XML),
    (r"<[a-z][\w:.-]*" + TAG_THEN_TAG, XML),
    (r"\{\\rtf", "a document in RTF: save the table as CSV"),
    (r"@relation\b", "an ARFF file: save the table as CSV"),
    (r"\*?\+[-=+]{3,}\+", "a table drawn with lines: save it as CSV, without the lines"),
    (
        r"\|?[^|\n]*\|.*\n\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*(\n|$)",
        "a Markdown table: save it as CSV",
    ),
    (r"\[\s*[\[{]", "JSON: save a list of records as .json, or one record a line as .jsonl"),
    (r"[-+]?[\d.]+([ \t]+\d+:[-+.\deE]+)+[ \t]*(\n|$)", "in the format of LIBSVM: save it as CSV"),
    (r"%PDF|%!PS", "a document: save the table as CSV"),
    (r"From: |Received: |MIME-Version:", "a mail: save the table as CSV"),
)


def require_table(sample: str, name: str) -> None:
    """InputError if a text that begins with `sample` is known to be something else."""
    start = sample.lstrip()
    if is_json_line(start.partition("\n")[0]):
        raise InputError(f"{name} is no delimited text but JSON lines: rename it to end in .jsonl")
    for pattern, kind in KINDS:
        if re.match(pattern, start[:START].replace("\r", "\n"), re.IGNORECASE):
            raise InputError(f"{name} is no delimited text but {kind}")


def is_json_line(line: str) -> bool:
    if not line.startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
