"""A folder for a while."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rosenblatt.support.unfinished import unfinished

__all__ = ["temporary_folder"]


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for this user alone, which is removed with what it holds."""
    with (
        TemporaryDirectory(prefix="rosenblatt-") as name,
        unfinished(partial(shutil.rmtree, name, ignore_errors=True)),
    ):
        yield Path(name)
