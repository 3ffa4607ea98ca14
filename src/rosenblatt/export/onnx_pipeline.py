"""A pipeline of scikit-learn that ends in a network, as one ONNX model.

skl2onnx converts the steps before the network, which follows them in the same graph.
"""

from __future__ import annotations

from os import PathLike
from typing import Any

from rosenblatt.export.writing import write_export
from rosenblatt.support.optional_dependencies import missing

__all__ = ["to_onnx"]


def to_onnx(model: Any, X: Any, path: str | PathLike[str] | None = None) -> Any:
    """An `onnx.ModelProto` of a fitted pipeline, of a search over one, or of an estimator here.

    Of a search its best estimator is taken. The steps before the network may be whatever skl2onnx
    converts, such as a `ColumnTransformer` of scalers, imputers and encoders. What comes out has
    the names of the network's own `to_onnx`.

    Parameters
    ----------
    model : Pipeline, search or estimator
        Its last step is an estimator of this library.
    X : array or data frame
        Rows as the model takes them, of which one is looked at: an array becomes an input `X` of
        float32, a data frame an input for each column, its numbers float32.
    path : path, optional
        Where to write it as well, in one atomic step.

    Raises
    ------
    ImportError
        Where skl2onnx is not installed.
    ValueError
        If the last step is no estimator of this library.
    """
    model = getattr(model, "best_estimator_", model)
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    last = getattr(last, "best_estimator_", last)
    if not hasattr(last, "to_onnx"):
        raise ValueError(
            f"the last step is {type(last).__name__}, and only an estimator of rosenblatt is"
            " exported here: take skl2onnx itself for others."
        )
    onnx = last.to_onnx()
    if last is not model and any(step not in (None, "passthrough") for _, step in model.steps[:-1]):
        onnx = joined(steps_in_onnx(model[:-1], X, onnx), onnx)
    write_export(path, onnx.SerializeToString())
    return onnx


def steps_in_onnx(steps: Any, X: Any, network: Any) -> Any:
    """What comes before the network, of its operators' versions."""
    try:
        import skl2onnx
    except ImportError as error:
        raise missing("to_onnx of a pipeline", "skl2onnx", error) from error
    row = X[:1].astype(types_of(X))
    opsets = {opset.domain: opset.version for opset in network.opset_import}
    converted = skl2onnx.to_onnx(steps, row, target_opset={"ai.onnx.ml": 3, **opsets})
    converted.ir_version = network.ir_version
    return converted


def types_of(X: Any) -> Any:
    """Single precision for numbers, which operators for tables take alone."""
    if not hasattr(X, "columns"):
        return "float32"
    return {name: "float32" for name, kind in X.dtypes.items() if kind.kind in "fiu"}


def joined(before: Any, network: Any) -> Any:
    """Both as one model."""
    from onnx import TensorProto, checker, compose, helper

    (output,) = before.graph.output
    name = output.name
    if output.type.tensor_type.elem_type != TensorProto.FLOAT:
        name = f"{output.name}_in_single"
        cast = helper.make_node("Cast", [output.name], [name], to=TensorProto.FLOAT)
        before.graph.node.append(cast)
        shape = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        before.graph.output.remove(output)
        before.graph.output.append(shape)
    apart = compose.add_prefix(network, "network_", rename_outputs=False)
    merged = compose.merge_models(before, apart, io_map=[(name, "network_X")])
    merged.producer_name = "rosenblatt"
    checker.check_model(merged)
    return merged
