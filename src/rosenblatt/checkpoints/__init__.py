"""Checkpoints: a fit's state on disk, written as it goes."""

from rosenblatt.checkpoints.checkpoint import Checkpoint, checkpoint_of
from rosenblatt.checkpoints.store import Store

__all__ = ["Checkpoint", "Store", "checkpoint_of"]
