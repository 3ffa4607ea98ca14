"""Processes of their own for the contenders, which answer jobs over a pipe.

Thread pools, affinity and allocators belong to a process, and some are fixed by the first import.
So every contender has a process, set up for it alone; it sleeps on its pipe while others run. The
questions and the answers are lines of JSON; data are told by a case's name, never sent.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, final

from benchmarks.timing import CannotRun, Lap

__all__ = ["COMMAND", "Worker", "environment"]

COMMAND = (sys.executable, "-m", "benchmarks.serve")
ROOT = Path(__file__).parents[1]

# Every pool of threads that a peer may bring.
_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


def environment(threads: int | None) -> dict[str, str]:
    """Ours, with every pool at `threads` threads; None leaves that to each library."""
    settings = {} if threads is None else {pool: str(threads) for pool in _POOLS}
    # A compiler pool of PyTorch's would keep processes of its own beneath the worker.
    return {**os.environ, **settings, "TORCHINDUCTOR_COMPILE_THREADS": "1"}


@final
class Worker:
    """A child process. It ends with the `with` block, by its handle, whatever happens inside."""

    def __init__(
        self, env: Mapping[str, str] | None = None, command: Sequence[str] = COMMAND
    ) -> None:
        # What it says on stderr, for when it dies; closed with the process.
        self._words = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            # Ctrl-C is for us: we end it, and what it started, as a group.
            start_new_session=os.name == "posix",
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Its answer. CannotRun where it says that it cannot, or where it died."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        try:
            pipe_in.write(json.dumps(question).encode() + b"\n")
            pipe_in.flush()
            line = pipe_out.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            raise CannotRun(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "cannot" in answer:
            raise CannotRun(answer["cannot"])
        return answer

    def run(self, jobs: int) -> Lap:
        lap = self.ask({"do": "run", "jobs": jobs})
        return Lap(lap["seconds"], lap["steps"], lap["loss"], tuple(lap["loss_curve"]))

    def close(self) -> None:
        """End the process and its children; no worker outlives this."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._words.close()

    def _signal(self, number: int) -> None:
        if self._process.poll() is not None:
            return
        if os.name == "posix":
            os.killpg(self._process.pid, number)
        else:
            self._process.terminate()

    def _last_words(self) -> str:
        code = self._process.wait()
        self._words.seek(0)
        words = self._words.read().decode(errors="replace").strip().splitlines()
        told = f": {words[-1]}" if words else ""
        return f"its process died with exit code {code}{told}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
