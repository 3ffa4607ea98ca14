"""The description of a network, and the layout of its one flat parameter vector."""

from rosenblatt.network.network import PENALISED, Dense, Network, beside_dense, fill

__all__ = ["PENALISED", "Dense", "Network", "beside_dense", "fill"]
