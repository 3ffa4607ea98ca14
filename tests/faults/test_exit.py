"""The interpreter ends while daemon threads train and predict: it ends well, and says nothing."""

from __future__ import annotations

import os

import pytest

from tests.support.child_processes import output

# A parent that has everything loaded, and children that fork from it and then leave its script by
# its end, as any script does, with threads in the midst of what `work` does.
LEAVING = """
import os, random, sys, threading, time, warnings
import numpy as np
from rosenblatt import MLPEnsembleRegressor, MLPRegressor, StructureSearchCV, TableRegressor

warnings.simplefilter("ignore")
endless = dict(max_iter=10**6, n_iter_no_change=10**6, tol=0.0)
X = np.random.default_rng(0).standard_normal((3000, 20))
y = X[:, 0]
fitted = MLPRegressor(hidden_layer_sizes=(300, 300), max_iter=1).fit(X, y)
tiny = MLPRegressor(hidden_layer_sizes=(3,), max_iter=1).fit(X[:20], y[:20])

def again(call):
    while True:
        call()

WORK = {
    "long epochs": lambda: MLPRegressor(hidden_layer_sizes=(256, 256), **endless).fit(
        np.tile(X, (50, 1)), np.tile(y, 50)
    ),
    "short epochs": lambda: MLPRegressor(hidden_layer_sizes=(3,), **endless).fit(X[:20], y[:20]),
    "short fits": lambda: again(
        lambda: MLPRegressor(hidden_layer_sizes=(3,), max_iter=1).fit(X[:20], y[:20])
    ),
    "lbfgs": lambda: MLPRegressor(
        hidden_layer_sizes=(256,), solver="lbfgs", max_iter=10**6, tol=0.0
    ).fit(X, y),
    "second order": lambda: MLPRegressor(
        hidden_layer_sizes=(5,), solver="lm", max_iter=10**6, tol=0.0
    ).fit(X, y),
    "searches": lambda: StructureSearchCV(
        MLPRegressor(**endless), [(3,), (4,)], n_jobs=2
    ).fit(X, y),
    "ensembles": lambda: MLPEnsembleRegressor(MLPRegressor(**endless), 3, n_jobs=2).fit(X, y),
    "table learners": lambda: again(lambda: TableRegressor(n_jobs=2).fit(X, y)),
    "predictions": lambda: again(lambda: fitted.predict(X)),
    "single predictions": lambda: again(lambda: tiny.predict(X[:1])),
}
rng = random.Random(0)
for turn in range(int(sys.argv[2])):
    pid = os.fork()
    if pid == 0:
        for _ in range(3):
            threading.Thread(target=WORK[sys.argv[1]], daemon=True).start()
        time.sleep(rng.uniform(0.01, 0.5))
        break
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), end=" ", flush=True)
"""
TURNS = 5
WORK = ["long epochs", "short epochs", "short fits", "lbfgs", "second order", "predictions"]
WORK += ["single predictions", "searches", "ensembles", "table learners"]


@pytest.mark.product(every=3)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("work", WORK)
def test_the_interpreter_ends_while_daemon_threads_work(work: str) -> None:
    assert output(LEAVING, work, TURNS).split() == ["0"] * TURNS


AT_EXIT = """
import atexit
import numpy as np
from rosenblatt import MLPRegressor
X = np.random.default_rng(0).standard_normal((50, 3))
model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=3, tol=0.0, n_iter_no_change=99)

def last():
    import warnings
    warnings.simplefilter("ignore")
    model.fit(X, X[:, 0])
    print(model.n_iter_, model.predict(X).shape)

atexit.register(last)  # called after what was registered later: after the engine's own
import rosenblatt.engine.compiled
rosenblatt.engine.compiled.module()
"""


def test_training_in_an_atexit_handler() -> None:
    assert output(AT_EXIT) == "3 (50,)\n"
