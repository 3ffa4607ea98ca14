"""`deterministic=True`: the same bits for any number of threads, in every solver and structure."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_info, threadpool_limits

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
    StructureSearchCV,
    find_learning_rate,
)
from rosenblatt.activations import Activation
from rosenblatt.engine import blas, has_bfloat16
from rosenblatt.engine.blas_threads import one_thread_blas
from rosenblatt.persistence import load_model
from rosenblatt.support.types import FloatArray

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_digits(return_X_y=True)
X, Y = X[:901] / 16, Y[:901]
TARGET = np.column_stack([X[:, 20] * X[:, 30], np.sin(3 * X[:, 10])])
N_JOBS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Softsign(Activation):
    """z / (1 + |z|), for which there is no kernel: the readable engine trains with it."""

    def value(self, z: FloatArray) -> FloatArray:
        return z / (1 + np.abs(z))

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return 1 / (1 + np.abs(z)) ** 2

    def pull_back(self, z: FloatArray, a: FloatArray, upstream: FloatArray) -> FloatArray:
        return upstream * self.derivative(z, a)


def told(model: Any) -> dict[str, Any]:
    """All that a fit leaves, as bytes."""
    found = {name: array.tobytes() for name, array in model.parameters_.items()}
    for name in ("loss_curve_", "validation_loss_curve_", "validation_scores_"):
        curve = getattr(model, name, None)
        found[name] = None if curve is None else np.array(curve).tobytes()
    norms = [entry["gradient_norm"] for entry in model.history_]
    found["norms"] = np.array(norms).tobytes()
    return found | {"n_iter": model.n_iter_, "loss": model.loss_, "stop": model.stop_reason_}


def fitted(model: Any, n_jobs: int, X: Any, y: Any, **rows: Any) -> Any:
    """A fit and a prediction in an environment that allows BLAS as many threads."""
    with threadpool_limits(n_jobs, user_api="blas"):
        one = clone(model).set_params(n_jobs=n_jobs).fit(X, y, **rows)
        prediction = one.predict_proba(X) if hasattr(one, "predict_proba") else one.predict(X)
    return {**told(one), "prediction": prediction.tobytes()}


def assert_any_number(model: Any, X: Any, y: Any, **rows: Any) -> None:
    """Of threads, which show without the flag: else nothing would have been shown."""
    alone = fitted(model, 1, X, y, **rows)
    for n_jobs in N_JOBS[1:]:
        ours = fitted(model, n_jobs, X, y, **rows)
        assert {name for name in alone if ours[name] != alone[name]} == set(), n_jobs
    free = clone(model).set_params(deterministic=False)
    first = fitted(free, 1, X, y, **rows)
    assert any(fitted(free, n_jobs, X, y, **rows) != first for n_jobs in N_JOBS[1:])


def classifier(**settings: Any) -> MLPClassifier:
    given = {"hidden_layer_sizes": (90, 40), "max_iter": 3, "random_state": 0, **settings}
    return MLPClassifier(**{"deterministic": True, **given})


# Everything that an estimator has.

SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "wide": {"hidden_layer_sizes": (300, 260)},
    "odd batches": {"batch_size": 133},
    "full batch": {"batch_size": 901},
    "sgd": {"solver": "sgd", "learning_rate": "adaptive", "nesterovs_momentum": False},
    "rmsprop": {"solver": "rmsprop", "learning_rate": "cosine"},
    "lion": {"solver": "lion", "activation": ["gelu", "softmax"]},
    "batch norm": {"normalization": "batch", "activation": "tanh"},
    "batch norm, wide": {"normalization": "batch", "hidden_layer_sizes": (300, 260)},
    "layer norm": {"normalization": "layer", "residual": True},
    "dropout": {"dropout": 0.3, "residual": True, "normalization": "batch"},
    "input noise": {"input_noise": 0.1},
    "max norm": {"max_norm": 1.0, "averaging": "ema"},
    "clip norm": {"clip_norm": 0.1, "l1": 0.01},
    "clip value": {"clip_value": 0.01, "averaging": "swa", "max_iter": 4},
    "early stopping": {"early_stopping": True, "scoring": "loss", "max_iter": 6},
    "class weights": {"class_weight": "balanced", "loss": "focal"},
    "orthogonal": {"initializer": "orthogonal", "hidden_layer_sizes": (500, 200), "max_iter": 1},
    # Of float32, BLAS shares long sums alone.
    "readable": {"activation": Softsign(), "early_stopping": True, "batch_size": 700},
    "kfac": {"solver": "kfac", "early_stopping": True, "batch_size": 700, "max_iter": 2},
    "lbfgs": {"solver": "lbfgs", "max_iter": 8},
    "lbfgs, readable": {"solver": "lbfgs", "activation": Softsign(), "max_iter": 5},
}


@pytest.fixture
def no_product_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """BLAS's threads share what they find, however little it is."""
    monkeypatch.setattr(blas, "WORTH_SHARING", 0)


