"""Fitting an autoencoder, and what a fitted one gives."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from rosenblatt.array_checks import check_array
from rosenblatt.engine import OutputFormat
from rosenblatt.errors import InputError
from rosenblatt.estimators.estimator_fit import EstimatorFit, callback_task
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.fitting.autoencoding import Autoencoding
from rosenblatt.fitting.data import Columns, ValidatedData, validated_rows
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.fitting.r_squared import r_squared
from rosenblatt.fitting.resume.session import checkpoint_session
from rosenblatt.fitting.train_validation import TrainValidation
from rosenblatt.options.activations import hidden_activations
from rosenblatt.options.names import member
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays
from rosenblatt.regularization.activity import ActivityL1, ActivityPenalty, KLSparsity
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.held_numbers import HeldNumbers
from rosenblatt.support.listing import brief
from rosenblatt.support.overflow import count_not_finite, warn_of_overflow
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.unsupervised.network_part import NetworkPart, part_of

__all__ = ["BaseAutoencoder", "activations_of", "widths_of"]

SPARSITIES: dict[str, ActivityPenalty] = {"l1": ActivityL1(), "kl": KLSparsity()}


class BaseAutoencoder(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, HeldNumbers, CallbackSupportMixin, FittedMLP
):
    """Everything of `MLPAutoencoder` but its parameters."""

    n_components: int
    hidden_layer_sizes: Any
    code_activation: Any
    tied_weights: bool
    masking: float
    sparsity: Any
    loss: Any
    max_iter: int
    random_state: Any
    warm_start: bool

    _of_loss: ClassVar[str] = "an autoencoder takes a loss of one number, such as 'squared_error'"

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, *, X_val: Any = None) -> Self:
        """Fit encoder and decoder to X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : None
            Ignored; for pipelines.
        sample_weight : array-like of shape (n_samples,), optional
            Weight 2 stands for a row given twice, weight 0 for its absence.
        X_val : array-like of shape (n_val, n_features), optional
            Rows to validate on after every epoch, in place of a split by `validation_fraction`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters that do not go together, and a `DivergenceError` where numbers stop
            being finite.
        """
        self._validate_params()
        return self._fit(X, sample_weight, X_val)

    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Train one epoch on these rows, from the weights and optimiser state of the last call."""
        self._validate_params()
        return self._fit(X, sample_weight, incremental=True)

    def transform(self, X: Any) -> FloatArray:
        """The codes of rows, shape (n_samples, n_components)."""
        X = self._checked_rows(X)
        codes = self.encoder_.predict(X, self.n_jobs)
        warn_of_overflow(codes, X)
        return codes

    def inverse_transform(self, X: Any) -> FloatArray:
        """The rows that codes stand for, shape (n_samples, n_features).

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
        """
        check_is_fitted(self, "coefs_")
        with plain_values(X=X):
            codes = check_array(X, dtype=self.model_.dtype, order="C", input_name="X")
        decoder = self.decoder_
        if codes.shape[1] != decoder.model.n_inputs:
            raise ValueError(
                f"a code has {decoder.model.n_inputs} numbers here, and X has {codes.shape[1]}"
                " columns: give what transform returns."
            )
        rows = decoder.predict(codes, self.n_jobs)
        warn_of_overflow(rows, codes)
        return rows

    def reconstruct(self, X: Any) -> FloatArray:
        """Rows through encoder and decoder, shape (n_samples, n_features)."""
        return self._predictions(X)

    def reconstruction_error(self, X: Any) -> Float64Array:
        """The mean over the features of (x - x̂)² of each row, shape (n_samples,).

        Rows that are unlike those of the training have large ones. What is beyond the floats is
        infinite, with a warning.
        """
        X = self._checked_rows(X)
        rows, reconstructed = dense(X).astype(np.float64), self.reconstruct_checked(X)
        difference = rows / 2 - reconstructed.astype(np.float64) / 2
        k = np.frexp(np.abs(difference).max(axis=1))[1]
        with np.errstate(over="ignore"):
            errors = np.ldexp((np.ldexp(difference, -k[:, None]) ** 2).mean(axis=1), 2 * k + 2)
        if n := count_not_finite(errors):
            warn_caller(
                f"The reconstruction errors of {n} of {len(errors)} rows are beyond float64: scale"
                " the features as those of the training rows were.",
                RuntimeWarning,
            )
        return errors

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """The share of the variance of all features that the reconstruction keeps, at most 1.

        1 - Σ_i w_i ‖x_i - x̂_i‖² / Σ_i w_i ‖x_i - x̄‖²; of a PCA it is the sum of
        `explained_variance_ratio_`.
        """
        X = self._checked_rows(X)
        return r_squared(
            dense(X), self.reconstruct_checked(X), sample_weight, multioutput="variance_weighted"
        )

    def reconstruct_checked(self, X: FloatArray) -> FloatArray:
        """`reconstruct` of an array that is validated."""
        return self._own_predictor().predict(X)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file in one atomic step; `rosenblatt.unsupervised.load` reads it.

        Network, names of columns and parameters are kept, of the parameters plain values,
        activations and losses; the history and the optimiser's state are not. What is loaded gives
        the same numbers, and trains on with fresh moments.

        Parameters
        ----------
        path : path

        Raises
        ------
        InputError
            Where the network has a part that no file holds, such as an activation of your own that
            is not registered, or the file cannot be written.
        """
        from rosenblatt.unsupervised.saving import write_autoencoder

        check_is_fitted(self, "coefs_")
        write_autoencoder(self, path)

    @property
    def encoder_(self) -> NetworkPart:
        """From features to the code: `predict`, `to_c`, `to_onnx`, `to_torch`."""
        model = self.model_
        return part_of(model, 0, len(model.network.layers) // 2)

    @property
    def decoder_(self) -> NetworkPart:
        """From the code to features, likewise."""
        model = self.model_
        n = len(model.network.layers)
        return part_of(model, n // 2, n)

    @property
    def _n_features_out(self) -> int:
        return self.encoder_.model.n_outputs

    def _form(self) -> OutputFormat:
        return OutputFormat.COLUMNS

    def _layer_activations(self) -> list[Any]:
        return activations_of(self)

    def _parameters(self) -> Parameters:
        """Of the whole network, as a regression has them."""
        widths = widths_of(self)
        own: dict[str, Any] = {}
        own["hidden_layer_sizes"] = [*widths, self.n_components, *reversed(widths)]
        own["activation"] = self._layer_activations()
        if self.early_stopping and self.scoring is None:
            own["scoring"] = "loss"
        return replace(Parameters.of(self), **own)

    def _autoencoding(self) -> Autoencoding:
        sparsity = self.sparsity
        if isinstance(sparsity, str):
            otherwise = "None, or an object such as ActivityL1(0.01) of rosenblatt.unsupervised"
            sparsity = member(SPARSITIES, sparsity, "sparsity", otherwise)
        return Autoencoding(float(self.masking), bool(self.tied_weights), sparsity)

    def _fit(
        self, X: Any, sample_weight: Any, X_val: Any = None, *, incremental: bool = False
    ) -> Self:
        """Fit; an error leaves the estimator as it was."""
        continues = hasattr(self, "coefs_") and (self.warm_start or incremental)
        with callback_task(self, 1 if incremental else self.max_iter):
            parameters = self._parameters()
            initial = self._model_of_arrays() if continues else None
            trained = None if initial is None else initial.parameters.dtype
            table = validated_rows(
                self,
                X,
                sample_weight,
                dtype=parameters.input_dtypes(trained),
                columns=Columns.of(self) if continues else None,
            )
            data = TrainValidation(arrays_of(table), self._validation(table, X_val))
            targets = NumberTargets(table.X.shape[1], self.loss)
            if targets.objective().outputs_per_target > 1:
                raise InputError(f"loss={brief(self.loss)}: {self._of_loss}.")
            owner = type(self).__name__
            with checkpoint_session(parameters, owner, table.columns, incremental) as session:
                under_way = EstimatorFit.begin(
                    self,
                    targets,
                    table,
                    data,
                    initial=initial,
                    carried=self._carried if continues else None,
                    incremental=incremental,
                    rng=session.generator(check_random_state(self.random_state)),
                    parameters=parameters,
                    autoencoding=self._autoencoding(),
                )
                session.run(under_way.fit)
            under_way.end(table, continues=continues)
        return self

    def _validation(self, table: ValidatedData, X_val: Any) -> Arrays | None:
        if X_val is None:
            return None
        rows = validated_rows(
            self, X_val, dtype=table.X.dtype, columns=table.columns, ending="_val"
        )
        return arrays_of(rows)


def widths_of(autoencoder: BaseAutoencoder) -> list[Any]:
    """Units of the encoder's hidden layers."""
    return list(np.atleast_1d(np.asarray(autoencoder.hidden_layer_sizes, dtype=object)).tolist())


def activations_of(autoencoder: BaseAutoencoder) -> list[Any]:
    """Activations of all hidden layers: the encoder's, the code's, the decoder's."""
    given = hidden_activations(autoencoder.activation, len(widths_of(autoencoder)))
    (code,) = hidden_activations(autoencoder.code_activation, 1)
    return [*given, code, *reversed(given)]


def arrays_of(table: ValidatedData) -> Arrays:
    """Rows whose targets are the rows."""
    return Arrays(table.X, table.y, table.weights)


def dense(X: Any) -> FloatArray:
    return np.asarray(X if isinstance(X, np.ndarray) else X.toarray())
