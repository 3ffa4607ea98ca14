"""Ctrl-C ends an experiment, whatever fits it makes, and a run of all of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPRegressor
from rosenblatt.lab.experiment import Conditions
from rosenblatt.lab.interruption import Interrupted, interrupts_passed_on
from rosenblatt.lab.registry import experiment_of
from rosenblatt.lab.running import perform

X = np.random.default_rng(0).standard_normal((200, 3))


class OfFits:
    """An experiment of two fits that would never end."""

    def __init__(self) -> None:
        self.n_fits = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(experiment_of("L16"), name)

    def measure(self, conditions: Conditions) -> Iterator[Any]:
        for _ in range(2):
            self.n_fits += 1
            threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
            MLPRegressor(max_iter=10**7, tol=0.0, n_iter_no_change=10**7).fit(X, X[:, 0])
        yield from ()


def test_a_fit_does_not_take_it_for_its_own_end() -> None:
    experiment: Any = OfFits()
    before = signal.getsignal(signal.SIGINT)
    assert perform(experiment, Conditions(0, True)).is_partial
    assert experiment.n_fits == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_time_it_ends_what_the_first_has_left() -> None:
    """Nobody may be there any more who takes what the first one raises."""
    with interrupts_passed_on():
        for expected in (Interrupted, KeyboardInterrupt):
            with pytest.raises(expected):
                os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("n_before", [1, 4])
def test_a_run_of_all_ends_with_130(n_before: int, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    command = [sys.executable, "-m", "rosenblatt", "lab", "--all", "--quick", "--out", str(folder)]
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        while len(list(folder.glob("[A-Z]*.json"))) < n_before:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    if "saved" not in said:  # as within an import, of a module that an experiment needs
        assert said == f"error: interrupted: {folder} has what was measured until then\n"
        assert (folder / "lab.json").exists()
    assert len(list(folder.glob("[A-Z]*.json"))) <= n_before + 2
    assert not list(folder.glob(".*"))
