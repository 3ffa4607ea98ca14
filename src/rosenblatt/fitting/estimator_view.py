"""An estimator in the midst of a fit, as one that predicts with the weights of the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rosenblatt.network import Network
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["view"]


def view(
    est: BaseMLP,
    network: Network,
    weights: FloatArray,
    state: FloatArray,
    *,
    names: bool = True,
) -> BaseMLP:
    """An estimator of the same attributes over `weights` and `state`, where they lie.

    What is learnt goes on being seen in its predictions. Without `names` it does not ask for the
    columns' names, which rows that have been prepared for the fit no longer have.
    """
    seen: BaseMLP = object.__new__(type(est))
    seen.__dict__.update(vars(est))
    if not names:
        seen.__dict__.pop("feature_names_in_", None)
    seen._publish(network, weights, state)
    return seen
