"""How long the schedules are and how many networks there are, within an allowance of arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from rosenblatt.network import Network
from rosenblatt.tabular.preset import Preset

__all__ = ["Plan", "is_too_large", "operations_of", "plan_for", "rest_of"]

# Forward, and the gradients of inputs and weights: a multiplication and an addition each.
PER_WEIGHT = 6
PER_OUTPUT = 700  # exponentials, and scores that are written and read
# Large tables need fewer passes: so many rows are seen at least, in no fewer epochs.
ROWS_SEEN, FEWEST_PASSES = 1_200_000, 6
FAR_MORE = 4.0  # times what a preset allows
SHORTEST = 2  # epochs


@final
@dataclass(frozen=True)
class Plan:
    """Epochs of the longest schedule, and the number of networks."""

    epochs: int
    n_members: int


def operations_of(network: Network, n_rows: int) -> float:
    """Multiplications and additions of one epoch, or what takes as long."""
    return (PER_WEIGHT * network.cost() + PER_OUTPUT * network.n_outputs) * n_rows


def most_epochs(preset: Preset, network: Network, n_rows: int, operations: float) -> float:
    """Epochs of all networks together that the operations allow, and the preset's."""
    return min(operations, preset.operations) / operations_of(network, n_rows)


def fewest_epochs(preset: Preset, n_rows: int) -> int:
    """What a schedule over so many rows should have at least."""
    return min(max(math.ceil(ROWS_SEEN / n_rows), FEWEST_PASSES), preset.fewest_epochs)


def is_too_large(preset: Preset, network: Network, n_rows: int) -> bool:
    """Whether the fewest epochs of the fewest networks are far more than the preset allows."""
    fewest = fewest_epochs(preset, n_rows) * preset.fewest_members
    return fewest > FAR_MORE * most_epochs(preset, network, n_rows, math.inf)


def plan_for(
    preset: Preset, network: Network, n_rows: int, operations: float, *, bounded: bool = False
) -> Plan:
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
    bounded : bool
        Whether they must do, so that schedules may be as short as need be. Otherwise large tables
        may take more.
    """
    most = most_epochs(preset, network, n_rows, operations)
    fewest = fewest_epochs(preset, n_rows)
    if bounded:
        fewest = max(min(fewest, int(most / preset.fewest_members)), SHORTEST)
    epochs = min(max(int(most / preset.n_members), fewest), preset.epochs)
    members = min(max(int(most / epochs), preset.fewest_members), preset.n_members)
    return Plan(epochs, members)


def rest_of(plan: Plan, most_members: int, n_threads: int, epochs: float) -> Plan:
    """What is trained after the pilots, so that it ends in time.

    Time that is left over goes to more networks. Where it is short, schedules become shorter, and
    where they would be less than half as long, networks fewer.

    Parameters
    ----------
    plan : Plan
        Of the networks that are left to train.
    most_members : int
        As many as there would be without a limit.
    n_threads : int
        That train networks beside one another, each of which has its share of the time.
    epochs : float
        Of all networks together that there is time for.
    """
    enough = plan.epochs * max(plan.n_members, most_members) * n_threads
    epochs = min(epochs, enough)  # which may be infinite
    whole = int(epochs / plan.epochs / n_threads) * n_threads
    if whole >= plan.n_members:
        return Plan(plan.epochs, min(whole, most_members))
    for n_members in range(plan.n_members, 0, -1):
        turns = math.ceil(n_members / n_threads)
        each = min(plan.epochs, int(epochs / (turns * n_threads)))
        if each >= plan.epochs / 2:
            return Plan(each, n_members)
    return Plan(plan.epochs, 0)
