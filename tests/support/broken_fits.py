"""Fits with checkpoints that are broken off."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkpointed import (
    estimator,
    fitted,
)

# Processes that have what they need already: killed in the middle of it, not of an import.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["tests.support.checkpointed"])


class Broken(Exception):
    """What a callback breaks a fit off with."""


def broken_off(way: str, path: Path, epoch: int, **changed: Any) -> None:
    """Fit as far as the callback of an epoch, after the checkpoint of the one before."""

    def breaks(told: Any) -> None:
        if told.epoch == epoch:
            raise Broken

    with pytest.raises(Broken):
        fitted(estimator(way, path, callbacks=[breaks], **changed))


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
