"""Search strategies: the order in which candidates are trained, and for how many epochs."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from rosenblatt.search.run import SearchRun
from rosenblatt.search.trials import Candidate

__all__ = ["FACTOR", "every", "halving", "rungs"]

# Each rung of halving keeps one of so many candidates, for so many times the epochs.
FACTOR = 3


def every(run: SearchRun) -> None:
    """Train every candidate to its end.

    Without a time limit the largest come first, so that all threads are busy until the end; with
    one, candidates keep their order.
    """
    order = list(run.candidates)
    if math.isinf(run.stop.deadline):
        order.sort(key=lambda candidate: -candidate.n_parameters)
    run.pool.run(run.advance, [(c, t) for c in order for t in c.trials], run.done)


def halving(run: SearchRun) -> None:
    """Successive halving over epochs (Jamieson and Talwalkar 2016).

    All candidates are trained for a fraction of their epochs, the best third for three times as
    many, and so on; each continues from its own state.
    """
    left = list(run.candidates)
    # By the longest training: a shorter one, or a candidate that fails at once, must not leave too
    # few epochs for a rung.
    n_rungs = rungs(len(left), max(c.max_epochs for c in left))
    for rung in range(n_rungs):
        share = FACTOR ** (n_rungs - 1 - rung)
        for candidate in left:
            candidate.rung = rung
            candidate.until = math.ceil(candidate.max_epochs / share)
        run.pool.run(run.advance, [(c, t) for c in left for t in c.trials], run.done)
        if run.stop.due or rung == n_rungs - 1:
            return
        left.sort(key=partial(descending, run))
        kept = math.ceil(len(left) / FACTOR)
        for candidate in left[kept:]:
            candidate.eliminate()
            run.report_once(candidate)
        left = left[:kept]


def rungs(n_candidates: int, max_iter: int) -> int:
    """The number of rungs until few candidates are left, bounded by the number of epochs."""
    wanted = 1 + math.ceil(math.log(max(n_candidates, 1), FACTOR) - 1e-9)
    return max(1, min(wanted, 1 + math.floor(math.log(max_iter, FACTOR) + 1e-9)))


def descending(run: SearchRun, candidate: Candidate) -> float:
    mean = run.compared(candidate)
    return math.inf if np.isnan(mean) else -mean
