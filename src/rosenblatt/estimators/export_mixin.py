"""The exports of a fitted network, as methods of the estimators."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from os import PathLike
from typing import Any, final

import numpy.typing as npt

from rosenblatt.export.c_source import c_source
from rosenblatt.export.trained import Trained
from rosenblatt.export.writing import write_export
from rosenblatt.support.optional_dependencies import missing

__all__ = ["Exporting"]


class Exporting(ABC):
    """A network that can be written as C99, and made into one of PyTorch or ONNX; or several, whose
    mean is.

    The outputs are those of `predict_proba`, or of a regressor's `predict`; several quantiles of
    several targets are columns, the levels of a target side by side. Where a sum within the network
    is beyond its float type, what is exported gives infinity or NaN and warns of
    nothing: hold the outputs against `isfinite`.
    """

    @abstractmethod
    def _trained(self) -> Trained:
        """What is exported."""

    @final
    def to_c(
        self,
        path: str | PathLike[str] | None = None,
        *,
        name: str = "predict",
        dtype: npt.DTypeLike | None = None,
    ) -> str:
        """The network as one C99 file that needs nothing but <math.h>, for small devices.

        It has a function `void NAME(const float *x, float *out)`, or of double, that predicts one
        row, without asking for memory: weights are constants, and a head comment says how many
        bytes of them and of stack there are. `NAME_classes` has a classifier's classes as strings,
        in the order of the outputs.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        name : str
            Of the function; every other name in the file begins with it.
        dtype : {None, 'float32', 'float64'}
            The type of its numbers; None takes the network's.

        Returns
        -------
        str
            The file's text.

        Raises
        ------
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        text = c_source(self._trained(), name, dtype)
        write_export(path, text.encode("ascii"))
        return text

    @final
    def to_torch(self, *, logits: bool = False) -> Any:
        """The network as a `torch.nn.Sequential` with weights of its own, of the same type.

        It predicts what this estimator does, in evaluation mode; what PyTorch lacks, such as
        residual connections, are small modules of `rosenblatt.export.torch_modules`, which must be
        there where the module is unpickled. Dropout is in it, the noise on the inputs is not.

        Parameters
        ----------
        logits : bool, default=False
            Stop at the raw scores, a column each, which PyTorch's losses take.

        Raises
        ------
        ImportError
            Where PyTorch is not installed.
        ValueError
            For the logits of several networks: it is their predictions that are averaged.
        """
        try:
            from rosenblatt.export.torch_modules import sequential
        except ImportError as error:
            raise missing("to_torch", "torch", error) from error
        return sequential(self._trained(), logits=logits)

    @final
    def to_onnx(self, path: str | PathLike[str] | None = None) -> Any:
        """The network as an `onnx.ModelProto` in float32, opset 20.

        Any number of rows goes in as `X`; `probabilities` come out of a classifier, whose classes
        are a JSON list under `classes` in the model's metadata, and `predictions` of a regressor.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.

        Raises
        ------
        ImportError
            Where onnx is not installed.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        try:
            from rosenblatt.export.onnx_graph import onnx_model
        except ImportError as error:
            raise missing("to_onnx", "onnx", error) from error
        model = onnx_model(self._trained())
        write_export(path, model.SerializeToString())
        return model

    @final
    def to_sql(
        self,
        path: str | PathLike[str] | None = None,
        *,
        table: str = "rows",
        keys: Sequence[str] = (),
    ) -> str:
        """The network as one SELECT over a table, for networks of up to a few hundred parameters.

        The table has a column for each feature, of the names in `feature_names_in_` or x1, x2, …;
        a row without one of them has no prediction. The names of what comes out are
        `P(class)`, or `prediction`, with numbers behind it where there are several. SQLite and
        DuckDB run it, and other databases with `MATERIALIZED`, `exp` and `ln`.

        It computes in double precision. What differs from `predict`: ln(1 + x) and exp(x) - 1
        are no functions of SQL, so that softplus, ELU and SELU are exact to 1e-16, but not in every
        digit of a number near 0; and a sum beyond double precision is what the database makes of
        it.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        table : str
        keys : sequence of str
            Columns that come out as they are, such as an id.

        Raises
        ------
        ValueError
            For the exact GELU, embeddings, gates, learned activations and ensembles within one
            network, layers of more than 900 inputs, and a SELECT of more than 1,000,000 characters.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        from rosenblatt.export.sql import sql_select

        trained = self._trained()
        text = sql_select(trained, self._inputs(trained), table, keys)
        write_export(path, text.encode())
        return text

    @final
    def to_javascript(self, path: str | PathLike[str] | None = None) -> str:
        """The network as an ES module that imports nothing, for Node.js and browsers.

        `predict(x)` takes an array of numbers and gives an array: the probabilities of `classes`,
        or the predictions. It computes in double precision, whatever the network's type.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step; a name in `.mjs` suits.

        Raises
        ------
        ValueError
            For embeddings, gates, learned activations and ensembles within one network.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        from rosenblatt.export.javascript import javascript_module

        trained = self._trained()
        text = javascript_module(trained, self._inputs(trained))
        write_export(path, text.encode())
        return text

    @final
    def to_r(self, path: str | PathLike[str] | None = None, *, name: str = "network") -> str:
        """The network as a function of R that needs no package.

        `NAME(data)` takes a matrix or a data frame with a row for each sample, and gives a matrix
        of the classes' probabilities, or the predictions. It computes in double precision, whatever
        the network's type.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        name : str
            Of the function.

        Raises
        ------
        ValueError
            For embeddings, gates, learned activations and ensembles within one network.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        from rosenblatt.export.r_function import r_function

        trained = self._trained()
        text = r_function(trained, self._inputs(trained), name)
        write_export(path, text.encode("ascii"))
        return text

    @final
    def to_fann(self, path: str | PathLike[str] | None = None) -> str:
        """The network as a `.net` file of FANN 2.1, which `fann_create_from_file` reads.

        Of two classes one output comes out, the second one's probability. What differs: FANN cuts
        weighted sums off at 1e14, sums before a logistic function or tanh where these are
        constant to 1e-17, and its library of single precision rounds to it.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.

        Raises
        ------
        ValueError
            For several networks, more than two classes, losses of counts, and layers and
            activations that FANN has not.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        from rosenblatt.export.fann import fann_file

        text = fann_file(self._trained())
        write_export(path, text.encode("ascii"))
        return text

    @final
    def to_pmml(self, path: str | PathLike[str] | None = None, *, target: str = "y") -> str:
        """The network as a document of PMML 4.4, over fields of numbers.

        Fields are the features, of the names in `feature_names_in_` or x1, x2, …; what comes out
        is `predicted_TARGET`, and of a classifier `probability(class)`. It computes in double
        precision.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        target : str
            The name of what is predicted.

        Raises
        ------
        ValueError
            For several networks, several numbers, losses of counts, other layers than dense ones
            with batch normalisation, and activations but identity, logistic, tanh, ReLU, sine,
            bump, softsign and softmax.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        from rosenblatt.export.pmml_network import pmml_document

        trained = self._trained()
        text = pmml_document(trained, self._inputs(trained), target)
        write_export(path, text.encode())
        return text

    def _inputs(self, trained: Trained) -> list[str]:
        """Names of the features."""
        names = getattr(self, "feature_names_in_", None)
        n = trained.model.n_inputs
        return [f"x{k}" for k in range(1, n + 1)] if names is None else list(map(str, names))
