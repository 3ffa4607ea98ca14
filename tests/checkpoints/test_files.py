"""What else lies where a checkpoint goes: it stays, and the fit that is in its way says so."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import Checkpoint
from rosenblatt.checkpoints.file import LINE, read_snapshot, write_snapshot
from rosenblatt.errors import InputError
from rosenblatt.support.state_dict import StateDict
from tests.support.checkpointed import X, Y, bits, estimator, fitted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def alpha_in(path: Path) -> str:
    return str(read_snapshot(path).values["identity"]["alpha"])


@pytest.mark.parametrize("name", ["run.new", ".run.tmp", "run.tmp", "run~"])
def test_two_fits_of_similar_names_leave_each_other_alone(name: str, tmp_path: Path) -> None:
    one, other = tmp_path / name, tmp_path / "run"

    def begins_the_other(told: Any) -> None:
        if told.epoch == 3:
            fitted(estimator("adam", other, alpha=0.25, max_iter=3))
            assert alpha_in(one) == "0.5"

    fitted(estimator("adam", one, alpha=0.5, max_iter=4, callbacks=[begins_the_other]))
    assert {p.name: alpha_in(p) for p in tmp_path.iterdir()} == {
        name: "0.5",
        f"{name}.previous": "0.5",
        "run": "0.25",
        "run.previous": "0.25",
    }


@pytest.mark.parametrize("name", ["fit.previous", "fit.in-use", "FIT.PREVIOUS"])
def test_the_names_of_the_files_beside_are_those_of_no_checkpoint(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="beside another checkpoint"):
        fitted(estimator("adam", tmp_path / name))
    (tmp_path / "link").symlink_to(name)
    with pytest.raises(InputError, match="beside another checkpoint"):
        fitted(estimator("adam", tmp_path / "link"))
    assert [p.name for p in tmp_path.iterdir()] == ["link"]


@pytest.mark.parametrize("newest", ["whole", "missing", "damaged"])
def test_the_one_before_of_another_problem_is_an_error_before_training(
    newest: str, tmp_path: Path
) -> None:
    path, told = tmp_path / "run", []
    fitted(estimator("adam", path, max_iter=2))
    fitted(estimator("adam", tmp_path / "other", max_iter=2, alpha=0.5))
    shutil.move(tmp_path / "other", tmp_path / "run.previous")
    if newest == "damaged":
        path.write_bytes(path.read_bytes()[:-1])
    elif newest == "missing":
        path.unlink()
    before = files(tmp_path)
    with pytest.raises(InputError, match=r"run\.previous is of another problem: alpha is 0\.0001"):
        estimator("adam", path, callbacks=[told.append]).fit(X, Y)
    assert files(tmp_path) == before
    assert not told


def csv(path: Path) -> None:
    path.write_text("id,price\n1,2\n")


def of_another_version(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(LINE, LINE.replace(b"1", b"2")))


def made_up(path: Path) -> None:
    sealed(path, {"values": []})


def sealed(path: Path, header: Any) -> None:
    """A file whose checksum fits, whatever is in it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    data = LINE + len(text).to_bytes(8, "little") + text
    path.write_bytes(data + hashlib.sha256(data).digest())


FOREIGN = {
    csv: "it is not a checkpoint",
    made_up: "it is not a checkpoint",
    of_another_version: "another version of rosenblatt wrote it",
}


