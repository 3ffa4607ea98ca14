"""The cost model of a step beside real servers and workers on a network of known bandwidth.

    sudo python -m benchmarks.cluster_cost [--mbit 1000 100] [--workers 1 2 4] [--steps 30]

Every process has a network namespace and a connection of its own, shaped by `tc` both ways, as one
machine each would have; they are the servers, workers and connections that run on Ray, without it.
A worker waits for the seconds that its gradient would take instead of computing it, so that four
of them do not share two cores. The gradients are those of 784-1024-1024-10 in float32, 7.5 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

import numpy as np

from rosenblatt.cluster.cost import StepCost
from rosenblatt.cluster.direct import DirectChannel, Listener
from rosenblatt.cluster.hardware import Link
from rosenblatt.cluster.messages import Join, Push, Reply
from rosenblatt.cluster.modes import Asynchronous, Mode, Synchronous
from rosenblatt.cluster.ranges import Range, cut
from rosenblatt.cluster.shard import ServerShard
from rosenblatt.cluster.update import DifferenceUpdate
from rosenblatt.cluster.worker import Computed, Work, Worker
from rosenblatt.engine import OptimizerState
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD
from rosenblatt.support.types import FloatArray

TOKEN, NUMBERS = bytes(32), count()
MODES: dict[str, Mode] = {"sync": Synchronous(), "async": Asynchronous()}


def parameters() -> Range:
    return cut(Network(784, (Dense(1024), Dense(1024), Dense(10))), 1)[0]


class Waiting(Work):
    """Steps that take a time instead of a processor."""

    def __init__(self, steps: int, seconds: float, share: float, n: int) -> None:
        self.steps, self.seconds, self.share = steps, seconds, share
        self.vector = np.random.default_rng(0).standard_normal(n).astype(np.float32)

    def compute(self, step: int, theta: FloatArray) -> Computed:
        time.sleep(self.seconds)
        return Computed(self.vector, 0.0, 1, self.share)


async def serve(host: str, mode: str, workers: int) -> None:
    part = parameters()
    theta = np.zeros(len(part), np.float32)
    update = DifferenceUpdate(part, OptimizerState.of(SGD(1.0), theta[:0]), 1)
    shard, waiting = ServerShard(theta, update, MODES[mode], workers), {}
    shard.begin(np.ones(0))

    async def answer(message: Join | Push) -> Reply:
        due = shard.push(message) if isinstance(message, Push) else shard.join(message)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        waiting[message.worker] = future
        for delivery in due:
            waiting.pop(delivery.worker).set_result(delivery.reply)
        return await future

    _, port = Listener(TOKEN, answer, 1 << 26).open(host)
    print(port, flush=True)
    await asyncio.sleep(3600)


def work(host: str, port: int, number: int, workers: int, steps: int, seconds: float) -> None:
    part = parameters()
    theta = np.zeros(len(part), np.float32)
    worker = Worker(number, 0, Waiting(steps, seconds, 1 / workers, len(part)), theta, [part.run])
    messages: Any = worker.begin()
    with closing(DirectChannel([(host, port)], TOKEN, [theta])) as channel:
        replies = channel.exchange(messages)
        begun = time.perf_counter()
        while (messages := worker.next(replies)) is not None:
            replies = channel.exchange(messages)
        print((time.perf_counter() - begun) / steps, flush=True)


def shell(line: str) -> None:
    subprocess.run(line.split(), check=True)


@contextmanager
def network(machines: int, mbit: int) -> Iterator[list[str]]:
    """Names of the namespaces, machine k at 10.77.0.(k + 1), joined by a bridge."""
    bridge = f"r{os.getpid() % 10**6}n{next(NUMBERS)}"  # devices go later than their namespaces
    names = [f"{bridge}m{k}" for k in range(machines)]
    shape = f"root tbf rate {mbit}mbit burst 64kb latency 200ms"
    try:
        shell(f"ip link add {bridge} type bridge")
        shell(f"ip link set {bridge} up")
        for k, name in enumerate(names):
            near, far = f"{bridge}a{k}", f"{bridge}b{k}"
            shell(f"ip netns add {name}")
            shell(f"ip link add {near} type veth peer name {far} netns {name}")
            shell(f"ip link set {near} master {bridge} up")
            shell(f"ip -n {name} addr add 10.77.0.{k + 1}/24 dev {far}")
            shell(f"ip -n {name} link set {far} up")
            shell(f"tc qdisc add dev {near} {shape}")
            shell(f"tc -n {name} qdisc add dev {far} {shape}")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", bridge], check=False, capture_output=True)


def measured(mode: str, workers: int, mbit: int, steps: int, seconds: float) -> float:
    """Seconds of a step, the mean of the workers'."""

    def started(name: str, *given: object) -> subprocess.Popen[str]:
        command = ["ip", "netns", "exec", name, sys.executable, "-m", "benchmarks.cluster_cost"]
        return subprocess.Popen([*command, *map(str, given)], stdout=subprocess.PIPE, text=True)

    with network(workers + 1, mbit) as names:
        server = started(names[0], "serve", "10.77.0.1", mode, workers)
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline())
            given = "work", "10.77.0.1", port
            running = [
                started(names[k + 1], *given, k, workers, steps, seconds) for k in range(workers)
            ]
            return float(np.mean([float(one.communicate()[0]) for one in running]))
        finally:
            server.kill()
            server.wait()


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(sys.argv[2], sys.argv[3], int(sys.argv[4])))
        return
    if sys.argv[1:2] == ["work"]:
        port, number, workers, steps = map(int, sys.argv[3:7])
        work(sys.argv[2], port, number, workers, steps, float(sys.argv[7]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mbit", type=int, nargs="+", default=[1000, 100])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=0.03, help="of computing")
    asked = parser.parse_args()
    size = 4 * len(parameters())
    print("mode   Mbit/s  workers  model ms  real ms  real / model")
    for mbit in asked.mbit:
        for workers in asked.workers:
            cost = StepCost(asked.seconds, size, size, Link(1e6 * mbit), workers)
            for mode, model in (("sync", cost.synchronous), ("async", cost.asynchronous)):
                real = measured(mode, workers, mbit, asked.steps, asked.seconds)
                print(
                    f"{mode:5} {mbit:7} {workers:8} {1e3 * model:9.0f} {1e3 * real:8.0f}"
                    f" {real / model:13.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
