"""What every contender can be asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from benchmarks.tables.data import Task

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Contender", "categorical", "numbered", "with_missing_category"]


class Contender(ABC):
    """A library at its defaults, for one fit. `name` is what tables call it, `short` the same in
    six letters, `package` what one imports, `distribution` what one installs.

    It is built before the clock starts, and imports its library then. `X` is a frame whose text
    columns are categories; `y` an array of floats, or of text where classes are learnt.
    """

    name: ClassVar[str]
    short: ClassVar[str]
    package: ClassVar[str]
    distribution: ClassVar[str]

    def __init__(self, task: Task, seed: int, threads: int) -> None:
        self.model: Any = self.build(task is Task.CLASSIFICATION, seed, threads)

    @abstractmethod
    def build(self, classify: bool, seed: int, threads: int) -> Any:
        """The library's estimator."""

    def prepare(self, X: pd.DataFrame) -> Any:
        """The frame as the estimator takes it."""
        return X

    def fit(self, X: pd.DataFrame, y: npt.NDArray[Any]) -> None:
        self.model.fit(self.prepare(X), y)

    def predict(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """Shape (rows,)."""
        return np.asarray(self.model.predict(self.prepare(X))).reshape(len(X))

    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """Shape (rows, classes), columns in the order of `classes`."""
        return np.asarray(self.model.predict_proba(self.prepare(X)))

    @property
    def classes(self) -> list[str]:
        return [str(name) for name in self.model.classes_]

    @classmethod
    def is_installed(cls) -> bool:
        return find_spec(cls.package) is not None

    @classmethod
    def version(cls) -> str:
        return version(cls.distribution)


def categorical(X: pd.DataFrame) -> list[str]:
    """The names of the text columns."""
    return list(X.select_dtypes("category").columns)


def numbered(X: pd.DataFrame) -> pd.DataFrame:
    """The same columns under other names: some libraries refuse brackets, commas or quotes."""
    return X.set_axis([f"c{column}" for column in range(X.shape[1])], axis=1)


def with_missing_category(X: pd.DataFrame) -> pd.DataFrame:
    """Text columns as Python's texts, of which one stands for what is missing."""
    texts = {name: X[name].astype(object).fillna("missing") for name in categorical(X)}
    return X.assign(**texts)
