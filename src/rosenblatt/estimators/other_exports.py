"""The exports of a fitted network to formulas and to other tools' files, as methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from os import PathLike
from typing import final

from rosenblatt.export.trained import Trained
from rosenblatt.export.writing import write_export
from rosenblatt.support.optional_dependencies import missing

__all__ = ["OtherExports"]


class OtherExports(ABC):
    """A network that can be written as formulas, and as files of other tools."""

    @abstractmethod
    def _trained(self) -> Trained:
        """What is exported."""

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
            For the exact GELU, layers of pictures, layers of more than 900 inputs, and a SELECT of
            more than 1,000,000 characters.
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
            For layers of pictures.
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
            For layers of pictures.
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
            For more than two classes, losses of counts, and layers and activations that FANN has
            not.
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
            For several numbers, losses of counts, layers but dense ones, batch normalisation and
            connections that skip some, and activations but identity, logistic, tanh, ReLU, sine,
            bump, softsign and softmax.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        from rosenblatt.export.pmml_network import pmml_document

        trained = self._trained()
        text = pmml_document(trained, self._inputs(trained), target)
        write_export(path, text.encode())
        return text

    @final
    def to_keras(self, path: str | PathLike[str] | None = None) -> bytes:
        """The network as a `.keras` archive of Keras 3; needs h5py.

        `keras.models.load_model` reads it; its type is the network's. A classifier gives
        probabilities, of two classes the second one's. What differs: `predict` of Keras
        takes rows in single precision, and noise and dropout are left out.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step; Keras asks for a name in `.keras`.

        Raises
        ------
        ImportError
            Where h5py is not installed.
        ValueError
            For layers and activations that Keras has not.
        InputError
            Where the file cannot be written; one that was there stays as it is.
        """
        try:
            from rosenblatt.export.keras_archive import keras_archive
        except ImportError as error:
            raise missing("to_keras", "h5py", error) from error
        content = keras_archive(self._trained())
        write_export(path, content)
        return content

    @final
    def to_tfjs(
        self, path: str | PathLike[str] | None = None, *, weights: str | None = None
    ) -> tuple[str, bytes]:
        """The network as a layers model of TensorFlow.js, which `tf.loadLayersModel` reads.

        A classifier gives probabilities, of two classes the second one's. It computes in single
        precision. What differs: noise and dropout are left out.

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
            For losses of counts, and layers and activations that TensorFlow.js has not.
        InputError
            Where a file cannot be written.
        """
        from rosenblatt.export.tfjs import write_tfjs

        return write_tfjs(path, weights, self._trained())

    def _inputs(self, trained: Trained) -> list[str]:
        """Names of the features."""
        names = getattr(self, "feature_names_in_", None)
        n = trained.model.n_inputs
        return [f"x{k}" for k in range(1, n + 1)] if names is None else list(map(str, names))
