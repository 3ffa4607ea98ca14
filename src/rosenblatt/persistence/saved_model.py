"""What a model file holds, and its exports."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import Any, final

import numpy.typing as npt

from rosenblatt.export.c_table import c_table_source
from rosenblatt.export.writing import write_export
from rosenblatt.model import AnyModel
from rosenblatt.persistence.summary import Summary
from rosenblatt.support.optional_dependencies import missing
from rosenblatt.table import TableEncoding
from rosenblatt.uncertainty import Uncertainty

__all__ = ["SavedModel"]


@final
@dataclass(frozen=True)
class SavedModel:
    """Everything that prediction from raw rows needs, and how it was trained."""

    model: AnyModel
    encoding: TableEncoding
    summary: Summary
    uncertainty: Uncertainty | None = None

    def to_c(
        self,
        path: str | PathLike[str] | None = None,
        *,
        name: str = "predict",
        dtype: npt.DTypeLike | None = None,
    ) -> str:
        """One C99 file that raw cells go into and that needs nothing but <math.h>.

        It has a structure `NAME_row` with a member for each column, and a function
        `void NAME(const NAME_row *row, double *out)`. Numbers, truth values (1 is true or yes, 0 is
        false or no) and dates (days since 1970-01-01) are double, categories are strings; a missing
        cell is NaN, or NULL or the empty string. Comments say it of each member. What comes out
        are the probabilities of `NAME_classes`, or numbers in the target's own units.
        `NAME_network` takes encoded features.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        name : str
            Of the function; every other name in the file begins with it.
        dtype : {None, 'float32', 'float64'}
            What the network computes in; None takes the model's type.

        Returns
        -------
        str
            The file's text.
        """
        text = c_table_source(self.model, self.encoding, name, dtype)
        write_export(path, text.encode("ascii"))
        return text

    def to_onnx(self, path: str | PathLike[str] | None = None) -> Any:
        """An `onnx.ModelProto` that raw cells go into, an input for each column of the table.

        Numbers, truth values (1 is true or yes, 0 is false or no) and dates (days since 1970-01-01)
        are double, categories are strings; a missing cell is NaN or the empty string. What each
        input takes is its `doc_string`, and stands in a JSON object under `inputs` in the model's
        metadata. The output bears the target's name:
        probabilities, of the classes that stand as a JSON list under `classes` in the model's
        metadata, or numbers in the target's own units.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.

        Raises
        ------
        ImportError
            Where onnx is not installed.
        """
        try:
            from rosenblatt.export.onnx_table import onnx_table_model
        except ImportError as error:
            raise missing("to_onnx", "onnx", error) from error
        onnx = onnx_table_model(self.model, self.encoding)
        write_export(path, onnx.SerializeToString())
        return onnx
