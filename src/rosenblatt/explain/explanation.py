"""Explanations of predictions, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.optional_dependencies import missing
from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["Explanation", "cell_text"]


@final
@dataclass(frozen=True, eq=False)
class Explanation:
    """What each column adds to each prediction.

    Attributes
    ----------
    values : array (n_rows, n_columns) or (n_rows, n_columns, n_outputs)
        With the base value they add up to the prediction of the row.
    base_values : array (n_rows,) or (n_rows, n_outputs)
        The mean prediction of the background: the same for all rows.
    data : array (n_rows, n_columns)
        The cells, as objects; None where one is missing.
    feature_names : tuple of str
        Of the columns.
    output_names : tuple of str
        What is explained: the target, or a class for each output.
    standard_errors : array of the shape of `values`
        Of the values as estimates of the exact ones for this background; 0 where they are exact.
    """

    values: Float64Array
    base_values: Float64Array
    data: npt.NDArray[Any]
    feature_names: tuple[str, ...]
    output_names: tuple[str, ...]
    standard_errors: Float64Array

    def warn_of_overflow(self) -> None:
        """Warn of numbers that are not finite, of rows whose cells are."""
        finite = np.ones(len(self), dtype=bool)
        for numbers in (self.values, self.base_values, self.standard_errors):
            finite &= np.isfinite(numbers.reshape(len(self), -1)).all(axis=1)
        if not finite.all():
            warn_caller(
                f"The values of {int((~finite).sum())} of {len(self)} rows, or their standard"
                " errors, are not finite: on the way numbers are beyond float64. Scale the features"
                " as those of the training rows were.",
                RuntimeWarning,
            )

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> Explanation:
        """Some of the rows: a slice, a list of numbers or a mask."""
        of_rows = ("values", "base_values", "data", "standard_errors")
        if isinstance(rows, (int, np.integer)):
            rows = [rows]
        return replace(self, **{name: getattr(self, name)[rows] for name in of_rows})

    def of_output(self, output: str | int) -> Explanation:
        """What is explained of one output, by its name or number: `values` have two axes then."""
        if self.values.ndim == 2:
            return self
        k = self.output_names.index(output) if isinstance(output, str) else output
        return replace(
            self,
            values=self.values[:, :, k],
            base_values=self.base_values[:, k],
            output_names=(self.output_names[k],),
            standard_errors=self.standard_errors[:, :, k],
        )

    def of_largest_output(self) -> Explanation:
        """Of each row its largest output, such as the class predicted: a name for each row."""
        n = len(self)
        if self.values.ndim == 2:
            return replace(self, output_names=self.output_names * n)
        largest, rows = self.predictions.argmax(axis=1), np.arange(n)
        return replace(
            self,
            values=self.values[rows, :, largest],
            base_values=self.base_values[rows, largest],
            output_names=tuple(self.output_names[k] for k in largest),
            standard_errors=self.standard_errors[rows, :, largest],
        )

    @property
    def predictions(self) -> Float64Array:
        """What the base values and all values of a row add up to."""
        total: Float64Array = self.base_values + self.values.sum(axis=1)
        return total

    def columns(self, numbers: IntArray) -> dict[str, npt.NDArray[Any]]:
        """The values of one output of each row as a table, a line for each row.

        Parameters
        ----------
        numbers : array (n_rows,)
            Of the rows.
        """
        names = self.output_names
        outputs = names if len(names) == len(self) else names * len(self)
        return {
            "prediction": self.predictions,
            "base_value": self.base_values,
            "output": np.array(outputs, dtype=object),
            "row": numbers,
            **{
                f"value of {name}": np.ascontiguousarray(values)
                for name, values in zip(self.feature_names, self.values.T, strict=True)
            },
        }

    @property
    def importances(self) -> dict[str, float]:
        """Mean |value| of each column, the largest first, over rows and outputs."""
        axes = tuple(axis for axis in range(self.values.ndim) if axis != 1)
        means = np.abs(self.values).mean(axis=axes)
        order = np.argsort(-means, kind="stable")
        return {self.feature_names[k]: float(means[k]) for k in order}

    def to_shap(self) -> Any:
        """A `shap.Explanation`, which `shap.plots` take.

        Its `data` are numbers, by which points are coloured: codes of texts in sorted order, NaN
        where a cell is missing; `display_data` are the cells.

        Raises
        ------
        ImportError
            Where shap is not installed.
        """
        try:
            import shap
        except ImportError as error:
            raise missing("to_shap", "shap", error) from error
        return shap.Explanation(
            self.values,
            base_values=self.base_values,
            data=np.stack([as_numbers(column) for column in self.data.T], axis=1),
            display_data=self.data,
            feature_names=list(self.feature_names),
            output_names=list(self.output_names) if self.values.ndim == 3 else None,
        )


def as_numbers(cells: npt.NDArray[Any]) -> Float64Array:
    known = np.array([cell is not None and cell == cell for cell in cells])
    numbers = np.full(len(cells), np.nan)
    try:
        numbers[known] = cells[known].astype(np.float64)
    except (TypeError, ValueError):
        numbers[known] = np.unique(cells[known].astype(str), return_inverse=True)[1]
    return numbers


def cell_text(cell: Any) -> str:
    """Empty where a cell is missing."""
    if cell is None or cell != cell:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
