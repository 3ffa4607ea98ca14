"""Checkpoints: the state of a fit, written to disk while it runs."""

from rosenblatt.checkpoints.checkpoint import Checkpoint, CheckpointWarning, checkpoint_of
from rosenblatt.checkpoints.store import Store, check_usable

__all__ = ["Checkpoint", "CheckpointWarning", "Store", "check_usable", "checkpoint_of"]
