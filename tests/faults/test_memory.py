"""Too little memory, and a thousand fits that must not take more and more of it."""

from __future__ import annotations

import sys

import pytest

from tests.support.child_processes import child, output, sanitized

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="limits and sizes are read as Linux's"),
    pytest.mark.skipif(sanitized(), reason="a sanitizer takes memory of its own"),
]

LIMITED = """
import resource, warnings
import numpy as np
from rosenblatt import MLPRegressor
warnings.simplefilter("ignore")
X = np.random.default_rng(0).standard_normal((2000, 4))

def used():
    return int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()

def limit(spare):
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (used() + spare if spare else hard, hard))

def attempt(call):
    try:
        call()
        print("done")
    except MemoryError as error:
        print(error)

def network(units, **options):
    return MLPRegressor(hidden_layer_sizes=(units,), max_iter=1, random_state=0, **options)

small = lambda: network(5).fit(X, X[:, 0]).predict(X)
small()
"""
SPARE = 200 * 2**20


@pytest.mark.parametrize(
    ("call", "said"),
    [
        # 1,024 rows of 100,000 units.
        ("network(100_000, batch_size=2000, n_jobs=1).fit(X, X[:, 0])", "the engine needs 1."),
        ("network(100_000, solver='lbfgs', n_jobs=1).fit(X, X[:, 0])", "the engine needs 1."),
        # Twice as many weights as memory.
        ("network(20_000_000).fit(X, X[:, 0])", "nable to allocate"),
        # Factors of K-FAC: 10,000 by 10,000.
        ("network(10_000, solver='kfac').fit(X, X[:, 0])", "nable to allocate"),
    ],
    ids=["batches", "lbfgs", "weights", "kfac"],
)
def test_a_fit_beyond_the_memory(call: str, said: str) -> None:
    """A MemoryError with a sentence; what there is suffices for a small network all the same."""
    script = f"limit({SPARE})\nattempt(lambda: {call})\nattempt(small)\nlimit(0)\nattempt(small)\n"
    first, *others = output(LIMITED + script).splitlines()
    assert said in first
    assert others == ["done", "done"]


def test_a_large_network_that_trains_is_there_once() -> None:
    """Parameters and Adam's moments, 72 MB here, are not copied: an epoch adds a gradient alone."""
    script = """
import numpy as np
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup, trainer
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2

def most():
    lines = open("/proc/self/status").read().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])

problem = Problem(Network(2000, (Dense(3000),)), SquaredError(), L2(0.0), Adam(0.001))
theta = np.full(problem.network.n_parameters, 0.001, np.float32)
state = OptimizerState.of(problem.optimizer, theta)
state.slots[:] = 1e-8
arrays = Arrays(np.ones((256, 2000), np.float32), np.zeros((256, 3000), np.float32))
training = trainer(TrainingSetup(problem, arrays, theta, state, 256, n_jobs=1))
before = most()
training.epoch(EpochPlan(None, 256, np.ones(1)))
print(most() - before, theta.nbytes, theta.std() > 0 or theta[0] != np.float32(0.001))
"""
    added, gradient, moved = output(script).split()
    assert moved == "True"
    assert int(gradient) < int(added) < 2 * int(gradient)


def test_a_prediction_beyond_the_memory() -> None:
    script = f"""
wide = network(100_000, n_jobs=1).fit(X[:2], X[:2, 0])
limit({SPARE})
attempt(lambda: wide.predict(X))
attempt(lambda: wide.predict(X[:2]))
limit(0)
attempt(lambda: wide.predict(X))
"""
    first, *others = output(LIMITED + script).splitlines()
    assert first.startswith("the engine needs 0.")
    assert "smaller batches or narrower layers" in first
    assert others == ["done", "done"]


THREADLESS = """
def fit():
    return network(400, n_jobs=2, batch_size=2000).fit(X, X[:, 0]).coefs_[0]
expected = fit()
limit(2 * 2**30)
import threading
try:
    threading.Thread(target=print).start()
    print("threads start")
except RuntimeError:
    print("no thread starts")
print((fit() == expected).all())
"""


def test_threads_that_cannot_start() -> None:
    """Their share is done by those that could, with the same bits."""
    # By the shell: code of Python between fork and exec may wait for a lock of another thread.
    of_8_gigabytes = ("sh", "-c", 'ulimit -S -s 8388608 && exec "$@"', "sh")
    done = child(LIMITED + THREADLESS, within=of_8_gigabytes)
    if "threads start" in done.stdout:
        pytest.skip("this system gives threads stacks of another size")
    assert done.stdout == "no thread starts\nTrue\n", done.stderr


# The kinds of fits, in turn; each takes some hundred kilobytes at least while it lasts.
MANY = """
import gc, pickle, sys, warnings
import numpy as np
import scipy.sparse as sp
from rosenblatt import (
    MLPClassifier, MLPEnsembleRegressor, MLPRegressor, Perceptron, StructureSearchCV
)
warnings.simplefilter("ignore")
X = np.random.default_rng(0).standard_normal((150, 20))
y, codes = X[:, 0].copy(), (X[:, 0] > 0) + (X[:, 1] > 0)
sparse = sp.csr_array(X * (X > 0))

def regressor(**options):
    return MLPRegressor(**{"hidden_layer_sizes": (30,), "max_iter": 3} | options)

def diverges():
    try:
        regressor(solver="sgd", learning_rate_init=1e30, max_iter=20).fit(X, y)
    except ValueError:
        pass

kept = regressor().fit(X, y)
FITS = [
    lambda: regressor().fit(X, y).predict(X),
    lambda: regressor(solver="sgd", n_jobs=2, batch_size=150).fit(X, y).predict(X[:1]),
    lambda: regressor(solver="lbfgs").fit(X, y),
    lambda: regressor(solver="lm", hidden_layer_sizes=(5,)).fit(X, y),
    lambda: regressor(solver="gauss_newton").fit(X, y),
    lambda: regressor(solver="kfac").fit(X, y),
    lambda: regressor(dropout=0.2, normalization="batch", dtype="float32").fit(X, y),
    lambda: regressor(early_stopping=True, clip_norm=1.0, averaging="ema").fit(X, y),
    lambda: MLPClassifier(max_iter=3).fit(X, codes).predict_proba(X),
    lambda: MLPClassifier(max_iter=3).fit(sparse, codes).score(sparse, codes),
    lambda: Perceptron().fit(X, codes > 0),
    lambda: kept.partial_fit(X, y),
    lambda: pickle.loads(pickle.dumps(kept)).predict(X),
    diverges,
]
SEARCHES = [
    lambda: MLPEnsembleRegressor(regressor(), n_estimators=2, n_jobs=2).fit(X, y).predict(X),
    lambda: StructureSearchCV(regressor(), [(3,), (9,)], cv=2, n_jobs=2).fit(X, y).predict(X),
]

def resident():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def run(n):
    for i in range(n):
        FITS[i % len(FITS)]()
        if i % 50 == 0:
            SEARCHES[i // 50 % 2]()

run(200)
before = resident()
run(1000)
print(resident() - before)
"""
MOST_GROWTH = 8 * 2**20  # of a thousand fits, any one kind of which alone takes more in all


def test_a_thousand_fits_take_no_more_memory() -> None:
    assert int(output(MANY)) < MOST_GROWTH
