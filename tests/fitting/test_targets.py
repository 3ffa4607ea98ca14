"""The codecs of targets: there and back, and what each kind of target needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import accuracy_score, d2_pinball_score, r2_score

from rosenblatt.fitting import ClassTargets, NumberTargets, ValidatedData, encoded
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Poisson,
    Quantile,
    SquaredError,
)

TWO = np.array(["no", "yes", "yes", "no", "yes"])
THREE = np.array([7, 3, 5, 5, 3])
LABELS = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]])


@pytest.mark.parametrize(
    ("y", "n_outputs", "loss"),
    [
        (TWO, 1, BinaryCrossEntropy),
        (THREE, 3, CategoricalCrossEntropy),
        (LABELS, 3, BinaryCrossEntropy),
    ],
    ids=["two classes", "three classes", "labels"],
)
def test_classes(y: Any, n_outputs: int, loss: type) -> None:
    targets = ClassTargets.learn(y)
    assert targets.n_outputs == n_outputs
    assert isinstance(targets.objective(), loss)
    codes = targets.encode(y, np.float32)
    assert (codes.ndim, codes.dtype) == (2, np.float32)
    np.testing.assert_array_equal(targets.decode(codes), y)
    # Probabilities that are sure of the very targets.
    sure = np.eye(3)[codes[:, 0].astype(int)] if n_outputs == 3 and y.ndim == 1 else codes
    shown = np.hstack([1 - sure, sure]) if n_outputs == 1 else sure
    np.testing.assert_array_equal(targets.predicted(shown), y)
    assert targets.score(sure, codes, None) == accuracy_score(y, targets.predicted(shown)) == 1


def test_unknown_and_missing_classes() -> None:
    targets = ClassTargets.learn(THREE)
    targets.check(np.array([3, 7]))
    with pytest.raises(ValueError, match="classes not in"):
        targets.check(np.array([3, 4]))
    targets.check_all_present(THREE[::-1])
    with pytest.raises(ValueError, match="same classes"):
        targets.check_all_present(np.array([3, 7]))


def test_sparse_labels() -> None:
    targets = ClassTargets.learn(sp.csr_array(LABELS))
    np.testing.assert_array_equal(targets.encode(sp.csr_array(LABELS), np.float64), LABELS)


def test_options_are_replaced_and_the_value_is_not() -> None:
    targets = ClassTargets.learn(TWO)
    weighted = targets.with_options(loss="focal", class_weight={"yes": 3})
    assert (targets.weighs_classes, weighted.weighs_classes) == (False, True)
    assert weighted.classes is targets.classes
    codes = targets.encode(TWO, np.float64)
    assert targets.row_weights(codes, None) is None
    np.testing.assert_array_equal(weighted.row_weights(codes, None), [1, 3, 3, 1, 3])
    with pytest.raises(AttributeError):
        targets.loss = "focal"  # type: ignore[misc]


@pytest.mark.parametrize("n_targets", [1, 2])
def test_numbers(n_targets: int) -> None:
    rng = np.random.default_rng(0)
    y = rng.standard_normal((6, n_targets))
    y = y[:, 0] if n_targets == 1 else y
    targets = NumberTargets.learn(y)
    codes = targets.encode(y, np.float64)
    assert codes.shape == (6, n_targets)
    np.testing.assert_array_equal(targets.decode(codes), y)
    assert targets.n_outputs == n_targets
    near = codes + 0.1 * rng.standard_normal(codes.shape)
    assert targets.score(near, codes, None) == pytest.approx(r2_score(codes, near))
    assert targets.reported_loss(6.0) == 6.0 / n_targets  # squared errors average over targets
    assert targets.with_options(loss=Poisson()).reported_loss(6.0) == 6.0


def test_quantiles() -> None:
    levels = (0.1, 0.5, 0.9)
    y = np.random.default_rng(0).standard_normal((8, 2))
    targets = NumberTargets.learn(y, Quantile(levels))
    assert targets.n_outputs == 6
    prediction = np.repeat(y, 3, axis=1) + 0.1
    assert targets.predicted(prediction).shape == (8, 2, 3)
    expected = np.mean([d2_pinball_score(y, y + 0.1, alpha=level) for level in levels])
    assert targets.score(prediction, y, None) == pytest.approx(expected)
    assert NumberTargets.learn(y[:, 0], Quantile(levels)).predicted(prediction[:, :3]).shape == (
        8,
        3,
    )


def test_numbers_that_a_type_does_not_hold() -> None:
    with pytest.raises(ValueError, match="float32 does not hold"):
        NumberTargets().encode(np.array([1e300, 1.0]), np.float32)


def test_encoded_rows_lie_at_their_places() -> None:
    targets = ClassTargets.learn(THREE)
    X, weights = np.arange(10.0).reshape(5, 2), np.arange(1.0, 6.0)
    data = encoded(targets, ValidatedData(X, THREE, weights), np.array([4, 1]))
    assert data.train.X is X
    np.testing.assert_array_equal(data.train.y[:, 0], [0, 0, 0, 0, 0])  # 3 is code 0
    assert data.train.weights is not None
    np.testing.assert_array_equal(data.train.weights, [0, 2, 0, 0, 5])


def test_validation_rows_have_the_same_targets() -> None:
    y = np.ones((4, 2))
    targets = NumberTargets.learn(y)
    table = ValidatedData(np.ones((4, 1)), y)
    with pytest.raises(ValueError, match="y_val has 1 targets a row, and y has 2"):
        encoded(targets, table, validation=ValidatedData(np.ones((2, 1)), np.ones(2)))
    assert isinstance(targets.objective(), SquaredError)
