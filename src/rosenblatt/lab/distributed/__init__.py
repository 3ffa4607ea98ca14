"""Descent by several workers."""

from __future__ import annotations

from rosenblatt.lab.distributed.compressed import Compressed
from rosenblatt.lab.distributed.delayed import Delayed

EXPERIMENTS = (Delayed, Compressed)
