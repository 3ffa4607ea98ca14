"""Networks for tables as they were published, with their defaults, by name."""

from collections.abc import Mapping
from typing import Final

from rosenblatt.tabular.networks.family import Course, NetworkFamily
from rosenblatt.tabular.networks.mlp import MLP
from rosenblatt.tabular.networks.realmlp import RealMLP
from rosenblatt.tabular.networks.tabm import TabM

__all__ = ["MLP", "NETWORKS", "Course", "NetworkFamily", "RealMLP", "TabM"]

NETWORKS: Final[Mapping[str, NetworkFamily]] = {
    family.name: family for family in (RealMLP(), TabM(), MLP())
}
