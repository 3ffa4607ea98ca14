"""Which shapes of texts an expression matches, and how often Arrow compiles it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from rosenblatt.table.notation import digit_shapes as module
from rosenblatt.table.notation.digit_shapes import digit_shapes

PATTERN = r"^0{2}\.0{2} of a test$"


def test_a_shape_is_asked_for_once_whatever_is_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of a wide table have the same shapes, each beside others."""
    asked: list[list[str]] = []
    ask = module.matching

    def counted(shapes: list[str], pattern: str) -> dict[str, bool]:
        asked.append(list(shapes))
        return ask(shapes, pattern)

    monkeypatch.setattr(module, "matching", counted)
    columns = [["12.34 of a test", "x"], ["x", "56.78 OF a test"], ["12.34", "99.99 of a test"]]
    found = [digit_shapes(pa.array(texts)).matching(PATTERN).tolist() for texts in columns]
    assert found == [[True, False], [False, True], [False, True]]
    assert [shapes for shapes in asked if shapes] == [["00.00 of a test"], ["00.00"]]


def test_many_shapes_are_asked_for_at_once_and_not_kept() -> None:
    texts = ["0" * (k + 1) + "x" * j for k in range(60) for j in range(9)]
    pattern = "^0+x{4}$"
    found = digit_shapes(pa.array(texts)).matching(pattern)
    assert found.sum() == 60
    assert not module.ANSWERS.get(pattern)
