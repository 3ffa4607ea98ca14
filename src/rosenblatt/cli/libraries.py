"""What the libraries take from the environment, and what they say of it themselves.

A variable that a library cannot use ends its import in an exception, deep within it: such values
are refused before. What concerns libraries alone, such as a folder of matplotlib's that cannot be
written, is nothing that a user of a command has to act on.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief

__all__ = ["check_environment", "settle_libraries"]


def is_whole(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """Whether it is a number of seconds since 1970 that is a date, as NumPy and matplotlib ask."""
    from datetime import UTC, datetime

    try:
        datetime.fromtimestamp(int(text), UTC)
    except (OSError, OverflowError, ValueError):
        return False
    return True


def is_start_method(text: str) -> bool:
    from multiprocessing import get_all_start_methods

    return text.strip() in ("", "loky", "loky_init_main", *get_all_start_methods())


def has_pickler(text: str) -> bool:
    """Whether it names a module with a pickler, which joblib then uses; "" is its own."""
    try:
        return text == "" or hasattr(import_module(text), "Pickler")
    except (ImportError, TypeError, ValueError):
        return False


OF_OWNER = 0o700  # permissions
WHOLE = "is no whole number"
RULES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "JOBLIB_MULTIPROCESSING": (is_whole, WHOLE),
    "JOBLIB_START_METHOD": (is_start_method, "is no way to start processes"),
    "LOKY_MAX_CPU_COUNT": (is_whole, WHOLE),
    "LOKY_MAX_DEPTH": (is_whole, WHOLE),
    "LOKY_PICKLER": (has_pickler, "is no module with a pickler"),
    "SKLEARN_PAIRWISE_DIST_CHUNK_SIZE": (is_whole, WHOLE),
    "SKLEARN_WORKING_MEMORY": (is_whole, WHOLE),
    "SOURCE_DATE_EPOCH": (is_time, "is no number of seconds since 1970"),
}


def check_environment() -> None:
    """InputError if a variable has a value with which a library cannot be imported."""
    for name, (is_right, what) in RULES.items():
        value = os.environ.get(name)
        if value is not None and not is_right(value):
            raise InputError(
                f"the environment variable {name} {what}: it is {brief(value)}; correct or unset it"
            )


def settle_libraries() -> None:
    """For whole processes alone: no word of matplotlib's folders and of joblib's serial mode.

    Pictures are drawn into files, so that matplotlib's backend is none of a screen. A umask that
    takes permissions from the owner, who may give them again, would keep this process from the
    temporary folders that libraries make, matplotlib's among them.
    """
    import logging

    os.umask(os.umask(OF_OWNER) & ~OF_OWNER)
    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", ".*joblib will operate in serial mode", UserWarning)
