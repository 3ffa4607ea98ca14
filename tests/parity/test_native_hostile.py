"""Every function of the compiled module under arrays and numbers that nobody would hand it: an
answer or an exception, and never a crash. The sanitizers run these as well."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.hostile_arrays import COUNTS, Ground, arrays
from tests.support.native_calls import dense_layer
from tests.support.native_cases import each_build
from tests.support.native_runs import trained

REFUSALS = (TypeError, ValueError, OverflowError, MemoryError, BufferError, RuntimeError)
# Numbers of whatever use: a rate, an exponent, a slope, a bound.
FIELDS = st.sampled_from([0.0, 1.0, 0.5, -1.0, 1e-8, 5.0, 1e308, math.inf, -math.inf, math.nan])
often = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])
either = st.sampled_from


def of(build: Any, stem: str, dtype: Any) -> Any:
    return getattr(build, f"{stem}{8 * np.dtype(dtype).itemsize}")


def attempt(call: Any, *arguments: Any, **named: Any) -> Any:
    """What a call returns, or None where it raises one of REFUSALS.

    Which of the drawn arguments are refused is not the point of these tests: it is that there is
    no crash and no write outside an array, by `Ground.check` and by the sanitizers. Where
    predictions are returned they are compared with those of plain copies of the rows.
    """
    with warnings.catch_warnings():
        # NumPy warns where a masked array or a complex number is given for another.
        warnings.simplefilter("ignore")
        try:
            return call(*arguments, **named)
        except REFUSALS:
            return None


@st.composite
def members(draw: Any, build: Any, kind: str, *, odd: bool = True) -> Any:
    """A member by its name, with any numbers for its fields, and now and then another number of
    them."""
    name, fields = draw(either(build.catalogue()[kind]))
    n = draw(st.integers(0, 4)) if odd and not draw(st.integers(0, 9)) else len(fields)
    return name, draw(st.lists(FIELDS, min_size=n, max_size=n))


@st.composite
def networks(draw: Any, build: Any, *, odd: bool = True, dropout: float = 0.3) -> Any:
    """Inputs and layers, small ones."""
    layers = [
        dense_layer(
            draw(st.integers(1, 5)),
            draw(members(build, "activations", odd=odd)),
            draw(st.one_of(st.none(), members(build, "normalizations", odd=odd))),
            draw(either([0.0, 0.0, dropout])),
            draw(st.booleans()),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    return draw(st.integers(1, 4)), layers


def sizes(n_inputs: int, layers: list[Any]) -> tuple[int, int]:
    """Numbers of parameters and of the state, from what the layers' formulas say."""
    parameters = state = 0
    for _, fields in layers:
        units, normalization = fields["units"], fields["normalization"]
        parameters += n_inputs * units + units
        if normalization:
            parameters += 2 * units
            state += 2 * units * (normalization[0] == "BatchNorm")
        if fields["residual"] and units != n_inputs:
            parameters += n_inputs * units
        n_inputs = units
    return parameters, state


@st.composite
def matrices(draw: Any, build: Any, ground: Ground, dtype: Any, rows: int, columns: int) -> Any:
    """A matrix, dense or CSR, or None where it was refused."""
    make = of(build, "Matrix", dtype)
    if draw(st.booleans()):
        return attempt(make, draw(arrays(ground, dtype, rows, columns)))
    entries = draw(st.integers(0, 6))
    starts = np.sort(np.random.default_rng(entries).integers(0, entries + 1, rows + 1))
    starts[0], starts[-1] = 0, entries
    return attempt(
        make,
        draw(arrays(ground, dtype, entries)),
        draw(st.one_of(st.just(np.zeros(entries, np.int32)), arrays(ground, np.int32, entries))),
        draw(st.one_of(st.just(starts), arrays(ground, np.int64, rows + 1))),
        draw(st.one_of(st.just(columns), COUNTS)),
    )


@each_build
def test_valid_networks_pass_through_all_functions(build: Any) -> None:
    """So that the tests below are not all refusals: the sizes of any network are known here."""
    taken = 0

    @settings(max_examples=60)
    @given(networks(build, odd=False, dropout=0.0))
    def train_and_predict(network: Any) -> None:
        nonlocal taken
        n_inputs, layers = network
        parameters, state = sizes(n_inputs, layers)
        engine = build.Engine32(n_inputs, layers, ("SquaredError", []), ("L2", [0.1]), 2)
        X, y = np.ones((4, n_inputs), np.float32), np.ones((4, layers[-1][1]["units"]), np.float32)
        data = build.Data32(build.Matrix32(X), y, None, 1.0)
        theta, variances = np.ones(parameters, np.float32), np.ones(state, np.float32)
        engine.objective(data, theta, np.zeros_like(theta), variances)
        predictor = build.Predictor32(
            n_inputs, layers, ("SquaredError", []), theta, variances, False, False, lambda rows: 2
        )
        predictor.fill(build.Matrix32(X), np.empty_like(y), 2)
        taken += 1

    train_and_predict()
    assert taken > 10


