"""The help of the whole command, which starts without the libraries that a subcommand needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rosenblatt.cli.interface import app
from rosenblatt.cli.overview import COMMANDS

HEAVY = ("numpy", "pandas", "scipy", "sklearn")


def test_overview_has_the_subcommands_and_their_summaries() -> None:
    functions = [command.callback for command in app.registered_commands]
    assert {function.__name__: function.__doc__ for function in functions} == COMMANDS
    assert [function.__name__ for function in functions] == list(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--help"], 0, list(COMMANDS)),
        ([], 0, list(COMMANDS)),
        (["--version"], 0, ["rosenblatt 0."]),
        (["trian"], 2, ["train", "rosenblatt --help"]),
        (["--verison"], 2, ["--version"]),
    ],
)
def test_no_heavy_library_is_imported(arguments: list[str], code: int, said: list[str]) -> None:
    script = f"""
import sys
from rosenblatt.cli.app import run
code = run({arguments})
print("imported:", *[name for name in {HEAVY} if name in sys.modules])
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert done.stdout.endswith("imported:\n")
    assert all(part in done.stdout + done.stderr for part in said)


def test_import_of_the_package_imports_no_library() -> None:
    script = f"""
import sys, rosenblatt
assert not [name for name in {HEAVY} if name in sys.modules]
assert set(rosenblatt.__all__) <= set(dir(rosenblatt))
for name in rosenblatt.__all__:
    assert getattr(rosenblatt, name).__name__ == name
assert "sklearn" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
