"""What a fitted table estimator says of itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rosenblatt import TableClassifier


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
