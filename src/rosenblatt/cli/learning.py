"""Trains the table learner on prepared rows, and scores it beside a linear and a constant model."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rosenblatt.cli.comparison import Comparison, compared, work_of
from rosenblatt.cli.learner_options import LearnerOptions
from rosenblatt.cli.learner_progress import LearnerProgress
from rosenblatt.cli.learner_rows import LearnerRows
from rosenblatt.cli.scores import MetricScores
from rosenblatt.cli.stop_reason import INTERRUPTED
from rosenblatt.cli.tasks import Classification, TaskKind, kind_of, network_predictor, scores_of
from rosenblatt.cli.training import TrainingResult
from rosenblatt.parallel import StopSignal
from rosenblatt.persistence import PartSize, SavedModel, Score, Summary
from rosenblatt.support.listing import count
from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table import ClassTarget, NumberTarget
from rosenblatt.tabular.chosen import Chosen, OutsideRows, chosen
from rosenblatt.tabular.decision_text import parsed
from rosenblatt.tabular.decisions import aim_of
from rosenblatt.tabular.encoding import without_codes
from rosenblatt.tabular.learner import Sized
from rosenblatt.tabular.number_losses import number_loss
from rosenblatt.tabular.parameters import column_options
from rosenblatt.tabular.preset import NUMBER_LOSSES
from rosenblatt.tabular.training import TrainedTable, train_networks
from rosenblatt.tabular.uncertainty import uncertainty_of

__all__ = ["LearnedTable", "train_learner"]

OUTSIDE = "validation"  # as the rows by which epochs are compared are called everywhere
WHAT_IS_SCORED = "validation: each row as predicted by networks that have not learnt from it"
COMPLETE = "all networks were trained"
NOT_FITTED = "the linear model was not fitted: it was interrupted"


@final
@dataclass(frozen=True, eq=False)
class LearnedTable:
    """A trained model, and what it predicts for the rows that it was trained on.

    Attributes
    ----------
    result : TrainingResult
    kind : TaskKind
    outside : array (n, n_outputs) or (n,)
        Class probabilities or numbers of each row by the networks that have not seen it; NaN
        without any.
    """

    result: TrainingResult
    kind: TaskKind
    outside: FloatArray

    @property
    def known(self) -> IntArray:
        """The places of the rows that have an output."""
        return places_known(self.outside)


def train_learner(
    rows: LearnerRows,
    options: LearnerOptions,
    *,
    progress: bool,
    begun: float,
    sized: Sized | None = None,
) -> LearnedTable:
    """Train the networks within what is left of the time, and score them on rows not seen.

    Parameters
    ----------
    rows : LearnerRows
    options : LearnerOptions
    progress : bool
        Whether a line shows the epochs.
    begun : float
        When the command did, on the clock of `time.perf_counter`.
    sized : callable, optional
        As in `tabular.learner.learn`.
    """
    shown = LearnerProgress() if progress else None
    stop = StopSignal()
    if options.seconds is not None:
        stop.deadline = begun + options.seconds
    start = time.perf_counter()
    trained = train_networks(
        rows.table,
        options.chosen,
        family=options.family,
        loss=number_loss(options.loss or NUMBER_LOSSES[0]),
        n_jobs=options.jobs,
        stop=stop,
        report=None if shown is None else shown.epoch,
        planned=None if shown is None else shown.plan,
        sized=sized,
    )
    if shown is not None:
        shown.close()
    reason = stop_reason(stop, trained)
    trained, found = decided_by(options, trained, rows)
    kind = kind_of(trained.encoding.target)
    outside = outputs_outside(kind, trained)[rows.table.distinct.places]
    comparison, notes = comparison_of(rows, trained, options, stop)
    seconds = time.perf_counter() - start
    summary = Summary.now(
        parts=part_sizes(rows),
        options=(
            *options.recorded,
            *column_options(rows.said),
        ),
        scores=all_scores(kind, rows, trained, outside, comparison, found),
        epochs=len(trained.epochs),
        stop_reason=reason,
        weight_column=rows.weight_column,
    )
    if trained.learned is None:
        notes.append(without_network(start - begun, options.seconds))
    notes += trained.notes
    if found is None:  # which may give up accuracy for something else
        notes += worse_than_trivial(kind.main_metric, summary.scores)
    uncertainty = uncertainty_of(rows.table, trained.learned, rows.table.scored.weights)
    saved = SavedModel(trained.model, trained.encoding, summary, uncertainty)
    course = course_of(trained, summary, seconds)
    return LearnedTable(TrainingResult(saved, course, seconds, tuple(notes)), kind, outside)


def decided_by(
    options: LearnerOptions, trained: TrainedTable, rows: LearnerRows
) -> tuple[TrainedTable, Chosen | None]:
    """With the decision that was asked for, chosen by rows that the networks have not seen."""
    target = trained.encoding.target
    if options.decision is None or not isinstance(target, ClassTarget):
        return trained, None
    learned = trained.learned
    outside = None if learned is None else OutsideRows.of(learned, rows.table.scored)
    aim = aim_of(parsed(str(options.decision)))
    found = chosen(aim, outside, target.classes)
    target = replace(target, decision=found.decision)
    return replace(trained, encoding=replace(trained.encoding, target=target)), found


def stop_reason(stop: StopSignal, trained: TrainedTable) -> str:
    """The end of a sentence that begins with 'stopped, because'."""
    if stop.requested:
        return INTERRUPTED
    if trained.learned is None or stop.due:
        return "--time was over"
    return COMPLETE


def without_network(before: float, limit: float | None) -> str:
    """Why a linear model is saved; `before` is how long the command took before the training."""
    if limit is not None and before >= limit:
        return (
            f"reading and encoding the table took {before:.1f} s, which --time counts and does not"
            " cut short: no network was trained, and a linear model is saved"
        )
    return "no network had an epoch in time, and a linear model is saved: give more --time"


def course_of(trained: TrainedTable, summary: Summary, seconds: float) -> str:
    ended = "" if summary.stop_reason == COMPLETE else f"; stopped, because {summary.stop_reason}"
    if trained.learned is None:
        return f"a linear model in {seconds:.1f} s{ended}"
    networks = count(len(trained.learned.members), "network")
    epochs = count(summary.epochs, "epoch")
    return f"{WHAT_IS_SCORED}\n{networks} in {seconds:.1f} s, {epochs} in all{ended}"


def outputs_outside(kind: TaskKind, trained: TrainedTable) -> FloatArray:
    """Class probabilities or numbers of the distinct rows by networks that have not seen them."""
    target = trained.encoding.target
    if trained.learned is None:
        width = (len(target.classes),) if isinstance(target, ClassTarget) else ()
        return np.full((len(trained.rows), *width), np.nan)
    outside = trained.learned.outside
    is_number = isinstance(target, NumberTarget)
    return kind.output(outside if is_number else trained.model.loss.inverse_link(outside))


def places_known(outside: FloatArray) -> IntArray:
    return np.flatnonzero(np.isfinite(outside.reshape(len(outside), -1)[:, 0]))


def comparison_of(
    rows: LearnerRows, trained: TrainedTable, options: LearnerOptions, stop: StopSignal
) -> tuple[Comparison | None, list[str]]:
    """The scores of both simple models, unless an interrupt says that they are not wanted."""
    if trained.learned is None:
        return None, []
    if stop.requested:
        return None, [NOT_FITTED]
    X, held_out = without_codes(trained.encoding, trained.rows.X), rows.held_out
    if held_out is not None:
        held_out = replace(held_out, X=without_codes(trained.encoding, held_out.X))
    unweighted = replace(rows.table.scored, X=X)
    try:
        return (
            compared(
                kind_of(trained.encoding.target),
                unweighted,
                rows.table.divisions,
                held_out,
                work_of(trained.learned),
                options.jobs,
            ),
            [],
        )
    except KeyboardInterrupt:
        return None, [NOT_FITTED]


def part_sizes(rows: LearnerRows) -> tuple[PartSize, ...]:
    held_out = () if rows.held_out is None else (PartSize("held-out", len(rows.held_out.y)),)
    return (PartSize("train", len(rows.places)), *held_out)


def all_scores(
    kind: TaskKind,
    rows: LearnerRows,
    trained: TrainedTable,
    outside: FloatArray,
    comparison: Comparison | None,
    found: Chosen | None,
) -> tuple[Score, ...]:
    """By model and part, in the order in which they are shown."""
    parts: dict[str, dict[str, MetricScores]] = {OUTSIDE: {}, "held-out": {}}
    known = places_known(outside)
    if len(known):
        weights = None if rows.weights is None else rows.weights[known]
        y = trained.rows.y[rows.table.distinct.places[known]]
        parts[OUTSIDE]["network"] = kind.scores(y, weights, outside[known])
        if found is not None and isinstance(kind, Classification) and trained.learned is not None:
            codes = np.empty(len(trained.rows), np.int64)
            codes[trained.learned.known] = found.decided
            decided = codes[rows.table.distinct.places[known]]
            parts[OUTSIDE]["network"] = kind.scores_of(y, weights, outside[known], decided)
    if rows.held_out is not None:
        predictor = network_predictor(kind, trained.model)
        parts["held-out"]["network"] = scores_of(kind, predictor, rows.held_out)
    if comparison is not None:
        parts[OUTSIDE] |= comparison.outside
        parts["held-out"] |= comparison.held_out
    return tuple(
        Score(model, part, metric, value)
        for model in ("network", "linear", "trivial")
        for part, scores in parts.items()
        for metric, value in scores.get(model, {}).items()
    )


def worse_than_trivial(metric: str, scores: tuple[Score, ...]) -> list[str]:
    last = {s.model: s.value for s in scores if s.metric == metric and s.value is not None}
    if last.get("network", 0) >= last.get("trivial", 0):
        return []
    return [
        "the networks predict worse than the trivial model: the columns say little about the"
        " target, or there are too few rows"
    ]
