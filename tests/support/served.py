"""Servers of models: the command in a process of its own, and the application in this one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import httpx

PATIENCE = 60  # seconds, after which a server hangs
# A row of the table "bought".
ROW = {"size": 1.5, "colour": "red", "member": "no", "since": "2020-02-03", "weight": 20}
URL = re.compile(r"http://\S+:\d+")


@final
@dataclass(frozen=True)
class Server:
    """A process that serves, and a client that keeps its connections."""

    process: subprocess.Popen[str]
    client: httpx.Client
    said: str  # its first line

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """(exit code, the rest of standard output, standard error) after a signal."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@contextmanager
def serving(model: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """`rosenblatt serve` on a free port."""
    command = [sys.executable, "-m", "rosenblatt", "serve", str(model), "--port", "0", *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = URL.search(said)
        if found is None:
            raise AssertionError(process.communicate(timeout=PATIENCE)[1])
        url = found[0].replace("0.0.0.0", "127.0.0.1")
        with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client:
            yield Server(process, client, said)
    finally:
        process.kill()
        process.communicate()


def examples(schema: Any) -> dict[str, str]:
    """A cell of each column that a row needs."""
    return {c["name"]: c["example"] for c in schema["columns"] if c["needed"]}
