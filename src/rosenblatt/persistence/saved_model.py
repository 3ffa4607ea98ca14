"""What a model file holds, and its exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, final

import numpy.typing as npt

from rosenblatt.export.c_table import c_table_source
from rosenblatt.export.trained import Trained
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

    def to_sql(
        self,
        path: str | PathLike[str] | None = None,
        *,
        table: str = "rows",
        keys: Sequence[str] = (),
    ) -> str:
        """One SELECT over a table of raw cells, for networks of up to a few hundred parameters.

        Columns are read by their names: numbers, truth values (1 is true or yes, 0 is false or no)
        and dates as numbers (days since 1970-01-01: `julianday(x) - 2440587.5` in SQLite,
        `epoch(x) / 86400.0` in DuckDB), categories as texts without blanks around them; NULL is
        missing, and the empty text. Comments at its head say it of each column. What comes out is
        `P(class)`, or the target's name. SQLite and DuckDB run it, and other databases with
        `MATERIALIZED`, `exp`, `ln` and `floor`.

        What differs from `predict`: it computes in double precision, where features and most
        networks are float32; the encoding's logarithms of values far from the rest are not of
        numbers rounded to float32, some 1e-8 of a prediction; and of the network what
        `MLPClassifier.to_sql` says.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        table : str
            The name of the table.
        keys : sequence of str
            Columns that come out as they are, such as an id.

        Raises
        ------
        ValueError
            For what SQL has not: see `MLPClassifier.to_sql`.
        """
        from rosenblatt.export.sql_table import sql_table_select

        text = sql_table_select(self.model, self.encoding, table, keys)
        write_export(path, text.encode())
        return text

    def to_javascript(self, path: str | PathLike[str] | None = None) -> str:
        """An ES module that raw cells go into and that imports nothing.

        `predict(row)` takes an object with a cell for each column and gives an array: the
        probabilities of `classes`, or numbers in the target's own units. A truth value is true,
        false, 1 or 0, a date a Date or days since 1970-01-01; null, undefined, NaN and "" are
        missing. `columns` says it of each. The network computes in double precision, whatever its
        type; its features are of the model's type.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.

        Raises
        ------
        ValueError
            For layers that are refused: see `MLPClassifier.to_javascript`.
        """
        from rosenblatt.export.javascript_table import javascript_table_module

        text = javascript_table_module(self.model, self.encoding)
        write_export(path, text.encode())
        return text

    def to_r(self, path: str | PathLike[str] | None = None, *, name: str = "network") -> str:
        """A function of R that takes a data frame of raw cells and needs no package.

        Columns are found by their names. A truth value is TRUE, FALSE, 1 or 0, a date a Date, a
        POSIXct or days since 1970-01-01, a category a factor or a text; NA is missing, and "". What
        comes out is a matrix of the classes' probabilities, or numbers in the target's own units.
        The network computes in double precision, whatever its type; its features are of the model's
        type.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        name : str
            Of the function.

        Raises
        ------
        ValueError
            For layers that are refused: see `MLPClassifier.to_r`.
        """
        from rosenblatt.export.r_table import r_table_function

        text = r_table_function(self.model, self.encoding, name)
        write_export(path, text.encode("ascii"))
        return text

    def to_fann(self, path: str | PathLike[str] | None = None) -> str:
        """A `.net` file of FANN 2.1, of a table of numbers alone.

        What is done to the numbers, and to a predicted one, becomes part of the weights. Of two
        classes one output comes out, the second one's probability. What differs: FANN cuts
        weighted sums off at 1e14, sums before a logistic function or tanh where these are
        constant to 1e-17, and its library of single precision rounds to it.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.

        Raises
        ------
        ValueError
            For columns of texts, dates and truth values, numbers with gaps or with logarithmic
            tails, more than two classes, and layers and activations that FANN
            has not.
        """
        from rosenblatt.export.fann import fann_file
        from rosenblatt.export.plain_table import scalings_of

        text = fann_file(Trained(self.model), *scalings_of(self.encoding, "FANN"))
        write_export(path, text.encode("ascii"))
        return text

    def to_pmml(self, path: str | PathLike[str] | None = None) -> str:
        """A document of PMML 4.4 that raw cells go into.

        What is done to the cells is derived fields, and the network a `NeuralNetwork`. Truth values
        are 1 and 0, dates days since 1970-01-01, categories strings; a missing cell is one as PMML
        has it. What differs from `predict`: it computes in double precision, and the encoding's
        logarithms of values far from the rest are not of numbers rounded to float32, some 1e-8 of a
        prediction.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.

        Raises
        ------
        ValueError
            For several numbers, a target whose logarithm is learnt, layers but dense ones, batch
            normalisation and connections that skip some, and activations that PMML has not.
        """
        from rosenblatt.export.pmml_table import pmml_table_document

        text = pmml_table_document(self.model, self.encoding)
        write_export(path, text.encode())
        return text

    def to_keras(self, path: str | PathLike[str] | None = None) -> bytes:
        """A `.keras` archive of Keras 3, of a table of numbers alone; needs h5py.

        What is done to the numbers, and to a predicted one, is a layer of its own. Of two classes
        the second one's probability comes out. `predict` of Keras takes rows in single precision.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.

        Raises
        ------
        ImportError
            Where h5py is not installed.
        ValueError
            For columns of texts, dates and truth values, numbers with gaps or with logarithmic
            tails, and layers and activations that Keras has not.
        """
        try:
            from rosenblatt.export.keras_archive import keras_archive
        except ImportError as error:
            raise missing("to_keras", "h5py", error) from error
        from rosenblatt.export.plain_table import scalings_of

        content = keras_archive(Trained(self.model), *scalings_of(self.encoding, "Keras"))
        write_export(path, content)
        return content

    def to_tfjs(
        self, path: str | PathLike[str] | None = None, *, weights: str | None = None
    ) -> tuple[str, bytes]:
        """A layers model of TensorFlow.js, of a table of numbers alone.

        What is done to the numbers, and to a predicted one, is a layer of its own. Of two classes
        the second one's probability comes out. It computes in single precision.

        Parameters
        ----------
        path : path, optional
            Where to write the model as well, such as model.json.
        weights : str, optional
            The name of the file of weights beside it; of model.json it is model.weights.bin.

        Returns
        -------
        text : str
            The model.json.
        weights : bytes
            The file that it names.

        Raises
        ------
        ValueError
            For columns of texts, dates and truth values, numbers with gaps or with logarithmic
            tails, and layers and activations that TensorFlow.js has not.
        """
        from rosenblatt.export.plain_table import scalings_of
        from rosenblatt.export.tfjs import write_tfjs

        scalings = scalings_of(self.encoding, "TensorFlow.js")
        return write_tfjs(path, weights, Trained(self.model), *scalings)
