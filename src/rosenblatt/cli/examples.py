"""The real data sets that scikit-learn ships, as tables with a column `target`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rosenblatt.errors import InputError
from rosenblatt.options.names import unknown
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn import datasets
else:
    np, datasets = late("numpy"), late("sklearn.datasets")

__all__ = ["check_example", "load_example"]


def _with_class_names(load: Callable[..., Any]) -> pd.DataFrame:
    data = load(as_frame=True)
    names = np.asarray(data.target_names).astype(str)
    return data.data.assign(target=names[data.target])


def _with_numbers(load: Callable[..., Any]) -> pd.DataFrame:
    data = load(as_frame=True)
    return data.data.assign(target=data.target)


EXAMPLES: Mapping[str, Callable[[], pd.DataFrame]] = {
    "breast_cancer": lambda: _with_class_names(datasets.load_breast_cancer),
    "diabetes": lambda: _with_numbers(datasets.load_diabetes),
    "digits": lambda: _with_class_names(datasets.load_digits),
    "iris": lambda: _with_class_names(datasets.load_iris),
    "wine": lambda: _with_class_names(datasets.load_wine),
}


def check_example(name: str) -> None:
    """InputError if there is no example of this name."""
    if name not in EXAMPLES:
        raise InputError(unknown(f"--example {name!r}", name, EXAMPLES))


def load_example(name: str) -> pd.DataFrame:
    """The example of this name, which `check_example` has passed."""
    return EXAMPLES[name]()
