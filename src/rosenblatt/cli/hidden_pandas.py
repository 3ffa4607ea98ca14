"""pandas is out of sight in the processes of the command line, which need none of it.

pyarrow imports it, where it is installed, with the first Python object that it converts, to see
whether that is one of pandas'; scikit-learn imports it to adapt to its version. That takes a third
of a second.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import final

__all__ = ["hide_pandas"]


@final
class NoPandas:
    """A finder for which pandas is not installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError("the command line works without pandas", name=fullname)
        return None


def hide_pandas() -> None:
    """For whole processes alone: libraries see once whether pandas is there."""
    sys.meta_path.insert(0, NoPandas())
