"""Standard output that has room for a part alone, with Python's buffers and without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rosenblatt.cli.app import run
from tests.support.cli_tables import shop_table

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the limit is set by a POSIX shell")

PREDICT = ["predict", "m.safetensors", "shop.csv"]
LOOK = ["look", "shop.csv", "--json"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    shop_table().to_csv(folder / "shop.csv", index=False)
    one = ["--network", "none", "--epochs", "2", "--quiet"]
    named = [str(folder / "shop.csv"), "--target", "bought", "--out", str(folder / "m.safetensors")]
    assert run(["train", *named, *one]) == 0
    return folder


def within(
    shell: str, folder: Path, arguments: list[str], unbuffered: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["sh", "-c", f'{shell}exec "$@"', "sh", sys.executable, "-m", "rosenblatt", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [PREDICT, LOOK], ids=["bytes", "text"])
def test_what_is_cut_short_is_an_error(folder: Path, arguments: list[str]) -> None:
    whole = within("", folder, arguments, "")
    assert whole.returncode == 0
    assert len(whole.stdout) > 1024
    for unbuffered in ("", "1"):
        cut = within("ulimit -f 1; exec > out; ", folder, arguments, unbuffered)
        assert cut.returncode == 2
        assert b"error: standard output cannot be written: File too large" in cut.stderr
        assert whole.stdout.startswith((folder / "out").read_bytes())
    again = within("", folder, arguments, "1")
    assert (again.returncode, again.stdout) == (0, whole.stdout)


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"]])
def test_help_without_a_reader(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "rosenblatt", *arguments]
    result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (result.returncode, result.stderr) == (0, b"")
