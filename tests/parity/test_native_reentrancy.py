"""Engines, runs and predictors used from many threads at once and from signal handlers."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from tests.support.native_calls import dense_layer
from tests.support.native_cases import each_build
from tests.support.native_runs import races_on_purpose, trained


@each_build
def test_one_run_and_one_engine_from_many_threads(build: Any) -> None:
    """A run's own memory serves one call: the others are told, or wait."""
    theta = np.zeros(8)
    run, engine, data = trained(build, theta)
    order, factors = np.arange(64), np.ones(64 * 200)
    refused: list[str] = []

    def use(i: int) -> None:
        try:
            if i % 2:
                run.epochs(order.copy(), None, 1, factors, 200, False)
            else:
                engine.objective(data, np.ones(8), np.zeros(8), np.zeros(0))
        except RuntimeError as error:
            refused.append(str(error))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(use, range(60)))
    assert set(refused) <= {"the engine is in the midst of epochs"}
    run.epochs(order, None, 1, np.ones(64), 1, False)
    assert np.isfinite(theta).all()


@each_build
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer's signal")
def test_a_signal_handler_that_uses_the_engine_in_its_midst(build: Any) -> None:
    """It is told so; to wait for the epoch that waits for it would never end."""
    run, engine, data = trained(build, np.zeros(8))
    told: list[str] = []

    def handler(number: int, frame: Any) -> None:
        for call in (
            lambda: engine.objective(data, np.ones(8), np.zeros(8), np.zeros(0)),
            lambda: run.epochs(None, None, 8, np.ones(8), 1, True),
        ):
            with pytest.raises(RuntimeError, match="midst of epochs") as caught:
                call()
            told.append(str(caught.value))
        raise InterruptedError

    factors, n = np.ones(64 * 100_000), 100_000
    # By the processor's time, of which a busy machine gives little before the epochs begin.
    before = signal.signal(signal.SIGPROF, handler)
    signal.setitimer(signal.ITIMER_PROF, 0.3)
    try:
        raised = run.epochs(None, None, 1, factors, n, True).raised
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    assert isinstance(raised, InterruptedError)
    assert len(told) == 2
    run.epochs(None, None, 8, np.ones(8), 1, True)


@races_on_purpose
@each_build
def test_one_predictor_from_many_threads_while_its_parameters_change(build: Any) -> None:
    layers = [dense_layer(64, "Tanh"), dense_layer(2)]
    theta = np.zeros(3 * 64 + 64 + 64 * 2 + 2)
    predictor = build.Predictor64(
        3, layers, ("SquaredError", []), theta, np.zeros(0), False, False, lambda rows: 2
    )
    X, over = np.ones((5000, 3)), threading.Event()

    def predict(i: int) -> Any:
        rows = X[: 1 + i * 90]
        out = np.empty((len(rows), 2))
        predictor.fill(build.Matrix64(rows), out, 2)
        for few in (X[0], X[:3]):
            predictor.bare(few, None)
        return predictor.bare(rows, out) is out or predictor.calls_blas()

    def change() -> None:
        while not over.is_set():
            theta[:] = np.random.default_rng(0).standard_normal(len(theta))

    changing = threading.Thread(target=change)
    changing.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            served = list(pool.map(predict, range(50)))
    finally:
        over.set()
        changing.join()
    assert all(served)
