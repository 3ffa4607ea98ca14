"""Bandwidth and latency of a connection, from arrays that go to a server and back."""

from __future__ import annotations

from contextlib import closing

import numpy as np

from rosenblatt.cluster.direct.client import DirectChannel
from rosenblatt.cluster.hardware import Link

__all__ = ["measured_link"]

ROUNDS = 5


def measured_link(address: tuple[str, int], token: bytes, n: int) -> Link:
    """The fastest of a few journeys of one number, and of n of them (float64, 100,000 at most).

    Raises
    ------
    OSError
        If the server cannot be reached.
    """
    targets = [np.zeros(1), np.zeros(max(2, min(n, 100_000)))]
    found = []
    for target in targets:
        with closing(DirectChannel([address], token, [target])) as channel:
            found.append(min(channel.echoed() for _ in range(ROUNDS)))
    short, long = found
    seconds = max(long - short, 0.1 * long) / 2  # of small arrays, less than what disturbs it
    return Link(8 * targets[1].nbytes / seconds, short / 2)
