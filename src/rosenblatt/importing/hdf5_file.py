"""Groups and arrays of an HDF5 file in memory; the extra `keras` brings the package h5py.

Links to other files, arrays in other files, and those in pieces or compressed, are not followed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.paths import Check
from rosenblatt.importing.source import DAMAGED, cut_off
from rosenblatt.support.optional_dependencies import missing
from rosenblatt.support.types import Float64Array

__all__ = ["MAGIC", "Group", "opened"]

MAGIC = b"\x89HDF\r\n\x1a\n"
LONGEST = 60
UNREADABLE = (
    *(OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, NotImplementedError),
    *(OverflowError, IndexError),
)


@final
class Group:
    """A group, whose members are read one by one.

    Parameters
    ----------
    group : h5py.Group
    check : function
        `Source.check_memory`.
    """

    def __init__(self, group: Any, check: Check) -> None:
        self._group, self._check = group, check

    def inner(self, name: str) -> Group:
        """A group within; InputError where there is none."""
        import h5py

        found = self._member(name)
        if not isinstance(found, h5py.Group):
            raise cut_off(f"its group {name[:LONGEST]!r}")
        return Group(found, self._check)

    def has(self, name: str) -> bool:
        return name in self._group

    def array(self, name: str) -> Float64Array:
        """An array of numbers."""
        import h5py

        found, place = self._member(name), f"its array {name[:LONGEST]!r}"
        if not isinstance(found, h5py.Dataset) or found.shape is None:
            raise cut_off(place)
        if found.dtype.kind not in "fiu":
            raise InputError(f"{place} holds something else than numbers: {DAMAGED}")
        if found.chunks is not None or found.external or found.is_virtual:
            raise InputError(
                f"{place} is compressed, in pieces or in another file: save it by Keras"
            )
        self._check(10 * found.size, place)
        if found.id.get_storage_size() < found.nbytes:
            raise cut_off(place)
        with np.errstate(invalid="ignore"):
            return np.asarray(found[()], np.float64)

    def text(self, name: str) -> str | None:
        """An attribute that is a text; None where there is none."""
        if name not in self._group.attrs:
            return None
        value = self._attribute(name)
        if isinstance(value, bytes):
            value = value.decode("utf-8")
        if not isinstance(value, str):
            raise InputError(f"its attribute {name[:LONGEST]!r} is no text: {DAMAGED}")
        return str(value)

    def texts(self, name: str) -> list[str]:
        """An attribute that is a list of texts; Keras numbers the parts of a long one."""
        parts = [name] if name in self._group.attrs else []
        while not parts or parts[-1] != name:
            if f"{name}{len(parts)}" not in self._group.attrs:
                break
            parts.append(f"{name}{len(parts)}")
        if not parts:
            raise cut_off(f"its attribute {name[:LONGEST]!r}")
        found = []
        for part in parts:
            for one in np.atleast_1d(self._attribute(part)):
                found.append(one.decode("utf-8") if isinstance(one, bytes) else str(one))
        return found

    def _attribute(self, name: str) -> Any:
        described = self._group.attrs.get_id(name)
        self._check(8 * described.get_storage_size(), f"its attribute {name[:LONGEST]!r}")
        return self._group.attrs[name]

    def _member(self, name: str) -> Any:
        import h5py

        group = self._group
        for part in name.split("/"):
            link = group.get(part, getlink=True) if isinstance(group, h5py.Group) else None
            if link is None:
                raise cut_off(f"its part {name[:LONGEST]!r}")
            if not isinstance(link, h5py.HardLink):
                raise InputError(f"its part {name[:LONGEST]!r} is a link elsewhere: save it again")
            group = group[part]
        return group


@contextmanager
def opened(data: bytes, check: Check) -> Iterator[Group]:
    """The root group of a file.

    Raises
    ------
    InputError
        If it is damaged, or h5py is not installed.
    """
    try:
        import h5py
    except ImportError as error:
        raise InputError(str(missing("reading HDF5 files of Keras", "h5py", error))) from error
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            yield Group(file, check)
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError(f"it is no whole HDF5 file: {DAMAGED}") from error
