"""What a fitted table estimator says of itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rosenblatt import TableClassifier
from rosenblatt.support.text_width import width_of


def test_the_summary_of_a_wide_table_has_a_line_for_each_kind() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"n{k}": rng.normal(size=60) for k in range(40)})
    y = (frame["n0"] > 0).to_numpy()
    assert "  n39     number: " in TableClassifier("fast", random_state=0).fit(frame, y).summary()
    frame["town"] = np.tile(["Rome", "Oslo", "Bern"], 20)
    summary = TableClassifier("fast", random_state=0).fit(frame, y).summary()
    assert "  40 columns of the kind number: 'n0', 'n1', 'n2', ..." in summary
    assert "  1 column of the kind category: 'town'" in summary
    assert "n39" not in summary
    assert "  target  target: 2 classes" in summary


def test_the_summary_shows_any_names_in_lines_of_a_terminal() -> None:
    names = ["a\x1b[31m\nb", "n" * 3000, "价格", "c"]
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 4)), columns=names)
    y = np.where(frame["c"] > 0, "yes\x1b[2J", "no")
    lines = TableClassifier("fast", random_state=0).fit(frame, y).summary().split("\n")
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) < 300
    columns = [line for line in lines if "  number: " in line]
    assert columns[0].startswith("  a\\x1b[31m\\nb ")
    starts = {width_of(line.partition("  number: ")[0]) for line in columns}
    assert len(columns) == 4
    assert len(starts) == 1