@pytest.mark.filterwarnings("ignore:.*readable")
@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SETTINGS)
def test_classifiers(name: str, dtype: str) -> None:
    assert_any_number(classifier(**SETTINGS[name], dtype=dtype), X, Y)


@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "lm", "hidden_layer_sizes": 12},
        {"solver": "gauss_newton", "hidden_layer_sizes": 12},
        {"solver": "adam", "loss": "huber"},
    ],
)
def test_regressors(settings: dict[str, Any]) -> None:
    given = {"hidden_layer_sizes": (90, 40), "max_iter": 4, "random_state": 0}
    assert_any_number(MLPRegressor(**{**given, **settings}, deterministic=True), X, TARGET)


@pytest.mark.parametrize("settings", [{}, {"batch_size": 901}, {"solver": "lbfgs"}])
def test_sparse_rows_with_weights(settings: dict[str, Any]) -> None:
    weights = np.random.default_rng(0).uniform(0, 2, len(X))
    assert_any_number(classifier(**settings), sp.csr_array(X), Y, sample_weight=weights)


def test_rows_to_validate_on() -> None:
    model = classifier(early_stopping=True, max_iter=6, hidden_layer_sizes=(300, 260))
    assert_any_number(model, X[:601], Y[:601], X_val=X[601:], y_val=Y[601:])


@pytest.mark.skipif(not has_bfloat16(), reason="no AVX512-BF16")
@pytest.mark.parametrize("structure", [{}, {"normalization": "batch"}])
def test_bfloat16(structure: dict[str, Any]) -> None:
    assert_any_number(classifier(dtype="bfloat16", **structure), X, Y)


def test_partial_fit_and_warm_starts() -> None:
    def grown(n_jobs: int) -> dict[str, Any]:
        model = classifier(n_jobs=n_jobs, warm_start=True, max_iter=2).fit(X, Y)
        model.fit(X, Y)
        for begin in range(0, 900, 300):
            model.partial_fit(X[begin : begin + 300], Y[begin : begin + 300])
        return told(model)

    assert grown(1) == grown(2) == grown(3)


# Without it, so that the tests above could fail.


@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"normalization": "batch"},
        {"solver": "lbfgs"},
        {"solver": "kfac", "batch_size": 901, "max_iter": 1},
    ],
)
def test_without_it_the_number_of_threads_shows(settings: dict[str, Any]) -> None:
    model = classifier(**settings, deterministic=False)
    runs = [fitted(model, n_jobs, X, Y) for n_jobs in N_JOBS]
    assert len({run["layers.0.weight"] for run in runs}) > 1
    assert all(fitted(model, n, X, Y) == run for n, run in zip(N_JOBS, runs, strict=True))


def test_a_batch_too_small_to_share_is_the_same_either_way() -> None:
    for settings in (
        {"batch_size": 16, "hidden_layer_sizes": (8,)},
        {"n_jobs": 1, "batch_size": 8},
    ):
        one, other = (classifier(**settings, deterministic=d).fit(X, Y) for d in (True, False))
        assert told(one) == told(other)


# BLAS.


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.fixture
def three_blas_threads() -> Iterator[None]:
    with threadpool_limits(3, user_api="blas"):
        if blas_threads() != {3}:
            pytest.skip("this BLAS takes no limit from threadpoolctl")
        yield


@pytest.mark.filterwarnings("ignore:.*readable")
@pytest.mark.usefixtures("three_blas_threads", "no_product_is_small")
@pytest.mark.parametrize("solver", ["adam", "kfac", "lbfgs", "lm", "gauss_newton"])
def test_blas_is_held_to_the_estimators_threads_for_the_whole_fit(solver: str) -> None:
    """Where NumPy computes: with 'adam' as well, for an activation without a kernel."""
    seen: list[set[int]] = []

    def watched(end: Any) -> None:
        seen.append(blas_threads())

    for deterministic, n_jobs, expected in ((True, 2, {1}), (False, 2, {2}), (False, 1, {1})):
        seen.clear()
        model = MLPRegressor(
            hidden_layer_sizes=5,
            activation=Softsign() if solver == "adam" else "relu",
            solver=solver,
            max_iter=2,
            n_jobs=n_jobs,
            callbacks=[watched],
            deterministic=deterministic,
        )
        model.fit(X[:60], TARGET[:60])
        assert seen
        assert set(map(frozenset, seen)) == {frozenset(expected)}
        assert blas_threads() == {3}


