"""Forks after threads have run, and while they run; joblib and multiprocessing in all ways."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from children import child, output, sanitized

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.skipif(sanitized("libtsan"), reason="TSan forks no process that has threads"),
]

# Work that two threads share, and products that go to BLAS; a fit's weights tell whether all went
# as it would have.
COMMON = """
import os, signal, sys, threading, time, warnings
import numpy as np
from rosenblatt import MLPRegressor
warnings.simplefilter("ignore")
X = np.random.default_rng(0).standard_normal((2000, 40))
wide = np.random.default_rng(0).standard_normal((8, 5000))

def fit(seed=0):
    model = MLPRegressor(
        hidden_layer_sizes=(128, 64), max_iter=3, random_state=seed, n_jobs=2
    ).fit(X, X[:, 0])
    other = MLPRegressor(
        hidden_layer_sizes=(2,), max_iter=2, random_state=seed, n_jobs=2, solver="lbfgs"
    ).fit(wide, wide[:, 0])
    return model.predict(X).sum(), other.predict(wide).sum()

def child_fits(expected):
    pid = os.fork()
    if pid == 0:
        signal.alarm(120)  # a deadlock is a death by SIGALRM
        os._exit(0 if fit() == expected else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""


def test_a_fork_after_threads_have_run() -> None:
    """A child has none of its parent's threads, of which the engine and BLAS had some."""
    script = COMMON + "expected = fit()\nprint([child_fits(expected) for _ in range(5)])\n"
    assert output(script) == "[0, 0, 0, 0, 0]\n"


WHILE_TRAINING = """
expected = fit()
over = threading.Event()

def train():
    while not over.is_set():
        fit(1)

threads = [threading.Thread(target=train) for _ in range(3)]
for thread in threads:
    thread.start()
print([child_fits(expected) for _ in range(8)])
over.set()
for thread in threads:
    thread.join()
print(fit() == expected)
"""


def test_a_fork_while_other_threads_train() -> None:
    """Whatever they hold at that moment, nobody in the child will let go of it."""
    assert output(COMMON + WHILE_TRAINING) == f"{[0] * 8}\nTrue\n"


POOL = """
import multiprocessing, sys, warnings
import numpy as np
from rosenblatt import MLPRegressor

X = np.random.default_rng(0).standard_normal((2000, 40))

def fit(seed):
    warnings.simplefilter("ignore")
    model = MLPRegressor(hidden_layer_sizes=(128, 64), max_iter=3, random_state=seed, n_jobs=2)
    return float(model.fit(X, X[:, 0]).predict(X).sum())

if __name__ == "__main__":
    expected = [fit(seed) for seed in range(4)]
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.map_async(fit, range(4)).get(240) == expected)
"""


@pytest.mark.parametrize("way", ["fork", "forkserver", "spawn"])
def test_multiprocessing(way: str, tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    done = subprocess.run(
        [sys.executable, str(script), way], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout == "True\n", done.stderr
    assert done.returncode == 0


JOBLIB = """
import sys, warnings
import joblib
import numpy as np
from sklearn.model_selection import cross_val_score
from rosenblatt import MLPRegressor

warnings.simplefilter("ignore")
X = np.random.default_rng(0).standard_normal((600, 40))
model = MLPRegressor(hidden_layer_sizes=(64, 32), max_iter=3, random_state=0, n_jobs=2)
alone = cross_val_score(model, X, X[:, 0], cv=4)
with joblib.parallel_config(sys.argv[1], n_jobs=2):
    together = cross_val_score(model, X, X[:, 0], cv=4)
print((alone == together).all())
"""


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_joblib(backend: str) -> None:
    """The same scores as one after another, bit for bit."""
    done = child(JOBLIB, backend)
    assert done.stdout == "True\n", done.stderr
    assert done.returncode == 0
