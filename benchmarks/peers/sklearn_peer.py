"""scikit-learn's MLPClassifier; its only threads are those of NumPy's BLAS."""

from __future__ import annotations

from typing import Any, ClassVar, final

from benchmarks.cases import Case, Prediction
from benchmarks.data import Data
from benchmarks.peers.base import Peer, Prepared, calls
from benchmarks.peers.estimator import Estimator, Fit, case_options, fitted

__all__ = ["ScikitLearn", "classifier"]


def classifier(**options: Any) -> Estimator:
    from sklearn.neural_network import MLPClassifier

    estimator: Estimator = MLPClassifier(**options)
    return estimator


@final
class ScikitLearn(Peer):
    name: ClassVar[str] = "scikit-learn"
    package: ClassVar[str] = "sklearn"

    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        options = case_options(case)
        return Prepared(Fit(lambda: classifier(**options), data, case.batch))

    def prediction(self, case: Prediction, threads: int) -> Prepared:
        return calls(fitted(classifier, case).predict_proba, case)
