"""The threshold neuron with weights set by hand (theory N1, N2)."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from rosenblatt.perceptron.threshold_neuron import McCullochPittsNeuron, ThresholdNeuron

PAIRS = np.array(list(product((0, 1), repeat=2)))
FIVES = np.array(list(product((0, 1), repeat=5)))


@pytest.mark.parametrize(
    ("neuron", "inputs", "outputs"),
    [
        pytest.param(ThresholdNeuron([1, 1], -2), PAIRS, [0, 0, 0, 1], id="AND"),
        pytest.param(ThresholdNeuron([1, 1], -1), PAIRS, [0, 1, 1, 1], id="OR"),
        pytest.param(ThresholdNeuron([-1], 0), [[0], [1]], [1, 0], id="NOT"),
        pytest.param(ThresholdNeuron([-1, -1], 1), PAIRS, [1, 1, 1, 0], id="NAND"),
        pytest.param(McCullochPittsNeuron(2, 2), PAIRS, [0, 0, 0, 1], id="AND, 1943"),
        pytest.param(McCullochPittsNeuron(2, 1), PAIRS, [0, 1, 1, 1], id="OR, 1943"),
        pytest.param(McCullochPittsNeuron(1, 0, [0]), [[0], [1]], [1, 0], id="NOT, 1943"),
        pytest.param(McCullochPittsNeuron(2, 0, [0, 1]), PAIRS, [1, 0, 0, 0], id="NOR, 1943"),
    ],
)
def test_truth_table(neuron, inputs, outputs):
    assert neuron.predict(inputs).tolist() == outputs


@pytest.mark.parametrize(
    "neuron", [ThresholdNeuron([1] * 5, -3), McCullochPittsNeuron(n_inputs=5, threshold=3)]
)
def test_majority_of_five(neuron):
    assert neuron.predict(FIVES).tolist() == [int(sum(row) >= 3) for row in FIVES.tolist()]


@pytest.mark.parametrize("threshold", range(-7, 8))
def test_the_bias_moves_the_threshold(threshold):
    neuron = ThresholdNeuron(weights=[1, 1, 1, -1, -1], bias=-threshold)
    weighted_sums = FIVES[:, :3].sum(axis=1) - FIVES[:, 3:].sum(axis=1)
    assert neuron.threshold == threshold
    assert neuron.predict(FIVES).tolist() == (weighted_sums >= threshold).astype(int).tolist()


@pytest.mark.parametrize("threshold", range(5))
def test_real_weights_imitate_absolute_inhibition_only_if_nothing_can_outweigh_them(threshold):
    absolute = McCullochPittsNeuron(n_inputs=5, threshold=threshold, inhibitory=[1, 4])
    strong = ThresholdNeuron([1, -4, 1, 1, -4], bias=-threshold)
    weak = ThresholdNeuron([1, -1, 1, 1, -1], bias=-threshold)
    expected = absolute.predict(FIVES)
    assert (strong.predict(FIVES) == expected).all()
    # Three excitations less one inhibition still reach a threshold of 2 or less.
    assert (weak.predict(FIVES) == expected).all() == (threshold > 2)


def test_real_inputs_are_weighed():
    neuron = ThresholdNeuron([0.5, -0.25], bias=0.125)
    assert neuron.predict([[0, 0.5], [0, 0.50001], [-0.25, 0]]).tolist() == [1, 0, 1]


def test_equal_neurons_are_equal_and_keep_no_link_to_the_given_array():
    weights = np.array([1.0, 2.0])
    neuron = ThresholdNeuron(weights, bias=0)
    weights[:] = 9
    assert neuron == ThresholdNeuron([1, 2], bias=0.0)
    assert hash(neuron) == hash(ThresholdNeuron((1, 2), bias=0.0))
    assert McCullochPittsNeuron(3, 1, [2, 0, 2]) == McCullochPittsNeuron(3, 1, (0, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 0), "one per input; got shape"),
        (([[1, 2]], 0), r"got shape \(1, 2\)"),
        (([1, np.nan], 0), "must be finite"),
        (([1, 2], np.inf), "must be finite"),
    ],
)
def test_weights_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ThresholdNeuron(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1), "n_inputs must be a whole number, at least 1; got 0"),
        ((2, -1), "threshold counts active inputs.*got -1"),
        ((2, 1.5), "threshold counts active inputs.*got 1.5"),
        ((2, 1, [2]), r"indices from 0 to 1; got \[2\]"),
        ((2, 1, [-1]), r"indices from 0 to 1; got \[-1\]"),
    ],
)
def test_a_neuron_of_1943_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        McCullochPittsNeuron(*arguments)


@pytest.mark.parametrize("neuron", [ThresholdNeuron([1, 1], -2), McCullochPittsNeuron(2, 2)])
@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([[0, 1, 1]], "X has 3 columns, but this neuron has 2 inputs"),
        ([0, 1], "Expected 2D array"),
        ([[0, np.nan]], "contains NaN"),
    ],
)
def test_inputs_of_the_wrong_kind_are_refused(neuron, inputs, message):
    with pytest.raises(ValueError, match=message):
        neuron.predict(inputs)


def test_the_neuron_of_1943_refuses_inputs_that_are_not_binary():
    with pytest.raises(ValueError, match="0 and 1 only; use ThresholdNeuron"):
        McCullochPittsNeuron(2, 1).predict([[0, 0.5]])


@pytest.mark.parametrize(
    ("weights", "bias"), [(["a"], 1), (None, 1), ([1], None), ([1], "a"), ([1], 10**400), ([{}], 0)]
)
def test_weights_are_numbers(weights: Any, bias: Any) -> None:
    with pytest.raises(ValueError, match="weights"):
        ThresholdNeuron(weights, bias)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ((None, 1), "n_inputs"),
        ((2.5, 1), "n_inputs"),
        (("2", 1), "n_inputs"),
        ((2, None), "threshold"),
        ((2, "a"), "threshold"),
        ((2, np.nan), "threshold"),
        ((2, np.inf), "threshold"),
        ((2, 1, 5), "inhibitory"),
        ((2, 1, None), "inhibitory"),
        ((2, 1, "a"), "inhibitory"),
        ((2, 1, [None]), "inhibitory"),
    ],
)
def test_counts_and_indices_are_whole_numbers(given: Any, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        McCullochPittsNeuron(*given)
