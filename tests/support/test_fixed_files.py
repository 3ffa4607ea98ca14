"""Files that the system lets nobody replace are refused, and nothing is left beside them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from rosenblatt.errors import InputError
from rosenblatt.support.atomic import check_writable, replaced_file

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="attributes and mounts of Linux")


@contextlib.contextmanager
def attribute(letter: str, path: Path) -> Iterator[None]:
    """Of chattr(1), which the superuser sets, on file systems that have it."""
    if call("chattr", f"+{letter}", path):
        pytest.skip("no file here can be set to be immutable")
    try:
        yield
    finally:
        call("chattr", f"-{letter}", path)


@contextlib.contextmanager
def mounted(path: Path) -> Iterator[None]:
    """A file that is a mount of its own."""
    source = path.parent.parent / "source"
    source.write_bytes(b"old")
    if call("mount", "--bind", source, path):
        pytest.skip("no file can be mounted here")
    try:
        yield
    finally:
        call("umount", path)


def call(*words: str | Path) -> int:
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode
    except FileNotFoundError:
        return 1


def write(path: Path) -> None:
    with replaced_file(path) as file:
        file.write(b"new")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "model"
    path.write_bytes(b"old")
    return path


@pytest.mark.parametrize("act", [check_writable, write])
@pytest.mark.parametrize(
    ("fixed", "said"),
    [
        (lambda path: attribute("i", path), "neither changed nor replaced"),
        (lambda path: attribute("a", path), "neither changed nor replaced"),
        (mounted, "a mount of its own"),
    ],
    ids=["immutable", "append-only", "mount"],
)
def test_a_file_that_no_rename_replaces(
    target: Path,
    fixed: Callable[[Path], AbstractContextManager[None]],
    said: str,
    act: Callable[[Path], None],
) -> None:
    link = target.parent.parent / "link"
    link.symlink_to(target)
    with fixed(target):
        for path in (target, link):
            with pytest.raises(InputError, match=said):
                act(path)
        assert target.read_bytes() == b"old"
        assert os.listdir(target.parent) == ["model"]
    write(link)
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("act", [check_writable, write])
@pytest.mark.parametrize("name", ["model", "another"])
def test_a_folder_that_keeps_all_that_is_made_in_it(
    target: Path, act: Callable[[Path], None], name: str
) -> None:
    with attribute("a", target.parent):
        with pytest.raises(InputError, match="can only be appended to"):
            act(target.with_name(name))
        assert os.listdir(target.parent) == ["model"]


@pytest.mark.parametrize("mode", [0o000, 0o200, 0o400, 0o444])
def test_permissions_of_a_file_do_not_keep_it(target: Path, mode: int) -> None:
    target.chmod(mode)
    check_writable(target)
    write(target)
    target.chmod(0o600)
    assert target.read_bytes() == b"new"


def test_a_mount_that_a_file_lies_in_is_none_of_its_own(tmp_path: Path) -> None:
    folder, path = tmp_path / "folder", tmp_path / "folder" / "model"
    folder.mkdir()
    if call("mount", "-t", "tmpfs", "none", folder):
        pytest.skip("nothing can be mounted here")
    try:
        for _ in range(2):
            check_writable(path)
            write(path)
        assert path.read_bytes() == b"new"
    finally:
        call("umount", folder)
