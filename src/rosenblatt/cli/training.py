"""Trains a network on prepared rows, and scores it beside a linear and a constant model."""

from __future__ import annotations

import time
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.checkpoints import CheckpointWarning
from rosenblatt.cli.cluster_options import ClusterOptions
from rosenblatt.cli.options import TrainingOptions, hidden_text
from rosenblatt.cli.preparation import Prepared
from rosenblatt.cli.stop_reason import INTERRUPTED, training_stop_reason
from rosenblatt.cli.tasks import EncodedRows, RowPredictor, TaskKind, network_predictor, scores_of
from rosenblatt.cli.training_on import TrainedOn, train_on
from rosenblatt.errors import DivergenceError, InputError
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.model import Model
from rosenblatt.options.features import LEARNING_RATE, VALIDATION
from rosenblatt.options.parameters import Parameters
from rosenblatt.persistence import OptionValue, PartSize, SavedModel, Score, Summary
from rosenblatt.support.listing import count
from rosenblatt.support.types import FloatArray

BEFORE = "before"  # among the scores, the network that a training begins from
WORK_WITHIN_A_SECOND = 3e10  # multiplications, about
OF_LAYERS = ("hidden", "activation")  # options that count for nothing then


@final
@dataclass(frozen=True)
class TrainingResult:
    """A trained model, ready to be saved, and what there is to say about its training."""

    saved: SavedModel
    course: str  # what was trained, in which time, and why it ended
    seconds: float  # of the networks' training alone
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()  # what was asked for and has not been done


def train_network(
    prepared: Prepared,
    options: TrainingOptions,
    *,
    progress: bool,
    checkpoint: Path | None = None,
    cluster: ClusterOptions | None = None,
    start: Model | None = None,
) -> TrainingResult:
    """Train, with early stopping if there is a validation part, and score on every part.

    Where a checkpoint of this training lies, it goes on from there. It begins with the weights of
    `start`, if that is given, and has its layers.

    Raises InputError if training diverges and no earlier weights are there to fall back on.
    """
    kind, parts = prepared.kind, prepared.parts
    # The linear model comes first, so that an interrupted training of the network ends at once.
    linear, word = kind.linear(parts["train"], options.jobs)
    batch_size = options.batch_size_for(len(parts["train"].y))
    estimator = untrained(prepared, options, batch_size)
    estimator.set_params(
        verbose="bar" if progress else False, n_jobs=options.jobs, checkpoint=checkpoint
    )
    begun = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if start is not None:
                network = trained_on(start, prepared, estimator)
            else:
                network = fitted(estimator, prepared, options, cluster)
        except DivergenceError as error:
            raise InputError(diverged(error, options)) from error
    seconds = time.perf_counter() - begun
    model: Model = network.model_
    before = {} if start is None else {BEFORE: network_predictor(kind, start)}
    predictors = {
        "network": network_predictor(kind, model),
        **before,
        "linear": linear,
        "trivial": kind.trivial(parts["train"]),
    }
    reason, scored = training_stop_reason(network, options, caught), parts
    if reason == INTERRUPTED:
        most = rows_scored_soon(model.n_parameters) // len(parts)
        scored = {name: rows.first(most) for name, rows in parts.items()}
        if any(len(rows.y) > most for rows in parts.values()):
            reason = f"it was interrupted; scores are those of {most:,} rows of a part at most"
    summary = Summary.now(
        parts=tuple(PartSize(name, len(rows.y)) for name, rows in parts.items()),
        options=option_values(options, batch_size, OF_LAYERS if start is not None else ()),
        scores=scores_by(kind, predictors, scored),
        epochs=network.n_iter_,
        stop_reason=reason,
        weight_column=prepared.weight_column,
    )
    # The stop reason reports the limit on epochs already.
    said = [str(w.message) for w in caught if not issubclass(w.category, ConvergenceWarning)]
    # Beside the progress bar it is said as the fit begins.
    if checkpoint is not None and network.resumed_from_ is not None and not progress:
        said.append(f"the training went on from epoch {network.resumed_from_} of {checkpoint}")
    missing = never_written(checkpoint, caught)
    used = () if cluster is None else cluster.notes(network)
    words = [*said, *used, word, comparison(kind.main_metric, summary.scores)]
    notes = tuple(word for word in dict.fromkeys(words) if word and word not in missing)
    saved = SavedModel(model, prepared.encoding, summary)
    return TrainingResult(saved, course_of(summary, seconds), seconds, notes, missing)


def fitted(
    estimator: MLPClassifier | MLPRegressor,
    prepared: Prepared,
    options: TrainingOptions,
    cluster: ClusterOptions | None,
) -> MLPClassifier | MLPRegressor:
    rows = training_arrays(prepared.kind, prepared.parts["train"])
    validation = validation_of(prepared, options)
    if cluster is None:
        return estimator.fit(*rows, **validation)
    return cluster.fitted(estimator, *rows, **validation)


