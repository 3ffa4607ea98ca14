"""Rosenblatt's perceptron: rule, trace, separability and mistake bound (theory P1-P3)."""

import math
import pickle
import tracemalloc
import warnings
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Perceptron as SklearnPerceptron

from rosenblatt import Perceptron

PAIRS = np.array(list(product((0, 1), repeat=2)))
NOT_SEPARABLE = {(0, 1, 1, 0), (1, 0, 0, 1)}


def blobs(seed, *, n_rows=200, n_features=4, gap=0.1):
    """Normal rows on both sides of a random hyperplane, none nearer to it than ``gap``."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_features))
    normal = rng.normal(size=n_features)
    distances = X @ normal / np.linalg.norm(normal) - 0.3
    far = np.abs(distances) > gap
    return X[far], (distances[far] > 0).astype(int)


def literal_rule(X, y, *, learning_rate, max_iter):
    """P1 as it is written: one row after the other, in plain Python."""
    w, b, mistakes = [0.0] * len(X[0]), 0.0, []
    for epoch in range(1, max_iter + 1):
        before = len(mistakes)
        for row, (x, target) in enumerate(zip(X, y, strict=True)):
            prediction = int(sum(wj * xj for wj, xj in zip(w, x, strict=True)) + b >= 0)
            if prediction != target:
                change = learning_rate * (target - prediction)
                w = [wj + change * xj for wj, xj in zip(w, x, strict=True)]
                b += change
                mistakes.append((epoch, row, prediction, w, b))
        if len(mistakes) == before:
            break
    return mistakes, epoch


# AND, worked by hand from w = (0, 0), b = 0, f(0) = 1, η = 1. Rows 0-3 are 00, 01, 10, 11.
AND_BY_HAND = [
    # epoch, row, ŷ, y, (w before, b before, w after, b after)
    (1, 0, 1, 0, ((0, 0), 0, (0, 0), -1)),  # z = 0 fires
    (1, 3, 0, 1, ((0, 0), -1, (1, 1), 0)),  # z = -1
    (2, 0, 1, 0, ((1, 1), 0, (1, 1), -1)),  # z = 0
    (2, 1, 1, 0, ((1, 1), -1, (1, 0), -2)),  # z = 1 - 1 = 0
    (2, 3, 0, 1, ((1, 0), -2, (2, 1), -1)),  # z = 1 - 2 = -1
    (3, 1, 1, 0, ((2, 1), -1, (2, 0), -2)),  # z = 1 - 1 = 0
    (3, 2, 1, 0, ((2, 0), -2, (1, 0), -3)),  # z = 2 - 2 = 0
    (3, 3, 0, 1, ((1, 0), -3, (2, 1), -2)),  # z = 1 - 3 = -2
    (4, 2, 1, 0, ((2, 1), -2, (1, 1), -3)),  # z = 2 - 2 = 0
    (4, 3, 0, 1, ((1, 1), -3, (2, 2), -2)),  # z = 2 - 3 = -1
    (5, 1, 1, 0, ((2, 2), -2, (2, 1), -3)),  # z = 2 - 2 = 0; then row 3: z = 3 - 3 = 0 fires
]  # epoch 6: z = -3, -2, -1, 0, all right


@pytest.mark.parametrize("learning_rate", [1.0, 0.5, 4.0])
def test_trace_of_and_is_the_one_worked_by_hand(learning_rate):
    neuron = Perceptron(learning_rate=learning_rate).fit(PAIRS, [0, 0, 0, 1])
    by_hand = [
        (*unscaled, *(np.multiply(value, learning_rate).tolist() for value in weights_and_biases))
        for *unscaled, weights_and_biases in AND_BY_HAND
    ]
    assert [
        (
            *(u.epoch, u.row, u.prediction, u.target),
            *(u.weights_before.tolist(), u.bias_before, u.weights_after.tolist(), u.bias_after),
        )
        for u in neuron.trace_
    ] == by_hand
    assert (neuron.n_updates_, neuron.n_iter_) == (11, 6)
    assert neuron.coef_.tolist() == [[2 * learning_rate, learning_rate]]
    assert neuron.intercept_.tolist() == [-3 * learning_rate]


def test_mistake_bound_of_and_is_the_one_worked_by_hand():
    # With z = -(x, 1) for rows 0-2 and (x, 1) for row 3, v = (2, 2, -3) has z·v = 3, 1, 1, 1. No
    # v is shorter, for v = 5 z_1 + 5 z_2 + 7 z_3 with no negative factor. So γ² = 1/‖v‖² = 1/17,
    # and R² = 1 + 1 + 1 from row 3.
    neuron = Perceptron().fit(PAIRS, [0, 0, 0, 1])
    assert neuron.mistake_bound_ == pytest.approx(3 * 17)


@pytest.mark.parametrize("outputs", list(product((0, 1), repeat=4)))
def test_all_boolean_functions_of_two_inputs(outputs):
    neuron = Perceptron()
    if outputs in NOT_SEPARABLE:
        with pytest.warns(ConvergenceWarning, match="not linearly separable.*MLPClassifier"):
            neuron.fit(PAIRS, outputs)
        assert neuron.predict(PAIRS).tolist() != list(outputs)
        assert neuron.separable_ is False
        assert neuron.mistake_bound_ == math.inf
        assert neuron.n_iter_ == neuron.max_iter
    else:
        neuron.fit(PAIRS, outputs)
        assert neuron.predict(PAIRS).tolist() == list(outputs)
        assert neuron.separable_ is True
        assert neuron.n_updates_ <= neuron.mistake_bound_ < math.inf


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_mistakes_stay_within_the_bound(seed, shuffle):
    X, y = blobs(seed)
    neuron = Perceptron(shuffle=shuffle, random_state=seed, max_iter=10_000).fit(X, y)
    assert neuron.score(X, y) == 1.0
    assert 0 < neuron.n_updates_ == len(neuron.trace_) <= neuron.mistake_bound_


def test_the_bound_is_met_where_every_row_must_be_learnt_by_itself():
    # n rows ±(100 e_i, 1), all but at right angles. Their mean, of length γ, has γ² = 100² / n
    # as the last column cancels; R² = 100² + 1. A bound too small by a thousandth would fail.
    n = 40
    neuron = Perceptron().fit(100 * np.eye(n), np.arange(n) % 2)
    assert neuron.mistake_bound_ == pytest.approx(n * (1 + 1e-4))
    assert neuron.n_updates_ == n


@pytest.mark.parametrize("learning_rate", [1.0, 0.25])
@pytest.mark.parametrize("max_iter", [1, 7])
@pytest.mark.parametrize(("n_rows", "n_features", "levels"), [(40, 2, 3), (900, 3, 9), (60, 12, 5)])
def test_blocks_of_rows_give_the_trace_of_the_literal_rule(
    n_rows, n_features, levels, max_iter, learning_rate
):
    # Few levels of eighths: sums are exact, and many rows meet z = 0 exactly.
    rng = np.random.default_rng(n_rows)
    X = rng.integers(-levels, levels + 1, size=(n_rows, n_features)) / 8
    y = (X.sum(axis=1) + rng.choice([0, 1], size=n_rows, p=[0.95, 0.05]) > 0.25).astype(int)
    mistakes, n_epochs = literal_rule(
        X.tolist(), y.tolist(), learning_rate=learning_rate, max_iter=max_iter
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        neuron = Perceptron(learning_rate=learning_rate, max_iter=max_iter).fit(X, y)
    assert neuron.n_iter_ == n_epochs
    assert [
        (u.epoch, u.row, u.prediction, u.weights_after.tolist(), u.bias_after)
        for u in neuron.trace_
    ] == mistakes


@pytest.mark.parametrize("shuffle", [False, True])
def test_trace_is_a_sequence_that_ends_at_the_weights_learnt(shuffle):
    X, y = blobs(3, n_rows=3000, n_features=60, gap=0.0)
    with pytest.warns(ConvergenceWarning):
        neuron = Perceptron(shuffle=shuffle, random_state=0, max_iter=20).fit(X, y)
    trace, updates = neuron.trace_, list(neuron.trace_)
    assert len(updates) == len(trace) == neuron.n_updates_ > 2000  # several blocks of the replay
    for k in (0, 1, 1091, len(trace) - 1, -1, -1200):
        assert np.array_equal(trace[k].weights_before, updates[k].weights_before)
        assert np.array_equal(trace[k].weights_after, updates[k].weights_after)
        assert (trace[k].epoch, trace[k].row) == (updates[k].epoch, updates[k].row)
    for before, after in pairwise(updates):
        assert np.array_equal(before.weights_after, after.weights_before)
        assert before.bias_after == after.bias_before
    assert np.array_equal(updates[-1].weights_after, neuron.coef_[0])
    assert updates[-1].bias_after == neuron.intercept_[0]
    for u in updates:
        assert u.target == y[u.row] == 1 - u.prediction
        assert u.prediction == (u.weights_before @ X[u.row] + u.bias_before >= 0)
    assert [u.row for u in trace[5:1:-2]] == [updates[5].row, updates[3].row]
    assert trace[3:3] == ()
    with pytest.raises(IndexError, match="range"):
        trace[len(trace)]
    with pytest.raises(ValueError, match="read-only"):
        trace[0].weights_after[0] = 1.0


def test_trace_of_a_long_run_stays_small():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(500, 50)), rng.integers(0, 2, size=500)
    with pytest.warns(ConvergenceWarning):
        neuron = Perceptron(max_iter=100).fit(X, y)
    assert neuron.n_updates_ > 15_000
    assert len(pickle.dumps(neuron)) < X.nbytes + 10 * neuron.n_updates_
    tracemalloc.start()
    assert neuron.trace_[-1].epoch == 100
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e6  # weights before each update would take 6 MB and more


def test_too_few_epochs_and_inseparable_rows_have_different_messages():
    X, y = blobs(1)
    with pytest.warns(ConvergenceWarning, match=r"are linearly separable.*Raise max_iter"):
        neuron = Perceptron(max_iter=1).fit(X, y)
    assert neuron.separable_ is True
    assert neuron.n_updates_ <= neuron.mistake_bound_ < math.inf


def test_no_warning_if_the_last_epoch_allowed_has_learnt_every_row():
    # AND is right after the 11th update, in epoch 5; epoch 6 would only confirm it.
    neuron = Perceptron(max_iter=5).fit(PAIRS, [0, 0, 0, 1])
    assert (neuron.n_iter_, neuron.score(PAIRS, [0, 0, 0, 1])) == (5, 1.0)


def test_the_last_weights_are_kept_when_rows_stay_wrong():
    with pytest.warns(ConvergenceWarning, match=r"they misclassify \d of 4 rows"):
        neuron = Perceptron(max_iter=10).fit(PAIRS, [0, 1, 1, 0])
    assert np.array_equal(neuron.coef_[0], neuron.trace_[-1].weights_after)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("learning_rate", [1.0, 0.1])
def test_weights_equal_scikit_learn_s_where_no_row_is_met_at_zero(seed, learning_rate):
    X, y = blobs(seed, gap=0.0)
    first = np.argmin(y)  # a row of class 0: at w = 0 both rules count it as a mistake
    X, y = np.roll(X, -first, axis=0), np.roll(y, -first)
    theirs = SklearnPerceptron(shuffle=False, tol=None, max_iter=3, eta0=learning_rate).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = Perceptron(max_iter=3, learning_rate=learning_rate).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=0, atol=1e-10)


def test_unlike_scikit_learn_a_row_of_the_firing_class_is_right_at_zero():
    X, y = [[1.0], [2.0], [-1.0]], [1, 1, 0]
    theirs = SklearnPerceptron(shuffle=False, tol=None, max_iter=1).fit(X, y)
    ours = Perceptron().fit(X, y)
    assert (theirs.coef_.item(), theirs.intercept_.item()) == (2.0, 0.0)  # rows 0 and 2
    assert [u.row for u in ours.trace_] == [2]
    assert (ours.coef_.item(), ours.intercept_.item()) == (1.0, -1.0)


def test_labels_of_any_kind():
    X, codes = load_iris(return_X_y=True)
    y = np.where(codes == 0, "setosa", "another")
    neuron = Perceptron(random_state=0, shuffle=True).fit(X, y)
    assert neuron.classes_.tolist() == ["another", "setosa"]
    assert (neuron.predict(X) == y).all()
    assert ((neuron.decision_function(X) >= 0) == (codes == 0)).all()


@pytest.mark.parametrize("label", [0, 1, "yes"])
def test_a_single_label_is_predicted(label):
    neuron = Perceptron().fit(PAIRS, [label] * 4)
    assert (neuron.predict(PAIRS) == label).all()
    assert (neuron.n_updates_, neuron.n_iter_, neuron.separable_) == (0, 1, True)
    assert list(neuron.trace_) == []


def test_shuffling_follows_the_seed():
    X, y = blobs(2)
    first, same, other = (
        Perceptron(shuffle=True, random_state=seed, max_iter=5000).fit(X, y) for seed in (0, 0, 1)
    )
    assert [u.row for u in first.trace_] == [u.row for u in same.trace_]
    assert [u.row for u in first.trace_] != [u.row for u in other.trace_]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"learning_rate": 0}, "learning_rate must be a number above 0.*got 0"),
        ({"learning_rate": -1.0}, "learning_rate must be"),
        ({"learning_rate": np.nan}, "learning_rate must be"),
        ({"learning_rate": "constant"}, "got 'constant'"),
        ({"max_iter": 0}, "max_iter must be an integer of at least 1; got 0"),
        ({"max_iter": 1.5}, "max_iter must be an integer"),
    ],
)
def test_parameters_out_of_range_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        Perceptron(**parameters).fit(PAIRS, [0, 0, 0, 1])


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (PAIRS, [0, 1, 2, 0], "Only binary classification is supported.*MLPClassifier for more"),
        (PAIRS, [0.5, 0.25, 0.1, 0.7], "Unknown label type"),
        (PAIRS * 1e200, [0, 0, 0, 1], "scale its columns"),
    ],
)
def test_data_of_the_wrong_kind_are_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        Perceptron().fit(X, y)


def test_clone_and_pickle():
    neuron = Perceptron(learning_rate=0.5).fit(PAIRS, [0, 0, 0, 1])
    assert clone(neuron).get_params() == neuron.get_params()
    copy = pickle.loads(pickle.dumps(neuron))
    assert (copy.predict(PAIRS) == neuron.predict(PAIRS)).all()
    assert [u.row for u in copy.trace_] == [u.row for u in neuron.trace_]


@pytest.mark.parametrize(
    "wrong",
    [
        (np.ones((4, 3)), [0, 1, 2, 3]),
        (np.full((4, 3), np.nan), [0, 1, 0, 1]),
        (np.full((4, 3), 1e200), [0, 1, 0, 1]),
    ],
    ids=["four classes", "NaN", "too large"],
)
def test_a_fit_that_fails_leaves_the_neuron_as_it_was(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        (fresh := Perceptron()).fit(*wrong)
    assert vars(fresh) == vars(Perceptron())
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0], "b": [1.0, 0.0, 0.0]})
    neuron = Perceptron().fit(X, [0, 1, 1])
    before = vars(neuron).copy()
    with pytest.raises(ValueError, match=r"."):
        neuron.fit(*wrong)
    assert all(vars(neuron)[name] is value for name, value in before.items())
    assert vars(neuron).keys() == before.keys()
    assert neuron.predict(X).tolist() == [0, 1, 1]


@pytest.mark.parametrize("rows", [[[1e-300], [2e-300]], [[0.0], [1e-310]], [[5e-324], [1e-200]]])
def test_a_margin_below_rounding_leaves_no_bound(rows):
    with pytest.warns(ConvergenceWarning):
        neuron = Perceptron(max_iter=50).fit(rows, [0, 1])
    assert neuron.mistake_bound_ == np.inf


def test_weights_that_overflow_are_refused():
    rows = np.random.default_rng(0).normal(size=(40, 3)) * 10
    with pytest.raises(ValueError, match="weights overflow with learning_rate=1e\\+308"):
        Perceptron(learning_rate=1e308).fit(rows, [0, 1] * 20)
