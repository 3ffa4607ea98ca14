"""Environment steps a second while learning CartPole-v1 by REINFORCE, beside PyTorch.

    python -m benchmarks.agents

Everyone learns with the same sizes: policy and baseline of 64 and 64 tanh units, an update of the
policy after 2000 steps or more, five passes of the baseline over them in batches of 128, Adam,
float32; the same environment, made the same way. PyTorch has two forms: "plain" keeps the
logarithms of its probabilities with their graphs while it acts, as tutorials do; "fast" acts
without a graph, draws the action itself, and takes one pass over all rows at the update. Each
races with one thread and with two.

Needs gymnasium, and PyTorch for the peers.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, final

import numpy as np

from rosenblatt.agents import Reinforce

__all__ = ["main"]

ENV, GAMMA, N_STEPS, RATE, ENTROPY = "CartPole-v1", 0.99, 2000, 0.005, 0.01
VALUE_EPOCHS, VALUE_BATCH, CLIP = 5, 128, 0.5


@final
@dataclass(frozen=True)
class Run:
    """Steps that were taken, their wall and processor seconds, and the last episodes' return."""

    steps: int
    wall: float
    cpu: float
    returned: float


def timed(learn: Callable[[int, int], tuple[int, Sequence[float]]], steps: int, seed: int) -> Run:
    wall, cpu = time.perf_counter(), time.process_time()
    taken, returns = learn(steps, seed)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Run(taken, wall, cpu, float(np.mean(returns[-100:])))


def ours(steps: int, seed: int) -> tuple[int, Sequence[float]]:
    agent = Reinforce(random_state=seed).learn(ENV, steps)
    return agent.n_steps_, agent.episode_returns_


def pytorch(steps: int, seed: int, threads: int, plain: bool) -> tuple[int, Sequence[float]]:
    import gymnasium
    import torch
    from torch import nn
    from torch.distributions import Categorical

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    env = gymnasium.make(ENV)

    def network(n_outputs: int) -> Any:
        layers = [nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh()]
        return nn.Sequential(*layers, nn.Linear(64, n_outputs))

    policy, value = network(2), network(1)
    with torch.no_grad():
        policy[-1].weight *= 0.01
    optimizers = [torch.optim.Adam(n.parameters(), RATE, fused=True) for n in (policy, value)]
    returns: list[float] = []
    taken, scale = 0, 0.0
    observation, _ = env.reset(seed=seed)
    while taken < steps:
        rows, actions, rewards, ends, logs, levels = [], [], [], [], [], []
        over = False
        while len(rows) < N_STEPS or not over:
            if plain:
                drawn = Categorical(logits=policy(torch.from_numpy(observation)))
                chosen = drawn.sample()
                logs.append(drawn.log_prob(chosen))
                levels.append(drawn.entropy())
                action = chosen.item()
            else:
                with torch.inference_mode():
                    p = torch.softmax(policy(torch.from_numpy(observation)), 0)
                action = int(rng.random() >= p[0].item())
            rows.append(observation)
            actions.append(action)
            observation, reward, terminated, truncated, _ = env.step(action)
            rewards.append(reward)
            over = terminated or truncated
            if over:
                ends.append((len(rows), observation if truncated else None))
                observation, _ = env.reset()
        X = torch.from_numpy(np.array(rows))
        with torch.inference_mode():
            found = value(X)[:, 0].double().numpy() * scale
            ahead = [
                0.0 if o is None else value(torch.from_numpy(o)).item() * scale for _, o in ends
            ]
        targets, begin = np.empty(len(rows)), 0
        for (end, _), after in zip(ends, ahead, strict=True):
            returns.append(float(sum(rewards[begin:end])))
            for t in range(end - 1, begin - 1, -1):
                after = targets[t] = rewards[t] + GAMMA * after
            begin = end
        A = targets - found
        advantages = torch.from_numpy(((A - A.mean()) / (A.std() + 1e-8)).astype(np.float32))
        if plain:
            log_p, level = torch.stack(logs), torch.stack(levels)
        else:
            whole = Categorical(logits=policy(X))
            log_p, level = whole.log_prob(torch.tensor(actions)), whole.entropy()
        step(optimizers[0], policy, -(advantages * log_p).mean() - ENTROPY * level.mean())
        scale = scale or float(np.sqrt(np.mean(targets**2)))
        y = torch.from_numpy((targets / scale).astype(np.float32))
        for _ in range(VALUE_EPOCHS):
            for batch in torch.randperm(len(rows)).split(VALUE_BATCH):
                loss = ((value(X[batch])[:, 0] - y[batch]) ** 2).mean() / 2
                step(optimizers[1], value, loss)
        taken += len(rows)
    env.close()
    return taken, returns


def step(optimizer: Any, network: Any, loss: Any) -> None:
    from torch.nn.utils import clip_grad_norm_

    optimizer.zero_grad()
    loss.backward()
    clip_grad_norm_(network.parameters(), CLIP)
    optimizer.step()


def contenders(
    thread_counts: Sequence[int],
) -> dict[str, Callable[[int, int], tuple[int, Sequence[float]]]]:
    found: dict[str, Callable[[int, int], tuple[int, Sequence[float]]]] = {"rosenblatt": ours}
    for form, plain in (("plain", True), ("fast", False)):
        for threads in thread_counts:
            found[f"PyTorch, {form}, threads: {threads}"] = (
                lambda steps, seed, threads=threads, plain=plain: pytorch(
                    steps, seed, threads, plain
                )
            )
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2], help="of PyTorch")
    given = parser.parse_args(arguments)
    has_peers = find_spec("torch") is not None
    racing = contenders(given.threads if has_peers else ())
    if not has_peers:
        print("PyTorch is not installed: left out", file=sys.stderr)
    runs: dict[str, list[Run]] = {name: [] for name in racing}
    for repetition in range(given.repetitions):
        for name, learn in racing.items():
            runs[name].append(timed(learn, given.steps, 100 + repetition))
    print(f"{'':32} steps/s  steps/CPU s  return")
    for name, of_name in runs.items():
        wall, cpu, last = (
            statistics.median(values)
            for values in (
                [r.steps / r.wall for r in of_name],
                [r.steps / r.cpu for r in of_name],
                [r.returned for r in of_name],
            )
        )
        print(f"{name:32} {wall:7.0f} {cpu:12.0f} {last:7.1f}")


if __name__ == "__main__":
    main()
