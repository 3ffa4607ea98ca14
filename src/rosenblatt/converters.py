"""Estimators of this library in the converters of others."""

from __future__ import annotations

from typing import Any

from rosenblatt.ensembles import MLPEnsembleClassifier, MLPEnsembleRegressor
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.export.skl2onnx_converter import register_estimator
from rosenblatt.unsupervised import HiddenFeatures, MLPAutoencoder

__all__ = ["register_skl2onnx"]


def register_skl2onnx() -> None:
    """Let `skl2onnx.to_onnx` convert the estimators of this library, within pipelines as well.

    They may be any step of a pipeline, and what a `VotingClassifier` or a `StackingRegressor` is
    made of. What comes out is what skl2onnx gives for scikit-learn's perceptrons: `label` and
    `probabilities`, with its options `zipmap`, `nocl` and `output_class_labels`, or `variable`.
    The networks compute in float32, also where skl2onnx is given numbers of float64. Calling it
    again changes nothing.

    A pipeline that ends in a network needs no registration in
    `rosenblatt.export.onnx_pipeline.to_onnx`.

    Raises
    ------
    ImportError
        Where skl2onnx is not installed.

    Examples
    --------
    >>> from rosenblatt.converters import register_skl2onnx
    >>> register_skl2onnx()  # doctest: +SKIP
    >>> skl2onnx.to_onnx(make_pipeline(StandardScaler(), MLPClassifier()).fit(X, y), X[:1])
    ... # doctest: +SKIP
    """
    for estimator in (MLPClassifier, MLPRegressor, MLPEnsembleClassifier, MLPEnsembleRegressor):
        register_estimator(estimator, network_of_estimator)
    register_estimator(HiddenFeatures, lambda fitted: fitted.part_.to_onnx())
    register_estimator(MLPAutoencoder, lambda fitted: fitted.encoder_.to_onnx())


def network_of_estimator(fitted: Any) -> Any:
    return fitted.to_onnx()
