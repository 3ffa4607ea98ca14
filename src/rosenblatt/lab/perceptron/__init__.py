"""The neuron and the perceptron."""

from __future__ import annotations

from rosenblatt.lab.perceptron.boolean_functions import BooleanFunctions

EXPERIMENTS = (BooleanFunctions,)
