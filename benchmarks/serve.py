"""A contender's process: `python -m benchmarks.serve` prepares one job and runs it on demand."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import IO, Any

from benchmarks.timing import CannotRun, Lap


def main() -> None:
    """Answers every line of stdin with one line, until there is no more."""
    # What libraries print must not end up among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _serve(sys.stdin, answers)


def _serve(questions: IO[str], answers: IO[str]) -> None:
    run = None
    for line in questions:
        question = json.loads(line)
        try:
            if question["do"] == "run":
                assert run is not None
                answer: dict[str, Any] = asdict(_turn(run, question["jobs"]))
            elif question["do"] == "probe":
                from benchmarks.limit import measured_rates

                answer = asdict(measured_rates(question["threads"], question["repetitions"]))
            elif question["do"] == "many fits":
                from benchmarks.many import prepare_many_fits

                run, answer = prepare_many_fits(question)
            else:
                from benchmarks.peers import prepare

                run, answer = prepare(question)
        except CannotRun as reason:
            answer = {"cannot": str(reason)}
        except Exception as error:
            # A peer may fail in any way its library has; the race goes on without it.
            words = str(error).strip().splitlines()
            answer = {"cannot": f"{type(error).__name__}: {words[0] if words else ''}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _turn(run: Any, jobs: int) -> Lap:
    laps = [run() for _ in range(jobs)]
    last = laps[-1]
    return Lap(sum(lap.seconds for lap in laps) / jobs, last.steps, last.loss, last.loss_curve)


if __name__ == "__main__":
    main()
