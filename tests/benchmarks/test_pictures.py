"""The race of convolutional networks: its networks, its table, and one real turn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from tests.support.benchmark_reports import contender


def test_the_networks_have_the_papers_sizes() -> None:
    from benchmarks.picture_cases import CASES

    counts = {name: case.network().n_parameters for name, case in CASES.items()}
    convolutions = 3 * 9 * 32 + 32 + 32 * 9 * 64 + 64 + 64 * 9 * 64 + 64
    assert counts == {
        "lenet5": 61_706,
        "3x3 to 32, 64, 64": convolutions + 64 * 10 + 10,
        "alexnet": 60_965_224,
        "one picture": 61_706,
    }


def test_the_table_has_the_best_thread_count_and_the_ratio_to_the_best_form() -> None:
    from benchmarks.picture_cases import CASES
    from benchmarks.pictures import table
    from benchmarks.timing import Lap, Pace, race

    def turn(seconds: float, jobs: int) -> Lap:
        return Lap(seconds, steps=8)

    racing = [
        contender(name, partial(turn, seconds), threads=threads)
        for name, threads, seconds in (
            ("rosenblatt", 1, 0.1),
            ("rosenblatt", 2, 0.08),
            ("PyTorch", 1, 0.24),
            ("PyTorch, channels_last", 1, 0.2),
            ("JAX", 2, 0.4),
        )
    ]
    outcome = race(racing, Pace(repetitions=1, seconds=0.0, settle=0.0))
    memory = {(c.name, c.threads): 300.0 for c in racing}
    memory["rosenblatt", 2] = 120.0
    lines = table(replace(CASES["lenet5"], memory=0.5), outcome, memory)
    assert lines[1].split() == ["rosenblatt", "10.000", "ms", "120", "MiB", "threads:", "2"]
    assert lines[-3:] == [
        "  2.50 times as fast as PyTorch; asked: 2",
        "  5.00 times as fast as JAX; asked: 3",
        "  0.40 times the memory of the most frugal; asked: 0.5",
    ]


def test_a_turn_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    from benchmarks.pictures import main

    arguments = ["--repetitions", "1", "--seconds", "0", "--threads", "1", "--peer", "rosenblatt"]
    main(["--case", "one picture", "lenet5", *arguments])
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if not line.startswith(" ")] == [
        "one picture, batch 1",
        "lenet5, batch 128",
    ]
    assert sum("rosenblatt" in line for line in told) == 2
