"""Searches, ensembles and processes with other limits give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    MLPEnsembleClassifier,
    StructureSearchCV,
    find_learning_rate,
)
from rosenblatt.persistence import load_model
from tests.support.determinism import (
    N_JOBS,
    X,
    Y,
    classifier,
    told,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("strategy", ["all", "halving"])
def test_searches_inherit_it(strategy: Any) -> None:
    """Fits that share a crew, and the last one, whose threads are the network's."""

    def found(n_jobs: int, deterministic: bool) -> tuple[Any, Any]:
        network = classifier(
            hidden_layer_sizes=(), normalization="batch", n_jobs=n_jobs, deterministic=deterministic
        )
        search = StructureSearchCV(
            network,
            [(30,), (90, 40)],
            cv=2,
            strategy=strategy,
            scoring="neg_log_loss",
            n_jobs=n_jobs,
        ).fit(X, Y)
        scores = [v.tolist() for k, v in sorted(search.cv_results_.items()) if "test_score" in k]
        return scores, told(search.best_estimator_)

    alone = found(1, True)
    assert alone == found(2, True) == found(4, True)
    free, others = found(1, False), found(2, False)
    assert free[0] != others[0]
    assert free[1] != others[1]


def test_ensembles_inherit_it() -> None:
    def found(n_jobs: int, deterministic: bool = True) -> Any:
        network = classifier(deterministic=deterministic)
        ensemble = MLPEnsembleClassifier(
            network, 3, mode="bagging", oob_score=True, n_jobs=n_jobs, random_state=0
        ).fit(X, Y)
        many = np.tile(X, (3, 1))
        return [told(net) for net in ensemble.estimators_], ensemble.predict_proba(many).tobytes()

    assert found(1) == found(2) == found(6)
    assert found(1, False) != found(6, False)


def test_the_rate_finder_inherits_it() -> None:
    def curves(deterministic: bool) -> set[bytes]:
        network = classifier(
            hidden_layer_sizes=(200, 90), normalization="batch", deterministic=deterministic
        )
        return {
            find_learning_rate(network.set_params(n_jobs=n), X, Y, n_steps=30).losses.tobytes()
            for n in N_JOBS
        }

    assert len(curves(True)) == 1
    assert len(curves(False)) > 1


@pytest.mark.parametrize("deterministic", ["yes", 1.0, None])
def test_deterministic_must_be_a_boolean(deterministic: Any) -> None:
    with pytest.raises(ValueError, match="'deterministic' parameter"):
        classifier(deterministic=deterministic).fit(X, Y)


PROGRAM = """
import hashlib, sys, warnings
from sklearn.datasets import load_digits
from rosenblatt import MLPClassifier
warnings.simplefilter("ignore")
X, y = load_digits(return_X_y=True)
for solver in ("adam", "kfac", "lbfgs"):
    model = MLPClassifier(
        (90, 40), solver=solver, max_iter=2, random_state=0, deterministic=sys.argv[1] == "True"
    ).fit(X / 16, y)
    arrays = [*model.coefs_, model.predict_proba(X / 16)]
    print(hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest())
"""
# With a number of threads of its own, in all that BLAS computes.
GIVEN = """
import hashlib, sys, warnings
from sklearn.datasets import load_digits
from rosenblatt import MLPClassifier
from tests.support.determinism import WithoutKernel
warnings.simplefilter("ignore")
X, y = load_digits(return_X_y=True)
X, y = X[:901] / 16, y[:901]
KFAC = {"solver": "kfac", "batch_size": 901}
for n_jobs, settings in (
    (1, {"initializer": "orthogonal", "hidden_layer_sizes": (500, 400)}),
    (1, {"activation": WithoutKernel()}),
    (1, KFAC),
    (2, KFAC),
    (2, {"solver": "lbfgs", "max_iter": 3}),
    (2, {"activation": WithoutKernel()}),
):
    given = {"hidden_layer_sizes": (300, 260), "max_iter": 1, "random_state": 0, **settings}
    model = MLPClassifier(**given, n_jobs=n_jobs).fit(X, y)
    arrays = [*model.coefs_, model.predict_proba(X)]
    print(hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest())
"""


def hashes(deterministic: bool, threads: int, program: str = PROGRAM) -> list[str]:
    """Of a fresh process that may use so many threads by its environment."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = os.environ | dict.fromkeys(names, str(threads))
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", program, str(deterministic)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_processes_with_other_limits() -> None:
    assert hashes(True, 1) == hashes(True, 2)
    assert hashes(False, 1) == hashes(False, 1)


def test_a_number_of_threads_given_is_that_in_any_process() -> None:
    """Whatever the environment allows BLAS; and BLAS's threads do show."""
    one, two = hashes(False, 1, GIVEN), hashes(False, 2, GIVEN)
    assert one == two
    _, _, alone, shared, *_ = one
    assert alone != shared


def test_the_command_line(folder: Path, result: Any) -> None:
    """Weights, and what is told of them, and that it was asked for."""
    arguments = ("train", "shop.csv", "--target", "weight", "--epochs", "10", "--hidden", "300,90")
    given = (*arguments, "--batch-size", "150", "--deterministic")
    for jobs in "1", "2", "3":
        result(*given, "--jobs", jobs, "--out", f"{jobs}.safetensors")
    one, *others = (load_model(Path(f"{jobs}.safetensors")) for jobs in "123")
    for other in others:
        assert other.model.parameters.tobytes() == one.model.parameters.tobytes()
        assert other.summary.epochs == one.summary.epochs
    assert result("inspect", "1.safetensors")["options"]["deterministic"] is True
    result(*arguments, "--out", "plain.safetensors")
    assert result("inspect", "plain.safetensors")["options"]["deterministic"] is False
