"""`ClusterTraining`: an estimator, and the cluster that fits it (theory G18, G19)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np
from sklearn.utils import check_random_state

from rosenblatt.cluster.compression import COMPRESSORS, Compressor
from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.modes import Asynchronous, Bounded, Mode, Synchronous, check_staleness
from rosenblatt.cluster.outcome import Transport
from rosenblatt.cluster.plan import Automatic, ClusterPlan
from rosenblatt.cluster.ray_transport import RayTransport
from rosenblatt.cluster.refusals import (
    check_distributable,
    check_settings,
    check_streamable,
    check_workers,
)
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.cluster.shards.over import Here, OnRay, Over
from rosenblatt.cluster.shards.split import RowShares
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.errors import InputError
from rosenblatt.estimators import MLPClassifier
from rosenblatt.estimators.access import cloned, fit_by
from rosenblatt.parallel.ray_cluster import connected
from rosenblatt.support.late import late
from rosenblatt.support.listing import brief

# What files alone need, pyarrow among it.
if TYPE_CHECKING:
    from rosenblatt import table
    from rosenblatt.cluster.shards import fit as file_fit
    from rosenblatt.cluster.shards import given_validation as validations
    from rosenblatt.cluster.shards import learning, result
    from rosenblatt.cluster.shards import manifest as manifests
    from rosenblatt.cluster.shards.given_validation import GivenValidation
else:
    table = late("rosenblatt.table")
    file_fit = late("rosenblatt.cluster.shards.fit")
    manifests = late("rosenblatt.cluster.shards.manifest")
    validations = late("rosenblatt.cluster.shards.given_validation")
    result = late("rosenblatt.cluster.shards.result")

__all__ = ["ClusterTraining"]


@final
@dataclass(frozen=True)
class ClusterTraining:
    """Fits an estimator on a Ray cluster: workers compute gradients, servers hold the parameters.

    Parameters
    ----------
    estimator : MLPClassifier or MLPRegressor
        With a first-order solver. It stays as it is; `fit` returns a fitted copy.
    workers, servers : int, default 2 and 1
        Processes. Each server holds a range of the parameters.
    mode : {'sync', 'async', 'bounded'}, default 'sync'
        Whether all workers share each batch, which equals one machine up to the order of sums; or
        each takes batches of its own, and nobody waits; or nobody is more than `staleness` steps
        ahead of the slowest.
    staleness : int, default 3
        Of 'bounded'.
    local_steps : int, default 1
        Steps that a worker makes by itself between two pushes.
    compression : str or Compressor, optional
        Of the gradients that workers push, with error feedback: 'top_k', 'random_k', 'sign',
        'int8', 'low_rank' or an object of `rosenblatt.cluster.compression`. None sends them whole.
        'auto' measures the connections, and compresses (as 'int8' or 'top_k') if a step becomes a
        tenth shorter by the cost model; `report.compression` then says why.
    by_staleness : bool, default False
        Whether the rate of a push is divided by one more than the steps that it is behind.
    address : str, optional
        Of a Ray cluster, such as 'auto' or 'ray://head:10001'. Without it one is started on this
        machine, on which it ends with the fit. Joining a cluster means running its code, and
        letting it run yours. 'inproc' simulates the cluster in this process.
    window : int, optional
        Rows of files among which the order is random; by default as many as take 256 MB.
    lost_after : float, default 5.0
        Seconds without a sign of life after which a worker is replaced.
    report : ClusterReport, optional
        Filled by `fit`: what each worker has done, and why a compression was chosen.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from rosenblatt import MLPClassifier
    >>> from rosenblatt.cluster import ClusterTraining
    >>> X, y = load_iris(return_X_y=True)
    >>> est = MLPClassifier(8, learning_rate_init=0.05, max_iter=500, random_state=0)
    >>> fitted = ClusterTraining(est, workers=3, address="inproc").fit(X, y)
    >>> fitted.score(X, y) > 0.95
    True
    """

    estimator: Any
    workers: int = 2
    servers: int = 1
    mode: str = "sync"
    staleness: int = 3
    local_steps: int = 1
    compression: str | Compressor | None = None
    by_staleness: bool = False
    address: str | None = None
    lost_after: float = 5.0
    report: ClusterReport | None = None
    window: int | None = None

    @property
    def plan(self) -> ClusterPlan:
        """The settings, checked.

        Raises
        ------
        ValueError
            For one that is out of range.
        """
        check_settings(self.address, self.lost_after, self.report, self.window)
        return ClusterPlan(
            self.workers,
            self.servers,
            mode_of(self.mode, self.staleness),
            self.local_steps,
            compressor(self.compression),
            self.by_staleness,
        )

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
        target: str | None = None,
    ) -> Any:
        """Fit a copy of the estimator.

        Parameters
        ----------
        X, y, sample_weight, X_val, y_val, sample_weight_val
            As for the estimator's own `fit`. Or X names Parquet files that need not fit into
            memory, as a folder, a pattern such as ``data/*.parquet`` or a list of paths; then
            `sample_weight` names a column. `X_val` is files as well, with the target among their
            columns and `sample_weight_val` naming one, or a data frame of the same columns, whose
            targets are a column or `y_val`. They are held in memory.
        target : str, optional
            The column of files to predict.

        Returns
        -------
        estimator
            An ordinary one; of files a `TableClassifier` or `TableRegressor` as `rosenblatt.load`
            returns them, which takes rows as they stand in the files. Entries of its `history_`
            have also `bytes_sent`, `staleness_mean`, `staleness_max`, `idle` (the share of the
            workers' time in which they waited) and `workers_lost`.

        Raises
        ------
        InputError
            For an estimator that cannot be distributed.
        ImportError
            Without Ray.
        ConnectionError
            If no cluster answers.
        """
        if target is not None:
            if not isinstance(target, str):
                named = type(target).__name__
                raise InputError(f"target= is the name of a column of files, and not {named}")
            if y is not None:
                raise InputError("with target=, which is for files, there is no y: it is a column.")
            validation = given_validation(X_val, y_val, sample_weight_val, target)
            weights = column_named(sample_weight, "sample_weight")
            found = self.fit_files(X, target, weight_column=weights, validation=validation)
            return result.table_estimator(found)
        if isinstance(X, str | Path):
            raise InputError(f"{str(X)!r} names files: say which column to predict by target=.")
        plan = self.plan
        check_distributable(self.estimator, plan)
        if shape := np.shape(X):
            check_workers(plan, shape[0], self.address)
        est = copy.deepcopy(self.estimator) if self.estimator.warm_start else cloned(self.estimator)
        given = X, y, sample_weight, (X_val, y_val, sample_weight_val)
        with self._places(size_of(X)) as (transport, _):
            fit_by(est, partial(ClusterTrainer, plan=plan, transport=transport), *given)
        return est

    def fit_files(
        self,
        files: manifests.Files,
        target: str,
        *,
        weight_column: str | None = None,
        validation: GivenValidation | None = None,
        held_out: float = 0.0,
        sample: bool = False,
        fmt: table.TableFormat | None = None,
        task: table.Task | None = None,
        prepared: Callable[[learning.Learnt], Any] | None = None,
    ) -> file_fit.FileFit:
        """Fit a copy of the estimator to Parquet files, and keep what its rows are encoded by.

        Parameters
        ----------
        files : path, pattern such as ``data/*.parquet``, folder, or list of paths
        target : str
            The column to predict.
        weight_column : str, optional
            Of sample weights.
        validation : GivenValidation, optional
            Rows to validate on; without it `early_stopping` sets some aside.
        held_out : float, default 0
            Share of the rows that are neither trained on nor validated on.
        sample : bool, default False
            Whether some of the rows to train on are gathered, to fit other models to.
        fmt : TableFormat, optional
            What is known of the columns.
        task : Task, optional
            That of the estimator if not given.
        prepared : callable, optional
            Makes the estimator to fit of what has been learnt of the columns.

        Raises
        ------
        InputError
            For files that cannot be learnt from, a file that is gone or has changed meanwhile, and
            an estimator that takes no rows from files.
        """
        est, plan = self.estimator, self.plan
        check_distributable(est, plan)
        check_streamable(est)
        manifest = manifests.manifest_of(files)
        check_workers(plan, manifest.n_rows, self.address)
        of_classes = isinstance(est, MLPClassifier)
        own = table.Task.CLASSIFICATION if of_classes else table.Task.REGRESSION
        share = est.validation_fraction if est.early_stopping and validation is None else 0.0
        shares = RowShares(
            int(check_random_state(est.random_state).randint(2**31)),
            file_fit.most_shared(manifest, share),
            file_fit.most_shared(manifest, held_out),
        )
        wanted = file_fit.FilePlan(
            target,
            task or own,
            shares,
            fmt,
            self.window,
            weight_column,
            validation,
            sample,
            shown=est.verbose == "bar",
        )
        with self._places(0) as (transport, over):
            return file_fit.fit_files(
                cloned(est), plan, transport, over, manifest, wanted, prepared
            )

    @contextmanager
    def _places(self, n_bytes: int) -> Iterator[tuple[Transport, Over]]:
        """Where workers and servers are, and what runs a pass over files there."""
        if self.address == "inproc":
            yield InProcess(report=self.report), Here()
            return
        plan = self.plan
        with connected(self.address, plan.workers + plan.servers, n_bytes) as ray:
            transport = RayTransport(ray, self.lost_after, self.report)
            try:
                yield transport, OnRay(ray, plan.workers)
            finally:
                transport.end()


def column_named(given: Any, parameter: str) -> str | None:
    if given is None or isinstance(given, str):
        return given
    raise InputError(
        f"{parameter} of files is the name of a column, and not {type(given).__name__}"
    )


def given_validation(
    X_val: Any, y_val: Any, sample_weight_val: Any, target: str
) -> GivenValidation | None:
    """The rows to validate on beside files, None without any."""
    if X_val is None:
        if y_val is not None or sample_weight_val is not None:
            raise InputError("y_val and sample_weight_val go with X_val: give it too")
        return None
    if isinstance(X_val, str | Path) or is_paths(X_val):
        if y_val is not None:
            raise InputError(
                f"X_val names files, whose column {target!r} is y_val: leave y_val out"
            )
        weights = column_named(sample_weight_val, "sample_weight_val")
        return validations.ValidationFiles(manifests.manifest_of(X_val), weights)
    return validations.ValidationTable.of(X_val, y_val, sample_weight_val, target)


def is_paths(given: Any) -> bool:
    return isinstance(given, list | tuple) and all(isinstance(path, str | Path) for path in given)


def mode_of(name: str, staleness: int) -> Mode:
    modes: dict[str, Callable[[], Mode]] = {
        "sync": Synchronous,
        "async": Asynchronous,
        "bounded": lambda: Bounded(staleness),
    }
    check_staleness(staleness)
    if not isinstance(name, str) or name not in modes:
        known = ", ".join(map(repr, modes))
        raise ValueError(f"mode={brief(name)}: take one of {known}.")
    return modes[name]()


def compressor(given: str | Compressor | None) -> Compressor | Automatic | None:
    if given is None or isinstance(given, Compressor):
        return given
    if isinstance(given, str) and given == "auto":
        return Automatic()
    if not isinstance(given, str) or given not in COMPRESSORS:
        names = ", ".join(map(repr, [*COMPRESSORS, "auto"]))
        raise ValueError(f"compression={brief(given)}: take one of {names}, or None.")
    return COMPRESSORS[given]


def size_of(X: Any) -> int:
    """Bytes, about."""
    return int(getattr(X, "nbytes", 0) or 8 * int(np.prod(np.shape(X))))
