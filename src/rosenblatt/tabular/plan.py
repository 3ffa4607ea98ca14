"""How long the schedules are and how many networks there are, within an allowance of arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from rosenblatt.network import Network
from rosenblatt.tabular.preset import Preset

__all__ = ["Plan", "operations_of", "plan_for"]

# Forward, and the gradients of inputs and weights: a multiplication and an addition each.
PER_WEIGHT = 6
# Large tables need fewer passes: so many rows are seen at least, in no fewer epochs.
ROWS_SEEN, FEWEST_PASSES = 1_200_000, 6


@final
@dataclass(frozen=True)
class Plan:
    """Epochs of the longest schedule, and the number of networks."""

    epochs: int
    n_members: int


def operations_of(network: Network, n_rows: int) -> float:
    """Multiplications and additions of one epoch."""
    return PER_WEIGHT * network.cost() * n_rows


def plan_for(preset: Preset, network: Network, n_rows: int, operations: float) -> Plan:
    """The longest schedule and the most networks that the operations allow.

    Parameters
    ----------
    preset : Preset
    network : Network
        The largest one.
    n_rows : int
        That each network learns from.
    operations : float
        No more than the preset's count.
    """
    of_epoch = operations_of(network, n_rows)
    most = min(operations, preset.operations) / of_epoch
    fewest = max(math.ceil(ROWS_SEEN / n_rows), FEWEST_PASSES)
    fewest = min(fewest, preset.fewest_epochs)
    epochs = min(max(int(most / preset.n_members), fewest), preset.epochs)
    members = min(max(int(most / epochs), preset.fewest_members), preset.n_members)
    return Plan(epochs, members)
