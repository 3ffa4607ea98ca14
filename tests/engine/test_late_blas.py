"""SciPy's BLAS is handed to the engine where a sum is long enough to be computed by it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import numpy as np
from rosenblatt import engine
from rosenblatt.activations import Tanh
from rosenblatt.engine.compiled import module
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.regularization.penalties import L2
from rosenblatt.problem import Arrays

rng = np.random.default_rng(0)
for n_inputs, rows in ((30, 3), (6000, 3), (6000, 1)):
    network = Network(n_inputs, (Dense(4, Tanh()), Dense(1)))
    theta = rng.standard_normal(network.n_parameters) / n_inputs
    X, y = rng.standard_normal((rows, n_inputs)), np.zeros((rows, 1))
    W, b, v, c = np.split(theta, np.cumsum([4 * n_inputs, 4, 4]))
    want = np.tanh(X @ W.reshape(n_inputs, 4) + b) @ v[:, None] + c
    np.testing.assert_allclose(engine.predictor(network, SquaredError(), theta).predict(X), want)
    objective = engine.objective(network, SquaredError(), L2(0.0), Arrays(X, y))
    np.testing.assert_allclose(objective.value_and_gradient(theta)[0], (want**2).mean() / 2)
    if n_inputs == 30 and module().cpu_level() >= 3:
        assert "scipy" not in sys.modules
"""


def test_long_sums_are_right_in_a_process_that_has_not_imported_scipy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_limit_on_threads_holds_for_scipys_blas_as_well() -> None:
    script = """
from rosenblatt.engine.blas_threads import one_thread_blas
with one_thread_blas():
    import scipy.linalg
    from threadpoolctl import threadpool_info
    threads = {lib["filepath"]: lib["num_threads"] for lib in threadpool_info()
               if lib["user_api"] == "blas"}
assert threads and set(threads.values()) == {1}, threads
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
