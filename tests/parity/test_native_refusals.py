"""What the compiled module refuses: everything that would reach beyond its arrays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.native_calls import CODES, X, Y, csr, data, dense_layer, engine, epoch, objective
from tests.support.native_cases import each_build


@each_build
def test_valid_arguments_are_accepted(build: Any) -> None:
    """So that a refusal below is due to what it names."""
    steps = np.zeros(1, np.int64)
    epoch(build, steps=steps)
    assert steps == 2
    assert objective(build, data(build)) == (0.0, 0.0)
    assert objective(build, data(build, np.array([[0.0], [1.0], [1.0], [0.0]])), loss=CODES)[0] > 0
    csr(build, [1.0, 2.0], [0, 2], [0, 1, 1, 2])


@each_build
@pytest.mark.parametrize("threads", [0, -1, -(2**31)])
def test_threads(build: Any, threads: int) -> None:
    with pytest.raises(ValueError, match="at least one thread"):
        engine(build, threads=threads)


@each_build
@pytest.mark.parametrize("units", [0, -1])
def test_layers(build: Any, units: int) -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        engine(build, layers=[dense_layer(units)])
    with pytest.raises(ValueError, match="inputs and layers"):
        engine(build, n_inputs=units)
    with pytest.raises(ValueError, match="inputs and layers"):
        engine(build, layers=[])


@each_build
def test_blocks(build: Any) -> None:
    for rate in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match=r"dropout is in \[0, 1\)"):
            engine(build, layers=[dense_layer(2, dropout=rate)])
    for sigma in (-0.1, np.nan):
        with pytest.raises(ValueError, match="0 or more"):
            engine(build, input_noise=sigma)
    sparse = build.Data64(csr(build, [1.0], [0], [0, 1]), np.zeros((1, 2)), None, 1.0)
    with pytest.raises(ValueError, match="noise needs dense inputs"):
        epoch(build, engine=engine(build, input_noise=0.1), data=sparse)
    with pytest.raises(ValueError, match="no member named GroupNorm"):
        engine(build, layers=[dense_layer(2, normalization=("GroupNorm", [1e-5]))])
    with pytest.raises(ValueError, match="another number of fields"):
        engine(build, layers=[dense_layer(2, normalization=("BatchNorm", [1e-5]))])


@each_build
@pytest.mark.parametrize(
    ("kind", "fields", "error", "message"),
    [
        ("Convolution", {}, ValueError, "no layer of the kind Convolution"),
        ("Dense", {"units": 2}, ValueError, "lacks the field activation"),
        ("Dense", {"activation": ("Tanh", [])}, ValueError, "lacks the field units"),
        ("Dense", {"bias": True}, ValueError, "takes other fields"),
        ("Dense", {"units": 2.5}, TypeError, "another type for the field units"),
        ("Dense", {"units": 2**40}, TypeError, "another type for the field units"),
        ("Dense", {"activation": "Tanh"}, TypeError, "another type for the field activation"),
        ("Dense", {"normalization": 1}, TypeError, "another type for the field normalization"),
        ("Dense", {"dropout": None}, TypeError, "another type for the field dropout"),
        ("Dense", {"residual": 1}, TypeError, "another type for the field residual"),
    ],
)
def test_layers_of_other_kinds_and_fields(
    build: Any, kind: str, fields: dict[str, Any], error: type[Exception], message: str
) -> None:
    whole = "lacks" not in message and kind == "Dense"
    given = {"units": 2, "activation": ("Tanh", [])} | fields if whole else fields
    with pytest.raises(error, match=message):
        engine(build, layers=[(kind, given)])


@each_build
def test_a_state_of_another_size(build: Any) -> None:
    with pytest.raises(ValueError, match="another state"):
        epoch(build, state=np.zeros(4))
    normalised = engine(build, layers=[dense_layer(2, normalization=("BatchNorm", [1e-5, 0.1]))])
    with pytest.raises(ValueError, match="another state"):
        epoch(build, engine=normalised, theta=np.zeros(12), slots=np.zeros((1, 12)))
    with pytest.raises(ValueError, match="another state"):
        normalised.objective(data(build), np.zeros(12), np.zeros(12), np.zeros(3))


@each_build
def test_members(build: Any) -> None:
    with pytest.raises(ValueError, match="no member named Cube"):
        engine(build, layers=[dense_layer(2, "Cube")])
    with pytest.raises(ValueError, match="no member named Tanh"):
        engine(build, loss=("Tanh", []))
    with pytest.raises(ValueError, match="no member named L9"):
        engine(build, penalty=("L9", []))
    with pytest.raises(ValueError, match="another number of fields"):
        engine(build, loss=("SquaredError", [1.0]))
    with pytest.raises(ValueError, match="another number of fields"):
        epoch(build, optimizer=("SGD", [0.1]))


@each_build
@pytest.mark.parametrize("codes", [[2], [-1], [-0.5], [1e300], [np.inf], [-np.inf], [np.nan]])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_class_codes(build: Any, codes: list[float], at: int) -> None:
    """A code is an index: out of range, or no number at all, it is refused wherever it stands."""
    y = np.zeros((4, 1))
    y[at] = codes
    for loss in (CODES, ("CategoricalFocal", [2.0])):
        with pytest.raises(ValueError, match="class code"):
            objective(build, data(build, y), loss=loss)
    with pytest.raises(ValueError, match="class code"):
        epoch(build, engine=engine(build, CODES), data=data(build, y))


@each_build
def test_shapes_of_data(build: Any) -> None:
    with pytest.raises(ValueError, match="one row of targets"):
        data(build, np.zeros((5, 2)))
    with pytest.raises(ValueError, match="one weight a row"):
        data(build, weights=np.ones(3))
    for mean in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="mean weight"):
            data(build, mean_weight=mean)
    with pytest.raises(ValueError, match="number of columns"):
        objective(build, data(build, np.zeros((4, 3))))
    with pytest.raises(ValueError, match="number of columns"):
        objective(build, build.Data64(build.Matrix64(np.ones((4, 2))), Y, None, 1.0))
    with pytest.raises(ValueError, match="number of columns"):
        build.Matrix64(np.ones((4, 0)))
    with pytest.raises(ValueError, match="needs rows"):
        objective(build, build.Data64(build.Matrix64(np.ones((0, 3))), np.ones((0, 2)), None, 1.0))


@each_build
@pytest.mark.parametrize(
    ("values", "columns", "starts", "message"),
    [
        ([1.0], [3], [0, 1], "column out of range"),
        ([1.0], [-1], [0, 1], "column out of range"),
        ([1.0], [0], [1, 1], "starts at 0"),
        ([], [], [], "starts at 0"),
        ([1.0], [0], [0, 2], "fit together"),
        ([1.0], [0, 1], [0, 1], "fit together"),
        ([1.0, 1.0], [0, 1], [0, 1], "fit together"),
        ([1.0], [0], [0, 2, 1], "overlap"),
        ([1.0], [0], [0, -5, 1], "overlap"),
    ],
)
def test_csr(build: Any, values: Any, columns: Any, starts: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        csr(build, values, columns, starts)


@each_build
@pytest.mark.parametrize("order", [[0, 1, 2, 4], [0, 1, 2, -1], [2**62, 0, 0, 0]])
def test_row_numbers(build: Any, order: list[int]) -> None:
    with pytest.raises(ValueError, match="row number"):
        epoch(build, order=np.array(order))


@each_build
@pytest.mark.parametrize(
    "given",
    [
        {"batch_size": 0},
        {"batch_size": -2},
        {"batch_size": -(2**63)},
        {"batch_size": 2**63 - 1},
        {"order": np.zeros(0, np.int64)},
        {"lr_factors": np.ones(1)},
        {"lr_factors": np.ones(3)},
        {"theta": np.zeros(7)},
        {"theta": np.zeros(9)},
        {"slots": np.zeros((1, 7))},
        {"slots": np.zeros((2, 8))},
        {"slots": np.zeros((0, 8))},
        {"slots": np.zeros((1, 8))[:, ::-1]},
        {"slots": np.zeros((1, 16))[:, ::2]},
        {"optimizer": ("Adam", [0.1, 0.9, 0.999, 1e-8, 0.0])},
    ],
    ids=lambda given: next(iter(given)),
)
def test_epoch(build: Any, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"batch size|factor|parameters|slots"):
        epoch(build, **given)


@each_build
@pytest.mark.parametrize(
    "given",
    [
        {"averaging": ("EMA", [0.9])},
        {"mean": np.zeros(8)},
        {"averaging": ("EMA", [0.9]), "mean": np.zeros(7)},
    ],
    ids=["no mean", "no averaging", "too short"],
)
def test_means_that_do_not_fit(build: Any, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="mean of the parameters"):
        epoch(build, **given)


@each_build
@pytest.mark.parametrize("kind", ["clipping", "constraint", "averaging"])
def test_surroundings(build: Any, kind: str) -> None:
    with pytest.raises(ValueError, match="no member named Tanh"):
        epoch(build, **{kind: ("Tanh", [])})


@each_build
def test_other_parameters_and_outputs(build: Any) -> None:
    for theta, gradient in ((7, 8), (8, 7)):
        with pytest.raises(ValueError, match="number of parameters"):
            objective(build, data(build), theta, gradient)


def read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


@each_build
@pytest.mark.parametrize(
    "given",
    [
        {"theta": np.zeros(8, np.float32)},
        {"theta": np.zeros(16)[::2]},
        {"theta": read_only(np.zeros(8))},
        {"slots": np.zeros((1, 8), np.float32)},
        {"order": np.arange(4, dtype=np.int32)},
        {"order": np.arange(8)[::2]},
        {"order": np.zeros((2, 2), np.int64)},
        {"order": np.arange(4.0)},
        {"lr_factors": np.ones(2, np.float32)},
        {"lr_factors": np.ones((2, 1))},
        {"lr_factors": [1.0, 1.0]},
        {"steps": np.zeros(1)},
        {"averaging": ("EMA", [0.9]), "mean": np.zeros(8, np.float32)},
        {"data": None},
        {"engine": None},
    ],
    ids=lambda given: next(iter(given)),
)
def test_arrays_of_another_make_are_never_converted(build: Any, given: dict[str, Any]) -> None:
    """A converted copy would be trained in place of what was given."""
    with pytest.raises(TypeError, match=r"incompatible function arguments|: a contiguous array of"):
        epoch(build, **given)


@each_build
@pytest.mark.parametrize(
    "matrix", [np.ones((4, 3), np.float32), np.ones((3, 4)).T, np.ones(4), np.ones((4, 3), int)]
)
def test_matrices_of_another_make(build: Any, matrix: Any) -> None:
    with pytest.raises(TypeError, match="incompatible function arguments"):
        build.Matrix64(matrix)


@each_build
@pytest.mark.parametrize("other", ["None", "array", "single"])
def test_data_over_something_else_than_its_matrix(build: Any, other: str) -> None:
    given = {"None": None, "array": X, "single": build.Matrix32(X.astype(np.float32))}[other]
    with pytest.raises((TypeError, RuntimeError)):
        build.Data64(given, Y, None, 1.0)


@each_build
def test_a_matrix_keeps_its_arrays_alive(build: Any) -> None:
    def make() -> Any:
        matrix = build.Matrix64(np.full((1000, 3), 2.0))
        return build.Data64(matrix, np.zeros((1000, 2)), np.ones(1000), 1.0)

    held = make()
    litter = [np.full((1000, 3), np.nan) for _ in range(50)]
    value, _ = engine(build).objective(held, np.ones(8), np.zeros(8), np.empty(0))
    # Scores are 3·2 + 1: ½ (7² + 7²).
    assert value == 49
    assert len(litter) == 50


@each_build
def test_checked_indices_cannot_be_changed_afterwards(build: Any) -> None:
    """Indices that were in range are the engine's own; a class code is held to it when read."""
    columns, starts = np.array([0, 1], np.int32), np.array([0, 1, 2])
    X = build.Matrix64(np.ones(2), columns, starts, 3)
    codes = np.array([[0.0], [1.0]])
    given = build.Data64(X, codes, None, 1.0)
    columns[:] = 2**30
    starts[:] = 2**40
    codes[:] = 1e9
    for loss in (CODES, ("CategoricalCrossEntropy", [0.0, 0.1]), ("CategoricalFocal", [2.0])):
        value, _ = objective(build, given, loss=loss)
        assert np.isfinite(value)


