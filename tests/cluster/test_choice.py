"""compression='auto': by the cost of a step on the connections that there are."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.datasets import load_breast_cancer

from rosenblatt import MLPClassifier
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.actors import ServerActor
from rosenblatt.cluster.hardware import Link, Pace
from rosenblatt.cluster.modes import Asynchronous, Synchronous
from rosenblatt.cluster.plan import Automatic, ClusterPlan
from rosenblatt.cluster.report import ClusterReport
from tests.support.clusters import fitted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(0)) / X.std(0)
# 513 parameters of 8 bytes are 32,832 bits a way.
NETWORK: dict[str, Any] = {"hidden_layer_sizes": (16,), "max_iter": 2, "batch_size": 50}


def chosen(link: Link, seconds: float, plan: ClusterPlan | None = None) -> tuple[str, Any]:
    """The reason, and the fit."""
    report = ClusterReport()
    est = MLPClassifier(**NETWORK, random_state=0)
    plan = plan or ClusterPlan(2, compression=Automatic())
    return (fitted(est, plan, X, Y, link=link, pace=Pace(seconds), report=report), report)[::-1]


@pytest.mark.parametrize("mode", [Synchronous(), Asynchronous()])
def test_a_slow_connection_compresses(mode: Any) -> None:
    plan = ClusterPlan(3, mode=mode, compression=Automatic())
    dense = chosen(Link(1e6), 1e-3, ClusterPlan(3, mode=mode))[1]
    report, est = chosen(Link(1e6), 1e-3, plan)
    if mode.summed:  # up and down, and twice more the slower way
        whole, sparse = 1 + 4 * 32.832, 1 + 3 * 32.832 + 1
        assert f"a step takes {sparse:.3g} ms with it" in report.compression
        assert f"and {whole:.3g} ms without" in report.compression
        assert "compression top_k: at 1 Mbit/s" in report.compression
        assert est.history_[0]["bytes_sent"] < 0.6 * dense.history_[0]["bytes_sent"]
    else:  # three workers wait for the way back, which no compressor shortens
        assert report.compression.startswith("no compression: at 1 Mbit/s")
        assert est.history_[0]["bytes_sent"] == dense.history_[0]["bytes_sent"]


def test_a_fast_connection_does_not() -> None:
    for link, seconds in ((Link(), 1e-3), (Link(1e9), 1e-3), (Link(1e6), 10.0)):
        report, _ = chosen(link, seconds)
        assert report.compression.startswith("no compression: at")


def test_what_each_worker_has_done_is_reported() -> None:
    report = ClusterReport()
    est = MLPClassifier(**NETWORK, random_state=0)
    training = ClusterTraining(est, 3, compression="auto", address="inproc", report=report)
    model = training.fit(X, Y)
    assert [of.steps for of in report.workers] == [2 * 12] * 3
    total = sum(entry["bytes_sent"] for entry in model.history_)
    assert sum(of.bytes_sent for of in report.workers) == total
    assert report.compression.startswith("no compression: at ∞ Mbit/s")


def test_a_node_with_another_version_is_refused() -> None:
    job: Any = None
    with pytest.raises(RuntimeError, match=r"has rosenblatt .*, and the caller has 0\.0\.9: inst"):
        ServerActor(job, 0, "0.0.9")
