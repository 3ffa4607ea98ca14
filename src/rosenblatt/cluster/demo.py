"""A cluster of two nodes on this machine, a training on it, and a worker that is killed on the way.

python -m rosenblatt.cluster.demo      (or: make cluster-demo)
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from functools import partial
from typing import Any

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.ray_transport import RayTransport
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.estimators import MLPClassifier
from rosenblatt.estimators.access import fit_by
from rosenblatt.parallel.ray_cluster import started_nodes

__all__ = ["main"]

PLAN = ClusterPlan(workers=4, servers=2)
EPOCHS = 5


def main() -> None:
    """Run the demonstration, and print what happens."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = load_digits(return_X_y=True)
    X = X / 16
    print("starting two nodes on this machine ...", flush=True)
    with started_nodes(2, cpus=3) as (ray, _):
        print(f"{len(ray.nodes())} nodes; 4 workers and 2 servers train 64-32-10 on digits")
        transport = RayTransport(ray)

        def watch(event: Any) -> None:
            entry = event.record
            lost = f", {entry['workers_lost']} worker replaced" if entry["workers_lost"] else ""
            print(
                f"epoch {event.epoch}: loss {entry['loss']:.4f}, {entry['rows']} rows,"
                f" {entry['bytes_sent'] / 1e6:.1f} MB{lost}",
                flush=True,
            )
            if event.epoch == 2:
                pid = transport.process_of(0)
                threading.Timer(0.3 * entry["seconds"], os.kill, (pid, signal.SIGKILL)).start()
                print(f"worker 0 (process {pid}) will be killed in the next epoch", flush=True)

        est = MLPClassifier((32,), batch_size=16, max_iter=EPOCHS, random_state=0)
        try:
            whole = est.set_params(callbacks=[watch])
            fit_by(whole, partial(ClusterTrainer, plan=PLAN, transport=transport), X, y)
        finally:
            transport.end()
    calm = MLPClassifier((32,), batch_size=16, max_iter=EPOCHS, random_state=0)
    fit_by(calm, partial(ClusterTrainer, plan=PLAN, transport=InProcess()), X, y)
    same = (whole.model_.parameters == calm.model_.parameters).all()
    print(f"accuracy {whole.score(X, y):.3f}; the parameters are", end=" ")
    print("those of an undisturbed training, to the bit" if same else "NOT those undisturbed")


if __name__ == "__main__":
    main()