@each_build
@both_types
@often
@given(st.data())
def test_data(build: Any, dtype: Any, data: Any) -> None:
    ground = Ground()
    X = data.draw(matrices(build, ground, dtype, 4, 3))
    codes = data.draw(st.booleans())
    given_data = attempt(
        of(build, "Data", dtype),
        X if data.draw(st.integers(0, 9)) else data.draw(arrays(ground, dtype, 4, 3)),
        data.draw(arrays(ground, dtype, 4, 1 if codes else 2, tame=codes)),
        data.draw(st.one_of(st.none(), arrays(ground, dtype, 4))),
        data.draw(FIELDS),
    )
    loss = ("CategoricalCrossEntropy", [0.0, 0.1]) if codes else ("SquaredError", [])
    layers = [dense_layer(2)]
    engine = of(build, "Engine", dtype)(3, layers, loss, ("L2", [0.0]), 2)
    theta = ground.place(np.zeros(8, dtype))
    attempt(engine.objective, given_data, theta, ground.place(theta), np.zeros(0, dtype))
    ground.check()


@each_build
@both_types
@often
@given(st.data())
def test_engines_and_objectives(build: Any, dtype: Any, data: Any) -> None:
    ground, draw = Ground(), data.draw
    n_inputs, layers = draw(networks(build))
    kinds = ["losses", "penalties", draw(either(list(build.catalogue())))]
    engine = attempt(
        of(build, "Engine", dtype),
        n_inputs if draw(st.integers(0, 9)) else draw(COUNTS),
        layers,
        draw(members(build, kinds[0] if draw(st.integers(0, 9)) else kinds[2])),
        draw(members(build, kinds[1] if draw(st.integers(0, 9)) else kinds[2])),
        draw(st.one_of(st.integers(1, 3), COUNTS)),
        draw(st.booleans()),
        draw(either([0.0, 0.0, 0.5, math.nan, math.inf, -1.0])),
    )
    if engine is None:
        return
    engine.calls_blas()
    parameters, state = sizes(n_inputs, layers)
    rows, outputs = draw(either([1, 2, 5])), draw(either([layers[-1][1]["units"], 1]))
    given_data = attempt(
        of(build, "Data", dtype),
        draw(matrices(build, ground, dtype, rows, n_inputs)),
        draw(arrays(ground, dtype, rows, outputs, tame=True)),
        None,
        1.0,
    )
    attempt(
        engine.objective,
        given_data,
        draw(arrays(ground, dtype, parameters)),
        draw(arrays(ground, dtype, parameters)),
        draw(arrays(ground, dtype, state)),
    )
    ground.check()


def slots_of(build: Any, optimizer: Any, dtype: Any) -> int:
    """How many slots an optimiser asks for, by trying."""
    layers = [dense_layer(1)]
    engine = of(build, "Engine", dtype)(1, layers, ("SquaredError", []), ("L2", [0.0]), 1)
    one = np.ones((1, 1), dtype)
    data = of(build, "Data", dtype)(of(build, "Matrix", dtype)(one), one, None, 1.0)
    theta, steps, empty = np.zeros(2, dtype), np.zeros(1, np.int64), np.zeros(0, dtype)
    for n in range(4):
        slots = np.zeros((n, 2), dtype)
        if attempt(of(build, "Run", dtype), engine, data, optimizer, theta, slots, steps, 0, empty):
            return n
    return 0


@each_build
@both_types
@often
@given(st.data())
def test_runs_and_epochs(build: Any, dtype: Any, data: Any) -> None:
    ground, draw = Ground(), data.draw
    n_inputs, layers = draw(networks(build))
    loss = draw(st.one_of(st.just(("SquaredError", [])), members(build, "losses")))
    threads = draw(st.integers(1, 3))
    engine = attempt(
        of(build, "Engine", dtype),
        n_inputs,
        layers,
        loss,
        draw(members(build, "penalties")),
        threads,
        False,
        draw(either([0.0, 0.0, 0.5])),
    )
    rows, (parameters, state) = 4, sizes(n_inputs, layers)
    given_data = attempt(
        of(build, "Data", dtype),
        draw(matrices(build, ground, dtype, rows, n_inputs)),
        draw(arrays(ground, dtype, rows, draw(either([layers[-1][1]["units"], 1])), tame=True)),
        draw(st.one_of(st.none(), arrays(ground, dtype, rows))),
        1.0,
    )
    optimizer, averaging = draw(members(build, "optimizers")), draw(members(build, "averagings"))
    averages = averaging[0] != "NoAveraging"
    run = attempt(
        of(build, "Run", dtype),
        engine,
        given_data,
        optimizer,
        draw(arrays(ground, dtype, parameters)),
        draw(arrays(ground, dtype, slots_of(build, optimizer, dtype), parameters)),
        draw(st.one_of(st.just(np.zeros(1, np.int64)), arrays(ground, np.int64, 1))),
        draw(either([0, 1, 2**64 - 1, 2**64, -1, None])),
        draw(arrays(ground, dtype, state)),
        draw(members(build, "clippings")),
        draw(members(build, "constraints")),
        averaging,
        draw(arrays(ground, dtype, parameters)) if averages else None,
    )
    if run is None:
        return
    for _ in range(2):
        batch, n_epochs = draw(st.integers(1, 5)), draw(st.integers(1, 3))
        n_factors = n_epochs * math.ceil(rows / batch)
        generator = np.random.MT19937(0)  # outlives its capsule, which does not hold it
        attempt(
            run.epochs,
            draw(
                st.one_of(
                    st.none(),
                    st.just(ground.place(np.arange(rows))),
                    arrays(ground, np.int64, rows),
                )
            ),
            draw(either([None, None, generator.capsule, object(), "x"])),
            draw(st.one_of(st.just(batch), COUNTS)),
            draw(st.one_of(st.just(np.ones(n_factors)), arrays(ground, np.float64, n_factors))),
            draw(st.one_of(st.just(n_epochs), COUNTS)),
            draw(st.booleans()),
            draw(either([math.inf, 1.0, 0.0, -1.0, math.nan, -math.inf])),
        )
        ground.check()


