"""`rosenblatt train --workers`: its options, and a training by simulated workers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.cli.app import run
from rosenblatt.cli.cluster_options import COMPRESSIONS, MODES, ClusterOptions
from rosenblatt.cluster import training
from rosenblatt.cluster.compression import COMPRESSORS
from rosenblatt.persistence import load_model
from tests.support.commands import command

QUICK = ["--example", "iris", "--epochs", "3"]


def test_the_names_are_those_of_the_library() -> None:
    assert (*COMPRESSORS, "auto") == COMPRESSIONS
    for mode in MODES:
        training.mode_of(mode, 3)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--mode", "async"], "--mode is for several workers: give --workers 2 or more too"),
        (["--workers", "0"], "--workers"),
        (["--workers", "2", "--mode", "ssp"], "--mode"),
        (["--workers", "2", "--staleness", "-1"], "--staleness"),
        (["--workers", "2", "--staleness", "5"], "--staleness is for --mode bounded"),
        (["--workers", "2", "--compression", "zip"], "--compression"),
        (["--workers", "2", "--ensemble", "3"], "is for the table learner"),
        (["--workers", "2", "--solver", "lbfgs"], "take a first-order solver"),
    ],
)
def test_what_is_refused(
    given: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.safetensors"
    assert run(["train", *QUICK, "--out", str(out), *given]) == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert not out.exists()


def test_without_ray_the_command_that_installs_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    out = tmp_path / "m.safetensors"
    assert run(["train", *QUICK, "--workers", "2", "--out", str(out)]) == 2
    assert "needs ray" in capsys.readouterr().err


def test_simulated_workers_make_the_model_of_one_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = []
    for name, given in (("one", ["--jobs", "1"]), ("three", ["--workers", "3"])):
        out = tmp_path / f"{name}.safetensors"
        address = ["--cluster", "inproc"] if name == "three" else []
        shown = command("train", *QUICK, "--hidden", "8", *given, *address, "--out", out)
        models.append(load_model(out).model)
    assert "3 workers and 1 server sent" in capsys.readouterr().err
    table = [line.split() for line in shown.splitlines() if " 0% " in line]
    assert [line[:2] for line in table] == [["0", "12"], ["1", "12"], ["2", "12"]]
    one, three = (model.parameters for model in models)
    np.testing.assert_allclose(one, three, rtol=1e-3, atol=1e-4)  # float32


def test_what_joining_means_is_said_once_before_another_machine_is_joined() -> None:
    def said(address: str | None) -> tuple[str, ...]:
        return ClusterOptions(2, 1, "sync", 3, 1, None, address).before

    for own in (None, "auto", "127.0.0.1:6379", "ray://localhost:10001", "[::1]:6379"):
        assert said(own) == ()
    (note,) = said("ray://head.example:10001")
    assert "head.example:10001 runs your code" in note
    assert said("ray://head.example:10001") == ()


def test_a_chosen_compression_is_explained() -> None:
    entry = {"bytes_sent": 5e6, "idle": 0.25, "staleness_max": 0, "workers_lost": 0}

    class Fitted:
        history_ = (entry,)

    options = ClusterOptions(2, 1, "sync", 3, 1, "auto", None)
    options.report.compression = "no compression: the connections could not be measured"
    assert "could not be measured" in options.notes(Fitted)[1]


def test_the_notes_tell_what_was_used(monkeypatch: Any) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    entry = {"bytes_sent": 5e6, "idle": 0.25, "staleness_max": 3, "workers_lost": 1}

    class Fitted:
        history_ = ({"loss": 1.0}, entry, entry)

    options = ClusterOptions(4, 1, "bounded", 3, 1, None, None)
    assert options.notes(Fitted) == (
        "4 workers and 1 server sent 10.0 MB; the workers waited 25% of their time",
        "gradients were 3 steps old at most",
        "2 workers died or stood still, and had a successor",
        "the workers shared 2 cores, so that more are no faster",
    )
