"""A fit to files: their columns are learnt, then their rows are trained on as they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, final

import numpy as np
from sklearn.utils import check_random_state

from rosenblatt.cluster.outcome import Transport
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shards.given_validation import GivenValidation
from rosenblatt.cluster.shards.learning import Learnt, learn_files
from rosenblatt.cluster.shards.manifest import Manifest
from rosenblatt.cluster.shards.order import EpochOrder
from rosenblatt.cluster.shards.outside import Wanted, outside
from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.shards import EncodedBlock, Shards
from rosenblatt.cluster.shards.split import HELD_OUT, TRAIN, VALIDATION, RowShares
from rosenblatt.cluster.shards.watched import watched
from rosenblatt.cluster.shards.weights import Weighing, check_weight_column, learn_weighing
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.errors import InputError
from rosenblatt.estimators.access import fit_streamed
from rosenblatt.fitting.batch_size import batch_size_of
from rosenblatt.fitting.data import Columns, ValidatedData
from rosenblatt.options.parameters import Parameters
from rosenblatt.table import ClassTarget, TableFormat, Task
from rosenblatt.table.target import AnyTarget

__all__ = ["FileFit", "FilePlan", "fit_files", "most_shared"]

BUFFER_BYTES = 256 << 20  # of encoded rows that all workers hold together
MOST_ORDERED = 1 << 22  # rows of a window, whose order each worker holds
EXAMPLE = 1024  # rows by which the process that calls checks and diagnoses
MOST_OUTSIDE = 50_000  # rows of each other part, which this process holds
MOST_OUTSIDE_CELLS = 1 << 24


@final
@dataclass(frozen=True)
class FilePlan:
    """What is to be learnt of files.

    Attributes
    ----------
    target : str
    task : Task
    fmt : TableFormat, optional
    shares : RowShares
    window : int, optional
        Rows among which the order is random; None for as many as the buffer holds.
    weight_column : str, optional
    validation : GivenValidation, optional
        In place of a share of the rows.
    sample : bool
        Whether rows to train on are gathered too, as many as may be set aside.
    shown : bool
        Whether a line says how far the passes are.
    """

    target: str
    task: Task
    shares: RowShares
    fmt: TableFormat | None = None
    window: int | None = None
    weight_column: str | None = None
    validation: GivenValidation | None = None
    sample: bool = False
    shown: bool = False


@final
@dataclass(frozen=True, eq=False)
class FileFit:
    """What came of it.

    Attributes
    ----------
    network : MLPClassifier or MLPRegressor
        On encoded rows, and class codes or standardised numbers.
    learnt : Learnt
    validation, held_out : EncodedBlock or None
        The rows of these parts.
    weighing : Weighing, optional
        Of the rows to train on.
    sample : EncodedBlock or None
        Some of the rows to train on.
    """

    network: Any
    learnt: Learnt
    validation: EncodedBlock | None
    held_out: EncodedBlock | None
    weighing: Weighing | None = None
    sample: EncodedBlock | None = None

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Rows to train on, to validate on, and held out."""
        trained, _, held_out = self.learnt.sizes
        return trained, 0 if self.validation is None else len(self.validation.X), held_out


def most_shared(manifest: Manifest, fraction: float) -> float:
    """The share of rows that may be set aside of `fraction`: they are held in memory."""
    most = max(1, min(MOST_OUTSIDE, MOST_OUTSIDE_CELLS // len(manifest.names)))
    return min(fraction, most / manifest.n_rows)


def fit_files(
    estimator: Any,
    plan: ClusterPlan,
    transport: Transport,
    over: Over,
    manifest: Manifest,
    files: FilePlan,
    prepared: Callable[[Learnt], Any] | None = None,
) -> FileFit:
    """Fit the estimator itself, or that which `prepared` makes of what was learnt, to files.

    Raises
    ------
    InputError
        For files that cannot be learnt from, and a file that is gone or has changed.
    """
    if files.weight_column is not None:
        check_weight_column(manifest.names, files.weight_column, files.target)
        manifest = manifest.without(files.weight_column)
    with watched(over, "learning columns", shown=files.shown) as passes:
        learnt = learn_files(
            manifest,
            passes,
            target=files.target,
            shares=files.shares,
            task=files.task,
            fmt=files.fmt,
        )
    if prepared is not None:
        estimator = prepared(learnt)
    target = learnt.encoding.target
    weighing = learn_weighing(
        manifest,
        over,
        files.shares,
        target,
        learnt.sizes[0],
        files.weight_column,
        getattr(estimator, "class_weight", None),
    )
    if weighing is not None and weighing.of_class is not None:
        estimator.set_params(class_weight=None)  # the rows have it in their weights
    dtype = np.dtype(Parameters.of(estimator).input_dtypes(np.float32))
    counts = np.array(learnt.counts, np.int64)
    n, n_features = int(counts.sum()), learnt.encoding.n_features
    batch = batch_size_of(estimator.batch_size, n)
    window = files.window or min(BUFFER_BYTES // (dtype.itemsize * n_features), MOST_ORDERED)
    window = max(batch, window // batch * batch)
    seed = int(check_random_state(estimator.random_state).randint(2**31))
    order = EpochOrder(counts, window, seed if estimator.shuffle else None)
    shards = Shards(manifest, files.shares, learnt.encoding, order, dtype, weighing)
    share = most_shared(manifest, 1.0) if files.sample else 0.0
    with watched(over, "rows set aside", shown=files.shown) as passes:
        validation, held_out, sample = outside(
            shards,
            passes,
            Wanted(VALIDATION, learnt.sizes[1]),
            Wanted(HELD_OUT, learnt.sizes[2]),
            Wanted(TRAIN, share=share),
        )
        if files.validation is not None:
            validation = files.validation.rows(shards, passes)
    if validation is None and estimator.early_stopping:
        raise InputError(
            "no row is set aside to validate on: give a larger share of the rows, or none at all"
        )
    fit_streamed(
        estimator,
        partial(ClusterTrainer, plan=plan, transport=transport, shards=shards),
        np.arange(len(target.classes)) if isinstance(target, ClassTarget) else np.zeros(2),
        as_given(example_of(shards), target),
        None if validation is None else as_given(validation, target),
        n,
    )
    return FileFit(estimator, learnt, validation, held_out, weighing, sample)


def as_given(rows: EncodedBlock, target: AnyTarget) -> ValidatedData:
    """Rows as a fit takes them after validation."""
    y = rows.y[:, 0]
    if isinstance(target, ClassTarget):
        y = y.astype(np.int64)
    return ValidatedData(rows.X, y, rows.weights, Columns(rows.X.shape[1]))


def example_of(shards: Shards) -> EncodedBlock:
    """The first rows to train on."""
    order = replace(shards.order, seed=None)
    n = min(EXAMPLE, order.n_rows)
    block = shards.room(n)
    shards.read(order.pieces(0, 0, n), block)
    return block