@each_build
@both_types
@often
@given(st.data())
def test_predictors(build: Any, dtype: Any, data: Any) -> None:
    ground, draw = Ground(), data.draw
    n_inputs, layers = draw(networks(build, dropout=0.0))
    parameters, state = sizes(n_inputs, layers)
    threads = draw(either([1, 2, 0, -1, 10**6, 10**30, None, "x", 1.5]))
    columns = layers[-1][1]["units"]
    both, flat = columns == 1 and draw(st.booleans()), columns == 1 and draw(st.booleans())
    predictor = attempt(
        of(build, "Predictor", dtype),
        n_inputs,
        layers,
        draw(members(build, "losses")),
        draw(arrays(ground, dtype, parameters)),
        draw(arrays(ground, dtype, state)),
        both,
        flat,
        lambda rows: threads,
    )
    if predictor is None:
        return
    predictor.calls_blas()
    for rows in (1, 3, 70):
        X = draw(arrays(ground, dtype, rows, n_inputs))
        shape = (rows,) if flat and not both else (rows, 2 if both else columns)
        attempt(predictor.finite, X)
        found = attempt(predictor.bare, X, None)
        if found is not None:
            plain = np.array(X, dtype, order="C")
            np.testing.assert_array_equal(found, predictor.bare(plain, None))
        attempt(predictor.bare, X, draw(arrays(ground, dtype, *shape)))
        attempt(predictor.bare, draw(arrays(ground, dtype, n_inputs)), None)
        attempt(predictor.bare, X, X)
        attempt(
            predictor.fill,
            draw(matrices(build, ground, dtype, rows, n_inputs)),
            draw(arrays(ground, dtype, rows, shape[-1])),
            draw(st.one_of(st.just(2), COUNTS)),
        )
    ground.check()


@each_build
@often
@given(st.data())
def test_random_words_shuffles_and_pointers(build: Any, data: Any) -> None:
    ground, draw = Ground(), data.draw
    attempt(
        build.philox,
        *(draw(st.one_of(st.just(0), COUNTS)) for _ in range(4)),
        draw(arrays(ground, np.uint32, draw(st.integers(0, 200)))),
    )
    generator = np.random.RandomState(0)._bit_generator
    attempt(
        build.shuffle,
        draw(arrays(ground, np.int64, draw(st.integers(0, 100)))),
        draw(either([generator.capsule, generator, None, 3])),
    )
    with pytest.raises((ValueError, TypeError)):
        build.use_blas(*draw(either([(generator.capsule,) * 2, (None, None), (1, "x"), ()])))
    ground.check()


@each_build
def test_a_prediction_drops_no_unit(build: Any) -> None:
    layers = [dense_layer(2, "Tanh", dropout=0.5)]
    with pytest.raises(ValueError, match="drops no unit"):
        build.Predictor64(
            3, layers, ("SquaredError", []), np.ones(8), np.ones(0), False, False, lambda rows: 1
        )


@each_build
def test_an_objective_has_no_noise(build: Any) -> None:
    layers = [dense_layer(2, "Tanh")]
    engine = build.Engine64(3, layers, ("SquaredError", []), ("L2", [0.0]), 1, False, 0.5)
    data = build.Data64(build.Matrix64(np.ones((4, 3))), np.ones((4, 2)), None, 1.0)
    with pytest.raises(ValueError, match="without noise"):
        engine.objective(data, np.ones(8), np.ones(8), np.zeros(0))


@each_build
@pytest.mark.parametrize("steps", [-1, -(2**63), 2**63 - 1])
def test_a_number_of_steps_that_would_overflow(build: Any, steps: int) -> None:
    run, *_ = trained(build, np.zeros(8), steps=np.array([steps]))
    with pytest.raises(ValueError, match="number of steps"):
        run.epochs(None, None, 8, np.ones(8), 1, False)
