"""Writes backprop.json: objectives, gradients and Hessian products by PyTorch, in float64.

    python tests/golden/make_backprop.py

A 3-4-4-K network for every activation and for every loss, with sample weights and an L2 penalty;
the objective is Σ w_i L_i / Σ w_i + λ/2 Σ ‖W‖². A member added to the engine gets a line here.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

K, STRENGTH = 3, 0.1
UNITS = (3, 4, 4, K)

# How a member is written -> name, fields, its kind of targets, and what PyTorch calls it.
ACTIVATIONS = {
    "Identity()": ("Identity", {}, lambda z: z),
    "Sigmoid()": ("Sigmoid", {}, torch.sigmoid),
    "Tanh()": ("Tanh", {}, torch.tanh),
    "ReLU()": ("ReLU", {}, torch.relu),
    "Softmax()": ("Softmax", {}, lambda z: torch.softmax(z, dim=1)),
    "LeakyReLU()": ("LeakyReLU", {}, F.leaky_relu),
    "LeakyReLU(0.3)": ("LeakyReLU", {"leak": 0.3}, lambda z: F.leaky_relu(z, 0.3)),
    "ELU()": ("ELU", {}, F.elu),
    "ELU(0.5)": ("ELU", {"alpha": 0.5}, lambda z: F.elu(z, 0.5)),
    "SELU()": ("SELU", {}, F.selu),
    "Softplus()": ("Softplus", {}, F.softplus),
    "GELU()": ("GELU", {}, F.gelu),
    "GELU(True)": ("GELU", {"approximate": True}, lambda z: F.gelu(z, approximate="tanh")),
    "SiLU()": ("SiLU", {}, F.silu),
    "Mish()": ("Mish", {}, F.mish),
    # F.hardsigmoid has its 1/6 in single precision on the way back; this is its definition.
    "HardSigmoid()": ("HardSigmoid", {}, lambda z: F.relu6(z + 3) / 6),
    "HardTanh()": ("HardTanh", {}, F.hardtanh),
    "HardSwish()": ("HardSwish", {}, F.hardswish),
    "Softsign()": ("Softsign", {}, F.softsign),
    "Sine()": ("Sine", {}, torch.sin),
    # PyTorch has no such activations: their definitions.
    "Bump()": ("Bump", {}, lambda z: torch.exp(-z * z)),
    "ClippedLogistic()": (
        "ClippedLogistic",
        {},
        lambda z: torch.where(z > 15, 1.0, torch.where(z < -15, 0.0, torch.sigmoid(z))),
    ),
    "StepwiseSigmoid()": ("StepwiseSigmoid", {}, lambda z: stepwise(z, STEPS_OF_SIGMOID, 0, 1)),
    "StepwiseTanh()": ("StepwiseTanh", {}, lambda z: stepwise(z, STEPS_OF_TANH, -1, 1)),
}

# FANN's points of the two (fann_activation.h).
STEPS_OF_SIGMOID = (
    (-2.64665246009826660156, 4.99999988824129104614e-03),
    (-1.47221946716308593750, 5.00000007450580596924e-02),
    (-5.49306154251098632812e-01, 0.25),
    (5.49306154251098632812e-01, 0.75),
    (1.47221934795379638672, 9.49999988079071044922e-01),
    (2.64665293693542480469, 9.95000004768371582031e-01),
)
STEPS_OF_TANH = (
    (-2.64665293693542480469, -9.90000009536743164062e-01),
    (-1.47221934795379638672, -8.99999976158142089844e-01),
    (-5.49306154251098632812e-01, -0.5),
    (5.49306154251098632812e-01, 0.5),
    (1.47221934795379638672, 8.99999976158142089844e-01),
    (2.64665293693542480469, 9.90000009536743164062e-01),
)


def stepwise(z: torch.Tensor, points: Any, low: float, high: float) -> torch.Tensor:
    """FANN's macro of this name: the line of the points on both sides of z."""
    a = torch.full_like(z, high)
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        a = torch.where(z < x1, (y1 - y0) * (z - x0) / (x1 - x0) + y0, a)
    return torch.where(z < points[0][0], low, a)


