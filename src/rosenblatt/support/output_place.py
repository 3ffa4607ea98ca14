"""The place of a file to write: a name in an open folder, so that what is checked is what is used.

A path may lead elsewhere at every look. Here its folders and links are opened one after the other,
none of them by way of a link that was not checked, and files are opened, renamed and removed in the
folder that was reached, whatever its path has become since.

In a folder where everybody may write, such as /tmp, another user could lay a link, or a file to
keep, under the name that a program is about to write. Linux refuses to open such links and files
(``protected_symlinks`` and ``protected_regular`` in proc(5)); a rename does not open them.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, final

from rosenblatt.errors import InputError

__all__ = ["OutputPlace", "output_place"]

OPEN_AND_STICKY = stat.S_ISVTX | stat.S_IWOTH
MOST_LINKS = 40  # as Linux follows; more are a loop
# Where the names of a process's open files lie, /dev/stdout among them.
OPEN_FILES = re.compile(r"/proc/\d+(/task/\d+)?/fd|/dev/fd")
HAS_FOLDERS = os.open in os.supports_dir_fd  # not on Windows, which has no sticky folders
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
BINARY = getattr(os, "O_BINARY", 0)
# A folder that one may enter need not be one that one may list.
FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | NO_LINK
# A pipe under the name must not keep whoever opens it waiting.
AT_ONCE = getattr(os, "O_NONBLOCK", 0)


@final
@dataclass(frozen=True)
class OutputPlace:
    """A name in a folder that is open, and what may be done with names there.

    Attributes
    ----------
    given : Path
        As the user wrote it, for messages.
    folder : Path
        Without links, as it was when it was opened.
    name : str
    descriptor : int or None
        The folder's; None where the system has none, and paths are all there is.
    """

    given: Path
    folder: Path
    name: str
    descriptor: int | None

    @property
    def path(self) -> Path:
        return self.folder / self.name

    def beside(self, name: str) -> OutputPlace:
        """Another name in the same folder."""
        return OutputPlace(self.folder / name, self.folder, name, self.descriptor)

    def status(self) -> os.stat_result | None:
        """Of what has the name, not of what a link leads to; None if nothing has it.

        Raises
        ------
        InputError
            If it is another user's, in a folder of everybody's.
        """
        with contextlib.suppress(FileNotFoundError):
            found = os.stat(self._at, dir_fd=self.descriptor, follow_symlinks=False)
            self._check(found)
            return found
        return None

    def open(self, flags: int, mode: int = 0o600) -> int:
        """A descriptor of the file, of a link never; InputError as of `status`."""
        descriptor = os.open(self._at, flags | NO_LINK | BINARY, mode, dir_fd=self.descriptor)
        try:
            self._check(os.fstat(descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def reader(self) -> IO[bytes]:
        """The file, open to be read."""
        return open(self.path, "rb", opener=lambda *_: self.open(os.O_RDONLY | AT_ONCE))

    def read_bytes(self) -> bytes:
        with self.reader() as file:
            return file.read()

    def remove(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._at, dir_fd=self.descriptor)

    def becomes(self, other: OutputPlace) -> None:
        """Rename, within the folder."""
        folder = self.descriptor
        os.replace(self._at, other._at, src_dir_fd=folder, dst_dir_fd=folder)

    def sync_folder(self) -> None:
        """Make renames durable, where the system can; a file is whole in any case."""
        with contextlib.suppress(OSError):
            whole = os.curdir if self.descriptor is not None else self.folder
            descriptor = os.open(whole, os.O_RDONLY, dir_fd=self.descriptor)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    @property
    def _at(self) -> str:
        return self.name if self.descriptor is not None else str(self.path)

    def _check(self, status: os.stat_result) -> None:
        if self.descriptor is not None:
            check_owner(self.given, self.path, status, os.stat(self.descriptor))


@contextlib.contextmanager
def output_place(path: Path) -> Iterator[OutputPlace]:
    """Where `path` leads: links are followed, and stay as they are.

    Raises
    ------
    InputError
        If that is not to be written: another user's link, or file, in a folder of everybody's; a
        stream such as /dev/stdout; a folder, a device; a link that leads nowhere but to itself; a
        name in a folder that does not exist.
    OSError
        If the system does not let one go there.
    """
    if not HAS_FOLDERS:
        real = Path(os.path.realpath(path))
        place = OutputPlace(path, real.parent, real.name, None)
        if not real.parent.exists():
            raise without_folder(path, real.parent)
        check_kind(place)
        yield place
        return
    walk = Walk(path)
    try:
        yield walk.place()
    finally:
        walk.close()


@final
class Walk:
    """From the root to a path's folder, name by name; `folder` is open, `names` are still to go."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # An absolute path needs no folder to be in, which may have been removed.
        whole = path if path.is_absolute() else Path.cwd() / path
        self.names = parts_of(str(whole))
        self.links = 0
        self.at: list[str] = []
        self.folder = os.open(os.sep, FOLDER)

    def place(self) -> OutputPlace:
        while self.names:
            name = self.names.pop(0)
            if name == os.pardir:
                self.at = self.at[:-1]
                self.enter(name)
                continue
            try:
                status = os.stat(name, dir_fd=self.folder, follow_symlinks=False)
            except FileNotFoundError as error:
                if self.names:
                    raise without_folder(self.path, self.within(name, *self.names[:-1])) from error
                return self.named(name)
            if not self.names and OPEN_FILES.fullmatch(str(self.within())):
                raise InputError(
                    f"cannot write {self.path}: it is a stream and not a regular file; choose "
                    f"another path"
                )
            if stat.S_ISLNK(status.st_mode):
                self.follow(name, status)
            elif not self.names:
                place = self.named(name)
                check_kind(place)
                return place
            else:
                self.at.append(name)
                self.enter(name)
        raise is_folder(self.path)

    def within(self, *names: str) -> Path:
        return Path(os.sep, *self.at, *names)

    def named(self, name: str) -> OutputPlace:
        return OutputPlace(self.path, self.within(), name, self.folder)

    def enter(self, name: str) -> None:
        inner = os.open(name, FOLDER, dir_fd=self.folder)
        os.close(self.folder)
        self.folder = inner

    def follow(self, name: str, status: os.stat_result) -> None:
        """Go where a link leads to, unless it is another user's in a folder of everybody's.

        There nobody but its owner, the folder's and root can put another in its place: what is read
        is the link that was looked at.
        """
        check_owner(self.path, self.within(name), status, os.stat(self.folder))
        self.links += 1
        if self.links > MOST_LINKS:
            raise InputError(
                f"cannot write {self.path}: its links lead in a circle; choose another path"
            )
        target = os.readlink(name, dir_fd=self.folder)
        self.names[:0] = parts_of(target)
        if os.path.isabs(target):
            self.at = []
            self.enter(os.sep)

    def close(self) -> None:
        os.close(self.folder)


