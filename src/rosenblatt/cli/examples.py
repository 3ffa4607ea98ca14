"""The real data sets that scikit-learn ships, as tables with a column `target`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

from rosenblatt.errors import InputError
from rosenblatt.options.names import unknown


def _with_class_names(load: Callable[..., Any]) -> pd.DataFrame:
    data = load(as_frame=True)
    names = np.asarray(data.target_names).astype(str)
    return data.data.assign(target=names[data.target])


def _with_numbers(load: Callable[..., Any]) -> pd.DataFrame:
    data = load(as_frame=True)
    return data.data.assign(target=data.target)


EXAMPLES: Mapping[str, Callable[[], pd.DataFrame]] = {
    "breast_cancer": lambda: _with_class_names(load_breast_cancer),
    "diabetes": lambda: _with_numbers(load_diabetes),
    "digits": lambda: _with_class_names(load_digits),
    "iris": lambda: _with_class_names(load_iris),
    "wine": lambda: _with_class_names(load_wine),
}


def load_example(name: str) -> pd.DataFrame:
    """The example of this name; InputError if it does not exist."""
    if name not in EXAMPLES:
        raise InputError(unknown(f"--example {name!r}", name, EXAMPLES))
    return EXAMPLES[name]()
