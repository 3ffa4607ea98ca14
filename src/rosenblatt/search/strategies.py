"""In which order, and how far, the candidates of a search are trained."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from rosenblatt.search.run import Work
from rosenblatt.search.trials import Candidate

__all__ = ["FACTOR", "every", "halving", "rungs"]

# Of so many candidates one goes on from a rung of the halving, for so many times the epochs.
FACTOR = 3


def every(work: Work) -> None:
    """Each to its end: with a time limit in their order, else the largest first, so that the crew
    is busy until the last."""
    order = list(work.candidates)
    if math.isinf(work.halt.deadline):
        order.sort(key=lambda candidate: -candidate.n_parameters)
    work.crew.run(work.advance, [(c, t) for c in order for t in c.trials], work.done)


def halving(work: Work) -> None:
    """Successive halving over epochs (Jamieson and Talwalkar 2016).

    All candidates are trained for a part of their epochs, the best third of them for three times
    as many, and so on; each goes on from where it stands.
    """
    left = list(work.candidates)
    # The longest training is shared out: neither a shorter one nor a candidate that cannot even
    # begin may leave too few epochs for a rung.
    n_rungs = rungs(len(left), max(c.max_epochs for c in left))
    for rung in range(n_rungs):
        share = FACTOR ** (n_rungs - 1 - rung)
        for candidate in left:
            candidate.rung = rung
            candidate.until = math.ceil(candidate.max_epochs / share)
        work.crew.run(work.advance, [(c, t) for c in left for t in c.trials], work.done)
        if work.halt.due or rung == n_rungs - 1:
            return
        left.sort(key=partial(descending, work))
        kept = math.ceil(len(left) / FACTOR)
        for candidate in left[kept:]:
            candidate.eliminate()
            work.tell(candidate)
        left = left[:kept]


def rungs(n_candidates: int, max_iter: int) -> int:
    """Rungs until few candidates are left, as far as there are epochs to share out."""
    wanted = 1 + math.ceil(math.log(max(n_candidates, 1), FACTOR) - 1e-9)
    return max(1, min(wanted, 1 + math.floor(math.log(max_iter, FACTOR) + 1e-9)))


def descending(work: Work, candidate: Candidate) -> float:
    mean = work.compared(candidate)
    return math.inf if np.isnan(mean) else -mean
