"""G10: Adam's two forms, and where Adam fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import descend, tumours
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import Adam, AMSGrad, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["AdamForms"]

EPSILON, LR = 1e-8, 1e-3
C = 4.0  # of Reddi's function: C θ every third time, -θ otherwise, on [-1, 1]


@final
@dataclass(frozen=True)
class AdamForms(Experiment):
    """The two places of ε, and a function on which Adam goes the wrong way.

    Attributes
    ----------
    adam : callable
        From ε̂'s place to the optimizer: whether ε stands beside the raw root.
    """

    adam: Callable[[bool], Optimizer] = lambda hat: Adam(LR, epsilon=EPSILON, epsilon_hat=hat)

    id = "G10"
    title = Text("Adam's two forms", "Adam 的两种形式")
    claim = Text("Where ε stands in Adam makes no difference.", "ε 在 Adam 中的位置无关紧要。")
    source = "Kingma & Ba 2015, section 2; Reddi, Kale & Kumar 2018 for the failure"
    theory = Text(
        "Behind the corrected root (PyTorch) the first step is η g / (|g| + ε); beside the raw"
        " root (the paper's ε̂, scikit-learn) it is η g / (|g| + ε̂ / √(1 - β₂)), as with an ε that"
        " is 31.6 times larger at first. For |g| ≫ ε both are η; at |g| = ε they are 0.5 η and"
        " 0.0307 η. Besides: on Cθ every third time and -θ otherwise Adam goes to the worst end,"
        " and AMSGrad to the best.",
        "放在校正后的根号之后（PyTorch），第一步为 η g / (|g| + ε)；放在原始根号旁（论文的 ε̂，"
        "scikit-learn），为 η g / (|g| + ε̂ / √(1 - β₂))，起初相当于 ε 大 31.6 倍。|g| ≫ ε 时两者都"
        "是 η；|g| = ε 时分别为 0.5 η 和 0.0307 η。另外：对每三次出现一次 Cθ、其余为 -θ 的函数，"
        "Adam 走向最差的一端，AMSGrad 走向最好的一端。",
    )
    method = Text(
        "200 steps of logistic regression on the breast-cancer data in both forms; the same with"
        " the loss in units 1e-8 times as large; first steps at |g| = ε; Reddi's function.",
        "乳腺癌数据逻辑回归上两种形式各 200 步；把损失缩小到 1e-8 倍再做一次；|g| = ε 处的第一步；"
        "Reddi 的函数。",
    )
    takeaway = Text(
        "With gradients of usual size the forms agree. Where gradients are near ε (tiny losses,"
        " sparse inputs, late in a fit) ε is a parameter, and its meaning depends on the library.",
        "梯度大小正常时两者一致。梯度接近 ε 时（很小的损失、稀疏输入、拟合末期），ε 是一个参数，其"
        "含义因库而异。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        apart = Text("distance of the paths / length of a path", "两条路径的距离 / 路径长度")
        hat = 1 / (1 + 1 / np.sqrt(1 - 0.999))
        first = Text("first step / η at |g| = ε, {}", "|g| = ε 时的 第一步 / η，{}")
        return Declaration(
            (
                Case(
                    Text("gradients are large beside ε", "梯度远大于 ε"),
                    (Test("usual", apart, AtMost(0.01)),),
                ),
                Case(
                    Text("gradients are near ε", "梯度接近 ε"),
                    (Test("tiny", apart, AtMost(0.01)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "corrected",
                    Text(first.format("corrected root"), first.zh.format("校正后的根")),
                    Near(0.5, relative=1e-6),
                ),
                Test(
                    "raw",
                    Text(first.format("raw root"), first.zh.format("原始的根")),
                    Near(float(hat), relative=1e-3),
                ),
                Test(
                    "adam",
                    Text("end of Adam, best: -1", "Adam 的终点，最佳：-1"),
                    Near(1.0, absolute=0.1),
                ),
                Test(
                    "amsgrad",
                    Text("end of AMSGrad, best: -1", "AMSGrad 的终点，最佳：-1"),
                    Near(-1.0, absolute=0.1),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        for key, unit in (("usual", 1.0), ("tiny", EPSILON)):
            yield Sample(key, self._apart(unit))
        g = np.array([EPSILON])
        for key, hat in (("corrected", False), ("raw", True)):
            rule = self.adam(hat)
            step = rule.update(g, np.zeros((rule.n_slots, 1)), 1, 1.0)
            yield Sample(key, float(-step[0]) / LR)
        n_steps = conditions.choose(3000, 10_000)
        beta_2 = 1 / (1 + C**2)
        paths = {}
        for key, one in (
            ("adam", Adam(0.5, beta_1=0.0, beta_2=beta_2)),
            ("amsgrad", AMSGrad(0.5, beta_1=0.0, beta_2=beta_2)),
        ):
            paths[key] = reddi(one, n_steps)
            yield Sample(key, float(paths[key][-300:].mean()))
        steps = tuple(map(float, range(1, n_steps + 1, 10)))
        names = {"adam": Text("Adam", "Adam"), "amsgrad": Text("AMSGrad", "AMSGrad")}
        yield Figure(
            Text("C θ every third time, -θ otherwise", "每三次一次 C θ，其余 -θ"),
            Axis(Text("step", "步数"), log=True),
            Axis(Text("θ (best: -1)", "θ（最佳：-1）")),
            (
                *(Curve(names[key], steps, tuple(path[::10])) for key, path in paths.items()),
                Curve(Text("best", "最佳"), (1.0, steps[-1]), (-1.0, -1.0), predicted=True),
            ),
        )

    def _apart(self, unit: float) -> float:
        """How far the two forms' paths are from each other, with the loss in this unit."""
        problem = tumours()
        corrected, raw = (
            descend(
                self.adam(hat),
                lambda w, t: unit * problem.gradient(w),
                np.zeros(problem.n_parameters),
                200,
            )
            for hat in (False, True)
        )
        return float(np.linalg.norm(corrected - raw, axis=1).max() / np.linalg.norm(corrected[-1]))


def reddi(rule: Optimizer, n_steps: int) -> Float64Array:
    """θ after each step, held to [-1, 1], at the rate η / √t."""
    theta, slots = np.zeros(1), np.zeros((rule.n_slots, 1))
    path = np.empty(n_steps)
    for t in range(1, n_steps + 1):
        g = np.array([C if t % 3 == 1 else -1.0])
        theta = np.clip(theta + rule.update(g, slots, t, t**-0.5), -1, 1)
        path[t - 1] = theta[0]
    return path