def trained_on(
    start: Model, prepared: Prepared, estimator: MLPClassifier | MLPRegressor
) -> TrainedOn:
    """The fit from `start` on, with the parameters of an estimator."""
    validation = prepared.parts["validation"] if estimator.early_stopping else None
    target = prepared.encoding.target
    parameters = Parameters.of(estimator)
    return train_on(start, target, prepared.parts["train"], validation, parameters)


def never_written(
    checkpoint: Path | None, caught: Iterable[warnings.WarningMessage]
) -> tuple[str, ...]:
    """Why there is no checkpoint at the end; nothing if there is one, or none was due."""
    if checkpoint is None or checkpoint.exists():
        return ()
    found = (w.message for w in caught if issubclass(w.category, CheckpointWarning))
    return tuple(dict.fromkeys(map(str, found)))


def untrained(
    prepared: Prepared, options: TrainingOptions, batch_size: int
) -> MLPClassifier | MLPRegressor:
    """An untrained network with these options; early stopping if there is a validation part."""
    early_stopping = bool(validation_of(prepared, options))
    return prepared.kind.network(**network_parameters(options, batch_size, early_stopping))


def network_parameters(
    options: TrainingOptions, batch_size: int, early_stopping: bool
) -> dict[str, Any]:
    """The estimators' parameters that stand for these options."""
    return {
        "hidden_layer_sizes": options.hidden,
        "activation": options.activation,
        "solver": options.solver,
        "alpha": options.alpha,
        "batch_size": batch_size,
        "learning_rate": options.schedule,
        "learning_rate_init": options.learning_rate,
        "max_iter": options.epochs,
        "early_stopping": early_stopping,
        "scoring": "loss" if early_stopping else None,
        "n_iter_no_change": options.patience,
        "random_state": options.seed,
        "deterministic": options.deterministic,
        "on_divergence": options.on_divergence,
    }


def training_arrays(
    kind: TaskKind, rows: EncodedRows
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    return rows.X, kind.learnable(rows.y), rows.weights


def validation_of(prepared: Prepared, options: TrainingOptions) -> Mapping[str, FloatArray | None]:
    if "validation" not in prepared.parts or not options.supports(VALIDATION):
        return {}
    names = ("X_val", "y_val", "sample_weight_val")
    values = training_arrays(prepared.kind, prepared.parts["validation"])
    return dict(zip(names, values, strict=True))


def diverged(error: DivergenceError, options: TrainingOptions) -> str:
    named = {"epoch": error.epoch, "batch": error.batch, "layer": error.layer}
    places = ", ".join(f"{place} {number}" for place, number in named.items() if number is not None)
    what = f"training diverged in {places}" if places else "training diverged"
    if not options.supports(LEARNING_RATE):
        return f"{what}: try --solver adam"
    rate = options.learning_rate
    restoring = ", or --on-divergence restore" if options.on_divergence == "raise" else ""
    return (
        f"{what}, most likely because a learning rate of {rate:g} is too large:"
        f" try --learning-rate {_smaller(rate)}{restoring}"
    )


def _smaller(rate: float) -> str:
    """A learning rate to suggest where `rate` was too large, without a power of ten."""
    return np.format_float_positional(float(f"{min(rate / 10, 0.001):.3g}"), trim="-")


def comparison(metric: str, scores: tuple[Score, ...]) -> str:
    """A note if the network is no better than a baseline, by the last part that has scores."""
    last = {s.model: s.value for s in scores if s.metric == metric and s.value is not None}
    now = last.get("network", 0)
    if now < last.get(BEFORE, now):
        return (
            "the network predicts worse than before the training: try a smaller --learning-rate, or"
            " keep the model that it began from"
        )
    if now >= last.get("trivial", 0):
        return ""
    return (
        "the network predicts worse than the trivial model: try a smaller --learning-rate, more "
        "--epochs, or columns that say more about the target"
    )


def option_values(
    options: TrainingOptions, batch_size: int, without: Collection[str] = ()
) -> tuple[OptionValue, ...]:
    values = {
        **vars(options),
        "hidden": hidden_text(options.hidden),
        "batch_size": batch_size,
    }
    return tuple(OptionValue(n, value) for n, value in values.items() if n not in without)


def course_of(summary: Summary, seconds: float) -> str:
    """What was trained, in which time, and why it ended."""
    return (
        f"{count(summary.epochs, 'epoch')} in {seconds:.1f} s; stopped, because"
        f" {summary.stop_reason}"
    )


def rows_scored_soon(n_parameters: int) -> int:
    """How many rows a network of that size predicts within a second, about: 3,000 at least."""
    return max(3000, int(WORK_WITHIN_A_SECOND // n_parameters))


def scores_by(
    kind: TaskKind, predictors: Mapping[str, RowPredictor], parts: Mapping[str, EncodedRows]
) -> tuple[Score, ...]:
    """Each model's scores on each part."""
    return tuple(
        Score(model, part, metric, value)
        for model, predictor in predictors.items()
        for part, rows in parts.items()
        for metric, value in scores_of(kind, predictor, rows).items()
    )