# Predictions.


def predictions(model: Any, n: int) -> Iterator[Callable[[], npt.NDArray[Any]]]:
    rows = np.tile(X, (6, 1))[:n]
    yield lambda: model.predict_proba(rows)
    yield lambda: model.predict_proba(sp.csr_array(rows))
    yield lambda: model.predictor()(rows)
    yield lambda: pickle.loads(pickle.dumps(model.predictor()))(rows)


# What BLAS computes: a layer of more than 4,096 inputs, and an activation without a kernel.
OF_BLAS: dict[str, dict[str, Any]] = {
    "native": {"hidden_layer_sizes": (4200, 5)},
    "readable": {"hidden_layer_sizes": (200, 90), "activation": Softsign()},
}


@pytest.mark.filterwarnings("ignore:.*readable")
@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize("members", OF_BLAS)
def test_predictions(members: str) -> None:
    def found(model: Any, n: int) -> list[list[bytes]]:
        """By the number of threads."""
        by_threads = []
        for n_jobs in N_JOBS:
            model.set_params(n_jobs=n_jobs)
            with threadpool_limits(n_jobs, user_api="blas"):
                by_threads.append([predict().tobytes() for predict in predictions(model, n)])
        return by_threads

    model = classifier(**OF_BLAS[members], max_iter=1).fit(X[:200], Y[:200])
    shown = False
    for n in (1, 65, 901, 1802):
        one, *others = found(model.set_params(deterministic=True), n)
        assert all(ours == one for ours in others)
        dense, _, plain, pickled = one
        assert dense == plain == pickled
        one, *others = found(model.set_params(deterministic=False), n)
        shown = shown or any(ours != one for ours in others)
    assert shown


# Beside others.


def test_a_fit_beside_one_that_holds_blas() -> None:
    """Products that are small, and n_jobs=1, have one thread of BLAS in any case."""
    settings: list[dict[str, Any]] = [
        {"initializer": "orthogonal", "hidden_layer_sizes": (500, 400), "n_jobs": 1, "max_iter": 1},
        {"solver": "lbfgs", "hidden_layer_sizes": (300, 100), "n_jobs": 2},
        {"solver": "kfac", "batch_size": 901, "n_jobs": 2, "max_iter": 1},
        {"activation": Softsign(), "hidden_layer_sizes": (300, 260), "n_jobs": 1, "max_iter": 1},
    ]
    for given in settings:
        model = classifier(**given, deterministic=False)
        with threadpool_limits(2, user_api="blas"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*readable")
            alone = told(clone(model).fit(X, Y))
            with one_thread_blas():
                assert told(clone(model).fit(X, Y)) == alone, given


def test_members_side_by_side() -> None:
    """Of which each would hold BLAS for the others, were it not held for them all."""
    network = MLPClassifier((500, 400), initializer="orthogonal", solver="lbfgs", max_iter=2)
    for n_jobs in (None, 2):
        network.set_params(n_jobs=n_jobs)
        ensemble = MLPEnsembleClassifier(network, 4, n_jobs=2, random_state=0)
        with threadpool_limits(2, user_api="blas"):
            runs = [
                tuple(net.coefs_[0].tobytes() for net in ensemble.fit(X[:300], Y[:300]).estimators_)
                for _ in range(4)
            ]
        assert len(set(runs)) == 1


# Those who train estimators.


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
def test_it_is_true_or_false(deterministic: Any) -> None:
    with pytest.raises(ValueError, match="'deterministic' parameter"):
        classifier(deterministic=deterministic).fit(X, Y)


# Processes.

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
from tests.integration.test_determinism import Softsign
warnings.simplefilter("ignore")
X, y = load_digits(return_X_y=True)
X, y = X[:901] / 16, y[:901]
KFAC = {"solver": "kfac", "batch_size": 901}
for n_jobs, settings in (
    (1, {"initializer": "orthogonal", "hidden_layer_sizes": (500, 400)}),
    (1, {"activation": Softsign()}),
    (1, KFAC),
    (2, KFAC),
    (2, {"solver": "lbfgs", "max_iter": 3}),
    (2, {"activation": Softsign()}),
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
