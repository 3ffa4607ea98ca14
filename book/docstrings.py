"""Docstrings as reStructuredText: signs that are mathematics in them are no markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx

__all__ = ["setup"]

# What scikit-learn adds to every estimator refers to its own manual.
THEIRS = re.compile(r"set_\w+_request|get_metadata_routing")


def escape(app: Sphinx, what: str, name: str, object: Any, options: Any, lines: list[str]) -> None:
    """|e| is a size, (n, *shape) an unpacked shape; code in backticks stays as it is."""
    for i, line in enumerate(lines):
        if line.lstrip().startswith((">>>", "...", "*")):
            continue
        pieces = line.split("`")
        pieces[::2] = [re.sub(r"(?<!\\)([*|])", r"\\\1", piece) for piece in pieces[::2]]
        lines[i] = "`".join(pieces)


def skip(
    app: Sphinx, what: str, name: str, object: Any, skipped: bool, options: Any
) -> bool | None:
    return True if THEIRS.fullmatch(name) else None


def setup(app: Sphinx) -> dict[str, Any]:
    handlers: dict[str, Callable[..., Any]] = {
        "autodoc-process-docstring": escape,
        "autodoc-skip-member": skip,
    }
    for event, handler in handlers.items():
        app.connect(event, handler, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
