"""Races on made-up contenders, and what is reported of them."""

from __future__ import annotations

from functools import partial

import pytest

from tests.support.benchmark_reports import contender, held


def test_contenders_take_turns_and_each_repetition_starts_with_another() -> None:
    from benchmarks.timing import Lap, Pace, race

    ran = ""

    def turn(letter: str, seconds: float, jobs: int) -> Lap:
        nonlocal ran
        ran += letter * jobs
        return Lap(seconds, steps=10, loss=0.5)

    outcome = race(
        [
            contender(letter, partial(turn, letter, seconds))
            for letter, seconds in (("a", 1.0), ("b", 0.5), ("c", 2.0))
        ],
        Pace(repetitions=3, seconds=1.0, settle=0.0),
    )
    # Warm-up: a job shorter than a turn is run again, and then fills its turns.
    assert ran == "abbc" + "abbc" + "bbca" + "cabb"
    assert [timing.jobs for timing in outcome.timings] == [1, 2, 1]
    assert [timing.seconds for timing in outcome.timings] == [(1.0,) * 3, (0.5,) * 3, (2.0,) * 3]
    assert outcome.left_out == ()


def test_a_hopeless_thread_count_stays_in_the_warm_up_and_is_named() -> None:
    from benchmarks.timing import Lap, Pace, race

    def turn(seconds: float, jobs: int) -> Lap:
        return Lap(seconds, steps=1)

    contenders = [
        contender("a", partial(turn, 1.0), threads=1),
        contender("a", partial(turn, 1.2), threads=2),
        contender("b", partial(turn, 8.0), threads=1),
        contender("b", partial(turn, 4.0), threads=2),
    ]
    outcome = race(contenders, Pace(repetitions=2, seconds=1.0, settle=0.0))
    raced = [(t.contender.name, t.contender.threads) for t in outcome.timings]
    assert raced == [("a", 1), ("a", 2), ("b", 2)]
    (left_out,) = outcome.left_out
    assert (left_out.name, left_out.threads) == ("b", 1)
    assert "2.0 times slower" in left_out.reason


def test_one_that_fails_leaves_the_race_to_the_others() -> None:
    from benchmarks.timing import CannotRun, Lap, Pace, race

    turns = 0

    def failing(jobs: int) -> Lap:
        nonlocal turns
        turns += 1
        if turns > 2:
            raise CannotRun("out of luck")
        return Lap(1.0, steps=1)

    others = contender("b", lambda jobs: Lap(1.0, steps=1))
    outcome = race([contender("a", failing), others], Pace(3, seconds=0.5, settle=0.0))
    assert [(t.contender.name, len(t.seconds)) for t in outcome.timings] == [("b", 3)]
    assert [one.reason for one in outcome.left_out] == ["out of luck"]


@pytest.mark.parametrize(("our_loss", "holds"), [(0.501, True), (0.55, False)])
def test_loss_unlike_scikit_learns_is_reported(our_loss: float, holds: bool) -> None:
    from benchmarks.report import summary

    (check,) = summary(held({"rosenblatt": our_loss, "scikit-learn": 0.5}))["checks"]
    assert check["holds"] is holds
    assert check["value"] == pytest.approx(abs(our_loss / 0.5 - 1))


@pytest.mark.parametrize(
    ("at_least", "share", "verdict"),
    [
        (0.97, None, "REACHED"),
        (4.5, None, "MISSED: scikit-learn"),
        (4.0, 0.5, "REACHED"),
        (4.0, 0.51, "MISSED: share"),
        (5.0, 0.6, "MISSED: scikit-learn, share"),
    ],
)
def test_the_overview_says_what_was_missed(
    at_least: float, share: float | None, verdict: str
) -> None:
    from benchmarks.overview import overview
    from benchmarks.report import summary

    record = summary(held({"rosenblatt": 0.5, "scikit-learn": 0.5}, at_least, share))
    assert record["limit"]["share"] == pytest.approx(0.5)
    assert record["limit"]["bound_by"] == "arithmetic"
    line = overview([record])[-1]
    assert line.split() == [
        record["name"],
        "10000",
        "µs",
        "4.00",
        "-",
        "-",
        "-",
        "50%",
        *verdict.split(),
    ]


def test_without_us_there_is_nothing_to_demand() -> None:
    from benchmarks.report import summary

    record = summary(held({"scikit-learn": 0.5}))
    assert (record["ratios"], record["limit"], record["checks"]) == ([], None, [])
