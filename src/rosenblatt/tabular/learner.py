"""The table learner: encoded rows in, a mean of networks out.

Two encodings of the numbers, as pieces at the splits of a decision tree and between quantiles,
serve the networks in turn. Each network learns from all folds but one and keeps its best epoch on
that. A few recipes compete on the first two folds; the best one trains the other networks.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.engine.blas import blas_beside
from rosenblatt.engine.threads import allowed_threads, requested_threads
from rosenblatt.losses import Loss, SquaredError
from rosenblatt.model import EnsembleModel
from rosenblatt.network import PiecewiseLinear
from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.problem import Rows
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table.target import AnyTarget, ClassTarget
from rosenblatt.tabular.candidates import Candidate, candidates_for, widest
from rosenblatt.tabular.member import EpochNote, Member, network_for, train
from rosenblatt.tabular.objective import Errors
from rosenblatt.tabular.pieces import (
    Ranges,
    piecewise_layer,
    quantile_edges,
    sampled,
    tree_edges,
)
from rosenblatt.tabular.plan import operations_of, plan_for
from rosenblatt.tabular.preset import Preset
from rosenblatt.tabular.rows import Division, TrainingRows
from rosenblatt.tabular.temperature import scaled_down, temperature

__all__ = ["Learned", "Report", "learn"]

SQUARED = SquaredError()
Report = Callable[[int, EpochNote], None]
Planned = Callable[[int], None]

# Networks by which recipes are compared: this share of all, and as many at least.
PILOT_SHARE, FEWEST_PILOTS = 1 / 6, 2
MOST_COLUMNS = 256  # that get pieces
USABLE = 0.8  # of a time limit, that schedules are planned for


@final
@dataclass(frozen=True, eq=False)
class Learned:
    """What came of it.

    Attributes
    ----------
    model : EnsembleModel
        Its members in the order of their numbers, with calibrated scores.
    target : ClassTarget or NumberTarget
        As the members learnt it.
    members : tuple of Member
        Uncalibrated.
    outside : array (n_rows, n_outputs)
        Calibrated raw scores of each row by the networks that have not seen it; NaN without any.
    n_recipes : int
        That competed.
    interrupted : bool
        Whether the time was up before all was trained.
    """

    model: EnsembleModel
    target: AnyTarget
    members: tuple[Member, ...]
    outside: FloatArray
    n_recipes: int
    interrupted: bool


def learn(
    rows: TrainingRows,
    numeric: Sequence[int],
    target: AnyTarget,
    divisions: Sequence[Division],
    preset: Preset,
    *,
    seed: int,
    loss: Loss = SQUARED,
    n_jobs: int | None = None,
    stop: StopSignal | None = None,
    report: Report | None = None,
    planned: Planned | None = None,
) -> Learned | None:
    """Train the networks; None where the time was up before one of them had an epoch.

    Parameters
    ----------
    rows : TrainingRows
    numeric : sequence of int
        The features that are numbers.
    target : ClassTarget or NumberTarget
    divisions : sequence of Division
        One for each network.
    preset : Preset
    seed : int
    loss : Loss
        Of numbers: SquaredError() or AbsoluteError().
    n_jobs : int, optional
        Threads, each of which trains a network; results do not depend on it.
    stop : StopSignal, optional
    report : callable, optional
        Is told every epoch of every network.
    planned : callable, optional
        Is told how many epochs there are in all, as soon as that is known and when it changes.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C arrives before a network has an epoch; afterwards it ends the training, and what
        is trained by then is kept.
    """
    stop = stop or StopSignal()
    if stop.due:
        return None
    views = views_of(rows, numeric, target, preset, seed)
    work = Work(rows, divisions, views, seed, loss, stop, report)
    network = network_for(work.views[0], widest(len(rows)), target_outputs(target))
    n_train = len(divisions[0].train)
    allowed = preset.operations
    if math.isfinite(stop.deadline):
        allowed = min(allowed, work.operations_until(stop.deadline, target, n_jobs))
    plan = plan_for(preset, network, n_train, allowed)
    candidates = candidates_for(target, rows.y, rows.weights, plan.epochs, loss)
    n_members = min(plan.n_members, len(divisions))
    n_pilots = pilots_of(n_members)
    if planned is None:
        planned = no_plan
    of_pilots = n_pilots * sum(c.recipe.epochs for c in candidates)
    planned(of_pilots + (n_members - n_pilots) * plan.epochs)
    pilots = work.train([(k, c) for c in candidates for k in range(n_pilots)], n_jobs)
    by_candidate = [[m for c, m in pilots if c is one] for one in candidates]
    best = best_of(candidates, by_candidate, rows)
    if best is None:
        if stop.requested:
            raise KeyboardInterrupt
        return None
    chosen, members = best
    planned(of_pilots + (n_members - n_pilots) * chosen.recipe.epochs)
    members += [m for _, m in work.train([(k, chosen) for k in range(n_pilots, n_members)], n_jobs)]
    return concluded(rows, chosen, members, len(candidates), len(members) < n_members)


def pilots_of(n_members: int) -> int:
    """How many networks recipes are compared by."""
    return min(max(round(PILOT_SHARE * n_members), FEWEST_PILOTS), n_members)


def no_plan(n_epochs: int) -> None:
    pass


def target_outputs(target: AnyTarget) -> int:
    n_classes = len(target.classes) if isinstance(target, ClassTarget) else 1
    return n_classes if n_classes > 2 else 1


def views_of(
    rows: TrainingRows, numeric: Sequence[int], target: AnyTarget, preset: Preset, seed: int
) -> tuple[PiecewiseLinear, ...]:
    """The first layers of the networks, which take turns."""
    sample = sampled(len(rows), np.random.default_rng(seed))
    X, y, weights = rows.part(sample)
    few = len(numeric) <= MOST_COLUMNS
    n_pieces = max(2, preset.n_pieces // max(1, len(numeric))) if few else 0
    if not isinstance(target, ClassTarget):
        y = target.standardise(y)  # a tree takes small differences for none
    of_tree = tree_edges(y, isinstance(target, ClassTarget), weights)
    ranges = Ranges.of(rows.X)
    return tuple(
        piecewise_layer(X, numeric, n_pieces, edges, ranges) for edges in (of_tree, quantile_edges)
    )


@final
@dataclass(frozen=True, eq=False)
class Work:
    """What all networks have in common."""

    rows: TrainingRows
    divisions: Sequence[Division]
    views: tuple[PiecewiseLinear, ...]
    seed: int
    loss: Loss
    stop: StopSignal
    report: Report | None

    def member(self, number: int, candidate: Candidate) -> Member | None:
        view = self.views[number % len(self.views)]
        network = network_for(view, candidate.recipe, candidate.objective.n_outputs)
        return train(
            number,
            self.rows,
            self.divisions[number],
            network,
            candidate.objective,
            candidate.recipe,
            self.seed_of(number),
            self.stop,
            self.report,
        )

    def seed_of(self, number: int) -> int:
        return int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])

    def train(
        self, jobs: Iterable[tuple[int, Candidate]], n_jobs: int | None
    ) -> list[tuple[Candidate, Member]]:
        """The networks that have an epoch, in the order of the jobs."""
        pending = [Job(number, candidate) for number, candidate in jobs]

        def run(job: Job) -> None:
            job.member = self.member(job.number, job.candidate)

        beside = min(requested_threads(n_jobs), max(1, len(pending)))
        with blas_beside(beside), WorkerPool(allowed_threads(beside), self.stop) as pool:
            pool.run(run, pending)
        return [(job.candidate, job.member) for job in pending if job.member is not None]

    def operations_until(self, deadline: float, target: AnyTarget, n_jobs: int | None) -> float:
        """An estimate of what all threads do until then, by one epoch of a network."""
        left = (deadline - time.perf_counter()) * USABLE
        (candidate, *_) = candidates_for(target, self.rows.y, self.rows.weights, 1, self.loss)
        begun = time.perf_counter()
        self.member(0, candidate)
        seconds = time.perf_counter() - begun
        network = network_for(self.views[0], candidate.recipe, candidate.objective.n_outputs)
        of_epoch = operations_of(network, len(self.divisions[0].train))
        threads = allowed_threads(requested_threads(n_jobs))
        # The recipes that compete take as much as their networks again.
        n = len(self.divisions)
        share = n / (n + pilots_of(n))
        return max(left - seconds, 0.0) / seconds * of_epoch * threads * share


@final
@dataclass(eq=False)
class Job:
    """A network to train."""

    number: int
    candidate: Candidate
    member: Member | None = None


def best_of(
    candidates: Sequence[Candidate], trained: Sequence[list[Member]], rows: TrainingRows
) -> tuple[Candidate, list[Member]] | None:
    """The candidate whose networks do best on rows that they have not seen, of those with most."""
    most = max(map(len, trained))
    if not most:
        return None
    complete = [
        (candidate, members)
        for candidate, members in zip(candidates, trained, strict=True)
        if len(members) == most
    ]
    best, least = complete[0], errors_of(*complete[0], rows)
    for challenger in complete[1:]:
        errors = errors_of(*challenger, rows)
        if errors.are_less_than(least, weights_of(challenger[1], rows)):
            best, least = challenger, errors
    return best


def errors_of(candidate: Candidate, members: Sequence[Member], rows: TrainingRows) -> Errors:
    """Those of the rows that the candidate's networks have not seen."""
    y, weights = rows.targets(outside_of(members))
    scores = np.concatenate([m.scores for m in members])
    return candidate.objective.errors(scores, y, weights)


