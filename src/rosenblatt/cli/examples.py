"""The real data sets that scikit-learn ships, as tables with a column `target`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rosenblatt.errors import InputError
from rosenblatt.options.names import unknown
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np
    from sklearn import datasets

    from rosenblatt.table import Table
else:
    np, datasets = late("numpy"), late("sklearn.datasets")

__all__ = ["check_example", "load_example"]


def _with_class_names(load: Callable[..., Any]) -> Table:
    data = load()
    return _table(data, np.asarray(data.target_names).astype(str)[data.target])


def _with_numbers(load: Callable[..., Any]) -> Table:
    data = load()
    return _table(data, data.target)


def _table(data: Any, target: Any) -> Table:
    from rosenblatt.table import table_of

    features = zip(data.feature_names, data.data.T, strict=True)
    return table_of(
        {**{str(name): np.ascontiguousarray(x) for name, x in features}, "target": target}
    )


EXAMPLES: Mapping[str, Callable[[], Table]] = {
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


def load_example(name: str) -> Table:
    """The example of this name, which `check_example` has passed."""
    return EXAMPLES[name]()
