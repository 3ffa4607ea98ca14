from __future__ import annotations

from typing import Any, final

from benchmarks.tables.contenders.base import Contender


@final
class ScikitLearn(Contender):
    """Its network behind its usual pipeline: one-hot categories, numbers imputed by their median
    and standardised. It stops at 200 epochs, its default, and warns.

    A regression's target is standardised too: its network does not do so, and prices in dollars
    would be out of its reach.
    """

    name = "scikit-learn MLP"
    short = "MLP"
    package, distribution = "sklearn", "scikit-learn"

    def build(self, classify: bool, seed: int, threads: int) -> Any:
        from sklearn.compose import (
            TransformedTargetRegressor,
            make_column_selector,
            make_column_transformer,
        )
        from sklearn.impute import SimpleImputer
        from sklearn.neural_network import MLPClassifier, MLPRegressor
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder, StandardScaler

        encoder = make_column_transformer(
            (
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                make_column_selector(dtype_include="category"),
            ),
            remainder=make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
        )
        if classify:
            return make_pipeline(encoder, MLPClassifier(random_state=seed))
        network = make_pipeline(encoder, MLPRegressor(random_state=seed))
        return TransformedTargetRegressor(network, transformer=StandardScaler())
