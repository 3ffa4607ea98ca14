"""Whose links and files are followed at a path to write to.

In a folder where everybody may write, such as /tmp, another user could lay a link, or a file to
keep, under the name that a program is about to write. Linux refuses to open such links and files
(``protected_symlinks`` and ``protected_regular`` in proc(5)); a rename does not open them.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from rosenblatt.errors import InputError

__all__ = ["check_output_path"]

OPEN_AND_STICKY = stat.S_ISVTX | stat.S_IWOTH
MOST_LINKS = 40  # as Linux follows; more are a loop
# Where the names of a process's open files lie, /dev/stdout among them.
OPEN_FILES = re.compile(r"/proc/\d+(/task/\d+)?/fd|/dev/fd")


def check_output_path(path: Path) -> None:
    """InputError if what the path leads to is not to be written.

    That is another user's link, or file, in a folder of everybody's; a stream such as /dev/stdout;
    and a link that leads nowhere but to itself.
    """
    place = Path(os.path.abspath(path))
    for _ in range(MOST_LINKS):
        try:
            status = place.lstat()
        except OSError:
            return
        if OPEN_FILES.fullmatch(os.path.realpath(place.parent)):
            raise InputError(
                f"cannot write {path}: it is a stream and not a regular file; choose another path"
            )
        if is_another_users(place, status):
            what = "link" if stat.S_ISLNK(status.st_mode) else "file"
            raise InputError(
                f"cannot write {path}: {place} is another user's {what} in a folder where everybody"
                " may write; choose another path"
            )
        if not stat.S_ISLNK(status.st_mode):
            return
        place = Path(os.path.normpath(Path(os.path.realpath(place.parent)) / os.readlink(place)))
    raise InputError(f"cannot write {path}: its links lead in a circle; choose another path")


def is_another_users(place: Path, status: os.stat_result) -> bool:
    """Neither mine nor the folder's owner's, in a folder that is sticky and open to all."""
    if not hasattr(os, "geteuid"):
        return False
    folder = place.parent.stat()
    if folder.st_mode & OPEN_AND_STICKY != OPEN_AND_STICKY:
        return False
    return status.st_uid not in (os.geteuid(), folder.st_uid)
