"""The leaderboard's file: what is kept, what is run, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.tables import results
from benchmarks.tables.results import Run


def record(contender: str, seed: int, error: float = 0.1) -> dict[str, Any]:
    return {"contender": contender, "table": "t", "seed": seed, "rows": 6000, "error": error}


RUNS = [Run(name, "t", seed, 6000) for seed in (0, 1) for name in ("A", "B")]


def test_only_runs_without_a_record_are_missing() -> None:
    kept = [record("A", 0), record("B", 1), record("C", 0)]
    assert results.missing(RUNS, kept, again=[]) == [RUNS[1], RUNS[2]]
    assert results.missing(RUNS, kept, again=["B"]) == [RUNS[1], RUNS[2], RUNS[3]]
    fewer_rows = [run._replace(rows=100) for run in RUNS]
    assert results.missing(fewer_rows, kept, again=[]) == fewer_rows


def test_a_new_record_takes_the_place_of_the_old_one_of_its_run(tmp_path: Path) -> None:
    path = tmp_path / "new" / "board.json"
    assert results.load(path) == []
    for new in (record("B", 0), record("A", 1), record("A", 0), record("A", 1, error=0.2)):
        results.add(path, {"cpu": "one"}, new)
    assert results.load(path) == [record("A", 0), record("A", 1, error=0.2), record("B", 0)]
    assert [file.name for file in path.parent.iterdir()] == ["board.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2, "records": []}'])
def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(results.CannotLoad, match="no leaderboard of format 1"):
        results.add(path, {}, record("A", 0))
    assert path.read_text() == text
