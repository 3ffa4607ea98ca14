"""The process of a run: it reads one question, fits, predicts and answers."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar, final

import numpy as np

from benchmarks.memory import peak
from benchmarks.tables.contenders import CONTENDERS
from benchmarks.tables.data import TARGET, Task, read
from benchmarks.tables.scores import log_loss, misclassified, unexplained
from benchmarks.tables.splits import split

T = TypeVar("T")
MIB = 2**20


@final
@dataclass(frozen=True)
class Seconds:
    """Of the clock, and of all cores together (user and system, ended child processes too)."""

    wall: float
    cpu: float


def main() -> None:
    # What libraries print must not end up in the answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    question = json.loads(sys.stdin.readline())
    try:
        answer = measured(**question)
    except Exception as error:
        # A contender may fail in any way its library has; the others go on.
        words = str(error).strip().splitlines()
        answer = {"cannot": f"{type(error).__name__}: {words[0] if words else ''}"}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def measured(contender: str, path: str, seed: int, rows: int, threads: int) -> dict[str, Any]:
    """Imports and the reading of the data are over before the clock and the memory count."""
    table = read(Path(path))
    train, test = split(table.frame, seed, rows)
    task = table.task
    del table
    X, X_test = train.drop(columns=TARGET), test.drop(columns=TARGET)
    dtype = object if task is Task.CLASSIFICATION else np.float64
    y, y_test = (part[TARGET].to_numpy(dtype=dtype) for part in (train, test))
    del train, test
    model = CONTENDERS[contender](task, seed, threads)
    gc.collect()
    before = _start_peak()
    _, fit = _timed(lambda: model.fit(X, y))
    predicted, predict = _timed(lambda: model.predict(X_test))
    memory = peak() - before
    answer = {
        "task": task,
        "training_rows": len(X),
        "test_rows": len(X_test),
        "columns": X.shape[1],
        "fit_seconds": asdict(fit),
        "predict_seconds": asdict(predict),
        "memory_mib": memory,
        "data_mib": float(X.memory_usage(deep=True).sum()) / MIB,
    }
    if task is Task.REGRESSION:
        return {**answer, "error": unexplained(y_test, predicted), "log_loss": None}
    loss = log_loss(y_test, model.predict_proba(X_test), model.classes)
    return {**answer, "error": misclassified(y_test, predicted), "log_loss": loss}


def _timed(job: Callable[[], T]) -> tuple[T, Seconds]:
    cpu, wall = _cpu(), time.perf_counter()
    result = job()
    return result, Seconds(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _start_peak() -> float:
    """Lets the peak begin anew where the system can, and gives it, in MiB."""
    counter = Path("/proc/self/clear_refs")
    if counter.exists():
        counter.write_text("5")
    return peak()


if __name__ == "__main__":
    main()
