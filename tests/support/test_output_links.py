"""Links at a path to write to, in folders of one's own and of everybody's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rosenblatt.errors import InputError
from rosenblatt.support.atomic import check_writable, replaced_file

NOBODY = 65534
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, who makes others' files"
)


@pytest.fixture
def everybodys(tmp_path: Path) -> Path:
    folder = tmp_path / "everybodys"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def write(path: Path) -> None:
    check_writable(path)
    with replaced_file(path) as file:
        file.write(b"new")


def lay(link: Path, target: Path | str, owner: int | None = None) -> None:
    link.symlink_to(target)
    if owner is not None:
        os.lchown(link, owner, owner)


def test_my_own_links_are_followed(tmp_path: Path, everybodys: Path) -> None:
    for folder in (tmp_path, everybodys):
        lay(folder / "one", "two")
        lay(folder / "two", folder / "target")
        write(folder / "one")
        assert (folder / "one").is_symlink()
        assert (folder / "target").read_bytes() == b"new"


@needs_root
def test_another_users_link_in_everybodys_folder_is_not(tmp_path: Path, everybodys: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_bytes(b"old")
    lay(everybodys / "link", mine, NOBODY)
    lay(everybodys / "dangling", tmp_path / "absent", NOBODY)
    lay(everybodys / "loop", "loop", NOBODY)
    lay(tmp_path / "first", everybodys / "link")
    for path in (everybodys / "link", everybodys / "dangling", everybodys / "loop"):
        with pytest.raises(InputError, match="another user's link"):
            write(path)
    with pytest.raises(InputError, match="another user's link"):
        write(tmp_path / "first")
    assert mine.read_bytes() == b"old"
    assert not (tmp_path / "absent").exists()


@needs_root
def test_another_users_file_in_everybodys_folder_is_not_replaced(everybodys: Path) -> None:
    """Else its owner would own what was written."""
    theirs = everybodys / "model"
    theirs.write_bytes(b"theirs")
    os.chown(theirs, NOBODY, NOBODY)
    with pytest.raises(InputError, match="another user's file"):
        write(theirs)
    assert theirs.read_bytes() == b"theirs"


@needs_root
def test_in_a_folder_that_is_not_everybodys_others_links_are_followed(tmp_path: Path) -> None:
    """Whoever could lay them there was allowed to."""
    lay(tmp_path / "link", tmp_path / "target", NOBODY)
    write(tmp_path / "link")
    assert (tmp_path / "target").read_bytes() == b"new"


@needs_root
def test_links_of_the_folders_owner_are_followed(everybodys: Path, tmp_path: Path) -> None:
    os.chown(everybodys, NOBODY, NOBODY)
    lay(everybodys / "link", tmp_path / "target", NOBODY)
    write(everybodys / "link")
    assert (tmp_path / "target").read_bytes() == b"new"


def test_a_loop_is_refused(tmp_path: Path) -> None:
    lay(tmp_path / "loop", "loop")
    lay(tmp_path / "one", "other")
    lay(tmp_path / "other", "one")
    for name in ("loop", "one"):
        with pytest.raises(InputError, match="its links lead in a circle"):
            check_writable(tmp_path / name)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs names of open files")
def test_a_stream_is_refused_whatever_file_is_behind_it(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        lay(tmp_path / "link", f"/dev/fd/{file.fileno()}")
        for path in (Path(f"/dev/fd/{file.fileno()}"), tmp_path / "link"):
            with pytest.raises(InputError, match="it is a stream and not a regular file"):
                check_writable(path)
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["file", "link"]
