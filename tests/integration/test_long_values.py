"""Values of any length and of several lines: messages show their beginning, in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import (
    Checkpoint,
    ConvNetClassifier,
    McCullochPittsNeuron,
    MLPAutoencoder,
    MLPClassifier,
    Perceptron,
    ThresholdNeuron,
    find_learning_rate,
    trace,
)
from rosenblatt.support.listing import brief
from rosenblatt.support.paths import file_path

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = np.array([0, 1, 1, 1])

LONG = "a" * 100_000
LINES = pd.Series(["a", "b"])
MANY = list(range(100_000))


def quick(**given: Any) -> MLPClassifier:
    return MLPClassifier(**{"hidden_layer_sizes": (2,), "max_iter": 1, **given})


CASES: dict[str, Callable[[Any], Any]] = {
    "every": lambda v: Checkpoint("a.ckpt", every=v),
    "scoring": lambda v: quick(scoring=v).fit(X, y),
    "hidden_layer_sizes": lambda v: quick(hidden_layer_sizes=v).fit(X, y),
    "image_shape": lambda v: ConvNetClassifier(image_shape=v).fit(X, y),
    "path": lambda v: file_path([v]),
    "learning_rate of a perceptron": lambda v: Perceptron(learning_rate=v).fit(X, y),
    "max_iter of a perceptron": lambda v: Perceptron(max_iter=v).fit(X, y),
    "shuffle of a perceptron": lambda v: Perceptron(shuffle=v).fit(X, y),
    "n_inputs": lambda v: McCullochPittsNeuron(v, 1),
    "threshold": lambda v: McCullochPittsNeuron(2, v),
    "bias": lambda v: ThresholdNeuron([1.0], v),
    "lowest": lambda v: find_learning_rate(quick(), X, y, lowest=v),
    "n_steps": lambda v: find_learning_rate(quick(), X, y, n_steps=v),
    "y of a trace": lambda v: trace(Perceptron().fit(X, y), X[0], v),
    "learning_rate of a trace": lambda v: trace(Perceptron().fit(X, y), X[0], 1, learning_rate=v),
    "language": lambda v: trace(Perceptron().fit(X, y), X[0], 1).to_html(language=v),
}


@pytest.mark.parametrize("value", [LONG, LINES, MANY], ids=["a word", "lines", "a list"])
@pytest.mark.parametrize("refused", CASES.values(), ids=CASES)
def test_a_refusal_shows_the_beginning_of_a_value(
    refused: Callable[[Any], Any], value: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, TypeError)) as raised:
        refused(value)
    assert len(str(raised.value)) < 500
    assert "\n" not in str(raised.value)


def test_a_value_is_shown_as_python_writes_it() -> None:
    assert brief("a") == "'a'"
    assert brief(np.arange(3)) == "array([0, 1, 2])"
    assert brief(LONG) == "'" + "a" * 56 + "..."


def test_numbers_beyond_the_floats() -> None:
    """A threshold that no inputs reach; steps that no memory holds."""
    assert McCullochPittsNeuron(2, 10**400).predict([[1, 1]]).tolist() == [0]
    for n_steps in (10**9, 2**63, 10**400):
        with pytest.raises(ValueError, match="n_steps must be a whole number from 10 to 1,000,000"):
            find_learning_rate(quick(), X, y, n_steps=n_steps)


@pytest.mark.parametrize("label", [pd.NA, pd.NaT, None, np.eye(2), [0, 1], "0"])
def test_what_no_class_equals_is_none_of_them(label: Any) -> None:
    for estimator in (Perceptron().fit(X, y), quick().fit(X, y)):
        with pytest.raises(ValueError, match="is no class of the"):
            trace(estimator, X[0], label)


def test_the_error_of_sparse_rows_is_that_of_the_same_rows() -> None:
    from scipy.sparse import csr_matrix

    network = MLPAutoencoder(1, (2,), max_iter=2, random_state=0).fit(X)
    rows = csr_matrix(X)
    np.testing.assert_array_equal(
        network.reconstruction_error(rows), network.reconstruction_error(X)
    )
    assert network.score(rows) == network.score(X)
