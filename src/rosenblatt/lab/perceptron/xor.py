"""P4: XOR by one hidden layer."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.estimators import MLPClassifier
from rosenblatt.lab.criterion import AtLeast, Between
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Observation, Progress, Sample, Table
from rosenblatt.lab.text import Text

__all__ = ["Xor"]

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
LABELS = np.array([0, 1, 1, 0])
LARGE = 30.0  # a weight that is on its way to infinity
ENDS = {
    "solved": Text("solved", "已解出"),
    "half": Text("three rows right: a valley or plateau", "三行正确：谷或平台"),
    "two": Text("two rows right: near a saddle", "两行正确：鞍点附近"),
    "far": Text("weights that run to infinity", "权重趋于无穷"),
}


@final
@dataclass(frozen=True)
class Xor(Experiment):
    """The share of random starts from which L-BFGS solves XOR.

    Attributes
    ----------
    activation : str
        Of the hidden units.
    """

    activation: str = "tanh"

    id = "P4"
    title = Text("XOR by one hidden layer", "用一个隐藏层解异或")
    claim = Text("A network with one hidden layer solves XOR.", "含一个隐藏层的网络能解异或。")
    source = "Rumelhart, Hinton & Williams 1986; Sprinkhuizen-Kuyper & Boers 1998 for 2-2-1"
    theory = Text(
        "Two hidden units suffice to represent it, but a descent finds the solution only from some"
        " of the starts: with two units the others end at plateaus, saddles or weights that run to"
        " infinity. With four, hardly a start fails: fewer than one in ten.",
        "两个隐藏单元足以表示它，但下降只能从部分起点找到解：两个单元时，其余起点停在平台、鞍点，"
        "或权重趋于无穷。四个单元时几乎没有起点失败：不到十分之一。",
    )
    method = Text(
        "Tanh units, L-BFGS, alpha = 1e-4, from random starts: the share that has all four rows"
        " right, and where the others end.",
        "tanh 单元，L-BFGS，alpha = 1e-4，随机起点：四行全对的比例，以及其余停在哪里。",
    )
    takeaway = Text(
        "What a network can represent and what training finds are two things. More units than"
        " needed make training easier.",
        "网络能表示什么与训练能找到什么是两回事。比所需更多的单元使训练更容易。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        share = Text("share of starts that solve it, 2-{}-1", "解出的起点比例，2-{}-1")
        enough = AtLeast(0.9)
        return Declaration(
            (
                Case(
                    Text("there are four hidden units", "有四个隐藏单元"),
                    (Test("share_4", share.format(4), enough),),
                ),
                Case(
                    Text(
                        "there are two, the fewest that represent it",
                        "只有两个，即能表示它的最少个数",
                    ),
                    (Test("share_2", share.format(2), enough),),
                    expected=False,
                ),
            ),
            (Test("share_2", share.format(2), Between(0.25, 0.8)),),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        n = conditions.choose(60, 150)
        (rng,) = conditions.generators(1, 1)
        seeds = rng.integers(2**31, size=n)
        found: dict[int, Counter[str]] = {2: Counter(), 4: Counter()}
        for k, seed in enumerate(seeds):
            for n_hidden, ends in found.items():
                end = self._end(n_hidden, int(seed))
                ends[end] += 1
                yield Sample(f"share_{n_hidden}", float(end == "solved"))
            yield Progress(k + 1, n)
        rows = tuple(
            (ENDS[end], float(found[2][end] / n), float(found[4][end] / n)) for end in ENDS
        )
        headings = (Text("end", "终点"), Text("2-2-1", "2-2-1"), Text("2-4-1", "2-4-1"))
        yield Table(Text("Where the starts end (shares)", "各起点的终点（比例）"), headings, rows)

    def _end(self, n_hidden: int, seed: int) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network = MLPClassifier(
                (n_hidden,), self.activation, solver="lbfgs", alpha=1e-4, random_state=seed
            ).fit(X, LABELS)
        right = int((network.predict(X) == LABELS).sum())
        if right == len(X):
            return "solved"
        if max(np.abs(w).max() for w in network.coefs_) > LARGE:
            return "far"
        return "half" if right == 3 else "two"
