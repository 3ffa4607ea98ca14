"""Normalisations of a layer's pre-activations h = a W + b, before a learned scale and shift.

ĥ = (h - mean) / √(variance + ε), variance being the biased one; then z = γ ĥ + β.
"""

from rosenblatt.normalizations.base import Normalization, Statistics
from rosenblatt.normalizations.batch_norm import BatchNorm
from rosenblatt.normalizations.layer_norm import LayerNorm
from rosenblatt.normalizations.registration import register

__all__ = ["BatchNorm", "LayerNorm", "Normalization", "Statistics", "register"]

# Pickles and checkpoints name the classes by this module, whatever file they are in.
BatchNorm.__module__ = LayerNorm.__module__ = __name__
