"""G17: Gauss-Newton and Levenberg-Marquardt steps."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.activations import Tanh
from rosenblatt.backprop import forward
from rosenblatt.curvature import Objective, hessian
from rosenblatt.estimators import MLPRegressor
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order.propagation import jacobian
from rosenblatt.support.types import Float64Array

__all__ = ["LeastSquaresSteps"]

NETWORK = Network(1, (Dense(2, Tanh()), Dense(1)))
X = np.linspace(-2, 2, 40)[:, None]
TRUE = np.array([2.0, -1.0, 1.0, 0.5, 1.5, 1.0, -0.5])
NOISE, AWAY = 0.1, 0.02  # of the targets; the first error of the parameters


def damped(J: Float64Array, r: Float64Array, mu: float) -> Float64Array:
    """Δ of (JᵀJ + μI) Δ = -Jᵀr."""
    return np.asarray(np.linalg.lstsq(J.T @ J + mu * np.eye(J.shape[1]), -J.T @ r, rcond=None)[0])


@final
@dataclass(frozen=True)
class LeastSquaresSteps(Experiment):
    """Errors of the parameters along the steps, near a minimum.

    Attributes
    ----------
    step : callable
        From the Jacobian, the residuals and μ to Δ.
    """

    step: Callable[[Float64Array, Float64Array, float], Float64Array] = damped

    id = "G17"
    title = Text("Gauss-Newton and Levenberg-Marquardt", "高斯-牛顿法与 Levenberg-Marquardt 法")
    claim = Text(
        "Gauss-Newton and Levenberg-Marquardt converge quadratically near a minimum.",
        "高斯-牛顿法与 Levenberg-Marquardt 法在极小点附近二次收敛。",
    )
    source = "Levenberg 1944; Marquardt 1963; Nocedal & Wright 2006, section 10.3"
    theory = Text(
        "The Hessian is JᵀJ + S, S = Σ rᵢ ∇²fᵢ, and the step leaves S out. Where the model fits"
        " exactly, S = 0 and the error is squared in each step. Where residuals remain it is only"
        " multiplied, in the end by the largest eigenvalue of (JᵀJ)⁻¹ S in size; where that is"
        " above 1, undamped steps diverge.",
        "海森矩阵是 JᵀJ + S，S = Σ rᵢ ∇²fᵢ，而该步略去了 S。模型能精确拟合时 S = 0，误差每步平方。"
        "有残差时误差只是每步乘以一个数，最终为 (JᵀJ)⁻¹ S 的最大特征值（绝对值）；它大于 1 时，无"
        "阻尼的步会发散。",
    )
    method = Text(
        "A 1-2-1 tanh network on its own outputs, exact and under noise of up to 0.1: order and"
        " factor of the errors from a start near the minimum. The library's solver on a smooth"
        " wave.",
        "1-2-1 的 tanh 网络拟合自己的输出，精确的或加至多 0.1 的噪声：从极小点附近出发，误差的阶和"
        "倍数。再用本库的求解器拟合光滑的波形。",
    )
    takeaway = Text(
        "For small networks on clean data nothing is faster. With noisy targets the advantage"
        " shrinks with the residuals.",
        "对干净数据上的小网络，没有更快的方法。目标有噪声时，优势随残差而减小。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        order = Text("order p of eₖ₊₁ ∝ eₖᵖ", "eₖ₊₁ ∝ eₖᵖ 的阶 p")
        factor = Text("factor of the error in a step / predicted", "每步误差的倍数 / 预测值")
        return Declaration(
            (
                Case(
                    Text("the model fits the targets exactly", "模型能精确拟合目标"),
                    (Test("exact", order, AtLeast(1.7)),),
                ),
                Case(
                    Text("residuals remain", "有残差"),
                    (Test("noisy", order, AtLeast(1.7)),),
                    expected=False,
                ),
            ),
            (
                Test("factor", factor, Near(1.0, relative=0.1)),
                Test(
                    "wave",
                    Text("mean squared error on a wave, median", "拟合波形的均方误差，中位数"),
                    AtMost(1e-9),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(4, 12)
        curves = []
        for k, rng in enumerate(generators):
            clean = np.asarray(forward(NETWORK, TRUE, X).scores, np.float64)
            noisy, best = with_residuals(clean, NOISE * rng.normal(size=clean.shape))
            off = rng.normal(size=len(TRUE))
            off *= AWAY / np.linalg.norm(off)
            errors = self._errors(clean, TRUE, off)
            yield Sample("exact", order_of(errors))
            rough = self._errors(noisy, best, off)
            yield Sample("noisy", order_of(rough))
            yield Sample("factor", late_factor(rough) / contraction(noisy, best))
            curves = [
                Curve(Text("exact targets", "精确目标"), *shown(errors)),
                Curve(Text("noisy targets", "含噪目标"), *shown(rough)),
            ]
            yield Progress(k + 1, len(generators) + 1)
        wave = [fitted_wave(int(rng.integers(2**31))) for rng in generators]
        yield Sample("wave", float(np.median(wave)))
        yield Progress(len(generators) + 1, len(generators) + 1)
        n, c = 25, contraction(noisy, best)
        yield Figure(
            Text("Error of the parameters along Gauss-Newton steps", "高斯-牛顿步中参数的误差"),
            Axis(Text("step", "步数")),
            Axis(Text("distance to the minimum", "到极小点的距离"), log=True),
            (
                *curves,
                Curve(
                    Text(
                        "largest eigenvalue of (JᵀJ)⁻¹ S, to the k", "(JᵀJ)⁻¹ S 最大特征值的 k 次方"
                    ),
                    tuple(map(float, range(n))),
                    tuple(rough[0] * c**t for t in range(n)),
                    predicted=True,
                ),
            ),
        )

    def _errors(self, y: Float64Array, best: Float64Array, off: Float64Array) -> Float64Array:
        """Distances to the minimum, before the first and after each step."""
        theta = best + off
        errors = [float(np.linalg.norm(theta - best))]
        for _ in range(25):
            scores, J = jacobian(NETWORK, theta, X)
            r = np.asarray(scores - y, np.float64)[:, 0]
            step = self.step(np.asarray(J, np.float64).reshape(len(X), -1), r, 0.0)
            theta = theta + step
            errors.append(float(np.linalg.norm(theta - best)))
            if not 1e-14 < errors[-1] < 1e3:
                break
        return np.array(errors)


def with_residuals(clean: Float64Array, noise: Float64Array) -> tuple[Float64Array, Float64Array]:
    """(Targets, their minimum), with the noise halved until the steps contract by half at least."""
    noisy = clean + noise
    best = minimum(noisy)
    if contraction(noisy, best) < 0.5:
        return noisy, best
    return with_residuals(clean, noise / 2)


def minimum(y: Float64Array) -> Float64Array:
    """The minimum near the true parameters, to rounding."""

    def residuals(theta: Float64Array) -> Float64Array:
        return np.asarray((forward(NETWORK, theta, X).scores - y)[:, 0])

    found = optimize.least_squares(residuals, TRUE, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    objective = objective_of(y)
    theta = np.asarray(found.x)
    for _ in range(5):  # Newton's steps, which the small residual of the search needs
        theta = theta - np.linalg.solve(hessian(objective, theta), objective.gradient(theta))
    return theta


def objective_of(y: Float64Array) -> Objective:
    return Objective(NETWORK, SquaredError(), L2(0.0), Arrays(X, y))


def contraction(y: Float64Array, best: Float64Array) -> float:
    """The largest size of an eigenvalue of (JᵀJ)⁻¹ S at the minimum."""
    _, J = jacobian(NETWORK, best, X)
    J = J.reshape(len(X), -1)
    S = len(X) * hessian(objective_of(y), best) - J.T @ J
    return float(np.abs(np.linalg.eigvals(np.linalg.solve(J.T @ J, S))).max())


def order_of(errors: Float64Array) -> float:
    """p by the last three errors that rounding does not reach; NaN of fewer."""
    seen = errors[errors > 1e-12]
    if len(seen) < 3:
        return float(np.nan)
    a, b, c = np.log(seen[-3:])
    return float((c - b) / (b - a))


def late_factor(errors: Float64Array) -> float:
    seen = errors[errors > 1e-10]
    n = min(6, len(seen) - 1)
    return float((seen[-1] / seen[-1 - n]) ** (1 / n))


def fitted_wave(seed: int) -> float:
    x = np.linspace(-1, 1, 60)[:, None]
    y = np.sin(3 * x[:, 0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = MLPRegressor(
            hidden_layer_sizes=(8,),
            activation="tanh",
            solver="levenberg_marquardt",
            alpha=0.0,
            max_iter=300,
            tol=0.0,
            random_state=seed,
        ).fit(x, y)
    return float(((network.predict(x) - y) ** 2).mean())


def shown(errors: Float64Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    seen = errors[errors > 1e-15]
    return tuple(map(float, range(len(seen)))), tuple(seen)
