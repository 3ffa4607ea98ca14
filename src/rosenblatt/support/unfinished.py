"""Files that a process makes for a while, for one that ends at once: they have to go first.

No imports but the lightest: the command line has this before it can answer a signal.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

__all__ = ["remove_unfinished", "unfinished"]

# How to remove what is there now, by an object of its block.
UNFINISHED: dict[object, Callable[[], None]] = {}


@contextlib.contextmanager
def unfinished(remove: Callable[[], None]) -> Iterator[None]:
    """A block that removes by itself, however it is left, what `remove` would remove."""
    block = object()
    UNFINISHED[block] = remove
    try:
        yield
    finally:
        del UNFINISHED[block]


def remove_unfinished() -> None:
    """Remove everything of that kind: nothing else of the process may run afterwards."""
    for remove in list(UNFINISHED.values()):
        with contextlib.suppress(Exception):  # what cannot be removed must not keep the others
            remove()