def weights_of(members: Sequence[Member], rows: TrainingRows) -> Float64Array | None:
    return rows.targets(outside_of(members))[1]


def outside_of(members: Sequence[Member]) -> Rows:
    return np.concatenate([m.division.validation for m in members])


def concluded(
    rows: TrainingRows,
    chosen: Candidate,
    members: list[Member],
    n_recipes: int,
    interrupted: bool,
) -> Learned:
    outside = scores_outside(rows, members)
    models = [m.model for m in members]
    if isinstance(chosen.target, ClassTarget):
        known = np.flatnonzero(np.isfinite(outside[:, 0]))
        codes, weights = rows.targets(known)
        T = temperature(outside[known], codes, weights)
        outside, models = outside / T, [scaled_down(model, T) for model in models]
    model = EnsembleModel(tuple(models))
    return Learned(model, chosen.target, tuple(members), outside, n_recipes, interrupted)


def scores_outside(rows: TrainingRows, members: Sequence[Member]) -> FloatArray:
    """Mean raw scores of each row by the networks that did not learn from it; NaN without any."""
    total = np.zeros((len(rows), members[0].scores.shape[1]))
    n_of = np.zeros((len(rows), 1))
    for member in members:
        total[member.division.validation] += member.scores
        n_of[member.division.validation] += 1
    return np.divide(total, n_of, out=np.full_like(total, np.nan), where=n_of > 0)
