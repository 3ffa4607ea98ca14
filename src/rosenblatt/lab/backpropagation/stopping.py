"""B12: which criterion ends a fit."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from rosenblatt.estimators import MLPClassifier
from rosenblatt.lab.criterion import AtLeast, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Observation, Progress, Sample, Table
from rosenblatt.lab.text import Text

__all__ = ["Stopping"]

GRADIENT, LIMIT = 1e-2, 400


@final
@dataclass(frozen=True)
class Stopping(Experiment):
    """Fits that end by each criterion, and where the gradient stands then.

    Attributes
    ----------
    estimator : callable
        From parameters to an unfitted classifier.
    """

    estimator: Callable[..., Any] = MLPClassifier

    id = "B12"
    title = Text("Which criterion ends a fit", "哪个准则结束训练")
    claim = Text("Training stops when the gradient is small.", "当梯度很小时训练停止。")
    source = "Practice; Prechelt 1998 for early stopping"
    theory = Text(
        "Only a full-batch descent brings the gradient below ε, here after some hundred steps:"
        " then that criterion fires. A mini-batch's gradient has noise of the size σ / √b that"
        " does not fade, so that max_iter ends the fit, or a validation score that stalls, while"
        " the gradient is above ε yet. The fit has to say which one it was.",
        "只有全批量下降能把梯度降到 ε 以下（这里约几百步之后），这时该准则触发。小批量梯度带有大小"
        "为 σ / √b 的不消退噪声，因此结束训练的是 max_iter，或停滞的验证得分，此时梯度仍大于 ε。训"
        "练应说明是哪一个。",
    )
    method = Text(
        "Networks of 16 units on the breast-cancer data: Adam in full batch to ε = 0.01, Adam"
        " with batches of 16 and a limit of 400 epochs, and early stopping; the recorded reason"
        " and the last gradient.",
        "乳腺癌数据上 16 个单元的网络：全批量 Adam 到 ε = 0.01、每批 16 行且上限 400 轮的 Adam，以"
        "及早停；查看记录的原因和最后的梯度。",
    )
    takeaway = Text(
        "With mini-batches watch a validation score, and set max_iter so that it is not what ends"
        " the fit. A gradient criterion belongs to full-batch methods.",
        "用小批量时应看验证得分，并把 max_iter 设得足够大，使它不是结束的原因。梯度准则属于全批量"
        "方法。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        fired = Text("share of fits that the gradient ends, {}", "由梯度结束的训练比例，{}")

        def said(en: str, zh: str) -> Text:
            return Text(fired.format(en), fired.zh.format(zh))

        return Declaration(
            (
                Case(
                    Text("the method takes all rows at once", "方法一次取全部行"),
                    (Test("full", said("full batch", "全批量"), Near(1.0)),),
                ),
                Case(
                    Text("it takes mini-batches", "方法取小批量"),
                    (Test("batches", said("batches of 16", "每批 16 行"), Near(1.0)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "limit",
                    Text(
                        "share that max_iter ends, batches of 16",
                        "由 max_iter 结束的比例，每批 16 行",
                    ),
                    Near(1.0),
                ),
                Test(
                    "stalled",
                    Text(
                        "share that a stalled score ends, early stopping",
                        "由停滞的得分结束的比例，早停",
                    ),
                    Near(1.0),
                ),
                Test(
                    "gradient",
                    Text("last gradient of batches / ε, median", "小批量最后的梯度 / ε，中位数"),
                    AtLeast(1.0),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        X, y = load_breast_cancer(return_X_y=True)
        X = StandardScaler().fit_transform(X)
        generators = conditions.generators(2, 8)
        full = {"batch_size": len(X), "grad_tol": GRADIENT, "tol": 0.0, "max_iter": 4000}
        setups: dict[str, dict[str, Any]] = {
            "full": {**full, "learning_rate_init": 0.01, "alpha": 0.01},
            "batches": {
                "batch_size": 16,
                "grad_tol": GRADIENT,
                "tol": 0.0,
                "n_iter_no_change": LIMIT,
                "max_iter": conditions.choose(60, LIMIT),
                "learning_rate_init": 0.01,
                "alpha": 0.01,
            },
            "stalled": {"early_stopping": True, "max_iter": 1000, "learning_rate_init": 0.01},
        }
        rows: list[tuple[str | float, ...]] = []
        last: list[float] = []
        for k, rng in enumerate(generators):
            for key, parameters in setups.items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    fit = self.estimator(
                        hidden_layer_sizes=(16,),
                        random_state=int(rng.integers(2**31)),
                        **parameters,
                    ).fit(X, y)
                reason = fit.stop_reason_
                if key == "stalled":
                    yield Sample(key, float("score" in reason or "no better" in reason))
                else:
                    yield Sample(key, float("gradient" in reason))
                if key == "batches":
                    yield Sample("limit", float("max_iter" in reason))
                    last.append(norm_of(fit))
                if k == 0:
                    rows.append((key, fit.n_iter_, norm_of(fit), criterion_in(reason)))
            yield Progress(k + 1, len(generators))
        yield Sample("gradient", float(np.median(last)) / GRADIENT)
        headings = (
            Text("fit", "训练"),
            Text("epochs", "轮数"),
            Text("gradient", "梯度"),
            Text("it says", "它说明"),
        )
        yield Table(Text("What ended the fits", "是什么结束了训练"), headings, tuple(rows))


def criterion_in(reason: str) -> str:
    return next(name for name in ("gradient", "max_iter", "score") if name in reason)


def norm_of(fit: Any) -> float:
    """The root mean square of the gradient's norm over the batches of the last epoch."""
    return float(np.linalg.norm(fit.history_[-1]["gradient_norm"]))
