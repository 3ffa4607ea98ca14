"""The native predictor beside the readable engine, on every build, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Activation, Identity, Tanh
from rosenblatt.backprop import forward
from rosenblatt.engine.interface import OutputFormat
from rosenblatt.engine.native import NativePredictor
from rosenblatt.engine.reference import readable_scores
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
    SquaredError,
)
from rosenblatt.network import Network
from rosenblatt.normalizations import BatchNorm, LayerNorm
from tests.support.members import LOSSES, TRAINABLE, network, parameters, random_state
from tests.support.native_calls import dense_layer
from tests.support.native_cases import assert_near, each_build, small_network, use

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
ONE_OUTPUT = network(Tanh(), 7, 5, 1)


def made(
    net: Network,
    loss: Loss,
    theta: Any,
    form: OutputFormat = OutputFormat.COLUMNS,
    threads: int = 1,
) -> NativePredictor:
    return NativePredictor(net, loss, theta, form, lambda rows: threads)


def rows(n: int, dtype: Any, columns: int = 7) -> Any:
    return np.random.default_rng(n).standard_normal((n, columns)).astype(dtype)


def expected(net: Network, loss: Loss, theta: Any, X: Any) -> Any:
    return loss.inverse_link(forward(net, theta.astype(np.float64), X.astype(np.float64)).scores)


@pytest.mark.product(every=17)
@each_build
@each_dtype
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_every_member(
    build: Any, dtype: Any, loss: Loss, g: Activation, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    net = small_network(g)
    theta = parameters(net, dtype=dtype)
    predictor = made(net, loss, theta)
    # One row, a few, as many as memory is kept for, more, and more than a block.
    for n in (1, 2, 64, 65, 1100):
        X = rows(n, dtype)
        prediction = predictor.predict(X)
        assert_near(prediction, expected(net, loss, theta, X), dtype)
        assert_near(predictor.predict(sp.csr_array(X)), prediction, dtype)
        for same in (predictor.finite(X), predictor.bare(X, None)):
            if same is None:  # where BLAS multiplies, it takes the longer way
                assert build.__name__.endswith("_native")
                assert n > 1
            else:
                np.testing.assert_array_equal(same, prediction)


@each_build
@each_dtype
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_rows_whose_variance_overflows(
    build: Any, dtype: Any, g: Activation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layer normalisation's, on both engines; the rows beside them keep their bits."""
    use(build, monkeypatch)
    net = network(g, 7, 5, 4, 3, normalization=LayerNorm())
    theta, X = parameters(net, dtype=dtype), rows(30, dtype)
    predictor = made(net, SquaredError(), theta)
    whole = predictor.predict(X)
    X[[3, 17]] *= dtype(100 * np.sqrt(np.finfo(dtype).max))
    beside = np.setdiff1d(np.arange(30), [3, 17])
    native, readable = predictor.predict(X), readable_scores(net, theta, X)
    assert np.isfinite(native).all()
    assert_near(native, readable, dtype)
    np.testing.assert_array_equal(native[beside], whole[beside])
    if predictor.finite(X) is not None:  # no product of BLAS
        assert_near(predictor.finite(X[3:4]), native[3:4], dtype)
        assert_near(predictor.bare(X[3], None), native[3], dtype)


