"""An activation of a user's own: registered from outside, it works everywhere but natively."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from rosenblatt import MLPClassifier, MLPRegressor, activations, losses, normalizations
from rosenblatt.activations import Elementwise
from rosenblatt.activations.registration import REGISTRY
from rosenblatt.errors import InputError
from rosenblatt.losses import SquaredError
from rosenblatt.losses.registration import REGISTRY as LOSSES
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations.registration import REGISTRY as NORMALIZATIONS
from rosenblatt.persistence import SavedModel, Summary, load_model, save_model
from rosenblatt.support.registry import Unsupported
from rosenblatt.table import Task, learn_encoding

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]

SOURCE = '''
from dataclasses import dataclass

import numpy as np

from rosenblatt.activations import Elementwise, register


@dataclass(frozen=True)
class Saturation(Elementwise):
    """a = z / (s + |z|), g' = s / (s + |z|)²."""

    softness: float = 1.0

    def value(self, z):
        return z / (self.softness + np.abs(z))

    def derivative(self, z, a):
        return self.softness / np.square(self.softness + np.abs(z))
'''
REGISTER = """
register(
    Saturation,
    "saturation",
    c=lambda g, c: f"return z / ({c.literal(g.softness)} + {c.call('fabs')}(z));",
    onnx=lambda g, graph, z: graph.step(
        "Div", z, graph.step("Add", graph.step("Abs", z), graph.number(g.softness))
    ),
    torch=lambda g, nn: nn.Softsign(),
)
"""


@pytest.fixture(autouse=True)
def their_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "theirs", ModuleType("theirs"))


def saturation(register: bool = True) -> Any:
    """The class, as a module of the user's own defines it."""
    module = sys.modules["theirs"]
    exec(compile(SOURCE + (REGISTER if register else ""), "theirs.py", "exec"), vars(module))
    return module.Saturation


def saved_model(activation: Any) -> SavedModel:
    frame = pd.DataFrame({"size": [1.5, 2.5, 4.0, 8.0], "kind": ["a", "b", "a", "b"]})
    encoding = learn_encoding(frame, target="kind", task=Task.CLASSIFICATION)
    network = Network(encoding.n_features, (Dense(3, activation), Dense(1)))
    theta = np.random.default_rng(0).standard_normal(network.n_parameters)
    summary = Summary("2026-01-31T12:00:00+00:00", "0.1.0", (), (), (), 1, "done", None)
    return SavedModel(Model(network, theta, losses.BinaryCrossEntropy()), encoding, summary)


def test_its_name_learns() -> None:
    saturation()
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier(8, activation="saturation", learning_rate_init=0.05, random_state=0)
    with pytest.warns(UserWarning, match="Saturation: without a kernel"):
        model.fit(X, y)
    assert model.score(X, y) > 0.9
    assert type(model.model_.network.layers[0].activation).__name__ == "Saturation"
    np.testing.assert_array_equal(model.predictor()(X[:3]), model.predict_proba(X[:3]))


@pytest.mark.parametrize("solver", ["lbfgs", "lm", "kfac"])
def test_every_order_of_solver_takes_it(solver: str) -> None:
    X, y = load_iris(return_X_y=True)
    own = saturation()(0.5)
    model = MLPRegressor(hidden_layer_sizes=4, activation=own, solver=solver, random_state=0)
    with pytest.warns(UserWarning, match="Saturation: without a kernel"):
        model.fit(X, X[:, 0] + y)
    assert model.score(X, X[:, 0] + y) > 0.9


def test_a_model_file_holds_it(tmp_path: Path) -> None:
    saved = saved_model(saturation()(0.25))
    save_model(tmp_path / "m", saved)
    assert load_model(tmp_path / "m").model.network == saved.model.network


def test_a_model_file_is_read_once_its_module_is_imported(tmp_path: Path) -> None:
    save_model(tmp_path / "m", saved_model(saturation()(0.25)))
    (tmp_path / "theirs.py").write_text(SOURCE + REGISTER)
    code = (
        "from rosenblatt.persistence import load_model\n"
        "try:\n    load_model('m')\nexcept ValueError as error:\n    print(error)\n"
        "import theirs\n"
        "print(load_model('m').model.network.layers[0].activation)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    refused, read = run.stdout.splitlines()
    assert "a registered class, got 'Saturation'" in refused
    assert read == "Saturation(softness=0.25)"


def test_a_model_file_does_not_take_what_is_not_registered(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'Saturation'"):
        save_model(tmp_path / "m", saved_model(saturation(register=False)()))


def exported(activation: Any) -> Any:
    from rosenblatt.export.trained import Trained

    network = Network(3, (Dense(5, activation), Dense(2)))
    theta = np.random.default_rng(1).standard_normal(network.n_parameters)
    return Trained(Model(network, theta, SquaredError()))


X = 3 * np.random.default_rng(2).standard_normal((20, 3))


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_c(tmp_path: Path) -> None:
    from rosenblatt.export.c_source import c_source

    case = exported(saturation()(0.25))
    (tmp_path / "net.c").write_text(c_source(case))
    command = ["cc", "-std=c99", "-Wall", "-Werror", "-shared", "-fPIC", "net.c", "-o", "net.so"]
    subprocess.run([*command, "-lm"], cwd=tmp_path, check=True)
    predict = ctypes.CDLL(str(tmp_path / "net.so")).predict
    out = np.empty((len(X), 2))
    for x, row in zip(X, out, strict=True):
        predict(x.ctypes.data_as(ctypes.c_void_p), row.ctypes.data_as(ctypes.c_void_p))
    np.testing.assert_allclose(out, case.model.predict(X), 1e-12)


def test_onnx() -> None:
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    from rosenblatt.export.onnx_graph import onnx_model

    case = exported(saturation()(0.25))
    session = runtime.InferenceSession(onnx_model(case).SerializeToString())
    (out,) = session.run(None, {"X": X.astype(np.float32)})
    np.testing.assert_allclose(out, case.model.predict(X), 1e-4, 1e-5)


def test_torch() -> None:
    torch = pytest.importorskip("torch")
    from rosenblatt.export.torch_modules import sequential

    case = exported(saturation()())
    out = sequential(case)(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(out, case.model.predict(X), 1e-12)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (None, "cannot be exported to C: Saturation is registered without c="),
        (Unsupported("a device has no division"), "to C: a device has no division"),
    ],
)
def test_an_export_without_a_form_names_it(form: Any, message: str) -> None:
    from rosenblatt.export.c_source import c_source

    cls = saturation(register=False)
    activations.register(cls, c=form)
    with pytest.raises(ValueError, match=message):
        c_source(exported(cls()))


def test_an_export_of_what_is_not_registered_says_so() -> None:
    from rosenblatt.export.c_source import c_source

    with pytest.raises(ValueError, match=r"Saturation is not registered. Register the activation"):
        c_source(exported(saturation(register=False)()))


def test_the_same_class_again_replaces_itself() -> None:
    saturation()
    again = saturation()
    assert MLPRegressor(activation="saturation")
    assert REGISTRY.by_name["saturation"].cls is again


def test_taken_names_are_refused() -> None:
    @dataclass(frozen=True)
    class Tanh(Elementwise):
        def value(self, z: Any) -> Any:
            return np.tanh(z)

        def derivative(self, z: Any, a: Any) -> Any:
            return 1 - a * a

    with pytest.raises(ValueError, match=r"classic\.Tanh is already registered"):
        activations.register(Tanh)
    with pytest.raises(ValueError, match="'relu' already names ReLU"):
        activations.register(saturation(register=False), "relu")


def test_invalid_registration_is_refused() -> None:
    class NoDataclass(Elementwise):
        value = derivative = None  # type: ignore[assignment]

    @dataclass(frozen=True)
    class WithoutDefault(Elementwise):
        width: float
        value = derivative = None  # type: ignore[assignment]

    for given in (NoDataclass, SquaredError, SquaredError()):
        with pytest.raises(TypeError, match="dataclass that derives from Activation"):
            activations.register(given)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes arguments"):
        activations.register(WithoutDefault, "width")


@pytest.mark.parametrize("registry", [REGISTRY, NORMALIZATIONS], ids=lambda r: r.what)
def test_every_member_says_what_it_is_in_every_export(registry: Any) -> None:
    for record in registry:
        for target in ("c", "onnx", "torch"):
            assert getattr(record, target) is not None, (record.cls, target)


def test_every_member_of_the_library_is_registered() -> None:
    for package, registry in (
        (activations, REGISTRY),
        (losses, LOSSES),
        (normalizations, NORMALIZATIONS),
    ):
        base = registry.base
        members = [getattr(package, name) for name in package.__all__]
        classes = {c for c in members if isinstance(c, type) and issubclass(c, base)}
        abstract = {base, Elementwise}
        assert {record.cls for record in registry} == classes - abstract


def test_every_loss_of_one_number_has_a_link() -> None:
    """A distribution is no prediction that an export could give."""
    without = {record.cls for record in LOSSES if record.link is None}
    assert without == {
        losses.Gaussian,
        losses.GaussianMixture,
        losses.GaussianPolicyGradient,
        losses.NegativeBinomial,
    }
