"""A fit on behalf of an estimator, which has none of it before it is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, final

import numpy as np
from sklearn.callback._callback_support import callback_management_context

from rosenblatt import engine
from rosenblatt.engine import Trainer, TrainingSetup
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.estimators.published import PublishedModel
from rosenblatt.fitting.autoencoding import Autoencoding
from rosenblatt.fitting.begin import MakeNetwork, begin
from rosenblatt.fitting.carried import CarriedState
from rosenblatt.fitting.data import Columns, ValidatedData
from rosenblatt.fitting.fits import Fit
from rosenblatt.fitting.input_scale import warn_of_large_features
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.sklearn_callbacks import SklearnCallbacks
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.fitting.train_validation import TrainValidation
from rosenblatt.model import Model
from rosenblatt.options.losses import link_name
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Rows, as_given
from rosenblatt.stopping import StoppingRule

__all__ = ["EstimatorFit", "callback_task", "publish"]

# Attributes that only some fits have; those of an earlier fit are removed.
OPTIONAL = {
    "feature_names_in_",
    "loss_curve_",
    "best_loss_",
    "validation_scores_",
    "best_validation_score_",
}


@final
@dataclass(frozen=True, eq=False)
class EstimatorFit:
    """A fit under way, and the estimator that will show its result.

    Attributes
    ----------
    estimator : FittedMLP
    columns : Columns
        Those of X.
    fit : Fit
    """

    estimator: FittedMLP
    columns: Columns
    fit: Fit

    @classmethod
    def begin(
        cls,
        estimator: FittedMLP,
        targets: TargetCodec,
        table: ValidatedData,
        data: TrainValidation,
        *,
        initial: Model | None = None,
        carried: CarriedState | None = None,
        incremental: bool = False,
        rules: Sequence[StoppingRule] = (),
        rng: np.random.RandomState | None = None,
        make_trainer: Callable[[TrainingSetup], Trainer] = engine.trainer,
        parameters: Parameters | None = None,
        autoencoding: Autoencoding | None = None,
        make_network: MakeNetwork | None = None,
        n_streamed: int | None = None,
    ) -> Self:
        """A fit with the estimator's parameters, before its first step.

        Parameters
        ----------
        estimator : FittedMLP
            Nothing is written on it before `publish`.
        table : ValidatedData
            What `data` was encoded from.
        targets, data, initial, carried, incremental, rules, rng, make_trainer, autoencoding
            See `rosenblatt.fitting.begin`, as for `make_network` and `n_streamed`.
        parameters : Parameters, optional
            The estimator's own by default.
        """
        fit = begin(
            Parameters.of(estimator) if parameters is None else parameters,
            targets,
            data,
            initial=initial,
            carried=carried,
            incremental=incremental,
            rules=rules,
            rng=rng,
            make_view=partial(view, estimator, targets, table.columns),
            sklearn_callbacks=sklearn_callbacks(estimator, table, data.train.rows),
            make_trainer=make_trainer,
            autoencoding=autoencoding,
            make_network=make_network,
            n_streamed=n_streamed,
        )
        return cls(estimator, table.columns, fit)

    def end(self, table: ValidatedData, *, continues: bool) -> None:
        """Warn of what the fit has met, call the callbacks at its end, and `publish` it.

        Parameters
        ----------
        table : ValidatedData
            The rows that it was fitted to.
        continues : bool
            Whether an earlier fit went on, which warned of large features.

        Raises
        ------
        DivergenceError
            As `publish`.
        """
        self.fit.warn_of_limit()
        if not continues:
            warn_of_large_features(table.X, table.weights)
        self.fit.ended()
        self.publish()

    def publish(self) -> None:
        """Set the fitted attributes of the estimator to what the fit has come to.

        Raises
        ------
        DivergenceError
            If parameters are not finite; the estimator then stays as it was.
        """
        fit = self.fit
        publish(self.estimator, fit.result(), fit.context.targets, self.columns, fit.carried)


def publish(
    estimator: FittedMLP,
    model: Model,
    targets: TargetCodec,
    columns: Columns,
    carried: CarriedState,
) -> None:
    """Set the fitted attributes of an estimator: the one place that writes them."""
    attributes = fitted_attributes(model, targets, columns, carried.log)
    replace_attributes(estimator, {**attributes, "_carried": carried})


def fitted_attributes(
    model: Model, targets: TargetCodec, columns: Columns, log: FitLog
) -> dict[str, Any]:
    """The attributes by which an estimator shows a model, its targets, columns and log."""
    return {
        **PublishedModel(model).attributes,
        **log.attributes,
        **targets.attributes,
        **columns.attributes,
        "targets_": targets,
        "n_layers_": len(model.network.layers) + 1,
        "n_outputs_": model.network.n_outputs,
        "out_activation_": link_name(model.loss),
    }


def replace_attributes(estimator: FittedMLP, attributes: dict[str, Any]) -> None:
    # In one step of the interpreter: another thread may be using the estimator.
    estimator.__dict__.update(attributes)
    for name in OPTIONAL - attributes.keys():
        estimator.__dict__.pop(name, None)


def view(
    estimator: FittedMLP,
    targets: TargetCodec,
    columns: Columns,
    model: Model,
    log: FitLog,
    *,
    named: bool = True,
) -> FittedMLP:
    """An estimator of the same parameters that predicts with a model, while its fit goes on."""
    seen = object.__new__(type(estimator))
    seen.__dict__.update(vars(estimator))
    shown = columns if named else Columns(columns.n_features)
    replace_attributes(seen, fitted_attributes(model, targets, shown, log))
    return seen


def sklearn_callbacks(
    estimator: Any, table: ValidatedData, rows: Rows | None
) -> SklearnCallbacks | None:
    """scikit-learn's callbacks that an estimator has; call it within `callback_task`."""
    if not hasattr(estimator, "_skl_callbacks"):
        return None
    y, weights = table.y, table.weights
    if rows is not None:
        y, weights = y[rows], None if weights is None else weights[rows]
    metadata = None if weights is None else {"sample_weight": weights}
    given = {"estimator": estimator, "X": as_given(table.X), "y": y, "metadata": metadata}
    return SklearnCallbacks(estimator._callback_fit_ctx, given)


@contextmanager
def callback_task(estimator: Any, n_epochs: int) -> Iterator[None]:
    """A fit as scikit-learn's callbacks see it, from their set-up to their tear-down.

    scikit-learn's decorator does the same, but would be the line that warnings point at.

    Parameters
    ----------
    estimator : estimator with `CallbackSupportMixin`
    n_epochs : int
        At most.
    """
    with callback_management_context(estimator):
        estimator._init_callback_context(max_subtasks=n_epochs)
        yield
