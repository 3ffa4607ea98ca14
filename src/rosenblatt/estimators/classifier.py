"""`MLPClassifier`: scikit-learn's, on our own engine."""

from __future__ import annotations

from typing import Any, Literal, Self, final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    type_of_target,
    unique_labels,
)

from rosenblatt.engine import Form
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.types import FloatArray

__all__ = ["MLPClassifier"]


@final
class MLPClassifier(ClassifierMixin, BaseMLP):
    """Multi-layer perceptron for classification, trained on the cross-entropy.

    Every parameter of scikit-learn 1.9's MLPClassifier, in its order and with its defaults and
    meaning, and after them our own, keyword-only. With the same `random_state` and float64 input it
    draws the same weights, split and batches, so that its `loss_curve_` is scikit-learn's.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of each hidden layer.
    activation : {'identity', 'logistic', 'tanh', 'relu'}, default='relu'
        Activation of the hidden layers (theory N3).
    solver : {'lbfgs', 'sgd', 'adam'}, default='adam'
        'sgd' and 'adam' take mini-batches (G7, G10), 'lbfgs' all rows at once (G15).
    alpha : float, default=0.0001
        Strength of the L2 penalty on the weights; biases are free. The objective is
        mean loss + α/(2n) ΣW², n the rows of the batch, as in scikit-learn.
    batch_size : int or 'auto', default='auto'
        Rows in a mini-batch; 'auto' is min(200, n_samples).
    learning_rate : {'constant', 'invscaling', 'adaptive'}, default='constant'
        How the rate of 'sgd' changes (G13).
    learning_rate_init : float, default=0.001
        Rate of the first step.
    power_t : float, default=0.5
        Exponent of 'invscaling'.
    max_iter : int, default=200
        Epochs at most; for 'lbfgs' iterations.
    shuffle : bool, default=True
        Draw new batches in every epoch.
    random_state : int, RandomState or None, default=None
        Seed of the initial weights, the validation split and the batches.
    tol : float, default=1e-4
        Smaller gains do not count as improvement; for 'lbfgs' the gradient's tolerance.
    verbose : bool, int or 'bar', default=False
        True prints a line an epoch, 'bar' shows one progress line.
    warm_start : bool, default=False
        Go on from the weights of the last fit.
    momentum : float, default=0.9
        Of 'sgd' (G7).
    nesterovs_momentum : bool, default=True
        Whether the momentum looks ahead.
    early_stopping : bool, default=False
        Hold out rows, stop when their accuracy stalls, and keep the best weights.
    validation_fraction : float, default=0.1
        Share of rows that `early_stopping` holds out.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of Adam's moments.
    epsilon : float, default=1e-8
        Adam's ε̂, beside the raw root.
    n_iter_no_change : int or inf, default=10
        Epochs without improvement that stop the fit.
    max_fun : int, default=15000
        Evaluations at most, of 'lbfgs'.
    dtype : {None, 'bfloat16', 'float32', 'float64'}, default=None
        Float type to train in; None keeps the input's. With 'bfloat16' everything is float32 but
        the factors of the larger matrix products of 'sgd' and 'adam', which are rounded to
        bfloat16's eight significant bits while they are multiplied: faster for wide layers.
        Only on processors with AVX512-BF16 (`rosenblatt.engine.has_bfloat16()`), elsewhere
        `fit` raises. Weights and predictions are float32.
    n_jobs : int or None, default=None
        Threads at most; None takes the cores that the process may use. Small networks run on one.
    scoring : 'loss' or None, default=None
        What `early_stopping` watches on the validation rows: their loss, negated, or scikit-learn's
        score (accuracy here, R² in the regressor). The loss still moves where few rows leave the
        score standing.
    dropout : float or sequence of float, default=0.0
        Probability with which a hidden unit is left out of a training step, for all hidden layers
        or one for each; what stays is divided by 1 - p, and predictions use all units. Which units
        are left out follows from `random_state`, whatever `n_jobs` is. `loss_curve_` has the losses
        of the thinned networks. Not with 'lbfgs'.
    residual : bool, default=False
        Add the input of every hidden layer to its output, so that the gradient reaches deep layers
        undiminished (B14). Where the widths differ, a learned projection brings the one to the
        other; it bears the penalty, like all weights, and is in `parameters_`.
    normalization : None, 'batch', 'layer' or Normalization, default=None
        Normalise what the hidden layers' activations take. 'layer' is over the units of each row
        (Ba et al. 2016), `normalizations.LayerNorm()`. 'batch' is over the rows of a batch (Ioffe &
        Szegedy 2015), `normalizations.BatchNorm()`: predictions take running statistics in their
        place, and so does a last batch of a single row, which leaves them as they are. Every row
        counts once in them, whatever its weight. 'batch' is not for 'lbfgs' or batches of one row.
        The learned scale and shift that follow bear no penalty; they and the running statistics are
        in `parameters_`.
    input_noise : float, default=0.0
        Standard deviation of Gaussian noise that every training step adds to its rows, which
        smooths what is learnt (Bishop 1995); on the scale of the features, so scale them. Like
        dropout it follows from `random_state`, whatever `n_jobs` is. Not with 'lbfgs' or sparse X.

    Attributes
    ----------
    classes_ : array of shape (n_classes,) or list of them
    coefs_, intercepts_ : lists of arrays
        Weights of shape (n_in, n_out) and biases of shape (n_out,), layer by layer.
    loss_ : float
        Loss of the last epoch.
    loss_curve_ : list of float
        Loss of every epoch; the mean of the batches', each at the weights it met.
    best_loss_ : float or None
        Smallest loss; None under `early_stopping`.
    validation_scores_ : list of float or None
        Accuracy on the held-out rows after every epoch, under `early_stopping`; with
        `scoring='loss'` their negated loss.
    best_validation_score_ : float or None
    history_ : list of dict
        One record an epoch: epoch, loss, validation_loss, validation_score, learning_rate,
        gradient_norm (by layer), seconds. For 'lbfgs' one an iteration, with None where an
        iteration has no such thing.
    stop_reason_ : str
        Which criterion ended the fit (theory B12).
    model_ : Model
        The network as a plain value.
    t_ : int
        Samples seen.
    n_iter_ : int
        Epochs run.
    parameters_ : mapping of str to array
        Every parameter by name, 'layers.0.weight' and so on, also those beside `coefs_` and
        `intercepts_`. The mapping is read-only, the arrays are the network's.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where X has column names.
    n_layers_, n_outputs_ : int
    out_activation_ : str
        'logistic' for two classes and for multilabel targets, else 'softmax'.

    Notes
    -----
    A batch's gradient is Σ wᵢδᵢ / (b·w̄), b its rows and w̄ the mean weight of the training set, an
    unbiased estimate of the weighted objective's. scikit-learn divides by the batch's own Σwᵢ, so
    that weights do nothing at batch_size=1.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.preprocessing import StandardScaler
    >>> from rosenblatt import MLPClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X = StandardScaler().fit_transform(X)
    >>> clf = MLPClassifier(hidden_layer_sizes=(64, 32), random_state=0).fit(X, y)
    >>> bool(clf.score(X, y) > 0.99)
    True
    """

    loss = "log_loss"  # scikit-learn's attribute; no parameter
    _takes_numeric_targets = False

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int | Literal["bar"] = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dtype: Any = None,
        n_jobs: int | None = None,
        scoring: Literal["loss"] | None = None,
        dropout: Any = 0.0,
        residual: bool = False,
        normalization: Literal["batch", "layer"] | Normalization | None = None,
        input_noise: float = 0.0,
    ) -> None:
        self._keep(locals())

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of every row; for multilabel targets an indicator matrix."""
        p = self._predictions(X)
        if self.n_outputs_ == 1:
            p = p[:, 1]
        labels = self._label_binarizer
        # What inverse_transform does, without its checks.
        if labels.y_type_ == "multiclass" and not labels.sparse_input_:
            return labels.classes_.take(p.argmax(axis=1), mode="clip")
        if labels.y_type_ == "binary" and len(labels.classes_) == 2 and not labels.sparse_input_:
            return labels.classes_.take(p > 0.5)
        return labels.inverse_transform(p)

    def predict_proba(self, X: Any) -> FloatArray:
        """Probabilities, shape (n_samples, n_classes), in the order of `classes_`."""
        return self._predictions(X)

    def predict_log_proba(self, X: Any) -> FloatArray:
        """ln of `predict_proba`."""
        with np.errstate(divide="ignore"):  # a probability may round to 0
            log_p: FloatArray = np.log(self.predict_proba(X))
        return log_p

    @available_if(lambda self: self._has_epochs())  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """One epoch over the rows given, from the weights and the momentum of the last call.

        Parameters
        ----------
        X, y, sample_weight : as in `fit`
        classes : array of shape (n_classes,), optional
            All classes that will ever come; needed in the first call.
        """
        self._validate_params()
        if _check_partial_fit_first_call(self, classes):
            several = type_of_target(y).startswith("multilabel")
            self._label_binarizer = LabelBinarizer().fit(y if several else classes)
        return self._fit(X, y, sample_weight, (None, None, None), incremental=True)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _check_targets(self, y: Any, incremental: bool) -> None:
        known = hasattr(self, "classes_") and (self.warm_start or incremental)
        if not known:
            self._label_binarizer = LabelBinarizer().fit(flat(y))
            self.classes_ = self._label_binarizer.classes_
            return
        if self.warm_start:
            classes = unique_labels(y)
            if set(classes) != set(self.classes_):
                raise ValueError(
                    "warm_start can only be used where `y` has the same classes as in the previous"
                    f" call to fit. Previously got {self.classes_}, `y` has {classes}"
                )
        else:
            self._check_validation_targets(y)

    def _check_validation_targets(self, y: Any) -> None:
        classes = unique_labels(y)
        if len(np.setdiff1d(classes, self.classes_)):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}."
                f" 'y' has {classes}."
            )

    def _encode_targets(self, y: Any, dtype: npt.DTypeLike) -> FloatArray:
        if self._label_binarizer.y_type_ in ("binary", "multiclass") and np.size(y) == len(y):
            return np.searchsorted(self.classes_, np.ravel(y)).astype(dtype)[:, None]
        indicator = self._label_binarizer.transform(flat(y, warn=False))
        if sp.issparse(indicator):
            indicator = indicator.toarray()
        encoded: FloatArray = np.ascontiguousarray(indicator, dtype=dtype)
        return encoded

    def _loss(self, p_min: float = 0.0) -> Loss:
        if self._label_binarizer.y_type_ == "multiclass":
            return CategoricalCrossEntropy(p_min)
        return BinaryCrossEntropy(p_min)

    def _n_units_out(self, y: FloatArray) -> int:
        if self._label_binarizer.y_type_ == "multiclass":
            return len(self.classes_)
        return y.shape[1]

    def _out_activation(self) -> str:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "logistic"

    def _form(self) -> Form:
        return Form.BOTH_CLASSES if self.n_outputs_ == 1 else Form.COLUMNS

    def _reported_loss(self, data_loss: float) -> float:
        return data_loss

    def _prediction_score(
        self, prediction: FloatArray, y: FloatArray, weights: FloatArray | None
    ) -> float:
        if self._label_binarizer.y_type_ == "multiclass":
            right = prediction.argmax(axis=1) == y[:, 0]
        else:
            right = ((prediction > 0.5) == (y > 0.5)).all(axis=1)
        return float(np.average(right, weights=weights))

    def _strata(self, y: FloatArray) -> npt.NDArray[Any] | None:
        # As in scikit-learn, only a single column is stratified, and its classes go by these names.
        if self._label_binarizer.y_type_ == "multiclass" or y.shape[1] > 1:
            return None
        return np.where(y[:, 0] > 0.5, "True", "False")


def flat(y: Any, warn: bool = True) -> Any:
    """A single column as one dimension, with scikit-learn's warning."""
    if not sp.issparse(y) and np.ndim(y) == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=warn)
    return y
