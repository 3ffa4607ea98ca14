"""Files that no rename replaces, told before anything is written.

The superuser may set files to be immutable, or to be appended to alone (chattr(1)), and folders to
keep all that is made in them; a file may be a mount of its own, as containers have files of their
host.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
from collections.abc import Iterator

from rosenblatt.errors import InputError
from rosenblatt.support.output_place import OutputPlace

__all__ = ["check_not_fixed"]

# Without waiting for a pipe, and of a link never.
AS_IT_IS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
O_PATH = getattr(os, "O_PATH", None)  # Linux alone
# _IOR('f', 1, long) of Linux on most processors; on others it is no request that folders know.
GET_FLAGS = 2 << 30 | struct.calcsize("l") << 16 | ord("f") << 8 | 1
APPEND_ONLY = 0x20


def check_not_fixed(place: OutputPlace) -> None:
    """InputError if the system would let nobody replace what has the place's name, or remove what
    is made beside it, as far as it tells."""
    if place.descriptor is None or O_PATH is None:
        return
    path, folder = place.given, place.folder
    if keeps_all(place.descriptor):
        raise InputError(
            f"cannot write {path}: what is made in {folder} can only be appended to"
            " (chattr +a); choose another path"
        )
    if place.status() is None:
        return
    if is_fixed(place):
        raise InputError(
            f"cannot write {path}: the file is set to be neither changed nor replaced"
            " (chattr +i, +a); choose another path"
        )
    if is_mount(place):
        raise InputError(
            f"cannot write {path}: the file is a mount of its own, which cannot be replaced:"
            " mount its folder instead, or choose another path"
        )


def keeps_all(folder: int) -> bool:
    """Whether a folder is append-only, where its file system says so."""
    try:
        from fcntl import ioctl
    except ImportError:  # no such calls here
        return False
    with contextlib.suppress(OSError), opened(os.curdir, os.O_RDONLY, folder) as descriptor:
        flags = ioctl(descriptor, GET_FLAGS, bytes(struct.calcsize("l")))
        return bool(struct.unpack_from("i", flags)[0] & APPEND_ONLY)
    return False


def is_fixed(place: OutputPlace) -> bool:
    """Whether opening it to write, which changes nothing, fails for another reason than its
    permissions, which do not keep it from being replaced."""
    try:
        with opened(place.name, os.O_WRONLY | AS_IT_IS, place.descriptor):
            return False
    except OSError as error:
        return error.errno == errno.EPERM


def is_mount(place: OutputPlace) -> bool:
    assert O_PATH is not None
    with (
        contextlib.suppress(OSError),
        opened(place.name, O_PATH | AS_IT_IS, place.descriptor) as file,
        opened(os.curdir, O_PATH, place.descriptor) as folder,
    ):
        return mount_of(file) != mount_of(folder)
    return False


def mount_of(descriptor: int) -> bytes:
    """The number that Linux gives to the mount that a file was reached by."""
    with open(f"/proc/self/fdinfo/{descriptor}", "rb") as file:
        return next((line for line in file if line.startswith(b"mnt_id:")), b"")


@contextlib.contextmanager
def opened(name: str, flags: int, folder: int | None) -> Iterator[int]:
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
