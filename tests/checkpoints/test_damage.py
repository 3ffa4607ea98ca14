"""Damaged, cut, foreign and made-up checkpoint files."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.checkpoints.file import read_snapshot, write_snapshot
from rosenblatt.errors import DivergenceError, InputError
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
    with pytest.raises(InputError, match="cannot be used") as refused:
        fitted(estimator("adam", path))
    assert "Error" not in str(refused.value)  # no exception of Python's


WRONG: tuple[Any, ...] = ("x", [1], {"a": 1}, -1, 1e308, 10**400, None)
FORGED = (
    "adam",
    "float32, sgd, momentum, adaptive",
    "invscaling",
    "plateau",
    "warm-up, AMSGrad",
    "dropout, batch normalisation, best weights",
    "averages over epochs",
    "going back where it diverges",
    "kfac",
    "lbfgs",
    "gauss_newton",
)


@pytest.mark.parametrize("way", FORGED)
def test_any_value_made_up_is_an_error_or_a_fit(way: str, tmp_path: Path) -> None:
    """Of each value, and of the first in each list and dictionary: of all kinds that JSON has."""
    path = tmp_path / "fit.checkpoint"
    broken_off(way, path, 3, max_iter=4)
    written, found = path.read_bytes(), read_snapshot(path)
    refused = 0
    for name, wrong in product(found.values, WRONG):
        if not name.startswith("fit."):
            continue
        for changed in (wrong, *within(found.values[name], wrong)):
            path.with_name("fit.checkpoint.previous").unlink(missing_ok=True)
            with path.open("wb") as file:
                write_snapshot(file, StateDict({**found.values, name: changed}, found.arrays))
            try:
                fitted(estimator(way, path, max_iter=4))
            except InputError:
                refused += 1
            except DivergenceError:  # of numbers that are none of this fit
                assert type(changed) is not str
    assert refused > 20
    path.write_bytes(written)
    fitted(estimator(way, path, max_iter=4))


def within(value: Any, wrong: Any) -> list[Any]:
    """The value with something wrong within."""
    if isinstance(value, list) and value:
        inner = [wrong, *within(value[0], wrong)]
        return [[x, *value[1:]] for x in inner] + [[wrong]]
    if isinstance(value, dict):
        return [{**value, name: wrong} for name in value]
    return []


@pytest.mark.parametrize("way", ["adam", "kfac", "lbfgs"])
@pytest.mark.parametrize("wrong", [-1, 10**6])
def test_whole_numbers_of_arrays_out_of_range_are_an_error(
    way: str, wrong: int, tmp_path: Path
) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off(way, path, 3)
    found = read_snapshot(path)
    for name, array in found.arrays.items():
        if array.dtype.kind == "i" and (wrong < 0 or name.endswith("order")):
            with path.open("wb") as file:
                arrays = {**found.arrays, name: np.full_like(array, wrong)}
                write_snapshot(file, StateDict(found.values, arrays))
            with pytest.raises(InputError, match="cannot be used"):
                fitted(estimator(way, path))


@pytest.mark.parametrize("k", [0, 3])
def test_another_processors_lbfgs_leaves_the_files_alone(k: int, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("lbfgs", path, max_iter=20))
    found = read_snapshot(path)
    name = f"fit.recording.gradient{k}"
    with path.open("wb") as file:  # another rounding, enlarged
        arrays = {**found.arrays, name: found.arrays[name] * 1.001}
        write_snapshot(file, StateDict(found.values, arrays))
    files = {p: p.read_bytes() for p in tmp_path.iterdir()}
    for _ in range(2):
        with pytest.raises(InputError, match="on another processor"):
            fitted(estimator("lbfgs", path))
        assert {p: p.read_bytes() for p in tmp_path.iterdir()} == files


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
