"""Reads mutated model files, one after the other, and reports how it went: a process of its own.

    python -m tests.support.fuzz_reader FIRST LAST FOLDER

prints a JSON report; a file at which the process itself ends, or stands still, is the one that
FOLDER/seed names.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import re
import signal
import sys
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rosenblatt.cli.commands import run_inspect
from rosenblatt.cli.prediction import predict
from rosenblatt.cli.screen import Screen
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel, load_model
from rosenblatt.table import table_of
from tests.support.fuzz_bases import base_files, frame
from tests.support.fuzz_mutations import Mutated, mutated

SECONDS_A_FILE = 60
LONGEST_MESSAGE = 700
REMEDIES = re.compile(
    "copy it again|train the model again|give the file that|upgrade rosenblatt|check its name"
)
# What a reader who knows no Python would not understand.
PYTHON = re.compile(
    r"\b(?!AbsoluteError|SquaredError)[A-Z]\w+Error\b|Traceback|NoneType|<class|object at 0x"
    r"|rosenblatt\.[a-z]+\."
)


def main(first: int, last: int, folder: Path) -> dict[str, Any]:
    path, place = folder / "model", (folder / "seed").open("w+b", buffering=0)
    # A file that takes this long stands still, whatever it stands in.
    faulthandler.register(signal.SIGALRM, chain=True)
    for data in base_files().values():  # what is imported and cached once is nobody's file's
        path.write_bytes(data)
        use(load_model(path), path)
    outcomes: Counter[str] = Counter()
    faults = []
    most_memory = 0.0
    for seed in range(first, last):
        os.pwrite(place.fileno(), f"{seed:12}".encode(), 0)
        signal.alarm(SECONDS_A_FILE)
        file = mutated(seed)
        path.write_bytes(file.data)
        outcome, fault, share = outcome_of(path, file)
        outcomes[outcome] += 1
        outcomes["with a checksum that fits"] += file.sealed
        most_memory = max(most_memory, share)
        if fault:
            faults.append([seed, file.how, fault])
    signal.alarm(0)
    return {"outcomes": dict(outcomes), "faults": faults, "most_memory": most_memory}


def outcome_of(path: Path, file: Mutated) -> tuple[str, str, float]:
    """How it ended, what is wrong about that, and the share of its memory that a refusal took."""
    saved, error = None, None
    tracemalloc.start()
    try:
        saved = load_model(path)
    except InputError as refused:
        error = str(refused)
    except Exception as crash:
        return "crashed", f"{type(crash).__name__}: {crash}"[:300], 0
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    if error is not None:
        allowed = 4 * len(file.data) + 2**20
        if peak > allowed:  # a table of the interpreter's, as that of interned strings, grows once
            peak = min(peak, peak_of_refusal(path))
        share = peak / allowed
        fault = unclear(error, path)
        return "refused", fault or (f"took {share:.2f} of its memory" if share > 1 else ""), share
    try:
        use(saved, path)
    except Exception as crash:
        return "loaded", f"then {type(crash).__name__}: {crash}"[:300], 0
    return "loaded", "", 0


def peak_of_refusal(path: Path) -> int:
    """Bytes."""
    tracemalloc.start()
    with contextlib.suppress(InputError):
        load_model(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def unclear(message: str, path: Path) -> str:
    start = f"cannot load the model {path}: "
    if not message.startswith(start) or not message.isprintable():
        return f"unclear: {message!r}"[:300]
    reason = message.removeprefix(start)
    said = re.sub(r"'[^']*'", "", reason)  # without what is quoted from the file
    if len(reason) > LONGEST_MESSAGE or PYTHON.search(said) or not REMEDIES.search(reason):
        return f"unclear: {reason!r}"[:600]
    return ""


def use(saved: SavedModel, path: Path) -> None:
    """Predict rows of the columns that the model asks for, and show what it is."""
    known = frame()
    asked = {
        column.name: known[column.name if column.name in known else LIKE[column.kind]]
        for column in saved.encoding.columns
    }
    table = table_of(pd.DataFrame(asked))
    # Odd scales and huge weights lead to what they lead to, but to no more than warnings.
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.suppress(InputError):
        warnings.simplefilter("ignore")
        predictions = predict(saved, table)
        assert predictions.n_rows == len(table)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        screen = Screen(quiet=False, as_json=False)
        result = run_inspect(path, screen)
        screen.finish(result)
    (out.getvalue() + json.dumps(result, allow_nan=False)).encode()


LIKE = {
    "number": "size",
    "category": "colour",
    "true/false": "member",
    "date": "since",
    "left out": "constant",
}

if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
