"""B16: how flat the minima of gradient descent are, and the edge of stability."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from rosenblatt import engine
from rosenblatt.activations import Tanh
from rosenblatt.curvature import Objective, largest_eigenvalue
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.initializers import GlorotUniform
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import Float64Array

__all__ = ["Sharpness"]

NETWORK = Network(1, (Dense(20, Tanh()), Dense(20, Tanh()), Dense(1)))
X = np.linspace(-1, 1, 40)[:, None]
Y = np.sign(np.sin(4 * X))  # jumps, towards which the weights grow
SMALL, LARGE, MOMENTUM, PENALTY, ADAM = 0.02, 0.1, 0.5, 0.1, 1e-3
LOOKS = 20  # times at which the sharpness is measured


def momentum_rule(lr: float, momentum: float) -> Optimizer:
    return SGD(lr, momentum)


@final
@dataclass(frozen=True)
class Sharpness(Experiment):
    """λ_max along full-batch descents of a network of 500 weights.

    Attributes
    ----------
    rule : callable
        From a learning rate and a momentum to the optimizer.
    """

    rule: Callable[[float, float], Optimizer] = momentum_rule

    id = "B16"
    title = Text("Flat minima and the edge of stability", "平坦极小点与稳定性边缘")
    claim = Text(
        "Gradient descent finds flat minima, and penalties add to that.",
        "梯度下降会找到平坦的极小点，惩罚项进一步促成这一点。",
    )
    source = "Keskar et al. 2017; Cohen et al. 2021, 2022"
    theory = Text(
        "It is the step that bounds the sharpness: training sharpens until λ_max reaches what the"
        " rule can bear, 2 / η, (2 + 2γ) / η with momentum γ, and for Adam 38 / η of the Hessian in"
        " its own scale, and stays about there. A small step meets no bound, and the sharpness"
        " rises above where it began. An L2 penalty lowers it.",
        "限制尖锐度的是步长：训练使曲率变尖，直到 λ_max 达到规则所能承受的 2 / η，动量 γ 时为 (2"
        " + 2γ) / η，Adam 在自身尺度下的海森矩阵为 38 / η，然后停在附近。小步长遇不到界限，尖锐度"
        "升到高于起点。L2 惩罚使其降低。",
    )
    method = Text(
        "A 1-20-20-1 tanh network on a square wave, 20,000 full-batch steps (6,000 of Adam);"
        " λ_max by Lanczos on exact Hessian-vector products; the largest after the first fifth.",
        "1-20-20-1 的 tanh 网络拟合方波，20,000 步全批量（Adam 6,000 步）；用 Lanczos 法和精确海森"
        "-向量积求 λ_max；取前五分之一之后的最大值。",
    )
    takeaway = Text(
        "Flatness is bought by the learning rate, and not given by gradient descent as such. At"
        " the edge the loss falls in jumps: that is no failure.",
        "平坦是由学习率换来的，并非梯度下降本身所赋予。在边缘处损失以跳跃方式下降：这不是失败。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        edge = Text("largest λ_max / {}", "最大的 λ_max / {}")
        return Declaration(
            (
                Case(
                    Text("the step is large", "步长大"),
                    (
                        Test(
                            "large",
                            Text(
                                f"λ_max with η = {LARGE} / with η = {SMALL}",
                                f"η = {LARGE} 与 η = {SMALL} 的 λ_max 之比",
                            ),
                            AtMost(conditions.choose(0.85, 0.6)),
                        ),
                        Test(
                            "penalty",
                            Text(
                                "λ_max with L2 / without, small step",
                                "有 L2 / 无 L2 的 λ_max，小步长",
                            ),
                            AtMost(0.9),
                        ),
                    ),
                ),
                Case(
                    Text("the step is small", "步长小"),
                    (
                        Test(
                            "small",
                            Text("λ_max at the end / at the start", "结束时 / 开始时的 λ_max"),
                            AtMost(1.0),
                        ),
                    ),
                    expected=False,
                ),
            ),
            (
                Test("edge", edge.format("(2 / η)"), Near(1.0, absolute=0.2)),
                Test("momentum", edge.format("((2 + 2γ) / η)"), Near(1.0, absolute=0.2)),
                Test(
                    "adam",
                    Text(
                        "largest λ_max in Adam's scale / (38 / η)",
                        "Adam 尺度下最大的 λ_max / (38 / η)",
                    ),
                    Near(1.0, absolute=0.15),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(1, 4)
        n_steps = conditions.choose(8000, 20_000)
        runs = (
            ("small", self.rule(SMALL, 0.0), 0.0),
            ("large", self.rule(LARGE, 0.0), 0.0),
            ("momentum", self.rule(LARGE, MOMENTUM), 0.0),
            ("penalty", self.rule(SMALL, 0.0), PENALTY),
            ("adam", Adam(ADAM), 0.0),
        )
        for k, rng in enumerate(generators):
            seed = int(rng.integers(2**31))
            paths: dict[str, Float64Array] = {}
            for j, (key, rule, penalty) in enumerate(runs):
                n = n_steps if key != "adam" else n_steps // 3
                paths[key] = sharpness_along(rule, penalty, seed, n)
                yield Progress(len(runs) * k + j + 1, len(runs) * len(generators))
            late = LOOKS // 5
            yield Sample("small", float(paths["small"][-1] / paths["small"][0]))
            yield Sample("large", float(paths["large"][-1] / paths["small"][-1]))
            yield Sample("penalty", float(paths["penalty"][-1] / paths["small"][-1]))
            yield Sample("edge", float(paths["large"][late:].max()) * LARGE / 2)
            yield Sample(
                "momentum", float(paths["momentum"][late:].max()) * LARGE / (2 + 2 * MOMENTUM)
            )
            yield Sample("adam", float(paths["adam"][late:].max()) * ADAM / 38)
        steps = tuple(np.linspace(0, n_steps, LOOKS + 1))
        names = {
            "small": Text(f"η = {SMALL}", f"η = {SMALL}"),
            "large": Text(f"η = {LARGE}", f"η = {LARGE}"),
            "momentum": Text(f"η = {LARGE}, γ = {MOMENTUM}", f"η = {LARGE}，γ = {MOMENTUM}"),
            "penalty": Text(f"η = {SMALL}, L2", f"η = {SMALL}，L2"),
        }
        ends = (0.0, float(n_steps))
        yield Figure(
            Text("Sharpness along full-batch descents", "全批量下降中的尖锐度"),
            Axis(Text("step", "步数")),
            Axis(Text("λ_max of the Hessian", "海森矩阵的 λ_max")),
            (
                *(Curve(name, steps, tuple(paths[key])) for key, name in names.items()),
                Curve(
                    Text("2 / η, η = 0.1", "2 / η，η = 0.1"), ends, (2 / LARGE,) * 2, predicted=True
                ),
                Curve(
                    Text("(2 + 2γ) / η", "(2 + 2γ) / η"),
                    ends,
                    ((2 + 2 * MOMENTUM) / LARGE,) * 2,
                    predicted=True,
                ),
            ),
        )


def sharpness_along(rule: Optimizer, penalty: float, seed: int, n_steps: int) -> Float64Array:
    """λ_max at the start and at `LOOKS` times; of Adam in the scale of its own steps."""
    draws = np.random.RandomState(seed)
    theta = np.asarray(NETWORK.initial_parameters(draws, GlorotUniform(), np.float64), np.float64)
    problem, arrays = Problem(NETWORK, SquaredError(), L2(penalty), rule), Arrays(X, Y)
    objective, state = Objective.of(problem, arrays), OptimizerState.of(rule, theta)
    trainer = engine.trainer(TrainingSetup(problem, arrays, theta, state, len(X), n_jobs=1))
    plan = EpochPlan(np.arange(len(X)), len(X), np.ones(1))
    found = [largest_eigenvalue(objective, theta)]
    every = n_steps // LOOKS
    for look in range(1, LOOKS + 1):
        for _ in range(every):
            trainer.epoch(plan)
        if isinstance(rule, Adam):
            v = state.slots[1] / (1 - rule.beta_2 ** (look * every))
            found.append(
                scaled_eigenvalue(
                    objective, theta, np.sqrt(np.asarray(v, np.float64)) + rule.epsilon
                )
            )
        else:
            found.append(largest_eigenvalue(objective, theta))
    return np.array(found)


def scaled_eigenvalue(objective: Objective, theta: Float64Array, scale: Float64Array) -> float:
    """λ_max of D^(-1/2) H D^(-1/2), where D divides the gradient in a step."""
    root = np.sqrt(scale)

    def product(v: Float64Array) -> Float64Array:
        return objective.hessian_vector_product(theta, v.ravel() / root) / root

    operator = LinearOperator((len(theta),) * 2, matvec=product, dtype=np.float64)
    return float(eigsh(operator, k=1, which="LA", return_eigenvectors=False, tol=1e-6)[0])
