"""Names and labels that would command a terminal, through every command on one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.support.commands import QUICK
from tests.support.terminals import on_terminal

# Escape sequences, C1 controls, line ends, a bell, overrides of direction, a lone surrogate.
HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m\x7f\u202e\u2066\b\x0b\u2028."
LABELS = [f"yes{HOSTILE}", f"no\r\n{HOSTILE}", "\x1b[31mred"]
COLUMN, TARGET, CATEGORY = f"size{HOSTILE}", f"kind\x1b[5m{HOSTILE}", f"shop\u200f{HOSTILE}"
# What the program's own words are dressed in, and how its progress line is drawn.
OWN = re.compile(r"\x1b\[[0-9;]*m|\r\x1b\[K|\x1b\[K|\r\n|\x1b\[\?25[lh]")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of such names, and a model trained on it."""
    place = tmp_path_factory.mktemp("hostile")
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            COLUMN: rng.normal(size=90),
            CATEGORY: rng.choice([f"a{HOSTILE}", "b\x1bc", "c"], 90),
            TARGET: [LABELS[k] for k in rng.integers(3, size=90)],
        }
    )
    table.to_parquet(place / "t.parquet")
    table.to_csv(place / "t.csv", index=False)
    train = ["train", "t.parquet", "--target", TARGET, "--out", "m.safetensors", *QUICK]
    subprocess.run(
        [sys.executable, "-m", "rosenblatt", *train], cwd=place, check=True, capture_output=True
    )
    return place


COMMANDS = {
    "look": ["look", "t.parquet"],
    "look at text": ["look", "t.csv"],
    "train": ["train", "t.parquet", "--target", TARGET, "--out", "n.safetensors", *QUICK],
    "search": [
        *("search", "t.parquet", "--target", TARGET, "--out", "s.safetensors"),
        *("--hidden", "none", "--hidden", "4", "--epochs", "4", "--folds", "2"),
    ],
    "predict": ["predict", "m.safetensors", "t.parquet"],
    "evaluate": ["evaluate", "m.safetensors", "t.parquet"],
    "inspect": ["inspect", "m.safetensors"],
    "inspect --columns": ["inspect", "m.safetensors", "--columns"],
    "export": ["export", "m.safetensors", "--out", "net.c"],
    "an unknown column": ["train", "t.parquet", "--target", f"none{HOSTILE}"],
    "an absent file": ["look", f"none{HOSTILE}.csv"],
    "an unknown option": ["look", f"--none{HOSTILE}"],
    "an unknown command": [f"none{HOSTILE}"],
}


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_control_character_reaches_the_terminal(place: Path, name: str, as_json: bool) -> None:
    arguments = [*COMMANDS[name], *(["--json"] if as_json and "unknown" not in name else [])]
    code, written = on_terminal("-m", "rosenblatt", *arguments, cwd=place)
    assert code == (2 if name.startswith(("an ", "look at text")) else 0), written
    text = OWN.sub("", written.decode())
    found = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c != "\n"}
    assert not found
    if name not in ("export", "evaluate", "look at text"):  # where names are shown
        assert "\\x1b" in text or "\\u001b" in text


def test_bytes_in_a_pipe_stay_as_they_are(place: Path) -> None:
    predict = [sys.executable, "-m", "rosenblatt", *COMMANDS["predict"]]
    done = subprocess.run(predict, cwd=place, capture_output=True, check=True)
    told = [label for label in LABELS if label.encode() in done.stdout]
    assert told == LABELS
    done = subprocess.run([*predict, "--json"], cwd=place, capture_output=True, check=True)
    rows = json.loads(done.stdout)["predictions"]
    assert {row["prediction"] for row in rows} <= set(LABELS)


def test_a_file_name_that_is_no_text(place: Path) -> None:
    name = os.fsdecode(b"caf\xe9\x1b[2J.csv")
    code, written = on_terminal("-m", "rosenblatt", "look", name, cwd=place)
    assert code == 2
    assert b"\x1b[2J" not in written


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Going on from iteration 2 of"), ("zh", "的第 2 次迭代继续")]
)
def test_the_name_of_a_checkpoint_is_shown_once_and_safely(
    language: str, said: str, tmp_path: Path
) -> None:
    name = "ck\x1b[31mEV\r\n\x07"
    pd.DataFrame({"x": np.arange(40.0), "y": np.arange(40.0)}).to_csv(tmp_path / "t.csv")
    train = ["train", "t.csv", "--target", "y", "--network", "3", "--epochs", "2"]
    arguments = ["--lang", language, *train, "--checkpoint", name, "--out", "m.safetensors"]
    for _ in range(2):
        code, written = on_terminal("-m", "rosenblatt", *arguments, columns=500, cwd=tmp_path)
        assert code == 0
    text = written.decode()
    assert said in text
    assert name not in text
    assert "\x1b[31mEV" not in text
    assert text.count(r"ck\x1b[31mEV\r\n\x07") == 1
