"""Messages between workers and servers by TCP: arrays and numbers, and never pickles (G18)."""

from rosenblatt.cluster.direct.client import DirectChannel
from rosenblatt.cluster.direct.listener import Listener
from rosenblatt.cluster.direct.measuring import measured_link

__all__ = ["DirectChannel", "Listener", "measured_link"]
