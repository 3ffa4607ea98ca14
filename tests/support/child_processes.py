"""Processes of their own, for faults that a process must not be asked to bear."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds, after which a child hangs


def sanitized(name: str = "lib") -> bool:
    """Whether a sanitizer is loaded, such as 'libasan' or 'libtsan'."""
    return name in os.environ.get("LD_PRELOAD", "")


def child(
    script: str, *arguments: object, within: tuple[str, ...] = (), **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a script that may import `tests`, `within` another command."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [*within, sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": path},
        **options,
    )


def output(script: str, *arguments: object, **options: Any) -> str:
    """What a script prints; it must end well, and say nothing else."""
    done = child(script, *arguments, **options)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    return done.stdout


@cache
def mounting(options: str) -> tuple[str, ...]:
    """A command that mounts a small file system in the folder named next and runs the rest in it.

    In namespaces of its own, which need no rights and end with the command; or the test is skipped.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("needs unshare(1) to mount a small file system")
    mount = f'mount -t tmpfs -o {options} none "$0" && exec "$@"'
    command = unshare, "--user", "--map-root-user", "--mount", "sh", "-c", mount
    tried = subprocess.run([*command, "/mnt", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this system lets nobody mount a small file system: {tried.stderr.strip()}")
    return command
