"""G19: gradients that are sent in part, with and without what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, final

import numpy as np

from rosenblatt.cluster.compression import (
    Compressor,
    ErrorFeedback,
    Int8,
    Message,
    RandomK,
    ScaledSign,
    TopK,
)
from rosenblatt.cluster.compression.base import Encoder
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import diabetes
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import FloatArray

__all__ = ["Compressed"]


class Sender(Protocol):
    def encode(self, x: FloatArray, step: int) -> Message: ...


@final
@dataclass(frozen=True)
class Compressed(Experiment):
    """A function on which scaled signs go nowhere, and least squares with a part of the gradient.

    Attributes
    ----------
    biased, unbiased : Compressor
    feedback : callable
        Makes of an encoder the sender that remembers what it has left out.
    """

    biased: Compressor = field(default_factory=ScaledSign)
    unbiased: Compressor = field(default_factory=Int8)
    feedback: Callable[[Encoder], Sender] = ErrorFeedback

    id = "G19"
    title = Text("Compressed gradients", "压缩的梯度")
    claim = Text(
        "Descent along a compressed gradient that always points downhill reaches the minimum.",
        "沿着总是指向下坡的压缩梯度下降，能到达最小值。",
    )
    source = "Karimireddy et al. 2019; Stich, Cordonnier & Jaggi 2018"
    theory = Text(
        "On f = ½|x₁ + x₂| + |x₁ - x₂| the scaled sign of every subgradient is along (1, -1): from"
        " (1, 1) the sum x₁ + x₂ stays 2 and f never falls below 1, though each step points"
        " downhill. Rounding that is right in the mean goes on to 0. With error feedback,"
        " e ← e + g - C(e + g), nothing is lost for good, and every contraction,"
        " E‖C(x) - x‖² ≤ (1 - δ)‖x‖², comes to where the whole gradient comes; top-k of equal"
        " numbers keeps exactly δ = k/n.",
        "对 f = ½|x₁ + x₂| + |x₁ - x₂|，任何次梯度的缩放符号都沿 (1, -1) 方向：从 (1, 1) 出发，"
        "x₁ + x₂ 保持为 2，尽管每一步都指向下坡，f 永远不会低于 1。平均正确的随机舍入能走到 0。有了"
        "误差反馈 e ← e + g - C(e + g)，什么都不会永远丢失，凡是收缩 E‖C(x) - x‖² ≤ (1 - δ)‖x‖²"
        " 都能到达完整梯度所到之处；相等的数的 top-k 恰好保留 δ = k/n。",
    )
    method = Text(
        "Subgradient descent on f at the rate 0.3/√t, the best f; gradient descent on the diabetes"
        " data with a fifth of the numbers, largest or at random, with feedback.",
        "以学习率 0.3/√t 对 f 作次梯度下降，取最好的 f；在糖尿病数据上用五分之一的数（最大的或随机"
        "的）加反馈作梯度下降。",
    )
    takeaway = Text(
        "Compress with error feedback, or with rounding that is right in the mean.",
        "压缩时要用误差反馈，或使用平均正确的舍入。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        reached = Text("best f", "最好的 f")
        with_feedback = Text("best f, with feedback", "有反馈时最好的 f")
        excess = Text(
            "loss above the minimum, {} with feedback / whole gradient",
            "高出最小值的损失，带反馈的 {} / 完整梯度",
        )
        return Declaration(
            (
                Case(
                    Text("the compressed gradient is right in the mean", "压缩的梯度平均正确"),
                    (Test("unbiased", reached, AtMost(0.1)),),
                ),
                Case(
                    Text("it is biased", "压缩的梯度有偏"),
                    (Test("biased", reached, AtMost(0.1)),),
                    expected=False,
                ),
                Case(
                    Text("it is biased, with error feedback", "压缩的梯度有偏，但有误差反馈"),
                    (Test("feedback", with_feedback, AtMost(0.1)),),
                ),
            ),
            (
                Test("stuck", reached, Near(1.0, absolute=0.01)),
                Test(
                    "kept",
                    Text("‖C(x) - x‖²/‖x‖², top 3 of 12 equal", "‖C(x) - x‖²/‖x‖²，12 个等数取 3"),
                    Near(0.75, absolute=1e-12),
                ),
                Test("top", excess.format("top-k"), AtMost(1.5)),
                Test("random", excess.format("random-k"), AtMost(1.5)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        steps = conditions.choose(3000, 20_000)
        curves = []
        for key, compressor, name in (
            ("unbiased", self.unbiased, Text("8-bit, no feedback", "8 位，无反馈")),
            ("biased", self.biased, Text("scaled sign, no feedback", "缩放符号，无反馈")),
            ("feedback", self.biased, Text("scaled sign, feedback", "缩放符号，有反馈")),
        ):
            encoder = compressor.encoder([(2,)], conditions.seed)
            sender = self.feedback(encoder) if key == "feedback" else encoder
            values = np.minimum.accumulate(walk(sender, steps))
            yield Sample(key, float(values[-1]))
            if key == "biased":
                yield Sample("stuck", float(values[-1]))
            shown = np.unique(np.geomspace(1, steps, 200).astype(int)) - 1
            curves.append(Curve(name, tuple((shown + 1.0).tolist()), tuple(values[shown].tolist())))
        yield Figure(
            Text("Best f so far, from f = 1 at (1, 1)", "从 (1, 1)（f = 1）起至今最好的 f"),
            Axis(Text("step", "步数"), log=True),
            Axis(Text("f (minimum 0)", "f（最小值 0）"), log=True),
            tuple(curves),
        )
        ones = np.ones(12)
        error = TopK(0.25).encoder([(12,)], 0).encode(ones, 0).decoded() - ones
        yield Sample("kept", float(error @ error) / 12)
        yield from self._least_squares(conditions)

    def _least_squares(self, conditions: Conditions) -> Iterator[Observation]:
        problem = diabetes()
        n = problem.n_parameters
        rate = 0.1 / float(np.linalg.eigvalsh(problem.hessian)[-1])
        best = np.linalg.lstsq(problem.X, problem.y, rcond=None)[0]
        least = problem.value(np.asarray(best, np.float64))
        steps = conditions.choose(2000, 10_000)
        ends, curves = {}, []
        for key, fraction, name in (
            ("whole", TopK(1.0), Text("whole gradient", "完整梯度")),
            ("top", TopK(0.2), Text("a fifth, the largest", "五分之一，最大的")),
            ("random", RandomK(0.2), Text("a fifth at random", "五分之一，随机的")),
        ):
            sender = self.feedback(fraction.encoder([(n,)], conditions.seed))
            w, gaps = np.zeros(n), []
            for step in range(steps):
                w = w - rate * sender.encode(problem.gradient(w), step).decoded()
                if step % (steps // 100) == 0:
                    gaps.append(problem.value(w) - least)
            ends[key] = problem.value(w) - least
            curves.append(
                Curve(name, tuple(float(k * (steps // 100)) for k in range(len(gaps))), tuple(gaps))
            )
        for key in ("top", "random"):
            yield Sample(key, ends[key] / ends["whole"])
        yield Figure(
            Text("Least squares with a fifth of the gradient", "用五分之一梯度的最小二乘"),
            Axis(Text("step", "步数")),
            Axis(Text("loss above the minimum", "高出最小值的损失"), log=True),
            tuple(curves),
        )


def walk(sender: Sender, steps: int) -> FloatArray:
    """f after each step from (1, 1)."""
    x, values = np.array([1.0, 1.0]), np.empty(steps)
    for step in range(steps):
        along, across = np.sign(x[0] + x[1]) / 2, 1.0 if x[0] >= x[1] else -1.0
        g = np.array([along + across, along - across])
        x = x - 0.3 / np.sqrt(step + 1) * sender.encode(g, step).decoded()
        values[step] = abs(x[0] + x[1]) / 2 + abs(x[0] - x[1])
    return values