def cross_entropy(s: torch.Tensor, y: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    return F.cross_entropy(s, y[:, 0].long(), reduction="none", label_smoothing=smoothing)


def binary_cross_entropy(s: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(s, y, reduction="none").sum(1)


def focal(ln_p: torch.Tensor, gamma: float) -> torch.Tensor:
    """The paper's formula, of which autograd finds the derivative."""
    return -((1 - ln_p.exp()) ** gamma) * ln_p


def binary_focal(s: torch.Tensor, y: torch.Tensor, gamma: float) -> torch.Tensor:
    return focal(F.logsigmoid(torch.where(y == 1, s, -s)), gamma).sum(1)


def categorical_focal(s: torch.Tensor, y: torch.Tensor, gamma: float) -> torch.Tensor:
    return focal(torch.log_softmax(s, 1).gather(1, y.long())[:, 0], gamma)


def pinball(s: torch.Tensor, y: torch.Tensor, levels: tuple[float, ...]) -> torch.Tensor:
    """PyTorch has no such loss: its definition, level by level."""
    u = y[:, :, None] - s.reshape(len(s), -1, len(levels))
    tau = torch.tensor(levels, dtype=torch.float64)
    return torch.maximum(tau * u, (tau - 1) * u).sum((1, 2))


def policy_gradient(s: torch.Tensor, y: torch.Tensor, beta: float) -> torch.Tensor:
    policy = torch.distributions.Categorical(logits=s)
    return -y[:, 1] * policy.log_prob(y[:, 0]) - beta * policy.entropy()


LOSSES = {
    "SquaredError()": (
        ("SquaredError", {}, "numbers"),
        lambda s, y: F.mse_loss(s, y, reduction="none").sum(1) / 2,
    ),
    "BinaryCrossEntropy()": (("BinaryCrossEntropy", {}, "labels"), binary_cross_entropy),
    "BinaryCrossEntropy(smoothing)": (
        ("BinaryCrossEntropy", {"smoothing": 0.2}, "labels"),
        lambda s, y: binary_cross_entropy(s, 0.8 * y + 0.1),
    ),
    "CategoricalCrossEntropy()": (("CategoricalCrossEntropy", {}, "codes"), cross_entropy),
    "CategoricalCrossEntropy(smoothing)": (
        ("CategoricalCrossEntropy", {"smoothing": 0.2}, "codes"),
        lambda s, y: cross_entropy(s, y, 0.2),
    ),
    # PyTorch leaves out what does not depend on the scores.
    "Poisson()": (
        ("Poisson", {}, "counts"),
        lambda s, y: (
            F.poisson_nll_loss(s, y, reduction="none") + torch.special.xlogy(y, y) - y
        ).sum(1),
    ),
    "Huber()": (
        ("Huber", {}, "numbers"),
        lambda s, y: F.huber_loss(s, y, reduction="none").sum(1),
    ),
    "Huber(0.4)": (
        ("Huber", {"delta": 0.4}, "numbers"),
        lambda s, y: F.huber_loss(s, y, reduction="none", delta=0.4).sum(1),
    ),
    "LogCosh()": (
        ("LogCosh", {}, "numbers"),
        lambda s, y: torch.log(torch.cosh(s - y)).sum(1),
    ),
    "AbsoluteError()": (
        ("AbsoluteError", {}, "numbers"),
        lambda s, y: F.l1_loss(s, y, reduction="none").sum(1),
    ),
    "Quantile()": (("Quantile", {}, "numbers"), lambda s, y: pinball(s, y, (0.5,))),
    "Quantile(3)": (
        ("Quantile", {"levels": [0.1, 0.5, 0.8]}, "number"),
        lambda s, y: pinball(s, y, (0.1, 0.5, 0.8)),
    ),
    "BinaryFocal()": (("BinaryFocal", {}, "labels"), lambda s, y: binary_focal(s, y, 2.0)),
    "BinaryFocal(0.5)": (
        ("BinaryFocal", {"gamma": 0.5}, "labels"),
        lambda s, y: binary_focal(s, y, 0.5),
    ),
    "PolicyGradient()": (("PolicyGradient", {}, "actions"), lambda s, y: policy_gradient(s, y, 0)),
    "PolicyGradient(0.3)": (
        ("PolicyGradient", {"entropy": 0.3}, "actions"),
        lambda s, y: policy_gradient(s, y, 0.3),
    ),
    "CategoricalFocal()": (
        ("CategoricalFocal", {}, "codes"),
        lambda s, y: categorical_focal(s, y, 2.0),
    ),
    "CategoricalFocal(0.5)": (
        ("CategoricalFocal", {"gamma": 0.5}, "codes"),
        lambda s, y: categorical_focal(s, y, 0.5),
    ),
}

rng = np.random.default_rng(7)
# Few digits, so that the file shows whole numbers and still holds them exactly.
X = rng.normal(0, 1, (5, UNITS[0])).round(3)
theta = rng.normal(0, 0.8, sum(n * m + m for n, m in pairwise(UNITS))).round(3)
weights = [0.5, 1.0, 2.0, 1.5, 0.25]
numbers = rng.normal(0, 1, (5, K)).round(3).tolist()
direction = np.random.default_rng(8).normal(0, 1, len(theta)).round(3)
TARGETS = {
    "numbers": numbers,
    "number": [row[:1] for row in numbers],
    "labels": rng.integers(0, 2, (5, K)).astype(float).tolist(),
    "codes": [[2.0], [0.0], [1.0], [1.0], [0.0]],
    "actions": [[2.0, 0.7], [0.0, -1.3], [1.0, 0.4], [1.0, -0.2], [0.0, 2.1]],
    "counts": rng.poisson(1.5, (5, K)).astype(float).tolist(),
}


def run(activation: str, loss: str) -> dict[str, Any]:
    flat = torch.tensor(theta, requires_grad=True)
    a, squares, at = torch.tensor(X), torch.tensor(0.0, dtype=torch.float64), 0
    for layer, (n, m) in enumerate(pairwise(UNITS)):
        W, b = flat[at : at + n * m].reshape(n, m), flat[at + n * m : at + n * m + m]
        at += n * m + m
        squares = squares + (W**2).sum()
        z = a @ W + b
        a = z if layer == len(UNITS) - 2 else ACTIVATIONS[activation][2](z)
    w = torch.tensor(weights, dtype=torch.float64)
    (_, _, targets), function = LOSSES[loss]
    each = function(a, torch.tensor(TARGETS[targets], dtype=torch.float64))
    objective = (w * each).sum() / w.sum() + STRENGTH / 2 * squares
    (gradient,) = torch.autograd.grad(objective, flat, create_graph=True)
    (product,) = torch.autograd.grad(gradient @ torch.tensor(direction), flat)
    return {
        "activation": activation,
        "loss": loss,
        "scores": a.tolist(),
        "objective": objective.item(),
        "gradient": gradient.tolist(),
        "hessian_product": product.tolist(),
    }


golden = {
    "made_by": f"torch {torch.__version__}",
    "units": UNITS,
    "X": X.tolist(),
    "theta": theta.tolist(),
    "weights": weights,
    "direction": direction.tolist(),
    "strength": STRENGTH,
    "targets": TARGETS,
    "members": {
        **{key: {"name": name, "fields": fields} for key, (name, fields, _) in ACTIVATIONS.items()},
        **{
            key: {"name": name, "fields": fields, "targets": targets}
            for key, ((name, fields, targets), _) in LOSSES.items()
        },
    },
    # Every member once or more: a network puts them together, and no pair is special.
    "runs": [run(g, "SquaredError()") for g in ACTIVATIONS]
    + [run("Mish()", loss) for loss in LOSSES if loss != "SquaredError()"],
}
Path(__file__).with_name("backprop.json").write_text(json.dumps(golden) + "\n")
