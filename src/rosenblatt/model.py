"""A trained network: its description, its parameters and the loss that owns the link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt import engine
from rosenblatt.engine import OutputFormat
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Matrix
from rosenblatt.support.overflow import warn_of_overflow
from rosenblatt.support.types import FloatArray

__all__ = ["Model", "OutputFormat", "Predictor"]


@final
@dataclass(frozen=True)
class Model:
    """Everything that prediction needs.

    Attributes
    ----------
    network : Network
    parameters : array (n_parameters,)
        float32 or float64; the inputs are converted to the same type.
    loss : Loss
    state : array (n_state,), optional
        The running statistics of a network with batch normalisation, of the parameters' type.
    """

    network: Network
    parameters: FloatArray
    loss: Loss
    state: FloatArray | None = None

    def scores(self, X: Matrix) -> FloatArray:
        """Raw scores, shape (n_samples, n_outputs), of dense or CSR input."""
        return engine.scores(self.network, self.parameters, X, state=self.state)

    def predict(self, X: Matrix) -> FloatArray:
        """Predictions through the loss's inverse link, shape (n_samples, n_outputs).

        Warns of predictions of finite rows that are not finite.
        """
        predictor = engine.predictor(self.network, self.loss, self.parameters, state=self.state)
        prediction = predictor.predict(X)
        warn_of_overflow(prediction, X)
        return prediction


@final
class Predictor:
    """A trained network as a plain function of arrays, for calls where microseconds count.

    It is a snapshot: it has its own copy of the parameters, and what becomes of the model
    afterwards does not reach it. Inputs are neither searched for NaN and infinity, which come out
    as whatever they lead to, nor held against column names. Predictions of finite rows that are
    not finite come with a warning. It may be pickled, and called from several threads at once.

    Parameters
    ----------
    model : Model
    form : OutputFormat
        What the predictions look like; `Model.predict`'s by default.
    n_jobs : int, optional
        Threads at most; many rows share them.
    deterministic : bool, default=False
        The same bits for the same rows, whatever the number of threads.

    Attributes
    ----------
    n_inputs, n_outputs : int
        Numbers that go in and come out, of one row.
    dtype : dtype
        The parameters' type: inputs of this type in C order are taken without a copy.

    Examples
    --------
    >>> import numpy as np
    >>> from rosenblatt.losses import SquaredError
    >>> from rosenblatt.network import Dense, Network
    >>> network = Network(2, (Dense(1),))
    >>> predict = Predictor(Model(network, np.array([2.0, 3.0, 1.0]), SquaredError()))
    >>> predict(np.array([[1.0, 1.0], [0.0, 1.0]]))
    array([[6.],
           [4.]])
    >>> predict(np.array([1.0, 1.0]))
    array([6.])
    """

    __slots__ = ("_model", "_predictor", "_settings", "dtype", "n_inputs", "n_outputs")

    def __init__(
        self,
        model: Model,
        form: OutputFormat = OutputFormat.COLUMNS,
        n_jobs: int | None = None,
        deterministic: bool = False,
    ) -> None:
        theta = model.parameters.copy()
        state = None if model.state is None else model.state.copy()
        self._model = replace(model, parameters=theta, state=state)
        self._settings = form, n_jobs, deterministic
        self._predictor = engine.predictor(
            model.network, model.loss, theta, form, n_jobs, state, deterministic
        )
        self.n_inputs: int = model.network.n_inputs
        self.n_outputs: int = self._predictor.n_columns
        self.dtype: np.dtype[Any] = theta.dtype

    def __call__(self, X: npt.ArrayLike, *, out: FloatArray | None = None) -> FloatArray:
        """Predictions of rows, shape (n, n_inputs), or of one row, shape (n_inputs,).

        Those of one row come without the leading axis. `out`, an array of their shape, is filled
        and returned in place of a new one.
        """
        prediction = self._predictor.bare(X, out)
        return self._prepared(X, out) if prediction is None else prediction

    def _prepared(self, X: npt.ArrayLike, out: FloatArray | None) -> FloatArray:
        rows = np.asarray(X, self.dtype)
        if rows.ndim not in (1, 2) or rows.shape[-1] != self.n_inputs:
            raise ValueError(
                f"expected an array of shape (n, {self.n_inputs}) or ({self.n_inputs},), got"
                f" {rows.shape}"
            )
        prediction = self._predictor.predict(np.atleast_2d(rows))
        warn_of_overflow(prediction, rows)
        if rows.ndim == 1:
            prediction = prediction[0, ...]
        if out is None:
            return prediction
        if not isinstance(out, np.ndarray) or out.shape != prediction.shape:
            raise ValueError(f"`out` must be an array of shape {prediction.shape}")
        np.copyto(out, prediction)
        return out

    def __reduce__(self) -> tuple[Any, ...]:
        return Predictor, (self._model, *self._settings)

    def __repr__(self) -> str:
        return f"<Predictor of {self.n_outputs} outputs from {self.n_inputs} inputs, {self.dtype}>"
