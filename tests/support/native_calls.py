"""Calls of the compiled module with arguments that are right but for those given."""

from __future__ import annotations

from typing import Any

import numpy as np

CODES = ("CategoricalCrossEntropy", [0.0, 0.0])
SQUARED, NO_PENALTY, MOMENTUM = ("SquaredError", []), ("L2", [0.0]), ("SGD", [0.1, 0.9, 0, 0])


def dense_layer(
    units: int,
    activation: Any = "Identity",
    normalization: Any = None,
    dropout: float = 0.0,
    residual: bool = False,
) -> tuple[str, dict[str, Any]]:
    """A dense block as `native.native_layers` returns it; an activation may be its name alone."""
    return "Dense", {
        "units": units,
        "activation": (activation, []) if isinstance(activation, str) else activation,
        "normalization": normalization,
        "dropout": dropout,
        "residual": residual,
    }


# A network of 3 inputs and 2 outputs has 8 parameters.
X, Y = np.ones((4, 3)), np.zeros((4, 2))


def engine(m: Any, loss: Any = SQUARED, **given: Any) -> Any:
    arguments = {"n_inputs": 3, "layers": [dense_layer(2)], "loss": loss} | given
    return m.Engine64(**{"penalty": NO_PENALTY, "threads": 1} | arguments)


def data(m: Any, y: Any = Y, weights: Any = None, mean_weight: float = 1.0) -> Any:
    return m.Data64(m.Matrix64(X), y, weights, mean_weight)


def csr(m: Any, values: Any, columns: Any, starts: Any, width: int = 3) -> Any:
    return m.Matrix64(
        np.array(values, np.float64),
        np.array(columns, np.int32),
        np.array(starts, np.int64),
        width,
    )


def epoch(m: Any, **given: Any) -> Any:
    bound = {
        "engine": engine(m),
        "data": data(m),
        "optimizer": MOMENTUM,
        "theta": np.zeros(8),
        "slots": np.zeros((1, 8)),
        "steps": np.zeros(1, np.int64),
        "clipping": ("NoClipping", []),
        "constraint": ("NoConstraint", []),
        "averaging": ("NoAveraging", []),
        "mean": None,
        "seed": 0,
        "state": np.empty(0),
    }
    called = {
        "order": None,
        "generator": None,
        "batch_size": 2,
        "lr_factors": np.ones(2),
        "n_epochs": 1,
        "interruptible": True,
    }
    run = m.Run64(**{name: given.get(name, value) for name, value in bound.items()})
    result = run.epochs(**{name: given.get(name, value) for name, value in called.items()})
    assert result.raised is None
    return result.epochs[0]


def objective(m: Any, given: Any, theta: int = 8, gradient: int = 8, loss: Any = SQUARED) -> Any:
    return engine(m, loss).objective(given, np.zeros(theta), np.zeros(gradient), np.empty(0))
