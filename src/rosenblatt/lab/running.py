"""Runs an experiment: declares, measures, judges."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from numbers import Integral

from rosenblatt.engine.blas_threads import one_thread_blas
from rosenblatt.errors import InputError
from rosenblatt.lab.estimate import Estimate
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.interruption import Interrupted, interrupts_passed_on
from rosenblatt.lab.observation import Figure, Progress, Sample, Table
from rosenblatt.lab.registry import experiment_of
from rosenblatt.lab.result import Result
from rosenblatt.lab.verdict import judge
from rosenblatt.support.listing import brief

__all__ = ["perform", "run"]


def run(
    id: str,
    *,
    quick: bool = False,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Run the experiment of this id.

    Parameters
    ----------
    id : str
        As in docs/theory.md, such as "L16"; upper or lower case.
    quick : bool
        With fewer seeds, steps and rows.
    seed : int
        What is random follows from it.
    progress : callable, optional
        Is told (parts done, parts in all).

    Returns
    -------
    Result
        After Ctrl-C what was measured until then, without a verdict.

    Raises
    ------
    InputError
        A ValueError: if there is no such experiment, where the message names the nearest ones, or
        the seed is no whole number from 0 on.
    """
    if not isinstance(seed, Integral) or seed < 0:
        raise InputError(f"seed={brief(seed)} is none: give a whole number from 0 on")
    return perform(experiment_of(id), Conditions(seed, quick), progress)


def perform(
    experiment: Experiment,
    conditions: Conditions,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Run this experiment; see `run`."""
    begun = time.perf_counter()
    declaration = experiment.declare(conditions)
    samples = defaultdict[str, list[float]](list)
    tables, figures = list[Table](), list[Figure]()
    is_whole = False
    try:
        # Arrays are small: threads of BLAS wait for one another, ten times as long on a busy
        # machine, and how many there are would decide the last bits.
        with one_thread_blas(), interrupts_passed_on():
            for seen in experiment.measure(conditions):
                match seen:
                    case Sample(key, value):
                        samples[key].append(float(value))
                    case Table():
                        tables.append(seen)
                    case Figure():
                        figures.append(seen)
                    case Progress(done, total):
                        if progress is not None:
                            progress(done, total)
        is_whole = True
    except (KeyboardInterrupt, Interrupted):
        pass
    estimates = {key: Estimate.of(values) for key, values in samples.items()}
    return Result(
        experiment,
        conditions,
        declaration,
        estimates,
        tuple(tables),
        tuple(figures),
        judge(declaration, estimates) if is_whole else None,
        time.perf_counter() - begun,
    )
