"""The progress line on a real terminal of 80 columns, and in a pipe."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.support.terminals import on_terminal

FIT = """
import numpy as np, warnings
from rosenblatt import MLPClassifier
warnings.simplefilter("ignore")
X = np.random.default_rng(0).standard_normal((400, 5))
MLPClassifier(
    (8,), max_iter=1200, tol=0, n_iter_no_change=5000, verbose="bar", batch_size=20
).fit(X, X[:, 0] > 0, X_val=X, y_val=X[:, 0] > 0)
"""


def test_redrawn_line_is_cut_to_the_width_of_the_terminal() -> None:
    for columns in (40, 80):
        code, written = on_terminal("-c", FIT, columns=columns)
        assert code == 0
        text = written.decode()
        redraws = re.split(r"\r\x1b\[K", text)[1:]
        assert len(redraws) >= 2
        assert all(len(line.rstrip("\r\n")) < columns for line in redraws)
        assert text.count("\n") == 1  # one line is left on the screen
        assert text.endswith("\n")
    # At 80 columns the whole text does not fit: what is cut is its end.
    assert redraws[-1].startswith("epoch 1200/1200 [██████████████████████████████] loss ")


def test_pipe_gets_whole_lines_without_escape_codes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIT], stderr=subprocess.PIPE, text=True, check=True
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith("epoch 1200/1200 [")
    assert "validation loss" in line
    assert re.search(r", \d+\.\d s$", line)
    assert "\x1b" not in done.stderr
    assert "\r" not in done.stderr
