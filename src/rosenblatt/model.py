"""A trained network: its description, its parameters and the loss that owns the link; and a mean
of several.

Both kinds of model have the same surface: what predicts, stores or exports one takes either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from rosenblatt import engine
from rosenblatt.engine import EnginePredictor, OutputFormat
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Matrix
from rosenblatt.support.listing import count
from rosenblatt.support.overflow import warn_of_overflow
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.types import FloatArray

__all__ = ["AnyModel", "EnsembleModel", "Model", "OutputFormat", "Predictor"]


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

    @property
    def members(self) -> tuple[Model, ...]:
        """Itself: the networks whose mean predicts."""
        return (self,)

    @property
    def n_inputs(self) -> int:
        return self.network.n_inputs

    @property
    def n_outputs(self) -> int:
        return self.network.n_outputs

    @property
    def n_parameters(self) -> int:
        return self.network.n_parameters

    @property
    def dtype(self) -> np.dtype[Any]:
        """The parameters' type."""
        return self.parameters.dtype

    def astype(self, dtype: npt.DTypeLike) -> Model:
        """A copy with parameters of that type; numbers beyond it become infinite."""
        with np.errstate(over="ignore"):
            theta = self.parameters.astype(dtype)
            state = None if self.state is None else self.state.astype(dtype)
        return replace(self, parameters=theta, state=state)

    def scores(self, X: Matrix) -> FloatArray:
        """Raw scores, shape (n_samples, n_outputs), of dense or CSR input."""
        return engine.scores(self.network, self.parameters, X, state=self.state)

    def predict(self, X: Matrix) -> FloatArray:
        """Predictions through the loss's inverse link, shape (n_samples, n_outputs).

        Warns of predictions of finite rows that are not finite.
        """
        return warned_of(self.engine_predictor(), X)

    def engine_predictor(
        self,
        form: OutputFormat = OutputFormat.COLUMNS,
        n_jobs: int | None = None,
        deterministic: bool = False,
    ) -> EnginePredictor:
        """A predictor that reads the parameters in place, for many calls; see `Predictor`."""
        theta = self.parameters
        return engine.predictor(
            self.network, self.loss, theta, form, n_jobs, self.state, deterministic
        )


@final
@dataclass(frozen=True)
class EnsembleModel:
    """Several networks over the same inputs: their mean prediction.

    Attributes
    ----------
    members : tuple of Model
        One or more, of any layers; with as many inputs and outputs, the same loss and the same
        float type.

    Raises
    ------
    ValueError
        Where there are none, or they differ in what must be the same.
    """

    members: tuple[Model, ...]

    def __post_init__(self) -> None:
        if not self.members:
            raise ValueError("an ensemble needs at least one network")
        for what, of in SAME.items():
            first, *others = map(of, self.members)
            for other in others:
                if other != first:
                    raise ValueError(
                        f"the networks of an ensemble differ in {what}: {first} and {other}"
                    )

    def __repr__(self) -> str:
        """Without the weights, of which every member has thousands."""
        counts = (
            count(len(self.members), "network"),
            count(self.n_inputs, "input"),
            count(self.n_outputs, "output"),
            count(self.n_parameters, "weight"),
        )
        return f"<EnsembleModel of {', '.join(counts)}, {self.loss!r}>"

    @property
    def loss(self) -> Loss:
        """Every member's."""
        return self.members[0].loss

    @property
    def n_inputs(self) -> int:
        return self.members[0].n_inputs

    @property
    def n_outputs(self) -> int:
        return self.members[0].n_outputs

    @property
    def n_parameters(self) -> int:
        """Of all members together."""
        return sum(member.n_parameters for member in self.members)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The parameters' type."""
        return self.members[0].dtype

    def astype(self, dtype: npt.DTypeLike) -> EnsembleModel:
        """A copy with parameters of that type; numbers beyond it become infinite."""
        return EnsembleModel(tuple(member.astype(dtype) for member in self.members))

    def predict(self, X: Matrix) -> FloatArray:
        """The mean of the members' predictions, shape (n_samples, n_outputs).

        Warns of predictions of finite rows that are not finite.
        """
        return warned_of(self.engine_predictor(), X)

    def engine_predictor(
        self,
        form: OutputFormat = OutputFormat.COLUMNS,
        n_jobs: int | None = None,
        deterministic: bool = False,
    ) -> EnginePredictor:
        """A predictor that reads the parameters in place, for many calls; see `Predictor`."""
        return engine.MeanPredictor(
            [member.engine_predictor(form, n_jobs, deterministic) for member in self.members]
        )


AnyModel: TypeAlias = Model | EnsembleModel

SAME: dict[str, Callable[[Model], Any]] = {
    "their inputs": lambda member: member.n_inputs,
    "their outputs": lambda member: member.n_outputs,
    "their loss": lambda member: member.loss,
    "their float type": lambda member: member.dtype,
}


def warned_of(predictor: EnginePredictor, X: Matrix) -> FloatArray:
    """The predictions, after a warning if those of finite rows are not finite."""
    prediction = predictor.predict(X)
    warn_of_overflow(prediction, X)
    return prediction


@final
class Predictor:
    """A trained model as a plain function of arrays, for calls where microseconds count.

    It is a snapshot: it has its own copy of the parameters, and what becomes of the model
    afterwards does not reach it. Inputs are neither searched for NaN and infinity, which come out
    as whatever they lead to, nor held against column names. Predictions of finite rows that are
    not finite come with a warning. It may be pickled, and called from several threads at once.

    Parameters
    ----------
    model : Model or EnsembleModel
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
        model: AnyModel,
        form: OutputFormat = OutputFormat.COLUMNS,
        n_jobs: int | None = None,
        deterministic: bool = False,
    ) -> None:
        self._model = model.astype(model.dtype)
        self._settings = form, n_jobs, deterministic
        self._predictor = self._model.engine_predictor(*self._settings)
        self.n_inputs: int = model.n_inputs
        self.n_outputs: int = self._predictor.n_columns
        self.dtype: np.dtype[Any] = model.dtype

    def __call__(self, X: npt.ArrayLike, *, out: FloatArray | None = None) -> FloatArray:
        """Predictions of rows, shape (n, n_inputs), or of one row, shape (n_inputs,).

        Those of one row come without the leading axis. `out`, an array of their shape, is filled
        and returned in place of a new one.
        """
        prediction = self._predictor.bare(X, out)
        return self._prepared(X, out) if prediction is None else prediction

    def _prepared(self, X: npt.ArrayLike, out: FloatArray | None) -> FloatArray:
        with plain_values(X=X), np.errstate(over="ignore"):
            given = np.asarray(X)
            rows = np.asarray(given, self.dtype)
        if rows.ndim not in (1, 2) or rows.shape[-1] != self.n_inputs:
            raise ValueError(
                f"expected an array of shape (n, {self.n_inputs}) or ({self.n_inputs},), got"
                f" {rows.shape}"
            )
        prediction = self._predictor.predict(np.atleast_2d(rows))
        warn_of_overflow(prediction, given if given.dtype.kind == "f" else rows)
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
