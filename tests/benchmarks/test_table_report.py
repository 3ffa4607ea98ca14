"""Who is ahead, by how much, and how that is told and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.tables import picture, report
from benchmarks.tables.compare import compare
from benchmarks.tables.contenders import CONTENDERS


def record(
    contender: str,
    table: str,
    seed: int,
    error: float,
    log_loss: float | None = None,
    cpu: float = 1.0,
) -> dict[str, Any]:
    return {
        "contender": contender,
        "table": table,
        "seed": seed,
        "error": error,
        "log_loss": log_loss,
        "fit_seconds": {"wall": cpu, "cpu": cpu},
        "predict_seconds": {"wall": 0.01, "cpu": 0.01},
        "memory_mib": 10.0,
        "training_rows": 300,
        "test_rows": 100,
    }


RECORDS = [
    record("rosenblatt", "houses", 0, 0.10, cpu=8),
    record("rosenblatt", "houses", 1, 0.20, cpu=8),
    record("rosenblatt", "houses", 2, 0.90, cpu=8),
    record("LightGBM", "houses", 0, 0.30, cpu=2),
    record("LightGBM", "houses", 1, 0.30, cpu=2),
    record("rosenblatt", "letters", 0, 0.03, log_loss=0.2, cpu=1),
    record("LightGBM", "letters", 0, 0.00, log_loss=0.1, cpu=1),
    record("CatBoost", "letters", 0, 0.01, log_loss=0.1, cpu=1),
]


def test_a_comparison_is_of_means_over_the_seeds_that_both_have() -> None:
    found = compare(RECORDS, "rosenblatt", "LightGBM")
    assert found is not None
    # 100 test rows: five of them are 0.05.
    assert found.ratio == pytest.approx(((0.15 + 0.05) / (0.30 + 0.05) * 0.08 / 0.05) ** 0.5)
    assert (found.ahead, found.tables) == (1, 2)
    assert found.cpu == pytest.approx((8 * 1) ** 0.5)
    assert found.cpu_ratio == pytest.approx((8 / 2 * 1) ** 0.5)
    assert (found.loss_ahead, found.loss_tables) == (0, 1)
    assert found.loss_ratio == pytest.approx(2.0)


def test_the_plain_ratio_needs_errors_above_zero() -> None:
    with_zero = compare(RECORDS, "rosenblatt", "LightGBM")
    without = compare(RECORDS, "rosenblatt", "CatBoost")
    assert with_zero is not None
    assert without is not None
    assert with_zero.plain is None
    assert without.plain == pytest.approx(3.0)


def test_contenders_without_a_common_run_are_not_compared() -> None:
    assert compare(RECORDS, "rosenblatt", "XGBoost") is None


def test_the_lowest_mean_of_all_seeds_is_marked_and_what_lacks_a_seed_is_too() -> None:
    told = report.lines(RECORDS)
    (houses,) = (line for line in told if line.startswith("houses"))
    (letters,) = (line for line in told if line.startswith("letters"))
    assert houses.split() == ["houses", "40.00*30.00~", "-"]
    assert letters.split() == ["letters", "3.00~", "0.00~", "1.00~"]
    assert "~ some seeds only" in told


def test_a_tie_marks_both_and_puts_none_ahead() -> None:
    even = [record(name, "t", 0, 0.1) for name in ("LightGBM", "CatBoost")]
    assert "t                   10.00*10.00*" in report.lines(even)
    found = compare(even, "CatBoost", "LightGBM")
    assert found is not None
    assert (found.ahead, found.ratio, found.loss_ratio) == (0, 1.0, None)


def test_all_contenders_fit_into_80_columns() -> None:
    everyone = [
        record(name, "a_table_with_a_very_long_name", 0, 0.123, log_loss=12.3, cpu=12345.6)
        for name in CONTENDERS
    ]
    told = report.lines(everyone)
    assert max(map(len, told)) <= 80
    assert all(any(line.startswith(name) for line in told) for name in CONTENDERS)


def test_the_picture_has_every_contender_that_shares_a_table_with_lightgbm(tmp_path: Path) -> None:
    path = tmp_path / "new" / "board.png"
    assert picture.draw(RECORDS, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    names = {point.name: point for point in picture.points(RECORDS)}
    assert names.keys() == {"rosenblatt", "LightGBM", "CatBoost"}
    assert names["LightGBM"].ratio == 1.0
    assert names["CatBoost"].tables == 1
    alone = [record("CatBoost", "t", 0, 0.1)]
    assert not picture.draw(alone, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
