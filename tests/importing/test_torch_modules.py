"""PyTorch's modules in memory, beside their own predictions; skipped where torch is not there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier, importing
from rosenblatt.errors import InputError

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn

X = np.concatenate(
    [np.random.default_rng(0).standard_normal((20, 3)), [[90, -80, 7], [-6, 3, 0], [0, 0, 0]]]
)

ACTIVATIONS = [
    *(nn.ReLU(), nn.ReLU6(), nn.LeakyReLU(0.3), nn.ELU(0.7), nn.CELU(0.7), nn.SELU(), nn.Tanh()),
    *(nn.Sigmoid(), nn.LogSigmoid(), nn.Softplus(2.0), nn.Softsign(), nn.SiLU(), nn.Mish()),
    *(nn.GELU(), nn.GELU("tanh"), nn.Hardtanh(-0.5, 2), nn.Hardsigmoid(), nn.Hardswish()),
    *(nn.PReLU(), nn.PReLU(4, 0.1), nn.Softmax(1), nn.Identity()),
]


def predicted(module: Any) -> Any:
    with torch.no_grad():
        return module.eval()(torch.tensor(X)).numpy()


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_each_activation(activation: Any) -> None:
    torch.manual_seed(1)
    module = nn.Sequential(
        *(nn.Linear(3, 4), activation, nn.BatchNorm1d(4), activation, nn.Linear(4, 2), activation)
    )
    if isinstance(activation, nn.PReLU):
        module = module[:-1]
    module = module.double()
    ours = importing.from_torch(module).model.predict(X)
    np.testing.assert_allclose(ours, predicted(module), rtol=1e-9, atol=1e-9)


def test_nested_normalised_and_dropped() -> None:
    torch.manual_seed(2)
    block = nn.Sequential(nn.Linear(5, 5), nn.LayerNorm(5, eps=1e-3), nn.SiLU(), nn.Dropout(0.4))
    module = nn.Sequential(
        *(nn.BatchNorm1d(3), nn.Linear(3, 5, bias=False), nn.BatchNorm1d(5, affine=False)),
        *(block, nn.Linear(5, 3), nn.Softmax(-1)),
    ).double()
    module.train()
    module(torch.tensor(X))
    imported = importing.from_torch(module, classes=["b", "a", "c"], names=["x", "y", "z"])
    ours = imported.model.predict(X)
    np.testing.assert_allclose(ours, predicted(module)[:, [1, 0, 2]], rtol=1e-9, atol=1e-12)
    assert imported.names == ("x", "y", "z")


def test_logits_of_one_output() -> None:
    torch.manual_seed(3)
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    est = importing.from_torch(module, classes=["no", "yes"]).estimator()
    assert isinstance(est, MLPClassifier)
    share = 1 / (1 + np.exp(-predicted(module)[:, 0]))
    np.testing.assert_allclose(est.predict_proba(X)[:, 1], share, rtol=1e-9)


class Own(nn.Module):  # type: ignore[misc]
    pass


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Sequential(nn.Linear(3, 2), nn.Tanhshrink()), r"'1' \(Tanhshrink\) has no counterpart"),
        (nn.Sequential(nn.Conv1d(3, 2, 1)), r"'0' \(Conv1d\) has no counterpart"),
        (nn.Sequential(nn.Sequential(nn.LSTM(3, 2))), r"'0.0' \(LSTM\) has no counterpart"),
        (nn.Sequential(nn.Linear(3, 2), Own()), r"'1' \(Own\) is none of torch.nn's own"),
        (nn.Sequential(nn.Linear(3, 2), nn.Linear(3, 2)), "takes 3 numbers, and 2 come to it"),
        (nn.Sequential(nn.Linear(3, 2), nn.Softmax(0)), "dim=0"),
        (nn.Sequential(nn.ReLU()), "no fully connected layer"),
        (nn.Sequential(nn.Linear(3, 2), nn.Softplus(1, 5)), "threshold 5"),
    ],
)
def test_refusals(module: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        importing.from_torch(module)
