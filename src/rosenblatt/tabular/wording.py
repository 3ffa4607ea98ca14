"""What the rooms below say for the command line, as it is said in Python."""

from __future__ import annotations

import re

from rosenblatt.table import ColumnKind

__all__ = ["in_python"]

KINDS = "|".join(re.escape(kind.value) for kind in ColumnKind)
OPTION = re.compile(rf"--column (.+?)=({KINDS})\b")


def in_python(message: str) -> str:
    """The message with the parameter `columns` in place of the option of this meaning."""
    return OPTION.sub(lambda found: f"columns={{{found[1]!r}: {found[2]!r}}}", message)
