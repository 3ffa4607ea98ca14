"""The exports of a fitted network, as methods of the estimators."""

from __future__ import annotations

from os import PathLike
from typing import Any, final

import numpy.typing as npt

from rosenblatt.estimators.other_exports import OtherExports
from rosenblatt.export.c_source import c_source
from rosenblatt.export.writing import write_export
from rosenblatt.support.optional_dependencies import missing

__all__ = ["Exporting"]


class Exporting(OtherExports):
    """A network that can be written as C99, and made into one of PyTorch or ONNX; or several, whose
    mean is.

    The outputs are those of `predict_proba`, or of a regressor's `predict`; several quantiles of
    several targets are columns, the levels of a target side by side. Where a sum within the network
    is beyond its float type, what is exported gives infinity or NaN and warns of
    nothing: hold the outputs against `isfinite`.
    """

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
