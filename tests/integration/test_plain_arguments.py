"""Arguments of methods and functions that are of another type: one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    McCullochPittsNeuron,
    MLPAutoencoder,
    MLPClassifier,
    MLPRegressor,
    find_learning_rate,
    importing,
    trace,
)
from rosenblatt.explain import ShapExplainer, integrated_gradients, permutation_importance
from rosenblatt.tabular.decisions import aim_of
from tests.support.each_estimator import LABELS, NUMBERS, X

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ODD: list[Any] = ["x" * 5000, object(), 1 + 1j, np.arange(40), {}, int, date(2020, 1, 1)]
net = MLPClassifier((), solver="lbfgs", alpha=1.0, tol=1e-2, random_state=0).fit(X, LABELS)


def fails(call: Callable[..., Any], *given: Any, match: str, **named: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=match) as caught:
        call(*given, **named)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 330


@pytest.mark.parametrize("odd", ODD)
def test_agents(odd: Any) -> None:
    pytest.importorskip("gymnasium")
    from rosenblatt.agents import Reinforce, evaluate, record

    agent = Reinforce(random_state=0).learn("CartPole-v1", 60)
    fails(agent.predict, odd, match="observation")
    fails(evaluate, agent, "CartPole-v1", odd, match="n_episodes must be a whole number from 1")
    fails(record(agent, "CartPole-v1").text, odd, match="k must be the number of a step")


@pytest.mark.parametrize("odd", ODD)
def test_explanations(odd: Any) -> None:
    fails(ShapExplainer, net, X, output=odd, match="output=")
    if not isinstance(odd, np.ndarray):
        fails(permutation_importance, net, X, odd, match="y is|y has|X has 40 rows, and y")
        fails(integrated_gradients, net, X, odd, match="X |Expected 2D")
    fails(trace, net, X[0], 1, learning_rate=odd, match="learning_rate must be 0 or more")


def test_numbers_beyond_squares() -> None:
    fails(ShapExplainer, net, X, tolerance=1e308, match="'tolerance' parameter")
    assert len(ShapExplainer(net, X, max_background=True).background_) == 1


@pytest.mark.parametrize("beyond", [10**400, [[10**400, 1, 1]]])
def test_numbers_beyond_the_floats(beyond: Any) -> None:
    fails(net.predictor(), beyond, match="X is of the type int|X has a number in row 0")
    fails(net.predict, beyond, match="X is of the type int|X has a number in row 0")
    fails(trace, net, beyond, 1, match="x must be a row of 3 numbers")
    fails(find_learning_rate, MLPClassifier(), beyond, LABELS, match="X is of|inconsistent")


def test_numbers_alone_beyond_the_floats() -> None:
    fails(trace, net, X[0], 1, learning_rate=10**400, match="learning_rate must be 0 or more")
    fails(trace, net, X[0], [[1, 2], [3]], match="y has rows of different lengths")
    fails(aim_of, 10**200, match="a threshold must be between 0 and 1")
    with pytest.raises(ValueError, match=r"^decision=1000.* is none"):
        aim_of(10**400)


@pytest.mark.parametrize("odd", [*ODD, X + 1j, 1.5])
def test_codes(odd: Any) -> None:
    autoencoder = MLPAutoencoder(1, (2,), solver="lbfgs", tol=1e3, random_state=0).fit(X)
    fails(autoencoder.inverse_transform, odd, match="X |Expected 2D array")


@pytest.mark.parametrize("odd", [np.ones((2, 2)), [1.5], ["a" * 5000]])
def test_inhibitory_inputs(odd: Any) -> None:
    fails(McCullochPittsNeuron, 2, 1, odd, match="inhibitory must hold indices")


@pytest.mark.parametrize("classes", [[], (), np.array([])])
def test_no_classes(classes: Any) -> None:
    fails(MLPClassifier().partial_fit, X, LABELS, classes=classes, match="classes is empty")


def test_classes_that_are_no_array() -> None:
    match = "classes has rows of different lengths"
    fails(MLPClassifier().partial_fit, X, LABELS, classes=[[1, 2], [3]], match=match)


@pytest.mark.parametrize("odd", [1, b"", 1.5, object()])
def test_paths(odd: Any) -> None:
    number = MLPRegressor(hidden_layer_sizes=(2,), max_iter=2).fit(X, NUMBERS)
    fails(number.to_tfjs, odd, match="it takes the path of a file")
    with pytest.raises(ValueError, match=r"cannot import .* it cannot be read: File name too long"):
        importing.load("a" * 5000)
