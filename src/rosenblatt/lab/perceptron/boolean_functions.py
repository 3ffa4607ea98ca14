"""P2: which Boolean functions the perceptron learns."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.lab.criterion import Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Observation, Progress, Sample, Table
from rosenblatt.lab.text import Text
from rosenblatt.perceptron import Perceptron
from rosenblatt.perceptron.separability import is_linearly_separable
from rosenblatt.support.types import FloatArray, IntArray

__all__ = ["BooleanFunctions"]

# What Minsky & Papert, and Muroga for three and four inputs, count.
SEPARABLE = {2: 14, 3: 104, 4: 1882}
NOT_LEARNED = ("XOR", "XNOR")
NAMES = (
    "FALSE", "NOR", "NOT a AND b", "NOT a", "a AND NOT b", "NOT b", "XOR", "NAND",
    "AND", "XNOR", "b", "a IMPLIES b", "a", "b IMPLIES a", "OR", "TRUE",
)  # fmt: skip


@final
@dataclass(frozen=True)
class BooleanFunctions(Experiment):
    """P2.

    Attributes
    ----------
    separable : callable
        Whether a hyperplane parts the rows (n, d) of targets 1 and 0, shape (n,).
    perceptron : callable
        A neuron that learns by the rule, w ← w + η (y - ŷ) x, for at most so many epochs.
    """

    separable: Callable[[FloatArray, FloatArray], bool] = is_linearly_separable
    perceptron: Callable[[], Any] = Perceptron

    id = "P2"
    title = Text("What a perceptron can learn", "感知机能学会什么")
    claim = Text(
        "The perceptron learns every linearly separable problem exactly, and never XOR.",
        "感知机能准确学会每一个线性可分的问题，但永远学不会异或。",
    )
    source = "Rosenblatt 1958; Minsky & Papert 1969; Muroga 1971"
    theory = Text(
        "A hyperplane parts 14 of the 16 Boolean functions of two inputs, all but XOR and XNOR; of"
        " three inputs 104 of 256, of four 1,882 of 65,536. Where one does, the rule ends after"
        " finitely many mistakes (P3); where none does, it makes a mistake in every epoch.",
        "两个输入的 16 个布尔函数中有 14 个可用超平面分开，只有异或和同或不行；三个输入的 256 个"
        "中有 104 个，四个输入的 65,536 个中有 1,882 个。可分时，规则在有限次错误后停止（P3）；"
        "不可分时，每一轮都会出错。",
    )
    method = Text(
        "Every function of two inputs is learned for 1,000 epochs; those of more inputs are tested"
        " for separability by a linear program, one of each class of functions that differ by"
        " the order of inputs and by negations.",
        "对两个输入的每个函数训练 1,000 轮；更多输入的函数用线性规划检验可分性，只差输入顺序和取反"
        "的函数归为一类，每类检验一个。",
    )
    takeaway = Text(
        "One neuron draws one hyperplane. The share of functions that it can represent falls fast"
        " with the number of inputs: 88 %, 41 %, 3 %.",
        "一个神经元画一个超平面。它能表示的函数比例随输入个数迅速下降：88 %、41 %、3 %。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        learned = Test(
            "learned",
            Text("functions of two inputs learned", "学会的二元函数个数"),
            Near(SEPARABLE[2]),
        )
        others = Test(
            "not_learned",
            Text("XOR and XNOR without a mistake in an epoch", "某一轮没有错误的异或和同或个数"),
            Near(0),
        )
        case = Case(Text("the classes are linearly separable", "两类线性可分"), (learned, others))
        counts = [
            Test(
                f"separable_{d}",
                Text("separable functions of {} inputs", "{} 个输入的可分函数个数").format(d),
                Near(SEPARABLE[d]),
            )
            for d in self._inputs(conditions)
        ]
        return Declaration((case,), tuple(counts))

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        X = cube(2)
        rows, n_learned, n_of_others = [], 0, 0
        for name, y in zip(NAMES, product((0, 1), repeat=4), strict=True):
            neuron = self.perceptron()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                neuron.fit(X, np.array(y[::-1]))
            right = bool((neuron.predict(X) == y[::-1]).all())
            n_learned += right
            n_of_others += right and name in NOT_LEARNED
            rows.append((name, neuron.n_updates_, "✓" if right else "–"))
        yield Sample("learned", n_learned)
        yield Sample("not_learned", n_of_others)
        yield Table(
            Text("Functions of two inputs", "两个输入的函数"),
            (Text("function", "函数"), Text("mistakes", "错误数"), Text("learned", "学会")),
            tuple(rows),
        )
        inputs = self._inputs(conditions)
        for i, d in enumerate(inputs):
            yield Sample(f"separable_{d}", self._count(d))
            yield Progress(i + 1, len(inputs))

    def _inputs(self, conditions: Conditions) -> tuple[int, ...]:
        return conditions.choose((2, 3), (2, 3, 4))

    def _count(self, d: int) -> int:
        X = cube(d)
        return sum(
            size for y, size in classes_of_functions(d) if self.separable(X, y.astype(np.float64))
        )


def cube(d: int) -> FloatArray:
    """The corners of {0, 1}^d, shape (2^d, d), the first input as the lowest bit."""
    return np.array([[(i >> j) & 1 for j in range(d)] for i in range(2**d)], np.float64)


def classes_of_functions(d: int) -> Iterator[tuple[IntArray, int]]:
    """One function of each class, and the size of the class.

    Functions of a class come from one another by another order of the inputs, by the negation of
    inputs and by that of the output, none of which makes or unmakes a separating hyperplane.
    """
    corners = np.arange(2**d)
    moves = []
    for order in permutations(range(d)):
        moved = sum(((corners >> order[j]) & 1) << j for j in range(d))
        moves += [moved ^ flips for flips in range(2**d)]
    weights = 1 << np.arange(2**d, dtype=np.int64)
    seen = np.zeros(2 ** (2**d), bool)
    for code in range(len(seen)):
        if seen[code]:
            continue
        y = (code >> corners) & 1
        members = {int(y[move] @ weights) for move in moves}
        members |= {len(seen) - 1 - member for member in members}
        seen[list(members)] = True
        yield y, len(members)
