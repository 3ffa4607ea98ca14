from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from benchmarks.tables.contenders.base import Contender, numbered

if TYPE_CHECKING:
    import pandas as pd


@final
class LightGBM(Contender):
    """Its scikit-learn estimators, with native categories."""

    name = "LightGBM"
    short = "LGBM"
    package = distribution = "lightgbm"

    def build(self, classify: bool, seed: int, threads: int) -> Any:
        from lightgbm import LGBMClassifier, LGBMRegressor

        kind = LGBMClassifier if classify else LGBMRegressor
        return kind(random_state=seed, n_jobs=threads, verbosity=-1)

    def prepare(self, X: pd.DataFrame) -> Any:
        return numbered(X)
