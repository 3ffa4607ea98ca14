"""From the parameter `activation` to activations: a name, an object, or one of either a layer."""

from __future__ import annotations

from typing import Any

from rosenblatt.activations import Activation, Step
from rosenblatt.activations.registration import REGISTRY
from rosenblatt.options.wording import listed, nearest

__all__ = ["activation_names", "chosen_activations", "hidden_activations"]


def activation_names() -> list[str]:
    """What `activation` takes as a name, scikit-learn's and those of activations of one's own."""
    return list(REGISTRY.by_name)


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


def trainable(given: Any) -> Activation:
    if isinstance(given, Step) or given == "step":
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
            f" each hidden layer; got {given!r}."
        )
    record = REGISTRY.by_name.get(given)
    if record is None:
        names = activation_names()
        raise ValueError(
            f"activation={given!r} is not known{nearest(given, names)}:"
            f" choose among {listed(names)}, or give an object of rosenblatt.activations."
        )
    return record.cls()
