"""Replacing a file: whole and new, or old and untouched, under real faults."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from rosenblatt.errors import InputError
from rosenblatt.support.atomic import check_writable, replaced_file
from rosenblatt.support.output_place import OutputPlace


def write(path: Path, data: bytes) -> None:
    with replaced_file(path) as file:
        file.write(data)


def test_a_new_file_has_the_permissions_that_any_new_file_gets(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.write_bytes(b"")
    write(tmp_path / "new", b"data")
    assert (tmp_path / "new").read_bytes() == b"data"
    assert (tmp_path / "new").stat().st_mode == ordinary.stat().st_mode
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["new", "ordinary"]


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
@pytest.mark.parametrize("old", [None, 0o600, 0o640, 0o666])
def test_nobody_else_can_read_what_is_being_written(
    tmp_path: Path, umask: int, old: int | None
) -> None:
    """Whatever the permissions are in the end; the folder is looked at while the file is open."""
    path = tmp_path / "model"
    if old is not None:
        path.write_bytes(b"old")
        path.chmod(old)
    before = os.umask(umask)
    try:
        with replaced_file(path) as file:
            file.write(b"half")
            file.flush()
            (temporary,) = (entry for entry in tmp_path.iterdir() if entry != path)
            assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    wanted = 0o666 & ~umask if old is None else old
    assert stat.S_IMODE(path.stat().st_mode) == wanted
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_a_replaced_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    path.chmod(0o640)
    write(path, b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o640)


MODES = {  # of the old file: with the old group, with the new one
    0o644: (0o644, 0o644),
    0o666: (0o644, 0o644),
    0o640: (0o640, 0o600),
    0o664: (0o644, 0o644),
    0o604: (0o604, 0o640),
    0o600: (0o600, 0o600),
    0o400: (0o400, 0o400),
}


@pytest.mark.parametrize("of_group", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_where_the_owner_cannot_be_handed_on_nobody_gets_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, of_group: bool
) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"old")
    path.chmod(mode)
    own = os.stat

    def another(*args: object, **kwargs: object) -> object:
        status = own(*args, **kwargs)
        if args[0] != path.name:
            return status
        ids = status.st_uid + 1, status.st_gid + of_group
        return os.stat_result((*status[:4], *ids, *status[6:10]))

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "stat", another)
    monkeypatch.setattr(os, "chown", refuse)
    before = os.umask(0o022)
    try:
        write(path, b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(own(path).st_mode) == MODES[mode][of_group]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize(("umask", "mode"), [("077", 0o600), ("022", 0o644)])
def test_who_lays_a_file_to_be_replaced_cannot_read_what_replaces_it(umask: str, mode: int) -> None:
    """Unless it could read any new file; in a folder where everybody may rename everything."""
    script = """
    import os, sys
    from pathlib import Path
    from rosenblatt.support.atomic import replaced_file
    os.umask(int(sys.argv[2], 8))
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    with replaced_file(Path(sys.argv[1])) as file:
        file.write(b"new")
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # one that others may enter
        os.chmod(folder, 0o777)
        path = Path(folder, "model")
        path.write_bytes(b"old")
        os.chown(path, 1234, 4321)
        path.chmod(0o666)
        subprocess.run([sys.executable, "-c", textwrap.dedent(script), path, umask], check=True)
        status = path.stat()
        assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (65534, mode)
        assert path.read_bytes() == b"new"


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_the_data_reach_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, calls = tmp_path / "model", []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        status = os.fstat(descriptor)
        kind = "folder" if stat.S_ISDIR(status.st_mode) else f"{status.st_size} bytes"
        calls.append((f"{kind} on the disk", status.st_ino))
        fsync(descriptor)

    def renamed(one: str, other: str, **folders: int) -> None:
        calls.append((f"renamed to {other}", (tmp_path / one).stat().st_ino))
        replace(one, other, **folders)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    write(path, b"data")
    file, folder = path.stat().st_ino, tmp_path.stat().st_ino
    assert calls == [
        ("4 bytes on the disk", file),
        ("renamed to model", file),
        ("folder on the disk", folder),
    ]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"old")

    def write_half() -> None:
        with replaced_file(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_very_long_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write(path, b"data")
    assert path.read_bytes() == b"data"


@pytest.mark.parametrize("act", [check_writable, lambda path: write(path, b"data")])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent/model", "does not exist"),
        ("file/model", "Not a directory"),
        ("folder", "is a folder"),
        ("pipe", "not a regular file"),
        ("n" * 256, "too long"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(tmp_path, act, name, reason) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match=reason):
        act(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("fault", "mend"),
    [
        (errno.ENOSPC, "free some space or choose another path"),
        (errno.EDQUOT, "free some space or choose another path"),
        (errno.EFBIG, "raise the limit of the size of a file (ulimit -f) or choose another path"),
        (errno.EMFILE, "close some, or raise their limit (ulimit -n)"),
        (errno.ENFILE, "close some, or raise their limit (ulimit -n)"),
        (errno.ENOENT, "choose another path"),
        (errno.EROFS, "choose another path"),
        (errno.EACCES, "choose another path"),
    ],
)
def test_what_mends_a_fault_is_said(tmp_path: Path, fault: int, mend: str) -> None:
    def fail() -> None:
        with replaced_file(tmp_path / "model"):
            raise OSError(fault, os.strerror(fault))

    with pytest.raises(InputError, match=os.strerror(fault)) as caught:
        fail()
    assert f"; {mend} (nothing that was there is lost)" in str(caught.value)


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(InputError, match="not a regular file"):
        write(Path(os.devnull), b"data")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_the_check_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"old")
    check_writable(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_or_a_limit_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    """A limit on the file size is a real fault of write(2), and needs no special file system."""
    path = tmp_path / "model"
    path.write_bytes(b"old")
    program = """
        import resource, signal, sys
        from pathlib import Path
        from rosenblatt.errors import InputError
        from rosenblatt.support.atomic import replaced_file

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        try:
            with replaced_file(Path(sys.argv[1])) as file:
                file.write(bytes(1_000_000))
        except InputError as error:
            print(error)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "File too large; raise the limit of the size of a file" in result.stdout
    assert "nothing that was there is lost" in result.stdout
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("attempt", range(3))
def test_an_interrupt_as_a_file_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attempt: int
) -> None:
    """That of the check, the temporary one, and the one whose permissions are looked at."""
    made = iter(range(3))
    open_plainly = OutputPlace.open

    def interrupted(place: OutputPlace, *flags: int) -> int:
        descriptor = open_plainly(place, *flags)
        if next(made) == attempt:
            os.close(descriptor)
            raise KeyboardInterrupt
        return descriptor

    monkeypatch.setattr(OutputPlace, "open", interrupted)

    def written() -> None:
        check_writable(tmp_path / "a")
        with replaced_file(tmp_path / "a") as file:
            file.write(b"new")

    with pytest.raises(KeyboardInterrupt):
        written()
    assert not list(tmp_path.iterdir())
