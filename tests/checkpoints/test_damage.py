"""Damaged, cut, foreign and made-up checkpoint files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.checkpoints.file import read_snapshot, write_snapshot
from rosenblatt.errors import InputError
from rosenblatt.support.state_dict import StateDict
from tests.support.broken_fits import broken_off, damage
from tests.support.checkpointed import (
    X,
    Y,
    bits,
    estimator,
    fitted,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    damage(path)
    with pytest.warns(RuntimeWarning, match=r"it is damaged.*the one before it is") as caught:
        resumed = estimator("adam", path).fit(X, Y)
    assert {w.filename for w in caught} == {__file__}
    assert bits(resumed) == bits(fitted(estimator("adam")))


@pytest.mark.parametrize("missing", [False, True])
def test_two_damaged_ones_are_an_error_and_stay(missing: bool, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    damage(path.with_name("fit.checkpoint.previous"))
    path.unlink() if missing else damage(path)
    files = {p: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(InputError, match=r"it is damaged.*is not overwritten"):
        fitted(estimator("adam", path))
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == files


@pytest.mark.parametrize("content", [b"", b"id,price\n1,2\n", b"\0" * 4000])
def test_another_file_is_never_written_over(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"it is (empty|not a checkpoint).*is not overwritten"):
        fitted(estimator("adam", path))
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize("cut", [0, 10, 30, 100, -40, -1])
def test_a_file_cut_short_is_damaged(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    path.write_bytes(path.read_bytes()[:cut])
    path.with_name("fit.checkpoint.previous").unlink()
    with pytest.raises(InputError, match=r"it is (damaged|empty)"):
        fitted(estimator("adam", path))


HOSTILE: dict[str, dict[str, Any]] = {
    "no identity": {"identity": None},
    "identity": {"identity": "no"},
    "history": {"fit.written.history_": 5},
    "epoch": {"fit.descent.epoch": "z"},
    "rate": {"fit.descent.rate.step": None},
    "generator": {"fit.generator.state": []},
    "generator's place": {
        "fit.generator.state": {
            "bit_generator": "MT19937",
            "state": {"key": [0] * 624, "pos": 10**8},
            "has_gauss": 0,
            "gauss": 0.0,
        }
    },
    "a method": {"fit.descent.rate.lr_factors": 3},
    "limits": {"limits": {}},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_made_up_is_an_error(case: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)
    found = read_snapshot(path)
    values = {**found.values, **HOSTILE[case]}
    with path.open("wb") as file:
        write_snapshot(
            file, StateDict({k: v for k, v in values.items() if v is not None}, found.arrays)
        )
    with pytest.raises(InputError, match="cannot be used"):
        fitted(estimator("adam", path))


def test_a_file_made_up_sets_no_attribute_but_a_fits_own(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)
    found = read_snapshot(path)
    with path.open("wb") as file:
        write_snapshot(file, StateDict({**found.values, "fit.written.predict": 1}, found.arrays))
    assert callable(fitted(estimator("adam", path)).predict)


@pytest.mark.parametrize("name", ["theta", "descent.order", "memory.slots"])
def test_arrays_of_another_shape_or_type_are_an_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)
    found = read_snapshot(path)
    for wrong in (found.arrays[f"fit.{name}"][:1], found.arrays[f"fit.{name}"].astype(np.float16)):
        arrays = {**found.arrays, f"fit.{name}": wrong}
        with path.open("wb") as file:
            write_snapshot(file, StateDict(found.values, arrays))
        with pytest.raises(InputError, match="cannot be used"):
            fitted(estimator("adam", path))
