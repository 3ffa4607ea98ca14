"""Where arrays lie in memory: beside aligned addresses, apart, backwards, on top of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt import MLPRegressor
from tests.support.hostile_arrays import Ground
from tests.support.native_calls import dense_layer
from tests.support.native_cases import each_build
from tests.support.native_runs import races_on_purpose, trained


@each_build
@pytest.mark.parametrize("what", ["X", "y", "weights", "theta", "slots", "steps", "gradient"])
def test_an_array_beside_an_aligned_address_is_refused(build: Any, what: str) -> None:
    """Most instructions would read it, some would end the process."""

    def placed(name: str, a: Any) -> Any:
        return Ground().place(a, 4 if name == what else 0)

    def everything() -> None:
        layers = [dense_layer(2, "Tanh")]
        engine = build.Engine64(3, layers, ("SquaredError", []), ("L2", [0.0]), 2)
        X = build.Matrix64(placed("X", np.ones((4, 3))))
        y, weights = placed("y", np.ones((4, 2))), placed("weights", np.ones(4))
        data = build.Data64(X, y, weights, 1.0)
        theta, slots = placed("theta", np.ones(8)), placed("slots", np.zeros((1, 8)))
        engine.objective(data, np.ones(8), placed("gradient", np.ones(8)), np.zeros(0))
        steps = placed("steps", np.zeros(1, np.int64))
        optimizer = ("SGD", [0.1, 0.9, 0.0, 0.0])
        build.Run64(engine, data, optimizer, theta, slots, steps, 0, np.zeros(0))

    with pytest.raises(ValueError, match="not aligned"):
        everything()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_arrays_of_packed_records_are_copied() -> None:
    """Which lie beside aligned addresses, and are as good as others to whoever has them."""
    packed = np.zeros(60, [("flag", "u1"), ("x", "f8", 3), ("y", "f8"), ("w", "f8")])
    rng = np.random.default_rng(0)
    X, y, w = rng.standard_normal((60, 3)), rng.standard_normal(60), rng.random(60)
    packed["x"], packed["y"], packed["w"] = X, y, w
    ground = Ground()
    sparse = sp.csr_array(X)
    sparse.data = ground.place(sparse.data, 4)
    for inputs, beside in ((X, packed["x"]), (X, ground.place(X, 1)), (sp.csr_array(X), sparse)):
        found = [
            MLPRegressor(hidden_layer_sizes=(4,), max_iter=2, random_state=0)
            .fit(*given)
            .predict(given[0])
            for given in ((inputs, y, w), (beside, packed["y"], packed["w"]))
        ]
        np.testing.assert_array_equal(*found)


@each_build
def test_slots_whose_rows_lie_anywhere(build: Any) -> None:
    """Apart, backwards or on top of each other; between them nothing is written."""
    wide = np.full((1, 20), 7.25)
    run, *_ = trained(build, np.zeros(8), slots=wide[:, 6:14])
    run.epochs(None, None, 8, np.ones(8), 1, False)
    assert (wide[:, :6] == 7.25).all()
    assert (wide[:, 14:] == 7.25).all()
    run, *_ = trained(build, np.zeros(8), slots=np.zeros((3, 8))[1:2][::-1])
    run.epochs(None, None, 8, np.ones(8), 1, False)


@each_build
@pytest.mark.parametrize("n_slots", [0, 2, 4, 1000])
def test_another_number_of_slots_is_refused(build: Any, n_slots: int) -> None:
    """Also one beyond what any optimiser has, before the engine takes a pointer to each."""
    with pytest.raises(ValueError, match="slots do not fit"):
        trained(build, np.zeros(8), slots=np.zeros((n_slots, 8)))


@races_on_purpose
@each_build
def test_arrays_that_overlap(build: Any) -> None:
    """What comes out means nothing, but nothing else is touched."""
    ground = Ground()
    shared = ground.place(np.linspace(-1, 1, 64 * 3))
    run, engine, data = trained(
        build,
        shared[:8],
        X=shared.reshape(64, 3),
        y=shared[:128].reshape(64, 2),
        slots=shared[4:12].reshape(1, 8),
    )
    order, generator = ground.place(np.arange(64)), np.random.MT19937(0)
    run.epochs(order, generator.capsule, 8, shared[:8], 1, False)
    assert sorted(order) == list(range(64))
    engine.objective(data, shared[:8], shared[3:11], np.zeros(0))
    layers = [dense_layer(3, "Tanh")]
    predictor = build.Predictor64(
        3, layers, ("SquaredError", []), shared[:12], shared[:0], False, False, lambda rows: 1
    )
    X = shared.reshape(64, 3)
    # Rows at a time are not for the build whose products go to BLAS.
    assert predictor.bare(X, X) is (None if predictor.calls_blas() else X)
    predictor.fill(build.Matrix64(X), X, 1)
    ground.check()
