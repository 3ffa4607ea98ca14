"""An engine's process: `python -m benchmarks.serve_steps` takes steps of given shapes, one thread.

Which engine it is follows from PYTHONPATH. Questions and answers are lines of JSON; seconds are CPU
time of the thread.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import IO, Any

import numpy as np

from benchmarks.limit import large_product
from benchmarks.shapes import Shape
from rosenblatt import activations, engine, losses
from rosenblatt.initializers import GlorotUniform
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2

__all__ = ["stretch"]

OF_NAMES: dict[str, activations.Activation] = {
    "relu": activations.ReLU(),
    "tanh": activations.Tanh(),
    "logistic": activations.Sigmoid(),
}


def stretch(shape: Shape, dtype: str, steps: int) -> Callable[[], Any]:
    """A call that takes so many steps of Adam, with an L2 penalty, on rows in random order."""
    hidden = (Dense(n, OF_NAMES[shape.activation]) for n in shape.hidden)
    network = Network(shape.features, (*hidden, Dense(shape.outputs)))
    theta = network.initial_parameters(np.random.RandomState(0), GlorotUniform(), np.dtype(dtype))
    loss = losses.BinaryCrossEntropy() if shape.outputs == 1 else losses.CategoricalCrossEntropy()
    problem = Problem(network, loss, L2(1e-4), Adam(1e-3))
    data = shape.case(dtype).source.load().as_type(dtype)
    arrays = Arrays(data.X, data.y.astype(dtype)[:, None])
    state = engine.OptimizerState.of(problem.optimizer, theta)
    setup = engine.TrainingSetup(problem, arrays, theta, state, shape.batch, n_jobs=1)
    trainer = engine.trainer(setup)
    order = np.random.default_rng(1).integers(len(data.X), size=steps * shape.batch)
    return lambda: trainer.epoch(engine.EpochPlan(order, shape.batch, np.ones(steps)))


def main() -> None:
    """Answers every line of stdin with one line, until there is no more."""
    # What libraries print must not end up among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _serve(sys.stdin, answers)


def _serve(questions: IO[str], answers: IO[str]) -> None:
    product = cache(large_product)
    call: Callable[[], Any] | None = None
    for line in questions:
        question = json.loads(line)
        if question["do"] == "prepare":
            told = question["shape"]
            shape = Shape(**{**told, "hidden": tuple(told["hidden"])})
            call = stretch(shape, question["dtype"], question["steps"])
            seconds = _seconds(call)
        elif question["do"] == "large product":
            seconds = _seconds(product(question["dtype"]))
        else:
            assert call is not None
            seconds = _seconds(call)
        answers.write(json.dumps({"seconds": seconds}) + "\n")
        answers.flush()


def _seconds(call: Callable[[], Any]) -> float:
    begun = time.thread_time()
    call()
    return time.thread_time() - begun


if __name__ == "__main__":
    main()
