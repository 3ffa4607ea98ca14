"""From the parameter `activation` to activations: a name, an object, or one of either a layer."""

from __future__ import annotations

from typing import Any

from rosenblatt.activations import Activation, Step
from rosenblatt.activations.registration import REGISTRY
from rosenblatt.options.names import known_name, member
from rosenblatt.support.listing import brief

__all__ = ["activations", "chosen_activations", "hidden_activations"]


def activations() -> dict[str, type[Activation]]:
    """What every registered name stands for."""
    return {name: record.cls for name, record in REGISTRY.by_name.items()}


def hidden_activations(given: Any, n_layers: int) -> tuple[Activation, ...]:
    """One activation for each of `n_layers` hidden layers."""
    chosen = chosen_activations(given)
    if not is_list(given):
        return chosen * n_layers
    if len(chosen) != n_layers:
        raise ValueError(
            f"activation lists {len(chosen)} activations, and there are {n_layers} hidden layers:"
            " give one for each hidden layer, or a single one for all."
        )
    return chosen


def chosen_activations(given: Any) -> tuple[Activation, ...]:
    """What was given, one or several, as activations that a gradient passes."""
    return tuple(trainable(item) for item in (given if is_list(given) else (given,)))


def is_list(given: Any) -> bool:
    return isinstance(given, list | tuple)


def is_step(given: Any) -> bool:
    return isinstance(given, str) and known_name(["step"], given) is not None


def trainable(given: Any) -> Activation:
    if isinstance(given, str) and given in (known := activations()):  # nearly always
        return known[given]()
    if isinstance(given, Step) or is_step(given):
        raise ValueError(
            "A step function cannot be trained by gradient descent: its slope is 0 wherever it has"
            " one, so that no weight before it would move. Take 'logistic', its smooth form, or"
            " 'relu'. rosenblatt.Perceptron learns with a step by a rule without gradients, and"
            " rosenblatt.ThresholdNeuron computes with one."
        )
    if isinstance(given, Activation):
        return given
    if not isinstance(given, str):
        raise TypeError(
            f"activation takes names, objects such as LeakyReLU(0.1), or a list of these, one for"
            f" each hidden layer; got {brief(given)}."
        )
    return member(activations(), given, "activation", "an object of rosenblatt.activations")()