def parts_of(path: str) -> list[str]:
    return [part for part in path.split(os.sep) if part not in ("", os.curdir)]


def check_kind(place: OutputPlace) -> None:
    """InputError unless the place is free or holds a regular file that may be replaced."""
    status, path = place.status(), place.given
    if status is None or stat.S_ISREG(status.st_mode):
        return
    if stat.S_ISDIR(status.st_mode):
        raise is_folder(path)
    # A rename would put a plain file in the place of a device such as /dev/null.
    raise InputError(f"cannot write {path}: it is not a regular file; choose another path")


def check_owner(path: Path, place: Path, status: os.stat_result, folder: os.stat_result) -> None:
    """InputError in a folder of everybody's for what is not mine, nor a link of its owner."""
    if folder.st_mode & OPEN_AND_STICKY != OPEN_AND_STICKY:
        return
    is_link, user = stat.S_ISLNK(status.st_mode), os.geteuid()
    # A file of the folder's owner may be replaced by that one and by the superuser alone.
    trusted = {user, folder.st_uid} if is_link or user == 0 else {user}
    if status.st_uid not in trusted:
        what = "link" if is_link else "file"
        raise InputError(
            f"cannot write {path}: {place} is another user's {what} in a folder where everybody"
            " may write; choose another path"
        )


def without_folder(path: Path, parent: Path) -> InputError:
    return InputError(
        f"cannot write {path}: the folder {parent} does not exist; create it first "
        f"or choose another path"
    )


def is_folder(path: Path) -> InputError:
    return InputError(f"cannot write {path}: it is a folder; name a file inside it")
