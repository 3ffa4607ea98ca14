"""`class_weight`: what it multiplies, what it is for, and what it refuses (L14)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale
from sklearn.utils.class_weight import compute_sample_weight

from rosenblatt import MLPClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_breast_cancer(return_X_y=True)
X = scale(X)
NAMED = np.where(Y == 1, "benign", "malignant")
LABELS = np.column_stack([Y, X[:, 0] > 0, X[:, 1] > 1]).astype(int)
SHORT: dict[str, Any] = {"hidden_layer_sizes": 6, "max_iter": 5, "random_state": 0}


def assert_same_fit(one: MLPClassifier, other: MLPClassifier) -> None:
    assert one.loss_curve_ == pytest.approx(other.loss_curve_, rel=1e-12)
    for a, b in zip(one.coefs_, other.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("class_weight", "y"),
    [
        ("balanced", Y),
        ("balanced", NAMED),
        ("balanced", np.arange(len(Y)) % 7 // 3),
        ("balanced", LABELS),
        ({0: 3.0, 1: 0.5}, Y),
        ({"malignant": 4}, NAMED),
        ([{0: 1, 1: 2}, {0: 1, 1: 0.5}, {0: 1, 1: 3}], LABELS),
    ],
    ids=["binary", "named", "three", "labels", "dict", "part", "list"],
)
def test_class_weight_equals_scikit_learns_sample_weight(class_weight: Any, y: Any) -> None:
    full = {"malignant": 4, "benign": 1} if class_weight == {"malignant": 4} else class_weight
    rows = compute_sample_weight(full, y)
    weighted = MLPClassifier(class_weight=class_weight, **SHORT).fit(X, y)
    assert_same_fit(weighted, MLPClassifier(**SHORT).fit(X, y, sample_weight=rows))
    own = np.random.default_rng(0).uniform(0.5, 2, len(Y))
    if class_weight != "balanced":  # which counts by the rows' own weights, see below
        both = MLPClassifier(class_weight=class_weight, **SHORT).fit(X, y, sample_weight=own)
        assert_same_fit(both, MLPClassifier(**SHORT).fit(X, y, sample_weight=own * rows))


def test_balanced_takes_weight_two_for_the_row_twice() -> None:
    weight = np.random.default_rng(0).integers(0, 3, len(Y)).astype(float)
    rows = np.repeat(np.arange(len(Y)), weight.astype(int))
    settings = SHORT | {"class_weight": "balanced"}
    weighted = MLPClassifier(batch_size=len(Y), **settings).fit(X, Y, sample_weight=weight)
    repeated = MLPClassifier(batch_size=len(rows), **settings).fit(X[rows], Y[rows])
    for a, b in zip(weighted.coefs_, repeated.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_the_recall_of_a_rare_class_rises(solver: str) -> None:
    """Threes among all digits, blurred by noise so that they cannot be told for sure."""
    digits, classes = load_digits(return_X_y=True)
    digits = digits / 16 + np.random.default_rng(0).normal(0, 0.5, digits.shape)
    rare = classes == 3
    X, X_test, y, y_test = train_test_split(digits, rare, random_state=0, stratify=rare)
    recall = {}
    for class_weight in (None, "balanced"):
        model = MLPClassifier((), solver=solver, class_weight=class_weight, random_state=0)
        recall[class_weight] = recall_score(y_test, model.fit(X, y).predict(X_test))
    assert recall["balanced"] > recall[None] + 0.1


def test_validation_rows_count_by_their_own_weights() -> None:
    X_train, X_val, y, y_val = train_test_split(X, Y, random_state=0)
    model = MLPClassifier(class_weight={0: 50.0}, **SHORT)
    model.fit(X_train, y, X_val=X_val, y_val=y_val)
    last = model.history_[-1]
    p = model.predict_proba(X_val)[np.arange(len(y_val)), y_val]
    assert last["validation_loss"] == pytest.approx(-np.log(p).mean())
    assert last["validation_score"] == pytest.approx(model.score(X_val, y_val))


def test_partial_fit_takes_a_dict_and_no_balance() -> None:
    model = MLPClassifier(class_weight={0: 2.0}, random_state=0, hidden_layer_sizes=4)
    model.partial_fit(X, Y, classes=[0, 1]).partial_fit(X, Y)
    rows = np.where(Y == 0, 2.0, 1.0)
    other = MLPClassifier(random_state=0, hidden_layer_sizes=4)
    other.partial_fit(X, Y, rows, classes=[0, 1]).partial_fit(X, Y, rows)
    assert_same_fit(model, other)
    model.set_params(class_weight="balanced")
    with pytest.raises(ValueError, match="'balanced' is not supported for partial_fit"):
        model.partial_fit(X, Y)
    model.set_params(class_weight="balancd")
    with pytest.raises(ValueError, match="did you mean 'balanced'"):
        model.partial_fit(X, Y)


@pytest.mark.parametrize(
    ("class_weight", "y", "message"),
    [
        ({2: 1.0}, Y, "has 2, which is not a class of y: the classes are 0, 1"),
        ({"benin": 1.0}, NAMED, "has 'benin', which is not a class of y: the classes are benign,"),
        ({0: -1.0}, Y, "class_weight of 0 must be 0 or more, got -1"),
        ({0: np.nan}, Y, "must be 0 or more"),
        ({0: [1]}, Y, r"class_weight of 0 must be 0 or more, got \[1\]"),
        ({0: "5"}, Y, "class_weight of 0 must be 0 or more, got '5'"),
        ({0: None}, Y, "class_weight of 0 must be 0 or more, got None"),
        ({0: 10**400}, Y, "class_weight of 0 must be 0 or more, got a number beyond the floats"),
        ({0: 0.0, 1: 0.0}, Y, "leaves every row with weight 0"),
        ([{0: 1}], Y, "for several labels: give a dict"),
        ({0: 1.0}, LABELS, "a list of one dict for each label"),
        ([{0: 1}], LABELS, "has 1 dicts, and there are 3 labels"),
        ([{0: 1}, {1: 1}, {2: 1}], LABELS, "has 2, which is not a class"),
        ("balancd", Y, r"class_weight='balancd' is not known \(did you mean 'balanced'\?\)"),
        (3, Y, "'class_weight' parameter"),
    ],
)
def test_invalid_class_weight_is_refused(class_weight: Any, y: Any, message: str) -> None:
    model = MLPClassifier(class_weight=class_weight)
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    assert not hasattr(model, "coefs_")
