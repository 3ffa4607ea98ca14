"""A search's progress bar."""

from __future__ import annotations

import math
import threading
from contextlib import AbstractContextManager, suppress
from typing import Any, Self, final

from rosenblatt.fitting.progress_bar import INTERVAL, ProgressLine, bar
from rosenblatt.search.results import layers_text, sizes_of
from rosenblatt.search.run import SearchRun

__all__ = ["SearchBar"]


@final
class SearchBar(AbstractContextManager["SearchBar"]):
    """One line on standard error: the number of finished fits, and the best candidate so far.

    A daemon thread redraws it, so that the elapsed time advances during a long fit.
    """

    def __init__(self, run: SearchRun) -> None:
        self.run, self.line = run, ProgressLine()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._watch, daemon=True)
        with suppress(RuntimeError):  # the system starts no more threads: the line comes at the end
            thread.start()
            self._thread = thread
        return self

    def __exit__(self, *error: Any) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self.line.show(self.text())
        self.line.close()

    def _watch(self) -> None:
        while not self._over.wait(INTERVAL):
            self.line.show(self.text())

    def text(self) -> str:
        candidates = list(self.run.candidates)
        trials = [trial for candidate in candidates for trial in candidate.trials]
        over = sum(trial.over for trial in trials)
        text = f"fit {over}/{len(trials)} {bar(over, len(trials), width=20)}"
        means = {id(c): self.run.mean(c) for c in candidates if c.scored}
        ranked = [c for c in candidates if not math.isnan(means.get(id(c), math.nan))]
        if ranked:
            best = max(ranked, key=lambda c: (c.rung, means[id(c)]))
            text += f" best {layers_text(sizes_of(best.parameters))}: {means[id(best)]:.4g}"
        return text
