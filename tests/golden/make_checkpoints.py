"""Writes checkpoints of the present format, each in the midst of a small fit.

    python -m tests.golden.make_checkpoints

from the repository's root, once for each version of the format: those of older versions stay as
they are, because files like them lie with users. What the fits come to that go on from them is
among what make_fits.py records.
"""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rosenblatt import Checkpoint
from tests.golden.fit_runs import DATA, fitted
from tests.golden.kept_fits import BEGUN, FOLDER, KEPT, kept, resumed
from tests.golden.make_fits import digest


def write(name: str) -> None:
    """Copy the file as it lies there in epoch BEGUN, and see that it leads to the same end."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / name

        def copied(end: Any) -> None:
            if end.epoch == BEGUN:
                shutil.copyfile(path, FOLDER / name)

        whole = fitted(kept(name, checkpoint=Checkpoint(path, 0.0), callbacks=[copied]), DATA["X"])
    again = resumed(name)
    for part, value in whole.items():
        if digest(value) != digest(again[part]):
            raise RuntimeError(f"{name}, resumed, has another end in {part}")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    warnings.simplefilter("ignore")
    for name in KEPT:
        write(name)
