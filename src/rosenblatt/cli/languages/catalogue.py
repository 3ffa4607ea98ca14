"""Reads a catalogue: a file in gettext's PO format, of templates and their translations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources

__all__ = ["entries"]


def entries(language: str) -> Iterator[tuple[str, str]]:
    """(template, translation) of the language; the plural of a template is one of its own."""
    file = resources.files(__package__).joinpath(f"{language}.po")
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        fields = fields_of(block)
        translated = fields.get("msgstr") or fields.get("msgstr[0]", "")
        for name in ("msgid", "msgid_plural"):
            if fields.get(name) and translated:
                yield fields[name], translated


def fields_of(block: str) -> dict[str, str]:
    """The texts of an entry by keyword; each may go over several lines, and comments are none."""
    fields: dict[str, str] = {}
    keyword = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        start, _, quoted = line.partition('"')
        keyword = start.strip() or keyword
        fields[keyword] = fields.get(keyword, "") + json.loads(f'"{quoted}')
    return fields
