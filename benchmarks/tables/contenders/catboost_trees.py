from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from benchmarks.tables.contenders.base import Contender, categorical, with_missing_category

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


@final
class CatBoost(Contender):
    """Native categories; a missing one, which it refuses, is a category of its own."""

    name = "CatBoost"
    short = "CatB"
    package = distribution = "catboost"

    def build(self, classify: bool, seed: int, threads: int) -> Any:
        from catboost import CatBoostClassifier, CatBoostRegressor

        kind = CatBoostClassifier if classify else CatBoostRegressor
        return kind(
            random_seed=seed, thread_count=threads, verbose=False, allow_writing_files=False
        )

    def prepare(self, X: pd.DataFrame) -> Any:
        return with_missing_category(X)

    def fit(self, X: pd.DataFrame, y: npt.NDArray[Any]) -> None:
        self.model.fit(self.prepare(X), y, cat_features=categorical(X))
