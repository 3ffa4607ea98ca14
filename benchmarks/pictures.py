"""Steps of convolutional networks and one picture's prediction, beside PyTorch and JAX.

    python -m benchmarks.pictures
    python -m benchmarks.pictures --case lenet5 "one picture" --repetitions 3 --seconds 0.2

LeNet-5 with 28 x 28 pictures in batches of 128, three convolutions of 3 x 3 on 32 x 32 x 3 in
batches of 128, AlexNet of 2012 in batches of 32, and LeNet-5's probabilities of one picture. A step
is forward, backward and Adam, in float32. PyTorch has three forms: as it comes, channels_last, and
`torch.compile`; JAX takes LeNet-5's steps in one jitted `lax.scan`, or one by one.
Everyone has a process of its own and takes turns; thread counts race apart, and the best counts.
Milliseconds are medians of wall time, or with `--clock cpu` of processor time, for a machine that
others use. Memory is the most that the process had, imports included.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from benchmarks.picture_cases import CASES, PictureCase
from benchmarks.picture_peers import CLOCKS, CONTENDERS
from benchmarks.timing import Contender, Outcome, Pace, race
from benchmarks.workers import Worker, environment

__all__ = ["main", "outcome_of", "table"]

OURS = "rosenblatt"
Memory = Mapping[tuple[str, int | None], float]  # MiB, by contender and threads


def outcome_of(
    case: PictureCase, names: Sequence[str], threads: Sequence[int], pace: Pace, clock: str
) -> tuple[Outcome, Memory]:
    with ExitStack() as stack:
        racing: list[Contender] = []
        workers: list[Worker] = []
        for name in names:
            for n in threads:
                command = (sys.executable, "-m", "benchmarks.picture_peers")
                worker = Worker(environment(n), (*command, case.name, name, str(n), clock))
                workers.append(stack.enter_context(worker))
                racing.append(Contender(name, n, "float32", worker.run))
        outcome = race(racing, pace)
        of = {(c.name, c.threads): worker for c, worker in zip(racing, workers, strict=True)}
        ran = [(t.contender.name, t.contender.threads) for t in outcome.timings]
        return outcome, {key: of[key].ask({"do": "memory"})["mebibytes"] for key in ran}


def table(case: PictureCase, outcome: Outcome, memory: Memory) -> list[str]:
    """A line for each contender at its best thread count, and what is asked of us."""
    best: dict[str, tuple[float, int | None]] = {}
    for timing in outcome.timings:
        name, milliseconds = timing.contender.name, 1e3 * timing.per_job.median / timing.steps
        if name not in best or milliseconds < best[name][0]:
            best[name] = milliseconds, timing.contender.threads
    lines = [f"{case.name}, batch {case.batch}"]
    for name, (milliseconds, threads) in sorted(best.items(), key=lambda item: item[1][0]):
        most = memory[name, threads]
        lines.append(f"  {name:24} {milliseconds:10.3f} ms {most:6.0f} MiB  threads: {threads}")
    for peer, asked in case.at_least.items():
        theirs = [taken for name, (taken, _) in best.items() if name.startswith(peer)]
        if theirs and OURS in best:
            ratio = min(theirs) / best[OURS][0]
            lines.append(f"  {ratio:.2f} times as fast as {peer}; asked: {asked:g}")
    theirs = [memory[name, best[name][1]] for name in best if name != OURS]
    if case.memory is not None and theirs and OURS in best:
        share = memory[OURS, best[OURS][1]] / min(theirs)
        lines.append(f"  {share:.2f} times the memory of the most frugal; asked: {case.memory:g}")
    told = {(out.name, out.reason) for out in outcome.left_out if out.failed}
    return lines + [f"  {name} is left out: {reason}" for name, reason in sorted(told)]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", nargs="*", choices=list(CASES), default=list(CASES))
    parser.add_argument("--peer", nargs="*", choices=list(CONTENDERS), default=list(CONTENDERS))
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of a turn, at least")
    parser.add_argument("--threads", type=int, nargs="*", help="1, and 2 where there are two")
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall", help="cpu: if it is busy")
    given = parser.parse_args(arguments)
    threads = given.threads or sorted({1, min(2, len(os.sched_getaffinity(0)))})
    pace = Pace(given.repetitions, given.seconds)
    for name in given.case:
        names = [p for p in given.peer if not p.startswith("JAX") or "JAX" in CASES[name].at_least]
        raced = outcome_of(CASES[name], names, threads, pace, given.clock)
        print("\n".join(table(CASES[name], *raced)), flush=True)


if __name__ == "__main__":
    main()
