"""The neuron and the perceptron."""

from __future__ import annotations

from rosenblatt.lab.perceptron.approximation import Approximation
from rosenblatt.lab.perceptron.boolean_functions import BooleanFunctions
from rosenblatt.lab.perceptron.hidden_size import HiddenSize
from rosenblatt.lab.perceptron.mistake_bound import MistakeBound
from rosenblatt.lab.perceptron.step_gradient import StepGradient
from rosenblatt.lab.perceptron.xor import Xor

EXPERIMENTS = (StepGradient, BooleanFunctions, MistakeBound, Xor, Approximation, HiddenSize)
