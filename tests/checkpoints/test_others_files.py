"""Checkpoints in a folder of everybody's: no link and no file of another user is used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rosenblatt import Checkpoint
from rosenblatt.checkpoints import check_usable, store
from rosenblatt.errors import InputError
from rosenblatt.support.atomic import try_beside
from rosenblatt.support.output_place import OutputPlace
from tests.support.checkpointed import estimator, fitted

NOBODY = 65534
ENDINGS = ("", ".previous", ".in-use")
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0,
        reason="needs root, who makes others' files",
    ),
]


@pytest.fixture
def everybodys(tmp_path: Path) -> Path:
    folder = tmp_path / "everybodys"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("there", [False, True])
def test_another_users_link_is_not_followed(
    ending: str, there: bool, everybodys: Path, tmp_path: Path
) -> None:
    mine, link = tmp_path / "mine", everybodys / f"fit{ending}"
    if there:
        fitted(estimator("adam", mine, max_iter=2))
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    link.symlink_to(mine)
    os.lchown(link, NOBODY, NOBODY)
    with pytest.raises(InputError, match="another user's link"):
        fitted(estimator("adam", everybodys / "fit", max_iter=3))
    with pytest.raises(InputError, match="another user's link"):
        check_usable(Checkpoint(everybodys / "fit"))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before
    assert [p.name for p in everybodys.iterdir()] == [link.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_another_users_file_is_not_read(ending: str, everybodys: Path) -> None:
    path = everybodys / "fit"
    fitted(estimator("adam", path, max_iter=3))
    if ending == ".in-use":
        path.with_name("fit.in-use").touch()
    os.chown(everybodys / f"fit{ending}", NOBODY, NOBODY)
    before = {p.name: p.read_bytes() for p in everybodys.iterdir()}
    with pytest.raises(InputError, match="another user's file"):
        fitted(estimator("adam", path, max_iter=4))
    assert {p.name: p.read_bytes() for p in everybodys.iterdir()} == before


def test_ones_own_link_is_followed(everybodys: Path, tmp_path: Path) -> None:
    (everybodys / "fit").symlink_to(tmp_path / "mine")
    fitted(estimator("adam", everybodys / "fit", max_iter=2))
    assert (tmp_path / "mine").is_file()
    assert (everybodys / "fit").is_symlink()


@pytest.mark.parametrize("ending", ["", ".previous"])
def test_what_another_user_lays_after_the_check_is_not_read(
    ending: str, everybodys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laid when the lock is held, as soon as all names have been looked at."""
    fitted(estimator("adam", tmp_path / "theirs", max_iter=3))
    data, path = (tmp_path / "theirs").read_bytes(), everybodys / f"fit{ending}"

    def lay(place: OutputPlace) -> None:
        try_beside(place)
        path.write_bytes(data)
        os.chown(path, NOBODY, NOBODY)

    monkeypatch.setattr(store, "try_beside", lay)
    with pytest.raises(InputError, match="another user's file"):
        check_usable(Checkpoint(everybodys / "fit"))
    assert [p.name for p in everybodys.iterdir()] == [path.name]


def test_a_checkpoint_stays_in_the_folder_that_was_checked(tmp_path: Path) -> None:
    work, trap = tmp_path / "work", tmp_path / "trap"
    work.mkdir()
    trap.mkdir()

    def exchange(told: Any) -> None:
        if told.epoch == 2:
            work.rename(tmp_path / "aside")
            work.symlink_to(trap)

    fitted(estimator("adam", work / "fit", max_iter=3, callbacks=[exchange]))
    assert list(trap.iterdir()) == []
    assert sorted(p.name for p in (tmp_path / "aside").iterdir()) == ["fit", "fit.previous"]
