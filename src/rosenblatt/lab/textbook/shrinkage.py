"""F6: what L2 penalties and dropout do to weights (theory B5)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import final

import numpy as np
from scipy import optimize
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.backprop import backpropagate
from rosenblatt.estimators import MLPClassifier
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import diabetes
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Dropout, Network
from rosenblatt.regularization.penalties import L2, Penalty
from rosenblatt.support.philox import Draws
from rosenblatt.support.types import Float64Array

__all__ = ["Shrinkage"]

STRENGTH, RATE = 0.1, 0.3  # λ, and the probability with which an input is left out
LINEAR = Network(10, (Dense(1),))
THINNED = Network(10, (Dropout(RATE), Dense(1)))


@final
@dataclass(frozen=True)
class Shrinkage(Experiment):
    """Linear regression with a penalty, with dropout of its inputs, and a network with dropout.

    Attributes
    ----------
    penalty : callable
        From λ to the penalty.
    """

    penalty: Callable[[float], Penalty] = L2

    id = "F6"
    title = Text("What shrinks weights", "什么使权重变小")
    claim = Text("L2 penalties and dropout shrink weights.", "L2 惩罚和 dropout 使权重变小。")
    source = "Hoerl & Kennard 1970; Wager, Wang & Liang 2013; Srivastava et al. 2014"
    theory = Text(
        "In linear regression the penalty ½λ‖w‖² multiplies the solution by λ_i / (λ_i + λ) along"
        " each eigenvector of XᵀX / n: little where the rows say much. A single weight need not"
        " shrink: of correlated columns one may grow as another falls. Dropout that leaves each"
        " input out with probability p adds ½ p / (1 - p) Σ (mean x²) w² on average, a ridge of"
        " λ = 0.43 on scaled columns for p = 0.3. Behind a hidden layer no formula shrinks the"
        " norm: with half of the units left out (p = 0.5) it is a little smaller early in training,"
        " but dropout keeps errors, and so gradients, from vanishing, and the weights grow on.",
        "线性回归中，惩罚 ½λ‖w‖² 使解沿 XᵀX / n 的每个特征向量乘以 λ_i / (λ_i + λ)：数据信息多的"
        "方向缩得少。单个权重未必变小：相关的列中，一个下降时另一个可能增大。以概率 p 去掉每个输入"
        "的 dropout 平均相当于加上 ½ p / (1 - p) Σ (x² 的均值) w²：对缩放后的列，p = 0.3 时即"
        " λ = 0.43 的岭。有隐藏层时没有公式使范数变小：去掉一半单元（p = 0.5）时，训练初期范数略"
        "小，但 dropout 使误差、从而使梯度不消失，权重继续增大。",
    )
    method = Text(
        "The diabetes data with λ = 0.1, by BFGS; the same with dropout of the inputs at p = 0.3,"
        " by averaged stochastic gradients; on the digits a network whose 64 hidden units have"
        " dropout at p = 0.5, and one without, after as many epochs.",
        "糖尿病数据，λ = 0.1，用 BFGS；同样的数据加 p = 0.3 的输入 dropout，用平均的随机梯度；手写"
        "数字上 64 个隐藏单元的网络，p = 0.5 的 dropout 与无 dropout，轮数相同。",
    )
    takeaway = Text(
        "L2 shrinks what the data say little about. Dropout acts as a penalty on what units"
        " contribute, not on the size of weights: judge both by held-out rows.",
        "L2 缩小数据信息少的部分。dropout 惩罚的是单元的贡献，而不是权重的大小：两者都用留出数据来"
        "评判。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        plain, ridge, thinned = ridge_of(0.0), ridge_of(STRENGTH), ridge_of(RATE / (1 - RATE))
        norm = Text("‖w‖ with / without, {}", "有与无的 ‖w‖ 之比，{}")
        of_dropout = Text(
            norm.format("dropout of the inputs, p = 0.3"), norm.zh.format("输入的 dropout，p = 0.3")
        )
        of_hidden = Text(
            norm.format("dropout of hidden units, p = 0.5"),
            norm.zh.format("隐藏单元的 dropout，p = 0.5"),
        )
        single = Text("largest |w_j| with / without L2", "有与无 L2 时 |w_j| 之比的最大值")
        return Declaration(
            (
                Case(
                    Text(
                        "L2 acts on the components along eigenvectors of XᵀX",
                        "看 L2 对沿 XᵀX 特征向量分量的作用",
                    ),
                    (
                        Test(
                            "largest",
                            Text("largest factor", "最大的倍数"),
                            AtMost(0.99),
                        ),
                    ),
                ),
                Case(
                    Text(
                        "dropout acts on the inputs of a linear regression",
                        "dropout 作用于线性回归的输入",
                    ),
                    (Test("dropout", of_dropout, AtMost(0.99)),),
                ),
                Case(
                    Text("L2 is seen at single weights", "看 L2 对单个权重的作用"),
                    (Test("single", single, AtMost(0.99)),),
                    expected=False,
                ),
                Case(
                    Text(
                        "dropout acts on hidden units of a network trained for long",
                        "dropout 作用于长时间训练的网络的隐藏单元",
                    ),
                    (Test("hidden", of_hidden, AtMost(0.99)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "factors",
                    Text("largest |factor - λ_i / (λ_i + λ)|", "|倍数 - λ_i / (λ_i + λ)| 的最大值"),
                    AtMost(1e-3),
                ),
                Test("single", single, Near(float(np.abs(ridge / plain).max()), relative=0.01)),
                Test(
                    "dropout",
                    of_dropout,
                    Near(float(np.linalg.norm(thinned) / np.linalg.norm(plain)), absolute=0.03),
                ),
                Test(
                    "off",
                    Text(
                        "‖w of dropout - w of the ridge‖ / ‖w of the ridge‖",
                        "‖dropout 的 w - 岭的 w‖ / ‖岭的 w‖",
                    ),
                    AtMost(0.1),
                ),
                Test("hidden", of_hidden, AtLeast(1.05)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(2, 6)
        values, vectors = np.linalg.eigh(diabetes().hessian)
        plain = ridge_of(0.0)
        shrunk = self._penalised()
        factors = (vectors.T @ shrunk) / (vectors.T @ plain)
        yield Sample("largest", float(factors.max()))
        yield Sample("factors", float(np.abs(factors - values / (values + STRENGTH)).max()))
        yield Sample("single", float(np.abs(shrunk / plain).max()))
        expected = ridge_of(RATE / (1 - RATE))
        for k, rng in enumerate(generators):
            w = thinned_fit(rng, conditions.choose(1500, 6000))
            yield Sample("dropout", float(np.linalg.norm(w) / np.linalg.norm(plain)))
            yield Sample("off", float(np.linalg.norm(w - expected) / np.linalg.norm(expected)))
            yield Sample("hidden", hidden_norm(rng, conditions.choose(60, 150)))
            yield Progress(k + 1, len(generators))
        at = np.logspace(-2.5, 1, 60)
        yield Figure(
            Text("L2 on the diabetes data, λ = 0.1", "糖尿病数据上的 L2，λ = 0.1"),
            Axis(Text("eigenvalue λ_i of XᵀX / n", "XᵀX / n 的特征值 λ_i"), log=True),
            Axis(Text("component with / without L2", "有与无 L2 时的分量之比")),
            (
                Curve(Text("measured", "测得"), tuple(values), tuple(factors), points=True),
                Curve(
                    Text("λ_i / (λ_i + λ)", "λ_i / (λ_i + λ)"),
                    tuple(at),
                    tuple(at / (at + STRENGTH)),
                    predicted=True,
                ),
            ),
        )

    def _penalised(self) -> Float64Array:
        """The weights of the least objective, with the penalty under test."""
        problem, penalty = diabetes(), self.penalty(STRENGTH)

        def objective(theta: Float64Array) -> tuple[float, Float64Array]:
            passed = backpropagate(
                LINEAR, theta, problem.X, problem.y[:, None], SquaredError(), penalty
            )
            return passed.objective, np.asarray(passed.gradient, np.float64)

        start = np.zeros(LINEAR.n_parameters)
        options = {"gtol": 1e-9}
        found = optimize.minimize(objective, start, jac=True, method="BFGS", options=options)
        return np.asarray(found.x[:-1])


@cache
def ridge_of(strength: float) -> Float64Array:
    """The solution of the diabetes data with ½ λ ‖w‖²."""
    problem = diabetes()
    A = problem.hessian + strength * np.eye(problem.n_parameters)
    return np.asarray(np.linalg.solve(A, problem.X.T @ problem.y / len(problem.y)))


def thinned_fit(rng: np.random.Generator, n_steps: int) -> Float64Array:
    """The mean of the weights over the later half of stochastic gradient descent with dropout."""
    problem, seed = diabetes(), int(rng.integers(2**31))
    theta, total = np.zeros(THINNED.n_parameters), np.zeros(THINNED.n_parameters)
    for step in range(n_steps):
        passed = backpropagate(
            THINNED, theta, problem.X, problem.y[:, None], SquaredError(), draws=Draws(seed, step)
        )
        theta = theta - 0.2 * passed.gradient
        if step >= n_steps // 2:
            total += theta
    return np.asarray(total[:-1] / (n_steps - n_steps // 2))


def hidden_norm(rng: np.random.Generator, n_epochs: int) -> float:
    """‖W‖ of all layers, with dropout / without."""
    X, y = load_digits(return_X_y=True)
    rows, seed = rng.permutation(len(X))[:600], int(rng.integers(2**31))
    norms = []
    for rate in (0.5, 0.0):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network = MLPClassifier(
                (64,),
                alpha=0.0,
                dropout=rate,
                learning_rate_init=0.01,
                batch_size=50,
                max_iter=n_epochs,
                tol=0.0,
                n_iter_no_change=n_epochs,
                random_state=seed,
            ).fit(X[rows] / 16, y[rows])
        norms.append(np.sqrt(sum(float((W**2).sum()) for W in network.coefs_)))
    return float(norms[0] / norms[1])
