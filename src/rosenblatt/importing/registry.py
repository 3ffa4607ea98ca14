"""The formats that are imported: one record each, found by a file's content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from typing import final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import ImportedNetwork
from rosenblatt.importing.source import Source, read_source
from rosenblatt.support.paths import file_path
from rosenblatt.support.plain_text import printable

__all__ = ["FORMATS", "Format", "read_network", "register"]


@final
@dataclass(frozen=True)
class Format:
    """A file format of another tool.

    Attributes
    ----------
    name : str
        Such as 'FANN'.
    recognises : function of Source
        Whether a file is one of these, by its content.
    read : function of Source and Given
        The network in it; InputError, one sentence, for whatever it cannot be read from.
    """

    name: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source, Given], ImportedNetwork]


FORMATS: dict[str, Format] = {}


def register(format: Format) -> None:
    """Make a format known to `rosenblatt.importing.load` and to the command `import`."""
    FORMATS[format.name] = format


def read_network(path: str | PathLike[str], given: Given) -> ImportedNetwork:
    """The network in a file; InputError where no format, or no supported network, is found."""
    path = file_path(path)
    try:
        source = read_source(path)
        for one in FORMATS.values():
            if one.recognises(source):
                # Whatever overflows is found where the parameters are put together.
                with np.errstate(all="ignore"):
                    return one.read(source, given)
        raise InputError(f"no format is recognised in it: known are {', '.join(FORMATS)}")
    except InputError as error:
        raise InputError(f"cannot import {path}: {printable(str(error))}") from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise InputError(f"cannot import {path}: it is no such network: {error}") from error
    except MemoryError as error:
        raise InputError(
            f"cannot import {path}: it does not fit into the memory of this machine"
        ) from error
