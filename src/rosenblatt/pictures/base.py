"""Fitting a convolutional network, as classifier and regressor do it."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import Any, ClassVar, Self

from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from rosenblatt.errors import InputError
from rosenblatt.estimators.estimator_fit import EstimatorFit, callback_task
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.fitting.data import Columns, validated, validated_like
from rosenblatt.fitting.resume.session import checkpoint_session
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.fitting.train_validation import encoded
from rosenblatt.model import Model
from rosenblatt.network import Conv2D, Dense, MaxPool2D, Network, Reshape, Shape
from rosenblatt.options.activations import hidden_activations
from rosenblatt.options.parameters import CONSTRAINTS, NAMES, Parameters
from rosenblatt.pictures.chain import network_of_pictures
from rosenblatt.pictures.images import as_rows
from rosenblatt.support.held_numbers import HeldNumbers

__all__ = ["CONVOLUTIONAL", "LAYERS", "BaseConvNet"]

LAYERS = (
    Conv2D(16, 3, padding=1),
    MaxPool2D(2),
    Conv2D(32, 3, padding=1),
    MaxPool2D(2),
    Dense(64),
)
# Of the perceptrons' parameters those that the layers have themselves.
OF_LAYERS = {"hidden_layer_sizes", "residual", "normalization", "dropout", "max_norm"}
CONVOLUTIONAL: dict[str, list[Any]] = {
    **{name: kinds for name, kinds in CONSTRAINTS.items() if name not in OF_LAYERS},
    "layers": [list, tuple],
    "augmentation": [list, tuple],
    "image_shape": [None, list, tuple],
}


class BaseConvNet(HeldNumbers, CallbackSupportMixin, FittedMLP):
    """What both estimators of pictures have."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONVOLUTIONAL

    layers: Any
    image_shape: Any
    augmentation: Any
    max_iter: int
    random_state: Any
    warm_start: bool

    _numeric_targets: ClassVar[bool]
    _takes_pixels: ClassVar[bool] = True

    @abstractmethod
    def _learn_targets(self, y: Any) -> TargetCodec:
        """The targets of a first fit."""

    @abstractmethod
    def _continue_targets(self, known: TargetCodec, y: Any) -> TargetCodec:
        """Targets that are known, under the current parameters; ValueError if `y` differs."""

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Fit the network to pictures X and their targets y.

        Parameters
        ----------
        X : array of shape (n, height, width) or (n, height, width, channels)
            Or rows of pixels, shape (n, height * width * channels), with `image_shape`. Pixels of
            type uint8 are divided by 255; all others are taken as they are.
        y : array-like of shape (n,) or (n, n_outputs)
        sample_weight : array-like of shape (n,), optional
            Weight 2 stands for a picture given twice, weight 0 for its absence.
        X_val, y_val, sample_weight_val : as above, optional
            Pictures to validate on after every epoch, in place of a split by
            `validation_fraction`.

        Returns
        -------
        self

        Raises
        ------
        InputError
            A ValueError, for pictures of several sizes, rows without `image_shape`, and layers
            that do not fit the pictures.
        DivergenceError
            A ValueError, where numbers stop being finite; the estimator then stays as it was.
        """
        self._validate_params()
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))

    @property
    def image_shape_(self) -> Shape:
        """Height, width and channels of the pictures that it was fitted to."""
        first = self.model_.network.layers[0]
        assert isinstance(first, Reshape)
        return tuple(first.shape)

    @property
    def model_(self) -> Model:
        """The trained network as a plain value: description, flat parameters, loss."""
        self._require_fit()
        return self._model_of_arrays()

    def _require_fit(self) -> None:
        check_is_fitted(self, "coefs_")

    def _model_of_arrays(self) -> Model:
        published = self._published
        if published is None or not published.is_shown_by(vars(self)):
            raise InputError(
                "coefs_ and intercepts_ of a convolutional network show its parameters: write into"
                " their arrays, in place of other lists."
            )
        return published.model

    def _layer_activations(self) -> Any:
        return "of the layers"

    def _prepared(self, X: Any) -> Any:
        """Rows of pictures of the size of the fit; what has rows already is checked as a table."""
        return X if len(getattr(X, "shape", ())) == 2 else as_rows(X, self.image_shape_)[0]

    def _parameters(self) -> Parameters:
        own = {name: getattr(self, name) for name in NAMES if name not in OF_LAYERS}
        # They stand for the layers in the identity of a fit that is resumed.
        return Parameters(hidden_layer_sizes=(*self.augmentation, *self.layers), **own)

    def _network(self, shape: Shape, n_inputs: int, n_outputs: int) -> Network:
        (activation,) = hidden_activations(self.activation, 1)
        return network_of_pictures(
            shape, self.augmentation, self.layers, activation, n_outputs, float(self.input_noise)
        )

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any] = (None, None, None),
        *,
        incremental: bool = False,
        targets: TargetCodec | None = None,
    ) -> Self:
        """Fit; an error leaves the estimator as it was."""
        continues = hasattr(self, "coefs_") and (self.warm_start or incremental)
        if continues:
            rows, shape = self._prepared(X), self.image_shape_
        else:
            rows, shape = as_rows(X, self.image_shape)
        X_val, y_val, weights_val = validation
        if X_val is not None:
            X_val, _ = as_rows(X_val, shape, "X_val")
        if continues:
            targets = getattr(self, "targets_", None)
        with callback_task(self, 1 if incremental else self.max_iter):
            parameters = self._parameters()
            initial = self._model_of_arrays() if continues else None
            trained = None if initial is None else initial.parameters.dtype
            numeric = self._numeric_targets
            table = validated(
                self,
                rows,
                y,
                sample_weight,
                numeric=numeric,
                dtype=parameters.input_dtypes(trained),
                columns=Columns.of(self) if continues else None,
                pixels=True,
            )
            owner = type(self).__name__
            with checkpoint_session(parameters, owner, table.columns, incremental) as session:
                rng = session.generator(check_random_state(self.random_state))
                if targets is None:
                    targets = self._learn_targets(table.y)
                else:
                    targets = self._continue_targets(targets, table.y)
                held = validated_like(
                    self, table, X_val, y_val, weights_val, numeric=numeric, pixels=True
                )
                under_way = EstimatorFit.begin(
                    self,
                    targets,
                    table,
                    encoded(targets, table, validation=held),
                    initial=initial,
                    carried=self._carried if continues else None,
                    incremental=incremental,
                    rng=rng,
                    parameters=parameters,
                    make_network=partial(self._network, shape),
                )
                session.run(under_way.fit)
            under_way.end(table, continues=continues)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags
