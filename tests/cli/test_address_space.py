"""Limits of memory and of threads: said before the work, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from rosenblatt.cli import address_space
from rosenblatt.cli.app import run
from tests.support.child_processes import sanitized

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(sanitized(), reason="sanitizers reserve terabytes")
TRAIN = ["train", "shop.csv", "--target", "bought", "--epochs", "2"]
SEARCH = ["search", "shop.csv", "--target", "bought", "--epochs", "2", "--hidden", "4"]
PREDICT = ["predict", "shop.safetensors", "shop.csv", "--out", "p.csv"]


def within(
    limits: dict[str, int], *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A command in a process that has so many bytes."""
    lines = [f"resource.setrlimit(resource.{name}, ({n}, {n}))" for name, n in limits.items()]
    lines += [f"os.environ.update({environment!r})", f"sys.argv[1:] = {list(arguments)!r}"]
    lines = ["import os, resource, sys", *lines, "from rosenblatt.cli import start", "start.main()"]
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("name", address_space.LEAST)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_too_little_is_said_in_one_sentence(folder: Path, name: str, share: float) -> None:
    """Where libraries end the process, raise in an import or try without end."""
    option, least = address_space.LEAST[name]
    done = within({name: int(share * least)}, *TRAIN, "--json")
    assert done.returncode == 2
    assert done.stderr.startswith("error: the memory of this process is limited to 0.")
    assert f"raise the limit (ulimit {option} " in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr == f"error: {json.loads(done.stdout)['error']}\n"
    assert [path.name for path in Path().iterdir()] == ["shop.csv"]


@pytest.mark.parametrize("name", address_space.LEAST)
def test_what_is_asked_for_is_enough(folder: Path, name: str) -> None:
    needed = address_space.LEAST[name][1] + address_space.OF_A_CORE * address_space.cores()
    for arguments in (TRAIN, SEARCH, PREDICT):
        done = within({name: needed}, *arguments)
        assert done.returncode == 0, done.stderr


def test_threads_that_the_environment_allows_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    here = address_space.cores()
    for given, number in (("1", 1), ("0", here), ("many", here), ("1000", here)):
        monkeypatch.setenv("OMP_NUM_THREADS", given)
        assert address_space.cores() == number


def test_no_more_threads(folder: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("can't start new thread")

    assert run([*TRAIN, "--quiet"]) == 0
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert run([*SEARCH, "--jobs", "2"]) == 2
    assert "the system starts no more threads: raise its limit" in capsys.readouterr().err
