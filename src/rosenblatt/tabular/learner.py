"""The table learner: encoded rows in, a mean of networks out.

Two encodings of the numbers, as pieces at the splits of a decision tree and between quantiles,
serve the networks in turn. Each network learns from all folds but one and keeps its best epoch on
that. A few recipes compete on two folds; the best one trains the other networks.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import final

from rosenblatt.losses import Loss, SquaredError
from rosenblatt.parallel import StopSignal
from rosenblatt.support.listing import count
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.candidates import MOST_CLASSES, Candidate, candidates_for
from rosenblatt.tabular.choice import FEWEST_PILOTS, best_of, pilots_of, with_pilots
from rosenblatt.tabular.learned import Learned, concluded
from rosenblatt.tabular.member import Member
from rosenblatt.tabular.pace import Pace
from rosenblatt.tabular.plan import Plan, is_too_large, operations_of, plan_for, rest_of
from rosenblatt.tabular.preset import Preset
from rosenblatt.tabular.rows import Division, TrainingRows
from rosenblatt.tabular.views import views_of
from rosenblatt.tabular.work import Report, Work, threads_of

__all__ = ["Sized", "learn"]

SQUARED = SquaredError()
Planned = Callable[[int], None]
Sized = Callable[[int], None]


def no_plan(n_epochs: int) -> None:
    pass


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
    sized: Sized | None = None,
    directions: Sequence[int] = (),
    reach: float | None = None,
    logarithms: bool = True,
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
        Is told every epoch of every network, and the name of its recipe.
    planned : callable, optional
        Is told how many epochs there are in all, as soon as that is known and when it changes.
    sized : callable, optional
        Is told how many parameters all networks have at least, before the first is trained.
    directions : sequence of int
        Of the features: 1 where predictions are not to fall with them, -1 where not to rise.
    reach : float, optional
        Widths that numbers go on for beyond the rows; see `piecewise_layer`.
    logarithms : bool
        Whether that of a positive number may be learnt in its place.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C arrives before a network has an epoch; afterwards it ends the training, and what
        is trained by then is kept.
    """
    stop = stop or StopSignal()
    if stop.due:
        return None
    views = views_of(rows, numeric, target, preset, seed, reach)
    work = Work(rows, divisions, views, seed, stop, report, directions)
    in_time = math.isfinite(stop.deadline)
    n_train = len(divisions[0].train)
    contest = contest_of(work, target, preset, loss, logarithms)
    candidates, preset = contest.candidates, contest.preset
    network = work.network_of(candidates[0])
    allowed = preset.operations
    if in_time:
        # The recipes that compete take as much as their networks again.
        n_all = len(divisions)
        share = n_all / (n_all + pilots_of(n_all) * (len(candidates) - 1))
        allowed = share * work.timed(candidates[0], n_jobs).until(stop.deadline)
    plan = plan_for(preset, network, n_train, allowed, bounded=in_time or contest.only_small)
    candidates = [c.within(plan.epochs) for c in candidates]
    n_members = min(plan.n_members, len(divisions))
    n_pilots = pilots_of(n_members)
    if sized is not None:
        smallest = min(work.network_of(c).n_parameters for c in candidates)
        sized((n_pilots if in_time else n_members) * smallest)
    of_pilots = n_pilots * sum(c.recipe.epochs for c in candidates)
    planned = planned or no_plan
    planned(of_pilots + (n_members - n_pilots) * candidates[0].recipe.epochs)
    work = replace(work, divisions=with_pilots(divisions, n_pilots))
    begun = time.perf_counter()
    pilots = work.train([(k, c) for c in candidates for k in range(n_pilots)], n_jobs)
    best = best_of(candidates, [[m for c, m in pilots if c is one] for one in candidates], rows)
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
    notes = (of_many_classes(members),) if contest.only_small else ()
    return concluded(rows, chosen, members, len(candidates), interrupted, notes)


@final
@dataclass(frozen=True)
class Contest:
    """The recipes that compete, within a preset that suits them."""

    candidates: list[Candidate]
    preset: Preset
    only_small: bool


def contest_of(
    work: Work, target: AnyTarget, preset: Preset, loss: Loss, logarithms: bool
) -> Contest:
    """All candidates; of thousands of classes the small ones, if the others take far longer."""
    rows, n_train = work.rows, len(work.divisions[0].train)
    candidates = candidates_for(
        target, rows.y, rows.weights, preset.epochs, loss, with_logarithms=logarithms
    )
    largest = candidates[0]
    if largest.objective.n_outputs <= MOST_CLASSES or not is_too_large(
        preset, work.network_of(largest), n_train
    ):
        return Contest(candidates, preset, only_small=False)
    n_networks = preset.n_networks or FEWEST_PILOTS
    preset = replace(preset, n_networks=n_networks, fewest_members=n_networks)
    return Contest([c for c in candidates if c.is_small], preset, only_small=True)


def of_many_classes(members: Sequence[Member]) -> str:
    network = members[0].model.network
    return (
        f"there are {network.n_outputs:,} classes: {count(len(members), 'small network')},"
        " as more or larger ones would take far longer than the preset; rare classes put together"
        " are learnt better"
    )
