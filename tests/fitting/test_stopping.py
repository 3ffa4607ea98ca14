"""The stopping rules: hand-counted curves, and scikit-learn's own counter (B12)."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from types import SimpleNamespace
from typing import final

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron

from rosenblatt.fitting import NumberTargets, TrainValidation, begin
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays
from rosenblatt.stopping import (
    Ending,
    GradientTolerance,
    NoImprovement,
    RunProgress,
    StoppingRule,
    TimeLimit,
    first_ending,
)


def observed(rule: NoImprovement, curve: list[float]) -> list[tuple[bool, int, bool]]:
    return [(rule.observe(value), rule.count, rule.exhausted) for value in curve]


def test_by_hand() -> None:
    rule = NoImprovement(tol=0.1, patience=2)
    assert observed(rule, [1.0, 0.8, 0.75, 0.74, 0.74]) == [
        (True, 0, False),
        (True, 0, False),
        (True, 1, False),  # better, but by less than tol
        (True, 2, False),
        (False, 3, True),
    ]
    assert rule.best == 0.74


def test_a_real_improvement_starts_the_count_anew() -> None:
    rule = NoImprovement(tol=0.1, patience=2)
    assert [count for _, count, _ in observed(rule, [1.0, 1.0, 1.0, 0.5, 0.5])] == [0, 1, 2, 0, 1]


def test_improvement_by_exactly_tol_counts() -> None:
    rule = NoImprovement(tol=0.25, patience=0)
    assert observed(rule, [1.0, 0.75, 0.75]) == [
        (True, 0, False),
        (True, 0, False),
        (False, 1, True),
    ]


def test_nan_is_never_the_best() -> None:
    rule = NoImprovement(tol=0.0, patience=1)
    assert observed(rule, [1.0, 1.5, math.nan, 2.0]) == [
        (True, 0, False),
        (False, 1, False),
        (False, 0, False),
        (False, 1, False),
    ]
    assert rule.best == 1.0


def test_endless_patience() -> None:
    rule = NoImprovement(tol=0.0, patience=math.inf)
    assert not any(exhausted for _, _, exhausted in observed(rule, [1.0] + [2.0] * 1000))


CURVES = [
    [1.0, 0.9, 0.89, 0.8899, 0.95, 0.5, 0.5, 0.5],
    [0.3, math.nan, 0.2, math.nan, 0.25, 0.15],
    [math.inf, 5.0, 5.0, -1.0, -1.0],
    list(np.abs(np.random.default_rng(0).normal(0.5, 0.2, 200))),
    list(np.exp(-np.arange(60) / 9)),
]


@pytest.mark.parametrize("tol", [0.0, 1e-4, 0.05])
@pytest.mark.parametrize("curve", CURVES)
def test_counts_as_scikit_learn_does(curve: list[float], tol: float) -> None:
    count = BaseMultilayerPerceptron._update_no_improvement_count
    by_loss = SimpleNamespace(tol=tol, loss_curve_=[], best_loss_=math.inf, _no_improvement_count=0)
    by_score = SimpleNamespace(
        tol=tol,
        verbose=False,
        coefs_=[],
        intercepts_=[],
        validation_scores_=[],
        best_validation_score_=-math.inf,
        _no_improvement_count=0,
        _score=lambda X, y, sample_weight: score,
    )
    ours = NoImprovement(tol, patience=10)
    for value in curve:
        ours.observe(value)
        by_loss.loss_curve_.append(value)
        count(by_loss, False, None, None, None)
        # A score is maximised: the loss with its sign turned.
        score = -value
        count(by_score, True, None, None, None)
        assert ours.count == by_loss._no_improvement_count == by_score._no_improvement_count
        assert ours.best == by_loss.best_loss_ == -by_score.best_validation_score_


def reached(gradient_norm: float, seconds: float) -> RunProgress:
    return RunProgress(epoch=1, seconds=seconds, loss=0.5, gradient_norm=gradient_norm)


def test_gradient_tolerance() -> None:
    rule = GradientTolerance(0.1)
    assert rule.ending(reached(0.1, 0.0)) is None
    assert rule.ending(reached(math.nan, 0.0)) is None
    found = rule.ending(reached(0.099, 0.0))
    assert found is not None
    assert found.converged
    assert found.reason == "gradient norm 0.099 fell below grad_tol=0.1"
    assert rule.seconds_left(5) == math.inf


def test_time_limit() -> None:
    rule = TimeLimit(2.5)
    assert rule.ending(reached(0.0, 2.4)) is None
    found = rule.ending(reached(1.0, 2.5))
    assert found is not None
    assert not found.converged
    assert found.reason == "reached max_time=2.5 seconds"
    assert rule.seconds_left(1.0) == 1.5


def test_the_first_rule_that_is_due_gives_the_reason() -> None:
    rules = (GradientTolerance(0.1), TimeLimit(1.0))
    assert first_ending(rules, reached(1.0, 0.0)) is None
    both = first_ending(rules, reached(0.0, 2.0))
    assert both is not None
    assert both.converged
    late = first_ending(rules, reached(1.0, 2.0))
    assert late is not None
    assert not late.converged


@final
@dataclass(frozen=True)
class LossTarget(StoppingRule):
    target: float

    def ending(self, progress: RunProgress) -> Ending | None:
        if not progress.loss <= self.target:
            return None
        return Ending(f"epoch {progress.epoch} reached the target", True)

    def seconds_left(self, seconds: float) -> float:
        return math.inf


@pytest.mark.parametrize("solver", ["adam", "lbfgs", "lm", "kfac"])
def test_a_rule_on_the_loss(solver: str) -> None:
    X = np.linspace(-1, 1, 40)[:, None]
    data = TrainValidation(Arrays(X, 3 * X + 1))
    parameters = Parameters(hidden_layer_sizes=(4,), solver=solver, random_state=0, max_iter=200)
    free = begin(parameters, NumberTargets(), data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        free.run()
    assert free.log.history is not None
    losses = [entry["loss"] for entry in free.log.history]
    target = losses[2]
    due = next(k for k, loss in enumerate(losses, 1) if loss <= target)
    fit = begin(parameters, NumberTargets(), data, rules=[LossTarget(target)])
    fit.run()
    assert fit.log.stop_reason == f"epoch {due} reached the target"
    assert fit.log.history is not None
    assert len(fit.log.history) == due


def test_a_rule_by_two_numbers_still_works() -> None:
    with pytest.warns(FutureWarning, match="TwoNumbers.ending takes a single RunProgress") as found:

        class TwoNumbers(StoppingRule):
            def ending(  # type: ignore[override]
                self, gradient_norm: float, seconds: float
            ) -> Ending | None:
                return Ending(f"{gradient_norm} after {seconds}", True)

            def seconds_left(self, seconds: float) -> float:
                return math.inf

    assert found[0].filename == __file__
    assert first_ending([TwoNumbers()], reached(0.5, 2.0)) == Ending("0.5 after 2.0", True)
