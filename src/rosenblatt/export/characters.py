"""Characters that a format has no way to write, in names, labels and categories."""

from __future__ import annotations

import re
from typing import Final

from rosenblatt.support.listing import brief

__all__ = ["BLANKS", "NO_C", "NO_XML", "check_characters"]

# What ends a text, and halves of characters, which no UTF-8 has.
NO_C: Final = re.compile("[\0\ud800-\udfff]")
NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What `str.strip` removes, and the reading of a table does: within brackets of a regular
# expression, in escapes of JavaScript and R, whose own functions take other characters for blanks.
BLANKS: Final = (
    r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
)


def check_characters(text: str, missing: re.Pattern[str], target: str) -> str:
    """The text itself.

    Raises
    ------
    ValueError
        Where it has a character that the target has not.
    """
    found = missing.search(text)
    if found is not None:
        raise ValueError(
            f"{brief(text)} cannot be exported to {target}, which has no character {found[0]!r}:"
            " give the column, class or category another name, or export to ONNX."
        )
    return text
