"""The command `train` on a folder or pattern of Parquet files that need not fit into memory."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.cli.cluster_options import ClusterOptions
from rosenblatt.cli.json_output import Json
from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.stop_reason import training_stop_reason
from rosenblatt.cli.tasks import (
    EncodedRows,
    RowPredictor,
    TaskKind,
    kind_of,
    network_predictor,
)
from rosenblatt.cli.train_and_save import saved_and_shown, show_encoding
from rosenblatt.cli.training import (
    TrainingResult,
    comparison,
    course_of,
    diverged,
    network_parameters,
    option_values,
    scores_by,
)
from rosenblatt.cli.training_request import TrainingRequest
from rosenblatt.cluster.shards.manifest import Manifest, manifest_of
from rosenblatt.cluster.shards.result import part_sizes
from rosenblatt.errors import DivergenceError, InputError
from rosenblatt.estimators import MLPClassifier
from rosenblatt.persistence import SavedModel, Score, Summary
from rosenblatt.support.listing import count
from rosenblatt.table import ClassTarget, Task
from rosenblatt.table.target import AnyTarget
from rosenblatt.table.task import guess_by_name

if TYPE_CHECKING:
    from rosenblatt.cluster.shards.fit import FileFit
    from rosenblatt.cluster.shards.learning import Learnt
    from rosenblatt.cluster.shards.shards import EncodedBlock

__all__ = ["run_train_files"]


def run_train_files(
    source: Source, screen: Screen, asked: TrainingRequest, cluster: ClusterOptions
) -> Json:
    """Train on files and save the model, after a check that it can be saved."""
    place, options, target = asked.place(source), asked.options, asked.target
    weights = asked.weight_column
    manifest = manifest_of(str(source.data))
    notes: list[str] = []
    if target is None:
        besides = {*source.format.dropped, weights}
        read = [name for name in manifest.names if name not in besides]
        target, note = guess_by_name(read)
        notes.append(note)
    screen.notes(cluster.before)
    early_stopping = options.validation_fraction > 0
    given = network_parameters(options, 1, early_stopping)
    given["verbose"] = "bar" if screen.shows_progress else False

    def prepared(learnt: Learnt) -> Any:
        notes.extend(learnt.notes)
        encoding = learnt.encoding
        show_encoding(source, screen, place, encoding, manifest.n_rows, notes, options.hidden)
        given["batch_size"] = options.batch_size_for(learnt.sizes[0])
        return kind_of(encoding.target).network(
            **given,
            n_jobs=options.jobs,
            checkpoint=asked.checkpoint,
        )

    begun = time.perf_counter()
    # What stands for the network before it is known what there is to predict.
    unknown = MLPClassifier(
        **given | {"validation_fraction": options.validation_fraction or 0.1},
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fit = cluster.fitted_to_files(
                unknown,
                str(source.data),
                target,
                weight_column=weights,
                held_out=options.test_fraction,
                sample=True,
                fmt=source.format,
                task=Task(options.task),
                prepared=prepared,
            )
        except DivergenceError as error:
            raise InputError(diverged(error, options)) from error
    cluster.show_workers(screen)
    seconds = time.perf_counter() - begun
    said = [str(w.message) for w in caught if not issubclass(w.category, ConvergenceWarning)]
    reason = training_stop_reason(fit.network, options, caught)
    trained = result_of(fit, options, given["batch_size"], reason, seconds, weights)
    words = (*said, *cluster.notes(fit.network), *outside_notes(fit, options), *trained.notes)
    trained = replace(trained, notes=tuple(dict.fromkeys(words)))
    return saved_and_shown(first_of(source, manifest), screen, place, trained, notes)


def first_of(source: Source, manifest: Manifest) -> Source:
    """One of the files, which `predict` can take."""
    return replace(source, data=Path(manifest.files[0].path))


def result_of(
    fit: FileFit,
    options: TrainingOptions,
    batch_size: int,
    reason: str,
    seconds: float,
    weight_column: str | None,
) -> TrainingResult:
    network, encoding = fit.network, fit.learnt.encoding
    kind = kind_of(encoding.target)
    linear, words = linear_model(fit, kind, options)
    summary = Summary.now(
        parts=part_sizes(fit),
        options=option_values(options, batch_size),
        scores=scores(fit, kind, linear),
        epochs=network.n_iter_,
        stop_reason=reason,
        weight_column=weight_column,
    )
    word = comparison(kind.main_metric, summary.scores)
    saved = SavedModel(network.model_, encoding, summary)
    notes = tuple(filter(None, (*words, word)))
    return TrainingResult(saved, course_of(summary, seconds), seconds, notes)


def linear_model(
    fit: FileFit, kind: TaskKind, options: TrainingOptions
) -> tuple[dict[str, RowPredictor], tuple[str, ...]]:
    """By its name, with what there is to say of it; none where no row was gathered."""
    sample = fit.sample
    if sample is None:
        return {}, ()
    model, word = kind.linear(rows_of(sample, fit.learnt.encoding.target), options.jobs)
    n, n_rows = len(sample.X), fit.learnt.sizes[0]
    of_some = f"the linear model has learnt from {n:,} of the {n_rows:,} rows, held in memory"
    return {"linear": model}, (word, of_some if n < n_rows else "")


def scores(fit: FileFit, kind: TaskKind, linear: Mapping[str, RowPredictor]) -> tuple[Score, ...]:
    """Of the network, a linear model and a constant, on the rows that were not trained on."""
    target = fit.learnt.encoding.target
    outside = {"validation": fit.validation, "held-out": fit.held_out}
    parts = {name: rows_of(rows, target) for name, rows in outside.items() if rows is not None}
    predictors = {
        "network": network_predictor(kind, fit.network.model_),
        **linear,
        "trivial": kind.trivial(summary_of(fit)),
    }
    return scores_by(kind, predictors, parts)


def rows_of(rows: EncodedBlock, target: AnyTarget) -> EncodedRows:
    y = rows.y[:, 0]
    weights = None if rows.weights is None else rows.weights.astype(np.float64)
    if isinstance(target, ClassTarget):
        return EncodedRows(rows.X, y.astype(np.int64), weights)
    return EncodedRows(rows.X, target.restore_anywhere(y.astype(np.float64)), weights)


def summary_of(fit: FileFit) -> EncodedRows:
    """A row for each class, weighed by its rows, or one of the mean: what a constant is made of."""
    target, weighing = fit.learnt.encoding.target, fit.weighing
    if isinstance(target, ClassTarget):
        y = np.arange(len(target.classes))
        weights = np.array(target.counts, np.float64) if weighing is None else weighing.totals
    else:
        y = np.array([target.mean if weighing is None else weighing.mean_target])
        weights = np.ones(1)
    return EncodedRows(np.zeros((len(y), 0), np.float32), y, weights)


def outside_notes(fit: FileFit, options: TrainingOptions) -> list[str]:
    """Where fewer rows were set aside than asked for."""
    asked: Mapping[str, float] = {
        "validation": options.validation_fraction,
        "held-out": options.test_fraction,
    }
    n = sum(fit.learnt.sizes)
    sizes = dict(zip(asked, fit.learnt.sizes[1:], strict=True))
    return [
        f"{count(sizes[part], 'row')} and not {share:.0%} are the {part} part, held in memory"
        for part, share in asked.items()
        if sizes[part] < 0.8 * share * n and sizes[part] > 1000
    ]
