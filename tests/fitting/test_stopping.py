"""The stopping rules: hand-counted curves, and scikit-learn's own counter (B12)."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron

from rosenblatt.stopping import GradientTolerance, NoImprovement, TimeLimit, first_ending


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


def test_gradient_tolerance() -> None:
    rule = GradientTolerance(0.1)
    assert rule.ending(0.1, 0.0) is None
    assert rule.ending(math.nan, 0.0) is None
    found = rule.ending(0.099, 0.0)
    assert found is not None
    assert found.converged
    assert found.reason == "gradient norm 0.099 fell below grad_tol=0.1"
    assert rule.seconds_left(5) == math.inf


def test_time_limit() -> None:
    rule = TimeLimit(2.5)
    assert rule.ending(0.0, 2.4) is None
    found = rule.ending(1.0, 2.5)
    assert found is not None
    assert not found.converged
    assert found.reason == "reached max_time=2.5 seconds"
    assert rule.seconds_left(1.0) == 1.5


def test_the_first_rule_that_is_due_gives_the_reason() -> None:
    rules = (GradientTolerance(0.1), TimeLimit(1.0))
    assert first_ending(rules, 1.0, 0.0) is None
    both = first_ending(rules, 0.0, 2.0)
    assert both is not None
    assert both.converged
    late = first_ending(rules, 1.0, 2.0)
    assert late is not None
    assert not late.converged
