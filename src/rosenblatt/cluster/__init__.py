"""Training over a cluster: a parameter server, on Ray or simulated (theory G18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rosenblatt.cluster.training import ClusterTraining

__all__ = ["ClusterTraining"]


def __getattr__(name: str) -> Any:
    # Workers and servers import this package without it, and without scikit-learn's seconds.
    if name == "ClusterTraining":
        from rosenblatt.cluster.training import ClusterTraining

        return ClusterTraining
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
