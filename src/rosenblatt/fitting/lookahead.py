"""How many epochs the trainer may run in one call."""

from __future__ import annotations

from rosenblatt.fitting.epoch_runner import EpochRunner
from rosenblatt.fitting.history import EpochRecord
from rosenblatt.stopping import NoImprovement

__all__ = ["epochs_ahead"]

# Seconds that one call takes at most, so that records and Ctrl-C are not noticeably late.
MOMENT = 0.05


def epochs_ahead(latest: EpochRecord, runner: EpochRunner, stopping: NoImprovement) -> int:
    """Epochs that may run in one call; 1 where each of them depends on what follows the last.

    The work between two epochs takes a considerable share of the time of a small network, which
    one call for several of them saves.
    """
    if (
        runner.validate is not None
        or runner.divergence.rollback is not None
        or not runner.weights.evaluated.by_steps
        or not runner.learning_rate.control.foreseeable
        or not all(rule.only_time for rule in runner.rules)
    ):
        return 1
    before_a_stall = 1 + stopping.patience - stopping.count
    return int(min(before_a_stall, max(1.0, MOMENT / max(latest.seconds, MOMENT / 1000))))