@pytest.mark.parametrize("becomes", FOREIGN)
def test_another_file_in_the_place_of_the_newest_is_an_error(
    becomes: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "run"
    fitted(estimator("adam", path, max_iter=4))
    becomes(path)
    before = files(tmp_path)
    remedy = r"is not overwritten: .* remove the file to go on from run\.previous$"
    with pytest.raises(InputError, match=rf"run cannot be used \({FOREIGN[becomes]}\).*{remedy}"):
        fitted(estimator("adam", path, max_iter=6))
    assert files(tmp_path) == before
    path.unlink()
    resumed = fitted(estimator("adam", path, max_iter=6))
    assert resumed.resumed_from_ is not None
    assert bits(resumed) == bits(fitted(estimator("adam", max_iter=6)))


@pytest.mark.parametrize("becomes", FOREIGN)
def test_another_file_in_the_place_of_the_one_before_is_an_error(
    becomes: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "run"
    fitted(estimator("adam", path, max_iter=4))
    becomes(tmp_path / "run.previous")
    before = files(tmp_path)
    with pytest.raises(InputError, match=r"run\.previous"):
        fitted(estimator("adam", path, max_iter=6))
    assert files(tmp_path) == before


@pytest.mark.parametrize("length", [0, 10, len(LINE), 200])
def test_torn_snapshot_falls_back_to_the_previous_one(length: int, tmp_path: Path) -> None:
    path = tmp_path / "run"
    fitted(estimator("adam", path, max_iter=4))
    path.write_bytes(path.read_bytes()[:length])
    with pytest.warns(RuntimeWarning, match=r"it is (damaged|empty).*the one before it is"):
        resumed = estimator("adam", path, max_iter=6).fit(X, Y)
    assert bits(resumed) == bits(fitted(estimator("adam", max_iter=6)))


@pytest.mark.parametrize(
    "kind", ["(1", "(2,f8", "f8,", "i,(os)f8", "O", "<U9", "<f16", "V8", ["<f8"]]
)
def test_an_array_of_a_type_made_up_is_that_of_no_checkpoint(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "run"
    sealed(path, {"values": {}, "arrays": [["a", kind, [1]]]})
    with pytest.raises(InputError, match="it is not a checkpoint"):
        fitted(estimator("adam", path))


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", ">i4", "u8", "f2", ">f4", "f8"])
def test_snapshot_round_trip(dtype: str, tmp_path: Path) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    with (tmp_path / "run").open("wb") as file:
        write_snapshot(file, StateDict({}, {"a": array}))
    found = read_snapshot(tmp_path / "run").arrays["a"]
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype.newbyteorder("<")


@pytest.mark.parametrize("dtype", ["c16", "U3", "O", "M8[s]"])
def test_unreadable_dtype_is_not_written(dtype: str, tmp_path: Path) -> None:
    with (tmp_path / "run").open("wb") as file, pytest.raises(TypeError, match="cannot hold"):
        write_snapshot(file, StateDict({}, {"a": np.zeros(3).astype(dtype)}))


@pytest.mark.parametrize("every", ["1", None, -1, float("inf"), float("nan"), 10**400, 1j])
def test_invalid_number_of_seconds_is_refused(every: Any) -> None:
    with pytest.raises(InputError, match=r"every=.* takes seconds, 0 or more"):
        Checkpoint("fit", every)


@pytest.mark.parametrize("path", ["new/", "new/.", "new/..", "", "a\0b", b"fit", 5, None])
def test_invalid_file_path_is_refused(path: Any) -> None:
    with pytest.raises(InputError, match=r"path of Checkpoint=.*(a folder|the path of a file)"):
        Checkpoint(path)


def test_the_sign_for_home_is_a_name_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in pathlib."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"the folder .*~ does not exist"):
        fitted(estimator("adam", Path("~/fit")))
    assert not list(tmp_path.iterdir())


def test_checkpoint_is_synced_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, calls = tmp_path / "run", []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        calls.append(("on the disk", os.fstat(descriptor).st_ino))
        fsync(descriptor)

    def renamed(one: str, other: str, **folders: int) -> None:
        calls.append((other, (tmp_path / one).stat().st_ino))
        replace(one, other, **folders)

    fitted(estimator("adam", path, max_iter=1))
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    first = path.stat().st_ino
    fitted(estimator("adam", path, max_iter=2))
    second = path.stat().st_ino
    assert calls == [
        ("on the disk", second),
        ("run.previous", first),
        ("run", second),
        ("on the disk", tmp_path.stat().st_ino),
    ]
