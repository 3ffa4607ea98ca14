"""Networks as operators of skl2onnx, which makes one ONNX model of a pipeline.

What skl2onnx calls is here: the types of what an estimator gives, and its nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rosenblatt.support.optional_dependencies import missing

__all__ = ["register_estimator"]

# What its classifiers take: dictionaries or an array of probabilities, and names of classes.
OF_CLASSIFIERS = {
    "zipmap": [True, False, "columns"],
    "output_class_labels": [False, True],
    "nocl": [True, False],
}


def register_estimator(estimator: type, network_of: Callable[[Any], Any]) -> None:
    """Let skl2onnx convert fitted estimators of a class.

    Parameters
    ----------
    estimator : type
        A classifier, a regressor or a transformer.
    network_of : callable
        The `onnx.ModelProto` of one that is fitted.

    Raises
    ------
    ImportError
        Where skl2onnx is not installed.
    """
    try:
        from skl2onnx import update_registered_converter
    except ImportError as error:
        raise missing("register_skl2onnx", "skl2onnx", error) from error

    def convert(scope: Any, operator: Any, container: Any) -> None:
        values = included(network_of(operator.raw_operator), scope, operator, container)
        give(values, scope, operator, container)

    is_classifier = hasattr(estimator, "predict_proba")
    update_registered_converter(
        estimator,
        f"Rosenblatt{estimator.__name__}",
        with_types_of(network_of),
        convert,
        options=OF_CLASSIFIERS if is_classifier else None,
    )


def with_types_of(network_of: Callable[[Any], Any]) -> Callable[[Any], None]:
    def set_types(operator: Any) -> None:
        from skl2onnx.common.data_types import Int64TensorType, StringTensorType
        from skl2onnx.common.utils_classifier import get_label_classes

        rows = operator.inputs[0].get_first_dimension()
        estimator = operator.raw_operator
        if not hasattr(estimator, "classes_"):
            width = n_columns(network_of(estimator))
            operator.outputs[0].type.shape = [rows, width]
            return
        labels, probabilities = operator.outputs
        classes = np.asarray(get_label_classes(operator.scope_inst, estimator))
        kind = StringTensorType if is_text(classes) else Int64TensorType
        shape = [rows, len(classes)] if is_multilabel(estimator) else [rows]
        labels.set_type(kind(shape))
        probabilities.type.shape = [rows, n_columns(network_of(estimator))]

    return set_types


def n_columns(network: Any) -> int:
    """Numbers that it gives for a row."""
    (output,) = network.graph.output
    shape = output.type.tensor_type.shape.dim
    return int(shape[1].dim_value) if len(shape) > 1 else 1


def is_text(classes: Any) -> bool:
    return bool(classes.dtype.kind in "OU")


def is_multilabel(estimator: Any) -> bool:
    """Whether it gives an indicator for each class: a row of zeros tells."""
    return bool(estimator.predict(np.zeros((1, estimator.n_features_in_), np.float32)).ndim > 1)


def included(network: Any, scope: Any, operator: Any, container: Any) -> str:
    """The network's nodes under names of the whole model; what they compute, in float32."""
    from onnx import TensorProto, helper

    check_version(network, container)
    names = {network.graph.input[0].name: scope.get_unique_variable_name("network_input")}

    def named(name: str) -> str:
        if name and name not in names:
            names[name] = scope.get_unique_variable_name(f"network{name}")
        return names.get(name, "")

    rows = operator.inputs[0].full_name
    container.add_node("Cast", rows, named(network.graph.input[0].name), to=TensorProto.FLOAT)
    for constant in network.graph.initializer:
        container.add_initializer(named(constant.name), None, None, constant)
    for node in network.graph.node:
        container.add_node(
            node.op_type,
            [named(name) for name in node.input],
            [named(name) for name in node.output],
            op_domain=node.domain,
            **{a.name: helper.get_attribute_value(a) for a in node.attribute},
        )
    return named(network.graph.output[0].name)


def check_version(network: Any, container: Any) -> None:
    needed = next(opset.version for opset in network.opset_import if not opset.domain)
    if container.target_opset_onnx < needed:
        raise ValueError(
            f"networks of rosenblatt are written in operators of opset {needed}, and"
            f" target_opset={container.target_opset_onnx}: give {needed} or more."
        )


def give(values: str, scope: Any, operator: Any, container: Any) -> None:
    """The operator's outputs, made of the network's."""
    from skl2onnx.common.data_types import guess_proto_type

    estimator = operator.raw_operator
    if not hasattr(estimator, "classes_"):
        (output,) = operator.outputs
        if output.type.shape[1] == 1:
            columns = constant(np.array([-1, 1]), scope, container)
            values = step("Reshape", scope, container, values, columns)
        kind = guess_proto_type(operator.inputs[0].type)
        container.add_node("Cast", values, output.full_name, to=kind)
        return
    labels, probabilities = operator.outputs
    kind = guess_proto_type(probabilities.type)
    container.add_node("Cast", values, probabilities.full_name, to=kind)
    give_labels(values, probabilities.type.shape[1], labels, scope, operator, container)


def give_labels(
    probabilities: str, n_columns: int, labels: Any, scope: Any, operator: Any, container: Any
) -> None:
    """The most probable class, or which of the labels are more probable than not."""
    from onnx import TensorProto
    from skl2onnx.common.utils_classifier import get_label_classes

    estimator = operator.raw_operator
    if is_multilabel(estimator):
        half = constant(np.array(0.5, np.float32), scope, container)
        marks = step("Greater", scope, container, probabilities, half)
        container.add_node("Cast", marks, labels.full_name, to=TensorProto.INT64)
        return
    # Two columns also where a single class was seen.
    classes = np.resize(np.asarray(get_label_classes(scope, estimator)), n_columns)
    names = scope.get_unique_variable_name("network_classes")
    if is_text(classes):
        texts = [str(label).encode() for label in classes]
        container.add_initializer(names, TensorProto.STRING, [n_columns], texts)
    else:
        container.add_initializer(names, TensorProto.INT64, [n_columns], classes.astype(np.int64))
    number = step("ArgMax", scope, container, probabilities, axis=1, keepdims=0)
    container.add_node("Gather", [names, number], labels.full_name)


def step(operator: str, scope: Any, container: Any, *inputs: str, **attributes: Any) -> str:
    name: str = scope.get_unique_variable_name(f"network_{operator}")
    container.add_node(operator, list(inputs), name, **attributes)
    return name


def constant(array: Any, scope: Any, container: Any) -> str:
    from onnx import numpy_helper

    name: str = scope.get_unique_variable_name("network_constant")
    container.add_initializer(name, None, None, numpy_helper.from_array(array, name))
    return name
