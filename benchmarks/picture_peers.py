"""Contenders of `benchmarks.pictures`, each in a process of its own: JSON questions, JSON answers.

    python -m benchmarks.picture_peers CASE CONTENDER THREADS CLOCK

Each prepares a call that does one job: the case's steps of Adam, or one prediction. Seconds are
those of a clock on the wall, or of all threads of the process on processors. Asked for its memory,
a process tells the most that it had, in MiB.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.memory import peak
from benchmarks.picture_cases import CASES, PictureCase, as_torch

__all__ = ["CLOCKS", "CONTENDERS", "main"]

RATE, BETAS, EPSILON = 1e-3, (0.9, 0.999), 1e-8
Job = Callable[[], Any]
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def ours(case: PictureCase, threads: int) -> Job:
    from rosenblatt import engine
    from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
    from rosenblatt.initializers import GlorotUniform
    from rosenblatt.losses import CategoricalCrossEntropy
    from rosenblatt.model import Model, Predictor
    from rosenblatt.optimizers import Adam
    from rosenblatt.problem import Arrays, Problem
    from rosenblatt.regularization.penalties import L2

    network = case.network()
    theta = network.initial_parameters(np.random.RandomState(0), GlorotUniform(), np.float32)
    X, y = case.pictures()
    rows = X.reshape(len(X), -1)
    if not case.trains:
        predict = Predictor(Model(network, theta, CategoricalCrossEntropy()), n_jobs=threads)
        return lambda: predict(rows)
    optimizer = Adam(RATE)
    problem = Problem(network, CategoricalCrossEntropy(), L2(0.0), optimizer)
    state = OptimizerState.of(optimizer, theta)
    state.seed = 1
    arrays = Arrays(rows, y[:, None].astype(np.float32))
    trainer = engine.trainer(
        TrainingSetup(problem, arrays, theta, state, case.batch, n_jobs=threads)
    )
    order = np.arange(len(X))
    return lambda: trainer.epoch(EpochPlan(order, case.batch, np.ones(case.steps)))


def pytorch(
    case: PictureCase, threads: int, *, channels_last: bool = False, compiled: bool = False
) -> Job:
    import torch

    torch.set_num_threads(threads)
    given, y = case.pictures()
    X, targets = torch.from_numpy(given).permute(0, 3, 1, 2), torch.from_numpy(y)
    model = as_torch(case)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    X, model = X.contiguous(memory_format=layout), model.to(memory_format=layout)
    criterion = torch.nn.CrossEntropyLoss()
    if not case.trains:
        model.eval()
        called = torch.compile(model) if compiled else model

        def predict() -> Any:
            with torch.inference_mode():
                return torch.softmax(called(X), 1)

        return predict
    optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)

    def loss_of(x: Any, t: Any) -> Any:
        return criterion(model(x), t)

    forward = torch.compile(loss_of) if compiled else loss_of

    def steps() -> None:
        for x, t in zip(X.split(case.batch), targets.split(case.batch), strict=True):
            optimizer.zero_grad()
            forward(x, t).backward()
            optimizer.step()

    return steps


def jax_steps(case: PictureCase, threads: int, *, scanned: bool) -> Job:
    """LeNet-5 alone: Adam written out, its state donated; its pool has as many cores as threads.

    All steps are one jitted `lax.scan`, or each is a jitted call.
    """
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import jax
    import jax.numpy as jnp
    from jax import lax

    if case.name != "lenet5":
        raise ValueError("JAX races LeNet-5 alone")
    network, (given, y) = case.network(), case.pictures()
    X = jnp.asarray(given).reshape(case.steps, case.batch, *case.shape)
    targets = jnp.asarray(y).reshape(case.steps, case.batch)
    rng = np.random.default_rng(0)
    theta = [
        (0.1 * rng.normal(size=shapes["weight"])).astype(np.float32)
        if name == "weight"
        else np.zeros(shapes["bias"], np.float32)
        for shapes in network.parameter_shapes
        if shapes
        for name in ("weight", "bias")
    ]

    def scores(p: Any, x: Any) -> Any:
        for k, padding in ((0, 2), (2, 0)):
            border = [(padding, padding)] * 2
            form = ("NHWC", "HWIO", "NHWC")
            x = lax.conv_general_dilated(x, p[k], (1, 1), border, dimension_numbers=form)
            x = jnp.tanh(x + p[k + 1])
            n, height, width, channels = x.shape
            x = x.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
        x = x.reshape(len(x), -1)
        for k in (4, 6):
            x = jnp.tanh(x @ p[k] + p[k + 1])
        return x @ p[8] + p[9]

    def loss(p: Any, x: Any, t: Any) -> Any:
        return -jnp.take_along_axis(jax.nn.log_softmax(scores(p, x)), t[:, None], 1).mean()

    def step(state: Any, batch: Any) -> Any:
        p, m, v, count = state
        gradient = jax.grad(loss)(p, *batch)
        count = count + 1
        m = [BETAS[0] * a + (1 - BETAS[0]) * g for a, g in zip(m, gradient, strict=True)]
        v = [BETAS[1] * a + (1 - BETAS[1]) * g * g for a, g in zip(v, gradient, strict=True)]
        first, second = (1 - beta**count for beta in BETAS)
        p = [
            q - RATE * (a / first) / (jnp.sqrt(b / second) + EPSILON)
            for q, a, b in zip(p, m, v, strict=True)
        ]
        return (p, m, v, count), None

    steps = jax.jit(lambda state: lax.scan(step, state, (X, targets))[0], donate_argnums=0)
    p = [jnp.asarray(array) for array in theta]
    kept: list[Any] = [(p, [0 * a for a in p], [0 * a for a in p], jnp.float32(0))]

    one = jax.jit(lambda state, batch: step(state, batch)[0], donate_argnums=0)

    def job() -> None:
        state = kept[0]
        if scanned:
            state = steps(state)
        else:
            for batch in zip(X, targets, strict=True):
                state = one(state, batch)
        kept[0] = jax.block_until_ready(state)

    return job


CONTENDERS: dict[str, Callable[[PictureCase, int], Job]] = {
    "rosenblatt": ours,
    "PyTorch": pytorch,
    "PyTorch, channels_last": lambda case, n: pytorch(case, n, channels_last=True),
    "PyTorch, torch.compile": lambda case, n: pytorch(case, n, channels_last=True, compiled=True),
    "JAX, scan": lambda case, n: jax_steps(case, n, scanned=True),
    "JAX, step by step": lambda case, n: jax_steps(case, n, scanned=False),
}


def main(arguments: Sequence[str] | None = None) -> None:
    name, contender, threads, clock_name = sys.argv[1:] if arguments is None else arguments
    case, clock = CASES[name], CLOCKS[clock_name]
    try:
        job = CONTENDERS[contender](case, int(threads))
        job()  # compiles, and fills caches
    except Exception as error:
        words = str(error).strip().splitlines()
        print(json.dumps({"cannot": f"{type(error).__name__}: {words[0] if words else ''}"}))
        return
    for line in sys.stdin:
        question = json.loads(line)
        if question["do"] == "memory":
            print(json.dumps({"mebibytes": peak()}), flush=True)
            continue
        jobs = question["jobs"]
        begun = clock()
        for _ in range(jobs):
            job()
        seconds = (clock() - begun) / jobs
        told = {"seconds": seconds, "steps": case.steps, "loss": None, "loss_curve": []}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
