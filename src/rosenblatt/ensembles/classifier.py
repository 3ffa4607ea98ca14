"""`MLPEnsembleClassifier`: predicts by the mean probabilities of its members."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score

from rosenblatt.ensembles.base import BaseMLPEnsemble
from rosenblatt.ensembles.uncertainty import Uncertainty, entropies, of_classes, of_labels
from rosenblatt.estimators import MLPClassifier
from rosenblatt.support.class_labels import class_labels
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.squares import mean_weights
from rosenblatt.support.types import FloatArray

__all__ = ["MLPEnsembleClassifier"]


@final
class MLPEnsembleClassifier(ClassifierMixin, BaseMLPEnsemble):
    """Several MLPClassifiers, trained in parallel: their mean is the prediction, their spread its
    uncertainty.

    With ``mode='seeds'`` every member is trained on all rows; members differ by their initial
    weights and their batches (deep ensembles, Lakshminarayanan et al. 2017). With
    ``mode='bagging'`` each is trained on a bootstrap sample of the rows as well (Breiman 1996). The
    table is in memory once in both modes.

    Parameters
    ----------
    estimator : MLPClassifier, optional
        The network that every member is a copy of; None for one with default parameters. Its
        `random_state` is not used.
    n_estimators : int, default=10
    mode : {'seeds', 'bagging'}, default='seeds'
        Different seeds make networks differ enough, and members trained on all rows are more
        accurate. Bagging offers the out-of-bag score, and its spread includes the sampling of the
        data.
    oob_score : bool, default=False
        With ``mode='bagging'``, score predictions of every row by the members whose bags lack it:
        an estimate for unseen rows that needs no held-out ones.
    n_jobs : int or None, default=None
        Threads, shared among members in training and among rows in prediction; None takes the
        cores that the process may use. A network whose own `n_jobs` is None gets an equal share.
    backend : {'threads', 'ray'}, default='threads'
        Where members are trained: in threads of this process, or in processes of a Ray cluster,
        with the same results to the bit; the table is sent there once.
    address : str, optional
        Of the cluster, for ``backend='ray'``; None for one of this machine's own, which ends with
        the fit. Joining a cluster means running its code, and letting it run yours.
    random_state : int, RandomState or None, default=None
        Draws the seeds of members and bags. A larger ensemble begins with the members of a smaller
        one.
    verbose : bool or int, default=False
        Print a line for each member trained.

    Attributes
    ----------
    estimators_ : list of MLPClassifier
        The members. Each equals ``clone(member).fit(X, y)`` bit for bit; in bagging, on the rows
        of its bag, if these have every class.
    estimators_samples_ : list of arrays of int
        In mode 'bagging' the rows in each member's bag, in the order drawn, with repetitions.
    classes_ : array of shape (n_classes,)
    oob_score_ : float
        Accuracy over the rows that at least one bag lacks, weighted by `sample_weight`.
    oob_decision_function_ : array, shaped as `predict_proba`
        Mean probabilities over the members whose bags lack a row; NaN where every bag has it.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where X has column names.
    model_ : EnsembleModel
        The networks as a plain value, made anew on every access.

    Notes
    -----
    Every member has an output for every class. Classes that its bag lacks get probabilities near 0.

    With `early_stopping` in mode 'bagging', and without validation rows given to `fit`, a member
    validates on the rows outside its bag: rows split off the bag would have copies among the
    training rows. A bag that leaves out fewer than two rows is drawn again. The out-of-bag score is
    then optimistic, because the same rows decided when to stop.

    The log loss of the mean probabilities is at most the mean of the members' log losses, because
    -ln is convex.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.preprocessing import scale
    >>> from rosenblatt import MLPClassifier, MLPEnsembleClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> network = MLPClassifier((16,), early_stopping=True)
    >>> clf = MLPEnsembleClassifier(network, 5, random_state=0).fit(scale(X), y)
    >>> p, std = clf.predict_proba(scale(X), return_std=True)
    >>> p.shape == std.shape == (569, 2)
    True
    >>> bool(clf.score(scale(X), y) > 0.9)
    True
    """

    _network_type = MLPClassifier

    oob_decision_function_: FloatArray

    @property
    def classes_(self) -> Any:
        """The classes, or the labels of multilabel targets."""
        return self.estimators_[0].classes_

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The class of the largest mean probability; for multilabel targets an indicator matrix."""
        p = self._mean(X)
        return self.estimators_[0].targets_.predicted(p)

    def predict_proba(
        self, X: Any, return_std: bool = False
    ) -> FloatArray | tuple[FloatArray, ...]:
        """Mean probabilities, shape (n_samples, n_classes), in the order of `classes_`.

        With `return_std` also the standard deviation of the members' probabilities (ddof=1), of
        the same shape.
        """
        return self._mean_and_std(X) if return_std else self._mean(X)

    def predict_log_proba(self, X: Any) -> FloatArray:
        """ln of `predict_proba`."""
        with np.errstate(divide="ignore"):  # a probability may round to 0
            log_p: FloatArray = np.log(self._mean(X))
        return log_p

    def uncertainty(self, X: Any) -> Uncertainty:
        """The uncertainty of every row's prediction, and its parts; see `Uncertainty`.

        Multilabel targets have a column for each label.
        """
        entropy = of_labels if self._several_labels else of_classes
        return Uncertainty(
            *self._over_members(X, lambda p: entropies(entropy(p), entropy(p.mean(axis=0))))
        )

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of rows predicted right, as scikit-learn's `accuracy_score` gives it."""
        with plain_values(y=y, sample_weight=sample_weight), class_labels(y):
            return float(super().score(X, y, mean_weights(sample_weight)))

    @property
    def _several_labels(self) -> bool:
        return bool(self.estimators_[0].targets_.multilabel)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _score_of(self, prediction: FloatArray, y: Any, sample_weight: Any) -> float:
        decided = self.estimators_[0].targets_.predicted(prediction)
        return float(accuracy_score(y, decided, sample_weight=sample_weight))

    def _keep_out_of_bag(self, prediction: FloatArray) -> None:
        self.oob_decision_function_ = prediction
