"""Groups and arrays of an HDF5 file; the extra `keras` brings the package h5py.

A process of its own reads it, because the HDF5 library may stand still at a damaged file. Links to
other files, arrays in other files, and those in pieces or compressed, are not followed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from math import prod
from pathlib import Path
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.support.optional_dependencies import missing
from rosenblatt.support.types import Float64Array

__all__ = ["MAGIC", "Group", "root_group"]

MAGIC = b"\x89HDF\r\n\x1a\n"
LONGEST = 60
SECONDS = 120  # a limit for systems that do not limit a process's own time
CHILD = Path(__file__).with_name("hdf5_child.py")
WHY = {
    "kind": f"holds something else than numbers: {DAMAGED}",
    "pieces": "is compressed, in pieces or in another file: save it by Keras",
    "link": "is a link elsewhere: save it again",
    "large": f"is larger than the file may ask for: {DAMAGED}",
}


@final
class Group:
    """A group.

    Parameters
    ----------
    groups : mapping
        The texts of each group of the file, by its path.
    arrays : mapping
        The arrays, or why one is not read.
    path : str
    """

    def __init__(
        self,
        groups: Mapping[str, Mapping[str, Any]],
        arrays: Mapping[str, Float64Array | str],
        path: str = "",
    ) -> None:
        self._groups, self._arrays, self._path = groups, arrays, path

    def _below(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name

    def _check_links(self, name: str) -> None:
        parts = name.split("/")
        for k in range(1, len(parts) + 1):
            found = self._arrays.get(self._below("/".join(parts[:k])))
            if isinstance(found, str) and found == "link":
                raise InputError(f"its part {name[:LONGEST]!r} {WHY['link']}")

    def inner(self, name: str) -> Group:
        """A group within; InputError where there is none."""
        self._check_links(name)
        if self._below(name) not in self._groups:
            raise cut_off(f"its group {name[:LONGEST]!r}")
        return Group(self._groups, self._arrays, self._below(name))

    def has(self, name: str) -> bool:
        return self._below(name) in self._groups or self._below(name) in self._arrays

    def array(self, name: str) -> Float64Array:
        """An array of numbers."""
        self._check_links(name)
        found, place = self._arrays.get(self._below(name)), f"its array {name[:LONGEST]!r}"
        if isinstance(found, str) and found in WHY:
            raise InputError(f"{place} {WHY[found]}")
        if not isinstance(found, np.ndarray):
            raise cut_off(place)
        return found

    def text(self, name: str) -> str | None:
        """An attribute that is a text; None where there is none."""
        value = self._groups[self._path].get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> list[str]:
        """An attribute that is a list of texts; Keras numbers the parts of a long one."""
        own = self._groups[self._path]
        names = [name] if name in own else [f"{name}{k}" for k in range(len(own))]
        found = [own[one] for one in names if one in own]
        if not found or not all(isinstance(one, list) for one in found):
            raise cut_off(f"its attribute {name[:LONGEST]!r}")
        return [text for one in found for text in one]


def root_group(source: Source, data: bytes) -> Group:
    """The root group of a file's content.

    Raises
    ------
    InputError
        If it is damaged, or h5py is not installed.
    """
    if sys.modules.get("h5py", ...) is None or find_spec("h5py") is None:
        raise InputError(str(missing("reading HDF5 files of Keras", "h5py")))
    try:
        told = subprocess.run(
            [sys.executable, "-I", str(CHILD), str(source.allowed)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        ).stdout
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise InputError(f"it is no whole HDF5 file: {DAMAGED}") from error
    head, _, content = told.partition(b"\n")
    header = json.loads(head)
    arrays: dict[str, Float64Array | str] = {}
    at = 0
    for path, shape in header["arrays"].items():
        if isinstance(shape, str):
            arrays[path] = shape
            continue
        arrays[path] = np.frombuffer(content, "<f8", prod(shape), at).reshape(shape)
        at += 8 * prod(shape)
    return Group(header["groups"], arrays)
