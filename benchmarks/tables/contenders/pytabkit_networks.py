"""What the networks of pytabkit share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.tables.contenders.base import Contender, categorical, with_missing_category

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

__all__ = ["PyTabKit"]


class PyTabKit(Contender):
    """Native categories. A missing number, which its networks refuse, becomes the column's mean
    with an indicator beside it, a missing category one of its own."""

    package = distribution = "pytabkit"

    def fit(self, X: pd.DataFrame, y: npt.NDArray[Any]) -> None:
        numbers = X.drop(columns=categorical(X))
        self.means = numbers.mean()
        self.incomplete = list(numbers.columns[numbers.isna().any()])
        super().fit(X, y)

    def prepare(self, X: pd.DataFrame) -> Any:
        flags = {f"{name} is missing": X[name].isna().astype(float) for name in self.incomplete}
        texts = with_missing_category(X)
        categories = {name: texts[name].astype("category") for name in categorical(X)}
        return texts.fillna(self.means).assign(**categories, **flags)
