"""The libraries compared, each written as its good users write it."""

from benchmarks.peers.base import Peer
from benchmarks.peers.ours import Rosenblatt
from benchmarks.peers.sklearn_peer import ScikitLearn
from benchmarks.peers.torch_peer import PyTorch

__all__ = ["PEERS", "Peer"]

PEERS: tuple[Peer, ...] = (Rosenblatt(), ScikitLearn(), PyTorch())
