"""Links at a path to write to, in folders of one's own and of everybody's."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
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


@needs_root
def test_another_users_link_is_not_followed_on_the_way_either(
    tmp_path: Path, everybodys: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    lay(everybodys / "work", tmp_path / "elsewhere", NOBODY)
    lay(tmp_path / "mine", everybodys / "work")
    for folder in (everybodys / "work", tmp_path / "mine", everybodys / "work" / ".."):
        with pytest.raises(InputError, match="another user's link"):
            write(folder / "model")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    os.lchown(everybodys / "work", 0, 0)
    write(everybodys / "work" / "model")
    assert (tmp_path / "elsewhere" / "model").read_bytes() == b"new"


def test_a_way_up_goes_from_where_a_link_has_led(tmp_path: Path) -> None:
    (tmp_path / "far" / "folder").mkdir(parents=True)
    lay(tmp_path / "near", "far/folder")
    write(tmp_path / "near" / ".." / "model")
    assert (tmp_path / "far" / "model").read_bytes() == b"new"


def test_an_absolute_path_needs_no_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    write(tmp_path / "model")
    assert (tmp_path / "model").read_bytes() == b"new"
    with pytest.raises(InputError, match=r"cannot write model: No such file"):
        write(Path("model"))


def test_a_folder_that_may_be_entered_and_not_listed(tmp_path: Path) -> None:
    """Run by one whom permissions hold; root is held by none."""
    script = """
    import os, sys
    from pathlib import Path
    from rosenblatt.support.atomic import replaced_file
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    with replaced_file(Path(sys.argv[1], "outer", "inner", "model")) as file:
        file.write(b"new")
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        inner = Path(folder, "outer", "inner")
        inner.mkdir(parents=True)
        inner.chmod(0o777)
        os.chmod(folder, 0o711)
        inner.parent.chmod(0o111)
        subprocess.run([sys.executable, "-c", textwrap.dedent(script), folder], check=True)
        inner.parent.chmod(0o711)
        assert (inner / "model").read_bytes() == b"new"


@pytest.mark.parametrize("by_link", [False, True])
def test_a_folder_that_is_exchanged_after_the_check_is_not_written_to(
    tmp_path: Path, by_link: bool
) -> None:
    """The file goes to the folder that was checked, under whatever path that is now."""
    work, trap = tmp_path / "work", tmp_path / "trap"
    for folder in (work, trap):
        folder.mkdir()
        (folder / "model").write_bytes(b"old")
    with replaced_file(work / "model") as file:
        file.write(b"new")
        work.rename(tmp_path / "aside")
        if by_link:
            work.symlink_to(trap)
        else:
            trap.rename(work)
    assert (tmp_path / "aside" / "model").read_bytes() == b"new"
    assert (work / "model").read_bytes() == b"old"
    assert [p.name for p in (tmp_path / "aside").iterdir()] == ["model"]


def test_a_link_that_takes_a_files_name_after_the_check_is_replaced_itself(tmp_path: Path) -> None:
    path, target = tmp_path / "model", tmp_path / "target"
    target.write_bytes(b"old")
    target.chmod(0o666)
    with replaced_file(path) as file:
        file.write(b"new")
        path.symlink_to(target)
    assert target.read_bytes() == b"old"
    assert not path.is_symlink()
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o111 == 0  # a link's own permissions are everybody's


@needs_root
@pytest.mark.parametrize("is_link", [False, True])
def test_what_another_user_lays_after_the_check_is_refused(
    tmp_path: Path, everybodys: Path, is_link: bool
) -> None:
    """Else its owner would own what was written: root can hand it on."""
    path = everybodys / "model"

    def write_meanwhile() -> None:
        with replaced_file(path) as file:
            file.write(b"new")
            if is_link:
                path.symlink_to(tmp_path / "target")
            else:
                path.write_bytes(b"theirs")
            os.lchown(path, NOBODY, NOBODY)

    with pytest.raises(InputError, match="another user's"):
        write_meanwhile()
    assert [p.name for p in everybodys.iterdir()] == ["model"]
    assert not (tmp_path / "target").exists()


def test_a_folder_that_becomes_a_link_while_it_is_looked_at_is_not_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, trap, look = tmp_path / "work", tmp_path / "trap", os.stat
    work.mkdir()
    trap.mkdir()

    def exchanged(name: str, **options: object) -> os.stat_result:
        found = look(name, **options)
        if name == "work":
            work.rmdir()
            work.symlink_to(trap)
        return found

    monkeypatch.setattr(os, "stat", exchanged)
    with pytest.raises(InputError, match="Not a directory"):
        check_writable(work / "model")
    assert list(trap.iterdir()) == []


@needs_root
def test_a_file_of_the_owner_of_everybodys_folder() -> None:
    """Others may not replace it, which is said before the work; the superuser may."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o1777)
        path = Path(folder, "model")
        path.write_bytes(b"old")
        check_writable(path)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(InputError, match="another user's file in a folder where everybody"):
                check_writable(path)
        finally:
            os.seteuid(0)
