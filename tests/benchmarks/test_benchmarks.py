"""The benchmark suite runs as its users run it and writes what it promises; no timing asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.benchmark_reports import CASE, ROOT, held, quick_epochs

SPARSE = "csr-20000x1000-64"
PREDICTION = "predict-1x30-64-32"
MEMORY = "memory-50000x30-256-256-256"
# Real races, of a minute.
pytestmark = pytest.mark.exhaustive
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
    cases = (CASE, SPARSE, PREDICTION, "start-up", MEMORY, "whole-fit")
    found = quick_report(out, "--case", *cases, "--peer", "rosenblatt", "scikit-learn")
    assert out.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    return found


def race_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    (race,) = (race for race in report["races"] if race["name"] == name)
    return race


def test_the_machine_is_described(report: dict[str, Any]) -> None:
    machine = report["machine"]
    assert machine["cpu"]
    assert machine["cores_usable"] == 1 <= machine["cores"]
    assert machine["environment"]["OMP_NUM_THREADS"] == "1"
    assert {"numpy", "scipy", "scikit-learn", "rosenblatt"} <= machine["versions"].keys()
    assert {"torch", "jax"} <= machine["versions"].keys()
    assert machine["thread_pools"]
    assert report["load_average"].keys() == {"before", "after"}


def test_every_contender_did_the_same_steps(report: dict[str, Any]) -> None:
    training = race_of(report, CASE)
    assert (training["kind"], training["rows"], training["batch"]) == ("training", 569, 32)
    epochs = quick_epochs()
    assert training["epochs"] == epochs
    names = [contender["name"] for contender in training["contenders"]]
    assert set(names) == {"rosenblatt", "scikit-learn"}
    for contender in training["contenders"]:
        assert contender["steps_per_job"] == epochs * 18  # 569 rows are 18 batches of 32
        assert len(contender["job_seconds"]) == contender["repetitions"] == 2
        assert contender["jobs_per_repetition"] >= 1
        assert contender["threads"] == training["thread_limit"] == 1
        assert_spread(contender["step_microseconds"])
        job, step = contender["job_milliseconds"], contender["step_microseconds"]
        assert job["median"] * 1e3 == pytest.approx(step["median"] * contender["steps_per_job"])


def test_the_fastest_entry_speaks_for_its_peer(report: dict[str, Any]) -> None:
    for race in report["races"]:
        if race["kind"] == "memory":
            continue
        best = {c["name"]: c for c in race["contenders"] if c["best_of_its_name"]}
        for contender in race["contenders"]:
            name, median = contender["name"], contender["job_milliseconds"]["median"]
            assert best[name]["job_milliseconds"]["median"] <= median
        for ratio in race["ratios"]:
            peer, ours = best[ratio["peer"]], best[ratio["ours"]]
            medians = [c["job_milliseconds"]["median"] for c in (peer, ours)]
            assert ratio["ratio"] == pytest.approx(medians[0] / medians[1])
            wanted = ratio["at_least"]
            assert ratio["reached"] == (wanted is None or ratio["ratio"] >= wanted)
            assert_spread(ratio["within_repetitions"])


def test_the_limit_stands_beside_our_time(report: dict[str, Any]) -> None:
    for name in (CASE, SPARSE, PREDICTION):
        race = race_of(report, name)
        limit = race["limit"]
        assert limit["threads"] == 1
        assert limit["gigaflops_per_second"] > 0 < limit["gigabytes_per_second"]
        both = limit["arithmetic_microseconds"], limit["traffic_microseconds"]
        assert limit["microseconds"] == max(both)
        (ours,) = (c for c in race["contenders"] if c["name"] == "rosenblatt")
        share = limit["microseconds"] / ours["step_microseconds"]["median"]
        assert limit["share"] == pytest.approx(share)


def test_sparse_data_stay_sparse(report: dict[str, Any]) -> None:
    race = race_of(report, SPARSE)
    assert race["rows"] == 2000
    assert 0.9 * 10 < race["entries"] / race["rows"] <= 10
    assert race["checks"][0]["holds"]


def test_a_prediction_is_one_call(report: dict[str, Any]) -> None:
    race = race_of(report, PREDICTION)
    assert (race["rows"], race["unit"]) == (1, "call")
    (ratio,) = race["ratios"]
    assert (ratio["peer"], ratio["at_least"]) == ("scikit-learn", 6)


def test_a_start_and_the_memory_are_those_of_fresh_processes(report: dict[str, Any]) -> None:
    start = race_of(report, "start-up")
    assert {c["name"] for c in start["contenders"]} == {"rosenblatt", "scikit-learn"}
    for contender in race_of(report, MEMORY)["contenders"]:
        found = contender["mebibytes"]
        assert 10 < found["imported"] <= found["data"] <= found["peak"]


def test_a_whole_fit_walks_scikit_learns_curve(report: dict[str, Any]) -> None:
    whole_fit = race_of(report, "whole-fit")
    pairs = {(ratio["ours"], ratio["peer"]) for ratio in whole_fit["ratios"]}
    assert pairs == {
        ("rosenblatt float64", "scikit-learn float64"),
        ("rosenblatt float32", "scikit-learn float64"),
        ("rosenblatt float32", "scikit-learn float32"),
    }
    assert [check["limit"] for check in whole_fit["checks"]] == [1e-6, 0]
    assert all(check["value"] <= check["limit"] and check["holds"] for check in whole_fit["checks"])


@pytest.mark.parametrize(("peer", "package"), [("PyTorch", "torch"), ("JAX", "jax")])
@pytest.mark.parametrize("case", [CASE, SPARSE])
def test_another_library_trains_the_same_case(
    tmp_path: Path, peer: str, package: str, case: str
) -> None:
    pytest.importorskip(package)
    (race,) = quick_report(tmp_path / "r.json", "--case", case, "--peer", peer)["races"]
    assert race["left_out"] == []
    for contender in race["contenders"]:
        assert contender["name"] == peer
        assert contender["steps_per_job"] == (quick_epochs() * 18 if case == CASE else 16)
        assert contender["final_loss"] < (0.3 if case == CASE else 0.75)  # from 0.69, about


def test_an_unknown_case_is_refused(tmp_path: Path) -> None:
    done = run_suite(tmp_path / "r.json", "--case", "no-such-case")
    assert done.returncode == 2
    assert CASE in done.stderr
    assert not (tmp_path / "r.json").exists()


def test_a_chart_is_drawn_of_training_races_alone(tmp_path: Path) -> None:
    from benchmarks.chart import draw
    from benchmarks.report import summary

    record = summary(held({"rosenblatt": 0.5, "scikit-learn": 0.5}))
    machine = {"cpu": "a processor", "cores_usable": 1}
    path = tmp_path / "new" / "chart.png"
    assert draw({"machine": machine, "races": [record, {"kind": "memory"}]}, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert not draw({"machine": machine, "races": []}, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_reports_of_one_machine_are_joined_for_a_chart() -> None:
    from benchmarks.chart import joined

    one = {"machine": {"cpu": "a processor"}, "races": [{"name": "first"}]}
    two = {"machine": {"cpu": "a processor"}, "races": [{"name": "second"}]}
    assert [race["name"] for race in joined([one, two])["races"]] == ["first", "second"]
    with pytest.raises(ValueError, match="several processors"):
        joined([one, two | {"machine": {"cpu": "another"}}])


def test_many_fits_at_once_are_the_same_fits(tmp_path: Path) -> None:
    name = "many-569x30-64-32"
    race = race_of(quick_report(tmp_path / "report.json", "--case", name), name)
    losses = {one["name"]: one["final_loss"] for one in race["contenders"]}
    ways = ("one at a time", "in threads", "in processes")
    assert set(losses) == {f"rosenblatt {way}" for way in ways} | {"scikit-learn in processes"}
    assert len({losses[f"rosenblatt {way}"] for way in ways}) == 1
    assert losses["rosenblatt in threads"] == pytest.approx(
        losses["scikit-learn in processes"], rel=0.02
    )
    demanded = {(one["peer"], one["at_least"]) for one in race["ratios"]}
    assert ("rosenblatt one at a time", 0.9) in demanded  # of the one core that this run may use


def test_bfloat16_stands_beside_us_and_is_no_peer(tmp_path: Path) -> None:
    from rosenblatt.engine import has_bfloat16

    if not has_bfloat16():
        pytest.skip("no AVX512-BF16")
    name = "20000x784-256-128"
    report = quick_report(tmp_path / "report.json", "--case", name, "--peer", "rosenblatt")
    race = race_of(report, name)
    assert {one["name"] for one in race["contenders"]} == {"rosenblatt", "rosenblatt bfloat16"}
    assert race["ratios"] == []
