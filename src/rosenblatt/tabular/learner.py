"""The table learner: encoded rows in, a mean of networks out.

Two encodings of the numbers, as pieces at the splits of a decision tree and between quantiles,
serve the networks in turn. Each network learns from all folds but one and keeps its best epoch on
that. A few recipes compete on the first two folds; the best one trains the other networks.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rosenblatt.engine.blas import blas_beside
from rosenblatt.engine.threads import allowed_threads, requested_threads
from rosenblatt.losses import Loss, SquaredError
from rosenblatt.model import EnsembleModel
from rosenblatt.network import Network, PiecewiseLinear
from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.problem import Rows
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table.target import AnyTarget, ClassTarget
from rosenblatt.tabular.candidates import Candidate, candidates_for
from rosenblatt.tabular.member import EpochNote, Member, network_for, train
from rosenblatt.tabular.objective import Errors
from rosenblatt.tabular.pace import Pace
from rosenblatt.tabular.pieces import (
    Ranges,
    first_of,
    piecewise_layer,
    quantile_edges,
    sampled,
    tree_edges,
)
from rosenblatt.tabular.plan import Plan, is_too_large, operations_of, plan_for, rest_of
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
MOST_CLASSES = 1000  # of which trees are grown, whose leaves count all; and larger networks trained


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
    notes : tuple of str
        What there is to say of the networks.
    """

    model: EnsembleModel
    target: AnyTarget
    members: tuple[Member, ...]
    outside: FloatArray
    n_recipes: int
    interrupted: bool
    notes: tuple[str, ...] = ()


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
    work = Work(rows, divisions, views, seed, stop, report)
    in_time = math.isfinite(stop.deadline)
    n_train = len(divisions[0].train)
    candidates = candidates_for(target, rows.y, rows.weights, preset.epochs, loss)
    largest, many = candidates[0], False
    if largest.objective.n_outputs > MOST_CLASSES:
        many = is_too_large(preset, work.network_of(largest), n_train)
    if many:
        candidates = [c for c in candidates if c.is_small]
        largest = candidates[0]
        n_networks = preset.n_networks or FEWEST_PILOTS
        preset = replace(preset, n_networks=n_networks, fewest_members=n_networks)
    allowed = preset.operations
    if in_time:
        # The recipes that compete take as much as their networks again.
        n_all = len(divisions)
        share = n_all / (n_all + pilots_of(n_all) * (len(candidates) - 1))
        allowed = share * work.timed(largest, n_jobs).until(stop.deadline)
    network = work.network_of(largest)
    plan = plan_for(preset, network, n_train, allowed, bounded=in_time or many)
    candidates = [c.within(plan.epochs) for c in candidates]
    n_members = min(plan.n_members, len(divisions))
    n_pilots = pilots_of(n_members)
    if planned is None:
        planned = no_plan
    of_pilots = n_pilots * sum(c.recipe.epochs for c in candidates)
    planned(of_pilots + (n_members - n_pilots) * candidates[0].recipe.epochs)
    begun = time.perf_counter()
    pilots = work.train([(k, c) for c in candidates for k in range(n_pilots)], n_jobs)
    by_candidate = [[m for c, m in pilots if c is one] for one in candidates]
    best = best_of(candidates, by_candidate, rows)
    if best is None:
        if stop.requested:
            raise KeyboardInterrupt
        return None
    chosen, members = best
    rest = Plan(chosen.recipe.epochs, n_members - n_pilots)
    if in_time:
        left = Pace.of([m for _, m in pilots], begun).until(stop.deadline)
        of_epoch = operations_of(work.network_of(chosen), n_train)
        unlimited = plan_for(preset, network, n_train, preset.operations)
        most = min(unlimited.n_members, len(divisions)) - n_pilots
        rest = rest_of(rest, most, threads_of(n_jobs), left / of_epoch)
    planned(of_pilots + rest.n_members * rest.epochs)
    others = [(n_pilots + k, chosen.within(rest.epochs)) for k in range(rest.n_members)]
    members += [m for _, m in work.train(others, n_jobs)]
    interrupted = len(members) < n_pilots + len(others)
    learned = concluded(rows, chosen, members, len(candidates), interrupted)
    return replace(learned, notes=(of_many_classes(learned),)) if many else learned


def of_many_classes(learned: Learned) -> str:
    network = learned.members[0].model.network
    return (
        f"there are {network.n_outputs:,} classes: {count(len(learned.members), 'small network')},"
        " as more or larger ones would take far longer than the preset; rare classes put together"
        " are learnt better"
    )


def pilots_of(n_members: int) -> int:
    """How many networks recipes are compared by."""
    return min(max(round(PILOT_SHARE * n_members), FEWEST_PILOTS), n_members)


def no_plan(n_epochs: int) -> None:
    pass


def threads_of(n_jobs: int | None) -> int:
    return allowed_threads(requested_threads(n_jobs))


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
    n_classes = len(target.classes) if isinstance(target, ClassTarget) else 0
    of_tree = tree_edges(y, n_classes > 0, weights)
    if n_classes > MOST_CLASSES:
        of_tree = quantile_edges
    ranges = Ranges.of(rows.X)
    return tuple(
        piecewise_layer(X, numeric, n_pieces, edges, ranges)
        for edges in (of_tree, first_of(quantile_edges, of_tree))
    )


@final
@dataclass(frozen=True, eq=False)
class Work:
    """What all networks have in common."""

    rows: TrainingRows
    divisions: Sequence[Division]
    views: tuple[PiecewiseLinear, ...]
    seed: int
    stop: StopSignal
    report: Report | None

    def network_of(self, candidate: Candidate, number: int = 0) -> Network:
        view = self.views[number % len(self.views)]
        return network_for(view, candidate.recipe, candidate.objective.n_outputs)

    def member(self, number: int, candidate: Candidate) -> Member | None:
        return train(
            number,
            self.rows,
            self.divisions[number],
            self.network_of(candidate, number),
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

    def timed(self, candidate: Candidate, n_jobs: int | None) -> Pace:
        """How fast all threads train networks at once, by an epoch each that is not kept."""
        unseen = replace(self, report=None)
        n_networks = min(threads_of(n_jobs), len(self.divisions))
        begun = time.perf_counter()
        trained = unseen.train([(k, candidate.within(1)) for k in range(n_networks)], n_jobs)
        return Pace.of([m for _, m in trained], begun)


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
        known = np.isfinite(outside[:, 0])
        codes, weights = rows.targets(np.flatnonzero(known))
        T = temperature(outside if known.all() else outside[known], codes, weights)
        outside /= T
        models = [scaled_down(model, T) for model in models]
    model = EnsembleModel(tuple(models))
    return Learned(model, chosen.target, tuple(members), outside, n_recipes, interrupted)


def scores_outside(rows: TrainingRows, members: Sequence[Member]) -> FloatArray:
    """Mean raw scores of each row by the networks that did not learn from it; NaN without any."""
    n_outputs = members[0].scores.shape[1]
    # Of thousands of classes doubles would be gigabytes; numbers may be of any size.
    mean = np.zeros((len(rows), n_outputs), np.float32 if n_outputs > 1 else np.float64)
    n_of = np.zeros((len(rows), 1), np.float32)
    for member in members:
        mean[member.division.validation] += member.scores
        n_of[member.division.validation] += 1
    n_of[n_of == 0] = np.nan
    mean /= n_of
    return mean
