"""Layers of a user's own in a network: trained, predicted with, saved and exported."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import engine
from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.reference import ReferenceTrainer
from rosenblatt.errors import InputError
from rosenblatt.export.c_source import c_source
from rosenblatt.export.trained import Trained
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import BinaryCrossEntropy, SquaredError
from rosenblatt.model import EnsembleModel, Model, Predictor
from rosenblatt.network import (
    Backward,
    Dense,
    Dropout,
    Layer,
    Network,
    Passed,
    Sequential,
    register,
)
from rosenblatt.network.registration import REGISTRY
from rosenblatt.optimizers import Adam
from rosenblatt.persistence import SavedModel, Summary, load_model, save_model
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.constraints import MaxNorm
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order.propagation import jacobian
from rosenblatt.support.philox import Draws
from rosenblatt.table import Task, learn_encoding
from tests.support.members import central_difference


@dataclass(frozen=True)
class FeatureScale(Layer):
    """x ⊙ s + t, a factor and an offset for every feature."""

    def output_shape(self, shape: Any) -> Any:
        return shape

    def parameter_shapes(self, shape: Any) -> Mapping[str, Any]:
        return {"factor": shape, "offset": shape}

    def initialize(self, parameters: Any, rng: Any, initializer: Any) -> None:
        parameters["factor"][...] = 1

    def forward(self, parameters: Any, state: Any, x: Any, stream: Any) -> Passed:
        return Passed(self, x, x * parameters["factor"] + parameters["offset"])

    def backward(self, parameters: Any, passed: Passed, upstream: Any) -> Backward:
        gradients = {"factor": (upstream * passed.x).sum(0), "offset": upstream.sum(0)}
        return Backward(gradients, upstream * parameters["factor"], upstream)

    @property
    def penalised(self) -> tuple[str, ...]:
        return ("factor",)


@dataclass(frozen=True)
class Maxout(Layer):
    """The largest of every `pieces` units that follow one another (Goodfellow et al. 2013)."""

    pieces: int = 2

    def output_shape(self, shape: Any) -> Any:
        if len(shape) != 1 or shape[0] % self.pieces:
            raise ValueError(f"Maxout of {self.pieces} pieces does not divide {shape}")
        return (shape[0] // self.pieces,)

    def forward(self, parameters: Any, state: Any, x: Any, stream: Any) -> Passed:
        parts = x.reshape(len(x), -1, self.pieces)
        return Passed(self, x, parts.max(-1), parts.argmax(-1)[..., None])

    def backward(self, parameters: Any, passed: Passed, upstream: Any) -> Backward:
        below = np.zeros((*upstream.shape, self.pieces), upstream.dtype)
        np.put_along_axis(below, passed.kept, upstream[..., None], -1)
        return Backward({}, below.reshape(passed.x.shape), upstream)


@dataclass(frozen=True)
class ColumnEmbedding(Layer):
    """(n_columns,) to (n_columns, width): x_j v_j, a vector for every column."""

    width: int

    def output_shape(self, shape: Any) -> Any:
        return (*shape, self.width)

    def parameter_shapes(self, shape: Any) -> Mapping[str, Any]:
        return {"vectors": (*shape, self.width)}

    def initialize(self, parameters: Any, rng: Any, initializer: Any) -> None:
        n, width = parameters["vectors"].shape
        parameters["vectors"][...], _ = initializer.draw(rng, n, width)

    def forward(self, parameters: Any, state: Any, x: Any, stream: Any) -> Passed:
        return Passed(self, x, x[:, :, None] * parameters["vectors"])

    def backward(self, parameters: Any, passed: Passed, upstream: Any) -> Backward:
        gradients = {"vectors": (upstream * passed.x[:, :, None]).sum(0)}
        return Backward(gradients, (upstream * parameters["vectors"]).sum(-1), upstream)


@dataclass(frozen=True)
class Flatten(Layer):
    def output_shape(self, shape: Any) -> Any:
        return (int(np.prod(shape)),)

    def forward(self, parameters: Any, state: Any, x: Any, stream: Any) -> Passed:
        return Passed(self, x, x.reshape(len(x), -1))

    def backward(self, parameters: Any, passed: Passed, upstream: Any) -> Backward:
        return Backward({}, upstream.reshape(passed.x.shape), upstream)


def scale_in_c(node: Any, c: Any, x: str, out: str) -> None:
    factor, offset = (c.constant(name, node.arrays[name]) for name in ("factor", "offset"))
    n = node.shape[0]
    c.statement(f"for (i = 0; i < {n}; i++) {out}[i] = {x}[i] * {factor}[i] + {offset}[i];")


def scale_in_onnx(node: Any, graph: Any, x: str) -> str:
    factor, offset = (graph.constant(node.arrays[name]) for name in ("factor", "offset"))
    return graph.step("Add", graph.step("Mul", x, factor), offset)


def scale_in_torch(node: Any, writer: Any) -> list[Any]:
    return [writer.linear(np.diag(node.arrays["factor"]), node.arrays["offset"])]


SCALED = Network(4, (FeatureScale(), Dense(6, Tanh()), Maxout(3), Dense(2)))
NETWORKS = {
    "scale and maxout": SCALED,
    "in a sequence": Network(
        4, (Sequential((Dense(6, Tanh(), residual=True), FeatureScale())), Dense(2))
    ),
    "embedded columns": Network(4, (ColumnEmbedding(3), Flatten(), Dense(5, Tanh()), Dense(2))),
}
EVERY_NETWORK = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((30, 4)), RNG.standard_normal((30, 2))


@pytest.fixture
def registered() -> None:
    register(FeatureScale, c=scale_in_c, onnx=scale_in_onnx, torch=scale_in_torch)
    register(Maxout)


def start(network: Network) -> Any:
    theta = network.initial_parameters(np.random.RandomState(0), GlorotUniform())
    return theta + 0.1 * np.random.default_rng(1).standard_normal(len(theta))


@EVERY_NETWORK
def test_its_gradient_is_that_of_finite_differences(network: Network) -> None:
    theta, penalty = start(network), L2(0.3)
    g = backpropagate(network, theta, X, Y, SquaredError(), penalty).gradient

    def objective(i: int, value: float) -> float:
        moved = theta.copy()
        moved[i] = value
        return backpropagate(network, moved, X, Y, SquaredError(), penalty).objective

    numeric = [
        central_difference(lambda v, i=i: objective(i, v), theta[i], 1e-3)
        for i in range(len(theta))
    ]
    np.testing.assert_allclose(g, numeric, rtol=1e-7, atol=1e-9)


@EVERY_NETWORK
def test_it_trains_on_the_reference_engine(network: Network) -> None:
    problem = Problem(network, SquaredError(), L2(1e-3), Adam(0.01), constraint=MaxNorm(2.0))
    theta = start(network)
    memory = engine.OptimizerState.of(problem.optimizer, theta)
    trainer = engine.trainer(engine.TrainingSetup(problem, Arrays(X, Y), theta, memory, 10))
    assert isinstance(trainer, ReferenceTrainer)
    losses = [trainer.epoch(EpochPlan(None, 10, np.ones(3))).data_loss for _ in range(60)]
    assert losses[-1] < 0.7 * losses[0]
    model = Model(network, theta, SquaredError())
    np.testing.assert_array_equal(model.predict(X), forward(network, theta, X).scores)
    np.testing.assert_allclose(Predictor(model)(X[0]), model.predict(X)[0], 1e-12)


@EVERY_NETWORK
def test_its_objective_is_that_of_backpropagation(network: Network) -> None:
    theta = start(network)
    objective = engine.objective(network, SquaredError(), L2(0.0), Arrays(X, Y))
    trace = backpropagate(network, theta, X, Y, SquaredError())
    loss, _, g = objective.value_and_gradient(theta)
    assert loss == trace.objective
    np.testing.assert_array_equal(g, trace.gradient)


def test_it_begins_as_if_it_were_not_there() -> None:
    plain = Network(4, (Dense(3, Tanh()), Dense(2)))
    with_scale = Network(4, (FeatureScale(), *plain.layers))
    theta, longer = (
        net.initial_parameters(np.random.RandomState(0), GlorotUniform())
        for net in (plain, with_scale)
    )
    np.testing.assert_array_equal(longer[8:], theta)
    assert list(with_scale.named_parameters(longer))[:3] == [
        "layers.0.factor",
        "layers.0.offset",
        "layers.1.weight",
    ]
    np.testing.assert_array_equal(
        forward(with_scale, longer, X).scores, forward(plain, theta, X).scores
    )


def test_second_order_methods_refuse_it() -> None:
    with pytest.raises(ValueError, match=r"dense layers .* got FeatureScale\(\)"):
        jacobian(SCALED, start(SCALED), X)


def test_nan_that_it_makes_is_its_own() -> None:
    @dataclass(frozen=True)
    class Root(Layer):
        def output_shape(self, shape: Any) -> Any:
            return shape

        def forward(self, parameters: Any, state: Any, x: Any, stream: Any) -> Passed:
            return Passed(self, x, np.sqrt(x))

        def backward(self, parameters: Any, passed: Passed, upstream: Any) -> Backward:
            return Backward({}, upstream / (2 * passed.out), upstream)

    network = Network(4, (Root(), Dense(2)))
    objective = engine.objective(network, SquaredError(), L2(0.0), Arrays(X, Y))
    with pytest.raises(ValueError, match="Root gives NaN as the output of a finite input"):
        objective.value_and_gradient(start(network))


def test_shapes_that_do_not_meet_are_refused() -> None:
    with pytest.raises(ValueError, match=r"takes samples of shape \(n,\), got \(4, 3\)"):
        Network(4, (ColumnEmbedding(3), Dense(2)))
    with pytest.raises(ValueError, match="outputs of shape"):
        Network(4, (ColumnEmbedding(3),))
    with pytest.raises(ValueError, match="does not divide"):
        Network(5, (Maxout(2),))
    with pytest.raises(ValueError, match="same name"):
        Network(4, (Sequential((FeatureScale(), FeatureScale()), has_prefixes=False),))
    with pytest.raises(ValueError, match="Dense layers alone"):
        assert SCALED.dense_layers


def test_members_of_one_layer_draw_their_own_masks() -> None:
    network = Network(4, (Sequential((Dropout(0.5), Dropout(0.5))), Dense(2)))
    passed = forward(network, start(network), X, Draws(3, 0))
    one, other, *_ = passed.blocks[0].leaves()
    assert 0.3 < (one.kept == other.kept).mean() < 0.7


# Model files and exports.


def saved_model() -> SavedModel:
    columns = {name: RNG.standard_normal(8) for name in "abcd"}
    frame = pd.DataFrame({**columns, "kind": list("xyxyxyxy")})
    encoding = learn_encoding(frame, target="kind", task=Task.CLASSIFICATION)
    network = Network(encoding.n_features, (FeatureScale(), Dense(6, Tanh()), Maxout(3), Dense(1)))
    summary = Summary("2026-01-31T12:00:00+00:00", "0.1.0", (), (), (), 1, "done", None)
    return SavedModel(Model(network, start(network), BinaryCrossEntropy()), encoding, summary)


@pytest.mark.usefixtures("registered")
def test_a_model_file_holds_it_in_one_of_several_networks(tmp_path: Path) -> None:
    saved = saved_model()
    network = Network(saved.encoding.n_features, (Dense(1),))
    other = Model(network, start(network), BinaryCrossEntropy())
    model = EnsembleModel((other, saved.model))
    save_model(tmp_path / "m", replace(saved, model=model))
    loaded = load_model(tmp_path / "m").model
    assert [member.network for member in loaded.members] == [network, saved.model.network]
    np.testing.assert_array_equal(loaded.members[1].parameters, saved.model.parameters)


@pytest.mark.usefixtures("registered")
def test_a_model_file_holds_it(tmp_path: Path) -> None:
    saved = saved_model()
    save_model(tmp_path / "m", saved)
    loaded = load_model(tmp_path / "m").model
    assert loaded.network == saved.model.network
    np.testing.assert_array_equal(loaded.parameters, saved.model.parameters)


def test_a_model_file_does_not_take_what_is_not_registered(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="registered class, got 'FeatureScale'"):
        save_model(tmp_path / "m", saved_model())


def exported() -> Trained:
    scale = Sequential((FeatureScale(), Dense(5, Tanh(), residual=True), FeatureScale()))
    network = Network(4, (FeatureScale(), Dense(6, Tanh()), scale, Dense(2)))
    return Trained(Model(network, start(network), SquaredError()))


@pytest.mark.usefixtures("registered")
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_c(tmp_path: Path) -> None:
    case = exported()
    (tmp_path / "net.c").write_text(c_source(case))
    command = ["cc", "-std=c99", "-Wall", "-Werror", "-shared", "-fPIC", "net.c", "-o", "net.so"]
    subprocess.run([*command, "-lm"], cwd=tmp_path, check=True)
    predict = ctypes.CDLL(str(tmp_path / "net.so")).predict
    out = np.empty((len(X), 2))
    for x, row in zip(X, out, strict=True):
        predict(x.ctypes.data_as(ctypes.c_void_p), row.ctypes.data_as(ctypes.c_void_p))
    np.testing.assert_allclose(out, case.model.predict(X), 1e-10)


@pytest.mark.usefixtures("registered")
def test_onnx() -> None:
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    from rosenblatt.export.onnx_graph import onnx_model

    case = exported()
    session = runtime.InferenceSession(onnx_model(case).SerializeToString())
    (out,) = session.run(None, {"X": X.astype(np.float32)})
    np.testing.assert_allclose(out, case.model.predict(X), 1e-4, 1e-5)


@pytest.mark.usefixtures("registered")
def test_torch() -> None:
    torch = pytest.importorskip("torch")
    from rosenblatt.export.torch_modules import sequential

    case = exported()
    out = sequential(case)(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(out, case.model.predict(X), 1e-10)


@pytest.mark.usefixtures("registered")
def test_an_export_without_a_form_names_it() -> None:
    case = Trained(Model(SCALED, start(SCALED), SquaredError()))
    with pytest.raises(ValueError, match=r"cannot be exported to C: Maxout is registered without"):
        c_source(case)


def test_every_layer_of_the_library_says_what_it_is_in_every_export() -> None:
    for record in REGISTRY:
        for target in ("c", "onnx", "torch"):
            assert getattr(record, target) is not None, (record.cls, target)
