"""Standard output that has room for a part alone, with Python's buffers and without, or none."""

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


PRINTED = [
    PREDICT,
    [*PREDICT, "--quiet"],
    [*PREDICT, "--json", "--quiet"],
    ["inspect", "m.safetensors"],
    ["inspect", "m.safetensors", "--columns"],
    ["look", "shop.csv"],
    ["evaluate", "m.safetensors", "shop.csv"],
    ["lab"],
]


@pytest.mark.parametrize("arguments", PRINTED)
def test_what_is_printed_alone_is_not_lost_without_a_word(
    folder: Path, arguments: list[str]
) -> None:
    """As cat and grep have it where standard output is closed."""
    lost = within("exec >&-; ", folder, arguments, "")
    assert lost.returncode == 2
    *notes, error = lost.stderr.decode().splitlines()
    assert all(line.startswith("note: ") for line in notes)
    assert error == "error: standard output cannot be written: Bad file descriptor"
    silent = within("exec >&- 2>&-; ", folder, arguments, "")
    assert (silent.returncode, silent.stderr) == (2, b"")


WRITTEN = {
    "predictions": [*PREDICT, "--out", "p.csv"],
    "predictions, and JSON": [*PREDICT, "--out", "p.csv", "--json"],
    "an export": ["export", "m.safetensors", "--out", "m.c"],
    "a model": ["train", "shop.csv", "--hidden", "2", "--epochs", "2"],
    "nothing": ["evaluate", "m.safetensors", "shop.csv", "--quiet"],
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_closed_output_is_no_fault_where_a_file_is_written(folder: Path, case: str) -> None:
    done = within("exec >&-; ", folder, WRITTEN[case], "")
    assert done.returncode == 0
    assert all(line.startswith("note: ") for line in done.stderr.decode().splitlines())
