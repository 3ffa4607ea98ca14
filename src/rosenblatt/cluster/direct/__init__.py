"""Messages between workers and servers by TCP: arrays and numbers, and never pickles (G18)."""

from rosenblatt.cluster.direct.client import DirectChannel
from rosenblatt.cluster.direct.listener import Listener

__all__ = ["DirectChannel", "Listener"]
