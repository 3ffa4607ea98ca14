"""Opening a model file executes nothing, as Python's own audit hooks bear witness."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.fuzz_bases import base_files
from tests.support.fuzz_files import parts_of, put_together
from tests.support.fuzz_mutations import mutated

# Reads every file under the eyes of a hook, and prints what it saw as JSON. The first reading of a
# valid file is not watched: Python evaluates the annotations of our own classes then, once.
WATCHER = """
import json, sys
from pathlib import Path
from rosenblatt.errors import InputError
from rosenblatt.persistence import load_model

def read(path):
    try:
        load_model(path)
    except InputError:
        pass

folder = Path(sys.argv[1])
for path in sorted(folder.glob("valid-*")):
    read(path)
seen, watching = set(), False

def hook(event, arguments):
    if watching:
        seen.add((event, str(arguments[:2]) if event == "open" else ""))

sys.addaudithook(hook)
paths = sorted(folder.iterdir())
modules = set(sys.modules)
watching = True
for path in paths:
    read(path)
if sys.argv[2:]:
    exec(sys.argv[2])
watching = False
print(json.dumps([sorted(seen), sorted(set(sys.modules) - modules)]))
"""


def watched(folder: Path, *more: str) -> tuple[list[list[str]], list[str]]:
    command = [sys.executable, "-c", WATCHER, str(folder), *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    events, modules = json.loads(done.stdout)
    return events, modules


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Valid files, files with names of code in all places, and mutated ones."""
    for k, data in enumerate(base_files().values()):
        (tmp_path / f"valid-{k}").write_bytes(data)
    for k, name in enumerate(("os.system", "__import__('os').system('true')", "builtins.eval")):
        parts = parts_of(base_files()["number, float32"])
        parts.metadata["loss"]["kind"] = name
        (tmp_path / f"loss-{k}").write_bytes(put_together(parts))
        parts = parts_of(base_files()["number, float32"])
        parts.metadata["layers"][0]["activation"] = {"kind": name, "__reduce__": [name, []]}
        (tmp_path / f"activation-{k}").write_bytes(put_together(parts))
        parts = parts_of(base_files()["number, float32"])
        parts.tensors[name] = parts.tensors.pop("layers.0.bias")
        (tmp_path / f"tensor-{k}").write_bytes(put_together(parts))
    (tmp_path / "pickle").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    for seed in range(200):
        (tmp_path / f"mutated-{seed}").write_bytes(mutated(seed).data)
    return tmp_path


def test_nothing_happens_but_that_the_files_are_opened_for_reading(folder: Path) -> None:
    events, modules = watched(folder)
    opened = {detail for event, detail in events if event == "open"}
    assert opened == {f"{(str(path), 'r')}" for path in folder.iterdir()}
    assert {event for event, _ in events} == {"open"}
    assert modules == []


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("import pickle; pickle.loads(b'cos\\nsystem\\n.')", "pickle.find_class"),
        ("eval('1')", "compile"),
        ("import pyclbr", "import"),
        ("import os; os.system('true')", "os.system"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
    ],
)
def test_the_hook_would_have_seen_it(tmp_path: Path, code: str, event: str) -> None:
    assert event in {event for event, _ in watched(tmp_path, code)[0]}
