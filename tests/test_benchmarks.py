"""The benchmark suite runs as its users run it and writes what it promises; no timing asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CASE = "569x30-64-32"


# Two threads apiece are slow where other processes hold the cores, and show nothing more here.
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run_suite(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "benchmarks", "--quick", "--out", str(out)]
    return subprocess.run(
        [*command, *arguments],
        check=False,
        cwd=ROOT,
        env=ONE_THREAD,
        capture_output=True,
        text=True,
    )


def quick_report(out: Path, *arguments: str) -> dict[str, Any]:
    done = run_suite(out, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(out.read_text())
    assert report["quick"]
    return report


def assert_spread(spread: dict[str, float]) -> None:
    assert 0 < spread["q1"] <= spread["median"] <= spread["q3"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("benchmarks") / "new" / "report.json"
    return quick_report(out, "--case", CASE, "whole-fit", "--peer", "rosenblatt", "scikit-learn")


def test_the_machine_is_described(report: dict[str, Any]) -> None:
    machine = report["machine"]
    assert machine["cpu"]
    assert machine["cores_usable"] == 1 <= machine["cores"]
    assert machine["environment"]["OMP_NUM_THREADS"] == "1"
    assert {"numpy", "scipy", "scikit-learn", "rosenblatt", "torch"} <= machine["versions"].keys()
    assert machine["thread_pools"]
    assert report["load_average"].keys() == {"before", "after"}


def test_every_contender_did_the_same_steps(report: dict[str, Any]) -> None:
    training = report["races"][0]
    assert (training["name"], training["rows"], training["batch"]) == (CASE, 569, 32)
    assert training["epochs"] == 5
    names = [contender["name"] for contender in training["contenders"]]
    assert set(names) == {"rosenblatt", "scikit-learn"}
    for contender in training["contenders"]:
        assert contender["steps_per_job"] == 5 * 18  # 569 rows are 18 batches of 32
        assert len(contender["job_seconds"]) == contender["repetitions"] == 2
        assert contender["jobs_per_repetition"] >= 1
        assert contender["threads"] == training["thread_limit"] == 1
        assert_spread(contender["step_microseconds"])
        job, step = contender["job_milliseconds"], contender["step_microseconds"]
        assert job["median"] * 1e3 == pytest.approx(step["median"] * contender["steps_per_job"])


def test_the_fastest_entry_speaks_for_its_peer(report: dict[str, Any]) -> None:
    for race in report["races"]:
        best = {c["name"]: c for c in race["contenders"] if c["best_of_its_name"]}
        for contender in race["contenders"]:
            name, median = contender["name"], contender["job_milliseconds"]["median"]
            assert best[name]["job_milliseconds"]["median"] <= median
        for ratio in race["ratios"]:
            peer, ours = best[ratio["peer"]], best[ratio["ours"]]
            medians = [c["job_milliseconds"]["median"] for c in (peer, ours)]
            assert ratio["ratio"] == pytest.approx(medians[0] / medians[1])
            assert ratio["reached"] == (ratio["ratio"] >= ratio["at_least"])
            assert_spread(ratio["within_repetitions"])


def test_a_whole_fit_walks_scikit_learns_curve(report: dict[str, Any]) -> None:
    whole_fit = report["races"][1]
    pairs = {(ratio["ours"], ratio["peer"]) for ratio in whole_fit["ratios"]}
    assert pairs == {
        ("rosenblatt float64", "scikit-learn float64"),
        ("rosenblatt float32", "scikit-learn float64"),
        ("rosenblatt float32", "scikit-learn float32"),
    }
    assert [check["limit"] for check in whole_fit["checks"]] == [1e-6, 0]
    assert all(check["value"] <= check["limit"] and check["holds"] for check in whole_fit["checks"])


def test_pytorch_trains_the_same_case(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (race,) = quick_report(tmp_path / "r.json", "--case", CASE, "--peer", "PyTorch")["races"]
    for contender in race["contenders"]:
        assert contender["name"] == "PyTorch"
        assert contender["steps_per_job"] == 5 * 18
        assert contender["final_loss"] < 0.3  # from 0.69: it did learn


def test_an_unknown_case_is_refused(tmp_path: Path) -> None:
    done = run_suite(tmp_path / "r.json", "--case", "no-such-case")
    assert done.returncode == 2
    assert CASE in done.stderr
    assert not (tmp_path / "r.json").exists()


def test_contenders_take_turns_and_each_repetition_starts_with_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.timing import Contender, Lap, Pace, race

    ran = ""

    def job(letter: str, seconds: float) -> Lap:
        nonlocal ran
        ran += letter
        return Lap(seconds, steps=10, loss=0.5)

    contenders = [
        Contender(letter, 1, "float32", partial(job, letter, seconds))
        for letter, seconds in (("a", 1.0), ("b", 0.5), ("c", 2.0))
    ]
    timings = race(contenders, Pace(repetitions=3, seconds=1.0, settle=0.0))
    # Warm-up: a job shorter than a turn is run again, and then fills its turns.
    assert ran == "abbc" + "abbc" + "bbca" + "cabb"
    assert [timing.jobs for timing in timings] == [1, 2, 1]
    assert [timing.seconds for timing in timings] == [(1.0,) * 3, (0.5,) * 3, (2.0,) * 3]


@pytest.mark.parametrize(("our_loss", "holds"), [(0.501, True), (0.55, False)])
def test_a_loss_unlike_scikit_learns_is_told(
    monkeypatch: pytest.MonkeyPatch, our_loss: float, holds: bool
) -> None:
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks import races, report
    from benchmarks.cases import CASES
    from benchmarks.timing import Contender, Lap, Timing

    losses = {"rosenblatt": our_loss, "scikit-learn": 0.5}
    timings = [
        Timing(
            Contender(name, 1, "float32", lambda: Lap(0.0, 0, 0.0)),
            jobs=1,
            seconds=(seconds,),
            steps=10,
            loss=losses[name],
        )
        for name, seconds in (("rosenblatt", 0.1), ("scikit-learn", 0.4))
    ]
    entry = races.training_race(CASES[0], peers=[], cores=1)
    (check,) = report.summary(entry, timings)["checks"]
    assert check["holds"] is holds
    assert check["value"] == pytest.approx(abs(our_loss / 0.5 - 1))
