"""A network trained by two workers on Ray beside two threads of one process, in one run.

    python -m benchmarks.cluster [--rounds 2] [--steps 117] [--torch PYTHON]

784-1024-1024-10, float32, batches of 512, as many steps an epoch as MNIST's 60,000 rows have.
Prints seconds of the fastest epoch, and the share of the one process's throughput. On two cores
this shows overhead, not speed-up. With the path of a Python that has PyTorch, its
DistributedDataParallel trains the same network in every round.
"""

from __future__ import annotations

import argparse
import subprocess
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from rosenblatt import MLPClassifier
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.ray_transport import RayTransport
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.estimators.access import fit_by
from rosenblatt.parallel.ray_cluster import connected

OPTIONS: dict[str, Any] = {
    "hidden_layer_sizes": (1024, 1024),
    "batch_size": 512,
    "max_iter": 3,
    "n_iter_no_change": 9,
    "random_state": 0,
    "dtype": "float32",
}
PLANS = {
    "2 workers": ClusterPlan(2),
    "2 workers, 2 servers": ClusterPlan(2, 2),
    "2 workers, local_steps=4": ClusterPlan(2, local_steps=4),
}


def fastest(estimator: MLPClassifier) -> float:
    """Seconds of the fastest epoch."""
    return float(min(entry["seconds"] for entry in estimator.history_))


def of_torch(python: str, steps: int) -> float:
    """Seconds of the fastest epoch of PyTorch's two processes."""
    command = [python, Path(__file__).with_name("cluster_ddp.py"), f"--steps={steps}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=117)
    parser.add_argument("--torch", metavar="PYTHON")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(0)
    X = rng.random((512 * asked.steps, 784), np.float32)
    y = rng.integers(0, 10, len(X))
    begun = time.perf_counter()
    with connected(None, 4, X.nbytes) as ray:
        print(f"the cluster has started after {time.perf_counter() - begun:.1f} s")
        for _ in range(asked.rounds):
            alone = fastest(MLPClassifier(**OPTIONS, n_jobs=2).fit(X, y))
            print(f"one process, two threads: {alone:.2f} s")
            if asked.torch:
                peer = of_torch(asked.torch, asked.steps)
                print(f"PyTorch, 2 processes: {peer:.2f} s, {alone / peer:.0%}", flush=True)
            for name, plan in PLANS.items():
                transport = RayTransport(ray)
                est = MLPClassifier(**OPTIONS)
                fit_by(est, partial(ClusterTrainer, plan=plan, transport=transport), X, y)
                transport.end()
                print(f"{name}: {fastest(est):.2f} s, {alone / fastest(est):.0%}", flush=True)


if __name__ == "__main__":
    main()
