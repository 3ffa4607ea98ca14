from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from benchmarks.tables.contenders.base import Contender, numbered

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


@final
class XGBoost(Contender):
    """Native categories; it learns the numbers of classes, not their names."""

    name = "XGBoost"
    short = "XGB"
    package = distribution = "xgboost"

    def build(self, classify: bool, seed: int, threads: int) -> Any:
        from xgboost import XGBClassifier, XGBRegressor

        self.names: npt.NDArray[Any] | None = None
        self.classify = classify
        kind = XGBClassifier if classify else XGBRegressor
        return kind(random_state=seed, n_jobs=threads, enable_categorical=True)

    def prepare(self, X: pd.DataFrame) -> Any:
        return numbered(X)

    def fit(self, X: pd.DataFrame, y: npt.NDArray[Any]) -> None:
        if self.classify:
            self.names, y = np.unique(y, return_inverse=True)
        super().fit(X, y)

    def predict(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        predicted = super().predict(X)
        return predicted if self.names is None else self.names[predicted]

    @property
    def classes(self) -> list[str]:
        return [] if self.names is None else list(self.names)