@each_build
@each_dtype
def test_rows_that_are_large_beside_running_statistics(
    build: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch normalisation takes no square of what it predicts for."""
    use(build, monkeypatch)
    net = network(Identity(), 7, 5, 3, normalization=BatchNorm())
    theta, state = parameters(net, dtype=dtype), random_state(net, dtype=dtype)
    X = rows(30, dtype)
    X[[3, 17]] *= dtype(100 * np.sqrt(np.finfo(dtype).max))
    wide = forward(
        net, theta.astype(np.longdouble), X.astype(np.longdouble), state=state.astype(np.longdouble)
    ).scores
    predictor = NativePredictor(
        net, SquaredError(), theta, OutputFormat.COLUMNS, lambda rows: 1, state
    )
    for scores in (predictor.predict(X), readable_scores(net, theta, X, state)):
        for i in range(30):
            assert_near(
                scores[i] / np.abs(wide[i]).max(), wide[i] / np.abs(wide[i]).max(), dtype, 10
            )


@each_build
@each_dtype
@pytest.mark.parametrize("form", OutputFormat)
def test_every_form_of_rows_and_of_a_vector(
    build: Any, dtype: Any, form: OutputFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    theta = parameters(ONE_OUTPUT, dtype=dtype)
    predictor = made(ONE_OUTPUT, BinaryCrossEntropy(), theta, form)
    X = rows(3, dtype)
    p = expected(ONE_OUTPUT, BinaryCrossEntropy(), theta, X)
    in_form = {
        OutputFormat.COLUMNS: p,
        OutputFormat.BOTH_CLASSES: np.hstack([1 - p, p]),
        OutputFormat.FLAT: p[:, 0],
    }[form]
    assert predictor.predict(X).shape == in_form.shape
    assert_near(predictor.predict(X), in_form, dtype)
    for i in range(3):
        row, vector = predictor.bare(X[i : i + 1], None), predictor.bare(X[i], None)
        assert row is not None
        assert vector is not None
        assert row.shape == in_form[i : i + 1].shape
        assert vector.shape == in_form[i].shape
        assert_near(row, in_form[i : i + 1], dtype)
        np.testing.assert_array_equal(vector, row[0])
        out = np.full_like(row, np.nan)
        assert predictor.bare(X[i : i + 1], out) is out
        np.testing.assert_array_equal(out, row)


@each_build
@each_dtype
@pytest.mark.parametrize(
    ("n", "units"), [(3001, (60, 50, 3)), (40, (300, 200, 3)), (2, (900, 800, 3))]
)
def test_large_arrays_are_shared_among_threads(
    build: Any, dtype: Any, n: int, units: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    net = network(Tanh(), *units)
    theta, X = parameters(net, dtype=dtype) / 5, rows(n, dtype, units[0])
    loss = CategoricalCrossEntropy()
    asked = []

    def threads_for(n: int) -> int:
        asked.append(n)
        return 3

    predictor = NativePredictor(net, loss, theta, OutputFormat.COLUMNS, threads_for)
    assert_near(predictor.predict(X), expected(net, loss, theta, X), dtype, 10)
    plain = predictor.finite(X)
    if plain is not None:
        np.testing.assert_array_equal(plain, predictor.predict(X))
        X[-1, -1] = np.nan
        assert predictor.finite(X) is None
    assert set(asked) == {n}


@each_dtype
def test_parameters_are_read_where_they_lie(dtype: Any) -> None:
    net = network(Tanh(), 7, 3)
    theta, X = parameters(net, dtype=dtype), rows(1, dtype)
    predictor = made(net, SquaredError(), theta)
    assert np.any(predictor.bare(X, None))
    theta[...] = 0
    assert not np.any(predictor.bare(X, None))


@each_build
@each_dtype
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nonfinite_input_is_found_at_any_position(
    build: Any, dtype: Any, bad: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    net = network(Tanh(), 39, 2)
    predictor = made(net, SquaredError(), parameters(net, dtype=dtype))
    X = rows(1, dtype, 39)
    X[0, 0] = np.finfo(dtype).max
    assert predictor.finite(X) is not None
    for column in range(39):
        broken = X.copy()
        broken[0, column] = bad
        assert predictor.finite(broken) is None
        assert np.isnan(predictor.predict(broken)).any() or not np.isnan(bad)


def misaligned(X: Any) -> Any:
    held = np.empty(X.nbytes + 1, np.uint8)
    result = held[1:].view(X.dtype).reshape(X.shape)
    result[...] = X
    return result


class Subclass(np.ndarray[Any, Any]):
    pass


@each_build
@pytest.mark.parametrize(
    "form",
    [
        lambda X: X.tolist(),
        lambda X: None,
        lambda X: X.astype(np.float32),
        lambda X: X.astype(">f8"),
        lambda X: X.astype(object),
        lambda X: X.astype("datetime64[s]"),
        lambda X: np.asfortranarray(X),
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
        lambda X: X[:, :-1].copy(),
        lambda X: X[None],
        lambda X: X[0, 0],
        lambda X: np.array(1.0),
        lambda X: X.view(Subclass),
        lambda X: np.ma.masked_array(X),
        lambda X: memoryview(X),
        misaligned,
    ],
)
def test_arrays_that_need_preparation_are_left_to_it(
    build: Any, form: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    net = network(Tanh(), 7, 1)
    predictor = made(net, SquaredError(), parameters(net))
    X = form(rows(2, np.float64))
    assert predictor.finite(X) is None
    assert predictor.bare(X, None) is None


def test_a_checked_array_has_rows() -> None:
    net = network(Tanh(), 7, 1)
    predictor = made(net, SquaredError(), parameters(net))
    assert predictor.finite(np.empty((0, 7))) is None
    assert predictor.finite(np.ones(7)) is None
    empty = predictor.bare(np.empty((0, 7)), None)
    if predictor.native.calls_blas():  # which Python asks for
        assert empty is None
    else:
        assert empty is not None
        assert empty.shape == (0, 1)
    assert predictor.predict(np.empty((0, 7))).shape == (0, 1)


@pytest.mark.parametrize(
    "out",
    [
        np.empty((1, 2)),
        np.empty((2, 1)),
        np.empty(1),
        np.empty((1, 1), np.float32),
        np.broadcast_to(0.0, (1, 1)),
        [[0.0]],
    ],
    ids=["wide", "long", "flat", "float32", "read-only", "list"],
)
def test_an_out_that_does_not_fit_is_left_alone(out: Any) -> None:
    net = network(Tanh(), 7, 1)
    predictor = made(net, SquaredError(), parameters(net))
    assert predictor.bare(np.ones((1, 7)), out) is None


@each_build
@each_dtype
@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), CategoricalCrossEntropy(), Poisson()])
def test_far_tails_are_not_rounded_to_nothing(
    build: Any, dtype: Any, loss: Loss, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to where the type ends, among the subnormal numbers: their logarithm is asked for."""
    use(build, monkeypatch)
    net = network(Tanh(), 1, 2)
    far = np.log(float(np.finfo(dtype).smallest_subnormal)) + 2
    theta = np.array([1.0, 0.0, 0.0, 0.0], dtype)
    X = np.tile(np.array([[far], [far / 2], [-1.0]], dtype), (30, 1))
    e = np.exp(X[:, 0].astype(np.float64))
    reference = e if isinstance(loss, Poisson) else e / (1 + e)
    for threads, n in ((1, 3), (1, 90), (2, 90)):
        prediction = made(net, loss, theta, threads=threads).predict(X[:n])
        assert (prediction > 0).all()
        np.testing.assert_allclose(np.log(prediction[:, 0]), np.log(reference[:n]), rtol=1e-3)


@each_build
def test_refusals(build: Any) -> None:
    def native(theta: Any, both: bool = False, flat: bool = False) -> Any:
        layers = [dense_layer(2)]
        return build.Predictor64(
            3, layers, ("SquaredError", []), theta, np.empty(0), both, flat, lambda n: 1
        )

    with pytest.raises(ValueError, match="number of parameters"):
        native(np.zeros(7))
    with pytest.raises(ValueError, match="one output"):
        native(np.zeros(8), both=True)
    with pytest.raises(ValueError, match="one column"):
        native(np.zeros(8), flat=True)
    for theta in (np.zeros(8, np.float32), np.zeros(16)[::2]):
        with pytest.raises(TypeError, match="incompatible function arguments"):
            native(theta)
    for X, out in (((4, 3), (4, 3)), ((4, 3), (3, 2)), ((4, 2), (4, 2))):
        with pytest.raises(ValueError, match=r"fit|columns"):
            native(np.zeros(8)).fill(build.Matrix64(np.ones(X)), np.zeros(out), 1)
    for form in (OutputFormat.FLAT, OutputFormat.BOTH_CLASSES):
        with pytest.raises(ValueError, match="needs one output"):
            made(small_network(Tanh()), SquaredError(), np.zeros(1), form)
