"""The libraries compared, each written as its good users write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import Case, case_named
from benchmarks.peers.base import Peer, Prepared
from benchmarks.peers.compile_peer import TorchCompile
from benchmarks.peers.jax_peer import JAX
from benchmarks.peers.ours import BFloat16, Predictor, Rosenblatt
from benchmarks.peers.sklearn_peer import ScikitLearn
from benchmarks.peers.torch_peer import PyTorch
from benchmarks.timing import Lap

__all__ = ["PEERS", "Peer", "prepare"]

PEERS: tuple[Peer, ...] = (
    Rosenblatt(),
    BFloat16(),
    Predictor(),
    ScikitLearn(),
    PyTorch(),
    TorchCompile(),
    JAX(),
)


def prepare(task: dict[str, Any]) -> tuple[Callable[[], Lap], dict[str, Any]]:
    """In a worker: the job that a task names, and what is to be told of it."""
    if task["do"] == "whole fit":
        return _whole_fit(task)
    (peer,) = (peer for peer in PEERS if peer.name == task["peer"])
    case = case_named(task["case"], task["quick"])
    if not isinstance(case, Case):
        return _told(peer.prediction(case, task["threads"]), {})
    data = case.source.load().as_type(case.dtype)
    return _told(peer.training(case, data, task["threads"]), data.facts())


def _told(prepared: Prepared, facts: dict[str, Any]) -> tuple[Callable[[], Lap], dict[str, Any]]:
    return prepared.run, {"setup": prepared.setup, "facts": facts}


def _whole_fit(task: dict[str, Any]) -> tuple[Callable[[], Lap], dict[str, Any]]:
    """One `fit` at the library's defaults."""
    from benchmarks.data import BREAST_CANCER
    from benchmarks.peers import ours, sklearn_peer
    from benchmarks.peers.estimator import Fit

    classifier = (ours if task["peer"] == "rosenblatt" else sklearn_peer).classifier
    data = BREAST_CANCER.load().as_type(task["dtype"])
    run = Fit(lambda: classifier(random_state=0), data, batch=min(200, len(data.y)))
    return run, {"setup": {}, "facts": data.facts()}
