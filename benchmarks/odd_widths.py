"""Training steps of dense networks of odd widths: which share of the machine's limit they reach.

    python -m benchmarks.odd_widths
    python -m benchmarks.odd_widths --against OTHER/src    # beside another checkout's engine

Forty shapes from a fixed seed (`shapes.py`), each a step of Adam with an L2 penalty, rows in random
order, one thread. The limit is that of `limit.py`, by the rate of SciPy's BLAS on a large product
of the same type, measured around each shape.

Engines take turns of a few milliseconds. What counts is the thread's CPU time, and of the turns the
fastest tenth, so that a busy machine disturbs little: where the core's other half is busy, the
large product is slower as well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import final

import numpy as np

from benchmarks import machine
from benchmarks.limit import PRODUCT_FLOPS, Limit, Rates, stream_rate, training_work
from benchmarks.shapes import Shape, drawn
from benchmarks.workers import Worker, environment

TYPES = ("float32", "float64")
COMMAND = (sys.executable, "-m", "benchmarks.serve_steps")
# Of which a turn's number of steps follows; no more than that.
ROUGH_RATE = {"float32": 6e10, "float64": 3e10}


@final
@dataclass(frozen=True)
class Measured:
    """Seconds of the limit, and of a step of every engine."""

    shape: Shape
    dtype: str
    limit: float
    seconds: tuple[float, ...]

    @property
    def share(self) -> float:
        return self.limit / self.seconds[0]

    def line(self) -> str:
        others = "".join(f"  {1e6 * s:9.1f} {self.seconds[0] / s:6.3f}" for s in self.seconds[1:])
        return (
            f"{self.shape.name:44} {self.dtype} {1e6 * self.limit:9.1f}"
            f" {1e6 * self.seconds[0]:9.1f} {self.share:7.1%}{others}"
        )


def measured(
    shape: Shape, dtype: str, workers: Sequence[Worker], stream: float, turns: int, seconds: float
) -> Measured:
    """Of `turns` turns of about so many seconds each."""
    case = shape.case(dtype)
    work = training_work(case, case.source.rows, case.source.rows * shape.features)
    steps = max(2, round(seconds * ROUGH_RATE[dtype] / work.flops))
    for worker in workers:
        worker.ask({"do": "prepare", "shape": asdict(shape), "dtype": dtype, "steps": steps})
    found = np.empty((turns, len(workers)))
    products = []
    for turn in range(turns):
        for i in np.roll(np.arange(len(workers)), turn).tolist():
            found[turn, i] = workers[i].ask({"do": "turn"})["seconds"] / steps
        if turn in (0, turns // 2, turns - 1):
            products.append(workers[0].ask({"do": "large product", "dtype": dtype})["seconds"])
    least = Limit.of(work, Rates(1, PRODUCT_FLOPS / min(products), stream)).seconds
    return Measured(shape, dtype, least, tuple(np.quantile(found, 0.1, axis=0).tolist()))


def summary(results: Sequence[Measured]) -> Iterator[str]:
    for dtype in TYPES:
        of_type = [one for one in results if one.dtype == dtype]
        if not of_type:
            continue
        worst = min(of_type, key=lambda one: one.share)
        median = np.median([one.share for one in of_type])
        yield f"{dtype}: median share {median:.1%}, least {worst.share:.1%} ({worst.shape.name})"
        for other in range(1, len(worst.seconds)):
            ratios = [one.seconds[0] / one.seconds[other] for one in of_type]
            yield (
                f"  steps take {np.median(ratios):.3f} of the other engine's,"
                f" {min(ratios):.3f} to {max(ratios):.3f}"
            )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.odd_widths", description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="of shapes")
    parser.add_argument("--seed", type=int, default=0, help="of the shapes")
    parser.add_argument("--dtype", nargs="+", choices=TYPES, default=TYPES)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.008, help="of a turn")
    parser.add_argument(
        "--against", nargs="*", type=Path, default=(), help="folders with another rosenblatt each"
    )
    given = parser.parse_args(arguments)
    print(f"{machine.describe()['cpu']}, load {machine.load_average()}")
    print(f"{'microseconds a step:':44} {'':7} {'limit':>9} {'measured':>9} {'share':>7}", end="")
    print("  " + "  others, ratio" * len(given.against))
    results = []
    with ExitStack() as stack:
        here = environment(1)
        others = [here | {"PYTHONPATH": str(path.resolve())} for path in given.against]
        workers = [stack.enter_context(Worker(env, COMMAND)) for env in (here, *others)]
        stream = stream_rate(1, 3)
        for dtype in given.dtype:
            for shape in drawn(given.count, given.seed):
                one = measured(shape, dtype, workers, stream, given.turns, given.seconds)
                results.append(one)
                print(one.line(), flush=True)
    print("\n".join(summary(results)))


if __name__ == "__main__":
    main()
