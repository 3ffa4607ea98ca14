"""The neuron of 1943 and the perceptron of 1958."""

from rosenblatt.perceptron.perceptron import Perceptron
from rosenblatt.perceptron.threshold_neuron import McCullochPittsNeuron, ThresholdNeuron

__all__ = ["McCullochPittsNeuron", "Perceptron", "ThresholdNeuron"]
