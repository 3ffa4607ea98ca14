"""Training over a cluster: a parameter server, on Ray or simulated (theory G18)."""

from rosenblatt.cluster.training import ClusterTraining

__all__ = ["ClusterTraining"]
