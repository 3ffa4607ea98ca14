"""The data that the cases train on: small real ones, and synthetic ones of a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

__all__ = ["BREAST_CANCER", "Data", "Source"]


@final
@dataclass(frozen=True)
class Data:
    """X of shape (rows, features), C-ordered or CSR; y of shape (rows,), codes 0 … classes - 1."""

    X: Any
    y: npt.NDArray[np.int64]
    classes: int
    source: str

    @property
    def entries(self) -> int:
        """Stored numbers of X: all of them, or those of the CSR matrix."""
        return int(self.X.size if isinstance(self.X, np.ndarray) else self.X.nnz)

    def as_type(self, dtype: str) -> Data:
        dense = isinstance(self.X, np.ndarray)
        X = np.ascontiguousarray(self.X, dtype=dtype) if dense else self.X.astype(dtype)
        return replace(self, X=X)

    def facts(self) -> dict[str, Any]:
        """What a table says of it."""
        rows, features = self.X.shape
        return {
            "data": self.source,
            "rows": rows,
            "features": features,
            "classes": self.classes,
            "entries": self.entries,
        }


@final
@dataclass(frozen=True)
class Source:
    """Where a case's data come from. It is small and names no array, so that every worker can be
    told what to load. `density` below 1 makes a CSR matrix; `name` 'synthetic' or 'breast_cancer'.
    """

    rows: int
    features: int
    classes: int
    density: float = 1.0
    name: str = "synthetic"

    @property
    def is_sparse(self) -> bool:
        return self.density < 1.0

    def load(self) -> Data:
        if self.name == "breast_cancer":
            return _breast_cancer(self.rows)
        return _sparse(self) if self.is_sparse else _dense(self)


BREAST_CANCER = Source(rows=569, features=30, classes=2, name="breast_cancer")


def _breast_cancer(rows: int) -> Data:
    """Two classes, every column standardised; float64."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import StandardScaler

    X, y = load_breast_cancer(return_X_y=True)
    source = "breast_cancer as scikit-learn ships it, standardised"
    return Data(StandardScaler().fit_transform(X)[:rows], y[:rows].astype(np.int64), 2, source)


def _dense(source: Source) -> Data:
    """Normal features. float32."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((source.rows, source.features), dtype=np.float32)
    return Data(X, _taught(X, source, rng), source.classes, "synthetic: normal features, seed 0")


def _sparse(source: Source) -> Data:
    """As many entries in every row, but for the few that fall together; float32.

    Columns are drawn evenly and values are uniform, as those of counted and scaled words are not;
    to a matrix product that makes no difference.
    """
    from scipy.sparse import csr_matrix

    rng = np.random.default_rng(0)
    a_row = round(source.features * source.density)
    columns = rng.integers(0, source.features, (source.rows, a_row), dtype=np.int32)
    values = rng.random(columns.size, dtype=np.float32) + np.float32(0.5)
    starts = np.arange(0, columns.size + 1, a_row, dtype=np.int32)
    X = csr_matrix((values, columns.ravel(), starts), shape=(source.rows, source.features))
    X.sum_duplicates()
    told = f"synthetic: CSR, {source.density:.1%} of the entries, seed 0"
    return Data(X, _taught(X, source, rng), source.classes, told)


def _taught(X: Any, source: Source, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The class with the highest noisy linear score.

    The noise (as strong as the signal) keeps the loss away from zero, so that every epoch has
    ordinary gradients and no peer meets denormal numbers.
    """
    scale = np.sqrt(source.features * source.density)
    teacher = rng.standard_normal((source.features, source.classes), dtype=np.float32) / scale
    noise = rng.standard_normal((source.rows, source.classes), dtype=np.float32)
    return np.argmax(X @ teacher + noise, axis=1).astype(np.int64)
