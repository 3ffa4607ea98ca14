"""Forks after threads have run, and while they run; joblib and multiprocessing in all ways."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.child_processes import child, output, sanitized

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
import hashlib, multiprocessing, sys, warnings
import numpy as np
from rosenblatt import MLPEnsembleRegressor, MLPRegressor

X = np.random.default_rng(0).standard_normal((900, 64))
wide = np.random.default_rng(0).standard_normal((400, 5000))
NORMALIZED = {"hidden_layer_sizes": (90, 40), "normalization": "batch"}
WIDE = {"hidden_layer_sizes": (2,)}

def fit(task):
    # The parameters' and the predictions' bits.
    name, n_jobs = task
    warnings.simplefilter("ignore")
    settings, rows = (WIDE, wide) if name == "wide" else (NORMALIZED, X)
    if name == "lbfgs":
        settings = {"hidden_layer_sizes": (90, 40), "solver": "lbfgs"}
    model = MLPRegressor(**settings, max_iter=3, random_state=0, n_jobs=n_jobs)
    if name == "ensemble":
        model = MLPEnsembleRegressor(
            model.set_params(n_jobs=None), 2, n_jobs=n_jobs, random_state=0
        )
    model.fit(rows, rows[:, 0])
    networks = getattr(model, "estimators_", [model])
    arrays = [W for network in networks for W in network.coefs_] + [model.predict(rows)]
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()

TASKS = [
    *(("normalized", n) for n in (1, 2, None, -1)),
    *((name, n) for name, n in (("ensemble", 2), ("ensemble", 4), ("lbfgs", 2), ("wide", 2))),
]

if __name__ == "__main__":
    expected = [fit(task) for task in TASKS]
    assert expected[0] != expected[1]  # the number of threads shows
    assert expected[4] != expected[5]
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        found = pool.map_async(fit, TASKS).get(240)
    print([task for task, ours, one in zip(TASKS, found, expected) if ours != one])
"""


@pytest.mark.parametrize("way", ["fork", "forkserver", "spawn"])
def test_multiprocessing(way: str, tmp_path: Path) -> None:
    """A daemon runs one thread, and the work is cut for those that were asked for all the same."""
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    done = subprocess.run(
        [sys.executable, str(script), way], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout == "[]\n", done.stderr
    assert done.returncode == 0


JOBLIB = """
import sys, warnings
import joblib
import numpy as np
from sklearn.model_selection import cross_val_score
from rosenblatt import MLPRegressor

warnings.simplefilter("ignore")
X = np.random.default_rng(0).standard_normal((900, 64))
model = MLPRegressor(
    hidden_layer_sizes=(90, 40), normalization="batch", max_iter=3, random_state=0, n_jobs=2
)

def scores():
    return cross_val_score(model, X, X[:, 0], cv=4).tolist()

def within(backend, depth):
    if depth == 0:
        return scores()
    with joblib.parallel_config(backend, n_jobs=2):
        return joblib.Parallel()([joblib.delayed(within)(backend, depth - 1)] * 2)[0]

alone = scores()
with joblib.parallel_config(sys.argv[1], n_jobs=2):
    together = scores()
print(alone == together, [within(sys.argv[1], depth) == alone for depth in (1, 2, 3)])
"""


@pytest.mark.parametrize(
    "backend",
    [pytest.param("loky", marks=pytest.mark.exhaustive), "threading", "multiprocessing"],
)
def test_joblib(backend: str) -> None:
    """The same scores as one after another, bit for bit."""
    done = child(JOBLIB, backend)
    assert done.stdout == "True [True, True, True]\n", done.stderr
    assert done.returncode == 0
