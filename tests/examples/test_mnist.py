"""`examples/mnist.py` recognises digits and draws those that it confuses."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from tests.examples.loading import load_example

mpl.use("agg")


@pytest.mark.parametrize("best", [False, True])
def test_a_short_form(best: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digits = load_digits()
    large = np.kron(digits.images, np.ones((2, 2))) * 15  # 16 by 16 pixels
    frame = pd.DataFrame(large.reshape(len(large), -1).astype(np.uint8))
    frame.columns = [f"p{k}" for k in range(frame.shape[1])]
    frame.assign(target=digits.target.astype(str)).to_parquet(tmp_path / "digits.parquet")
    found = load_example("mnist").main(
        [
            str(tmp_path / "digits.parquet"),
            "--test",
            "397",
            "--epochs",
            "5" if best else "20",
            "--pictures",
            str(tmp_path / "seen"),
            *(["--best"] if best else []),
        ]
    )
    assert found.error < 0.2  # 0.9 by chance
    assert found.pictures.shape == (397, 16, 16)
    wrong = found.confused
    assert len(wrong) == round(found.error * 397)
    assert (np.diff(found.probabilities[wrong].max(axis=1)) <= 0).all()
    assert f"397 pictures that were set aside, error {found.error:.2%}" in capsys.readouterr().out
    for name in ("filters", "maps", "saliency", "confused"):
        assert (tmp_path / "seen" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    plt.close("all")
