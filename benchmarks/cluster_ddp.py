"""The network of benchmarks.cluster, trained by PyTorch's DistributedDataParallel on Gloo.

    python benchmarks/cluster_ddp.py [--processes 2] [--steps 20] [--epochs 3]

784-1024-1024-10, float32, Adam, batches of 512 of which every process has its part, one thread
each. Prints the seconds of the fastest epoch, and nothing else. It imports no rosenblatt, so that
any Python with PyTorch can run it.
"""

from __future__ import annotations

import argparse
import os
import socket
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

BATCH = 512


def train(rank: int, processes: int, steps: int, epochs: int, port: int) -> None:
    torch.set_num_threads(1)
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "GLOO_SOCKET_IFNAME": "lo"}
    dist.init_process_group("gloo", rank=rank, world_size=processes)
    rng = np.random.default_rng(0)
    X = torch.from_numpy(rng.random((BATCH * steps, 784), np.float32))
    y = torch.from_numpy(rng.integers(0, 10, len(X)))
    torch.manual_seed(0)
    layers = [nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU()]
    network = nn.parallel.DistributedDataParallel(
        nn.Sequential(*layers, nn.Linear(1024, 10)),
        gradient_as_bucket_view=True,
        static_graph=True,
    )
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    loss_of = nn.CrossEntropyLoss()
    seconds = []
    for epoch in range(epochs):
        order = torch.from_numpy(np.random.default_rng(epoch).permutation(len(X)))
        dist.barrier()
        begun = time.perf_counter()
        for batch in order.split(BATCH):
            rows = batch[len(batch) * rank // processes : len(batch) * (rank + 1) // processes]
            optimizer.zero_grad()
            loss_of(network(X[rows]), y[rows]).backward()
            optimizer.step()
        dist.barrier()
        seconds.append(time.perf_counter() - begun)
    dist.destroy_process_group()
    if rank == 0:
        print(min(seconds), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=3)
    asked = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = asked.processes, asked.steps, asked.epochs, port
    mp.spawn(train, args=given, nprocs=asked.processes)


if __name__ == "__main__":
    main()