@each_build
def test_memory_that_runs_out_leaves_an_engine_that_works(build: Any) -> None:
    pytest.importorskip("resource")
    script = f"""
import importlib, resource
import numpy as np
from rosenblatt.engine.blas import gemm_capsules
m = importlib.import_module({build.__name__!r})
m.use_blas(*gemm_capsules())
layers = [
    ("Dense", {{"units": units, "activation": (activation, [])}})
    for units, activation in ((3000, "Tanh"), (3000, "Tanh"), (1, "Identity"))
]
engine = m.Engine64(3000, layers, ("SquaredError", []), ("L2", [0.0]), 4)
n = 3000 * 3000 * 2 + 3000 * 2 + 3000 + 1
data = m.Data64(m.Matrix64(np.zeros((4, 3000))), np.zeros((4, 1)), None, 1.0)
theta, gradient = np.zeros(n), np.zeros(n)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
soft, hard = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (used + 3 * 8 * n, hard))
for _ in range(2):
    try:
        engine.objective(data, theta, gradient, np.empty(0))
    except MemoryError:
        print("refused")
resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
print(engine.objective(data, theta, gradient, np.empty(0)))
"""
    if not Path("/proc/self/statm").exists() or "libasan" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("needs a limit on memory that this process can bear")
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.stdout.split("\n")[:3] == ["refused", "refused", "(0.0, 0.0)"], run.stderr


@each_build
@pytest.mark.parametrize(
    "components", [2.5, np.nan, np.inf, -np.inf, 2.0**31, -(2.0**31) - 1, 1e300]
)
def test_fields_that_are_whole_numbers(build: Any, components: float) -> None:
    """Out of the range of an int a conversion is undefined."""
    with pytest.raises(ValueError, match="GaussianMixture takes a whole number for components"):
        engine(build, loss=("GaussianMixture", [components, 7.0]))
    for held in (3.0, -(2.0**31), 2.0**31 - 1):  # not all of which are numbers of components
        engine(build, loss=("GaussianMixture", [held, 7.0]))


@each_build
def test_fields_that_are_flags(build: Any) -> None:
    for nesterov in (0.0, 1.0, np.nan, 1e300):
        epoch(build, optimizer=("SGD", [0.1, 0.9, nesterov, 0]))
