"""What the compiled module refuses of pictures: transforms, blocks and bytes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.native_calls import Y, dense_layer, engine, epoch, objective
from tests.support.native_cases import each_build

SHAPE = ("Reshape", {"height": 3, "width": 2, "channels": 2})
BLOCK = {
    "filters": 2,
    "kernel_size": (3, 3),
    "stride": (1, 1),
    "activation": ("Tanh", []),
    "normalization": None,
}


def of_pictures(build: Any, *layers: Any) -> Any:
    return engine(build, n_inputs=12, layers=[SHAPE, *layers, dense_layer(2)])


@each_build
@pytest.mark.parametrize(
    ("kind", "fields", "error", "message"),
    [
        ("Flip", {"horizontal": 1}, TypeError, "another type for the field horizontal"),
        ("Flip", {"pixels": (1, 1)}, ValueError, "Flip takes other fields"),
        ("Shift", {"pixels": (3, 0)}, ValueError, "fewer pixels than the picture has"),
        ("Shift", {"pixels": (0, 2)}, ValueError, "fewer pixels than the picture has"),
        ("Shift", {"pixels": (-1, 0)}, ValueError, "fewer pixels than the picture has"),
        ("Shift", {"pixels": (2**40, 0)}, TypeError, "another type for the field pixels"),
        ("Crop", {"padding": (0, 0)}, ValueError, "Crop lacks the field size"),
        ("Crop", {"size": (4, 1), "padding": (0, 0)}, ValueError, "no larger than its picture"),
        ("Crop", {"size": (0, 1), "padding": (0, 0)}, ValueError, "no larger than its picture"),
        ("Crop", {"size": (1, 1), "padding": (-1, 0)}, ValueError, "0 pixels or more"),
        ("Crop", {"size": (1, 1), "padding": (0, 2**20)}, ValueError, "0 pixels or more"),
        ("Rotate", {"degrees": -1.0}, ValueError, "degrees are from 0 to 180"),
        ("Rotate", {"degrees": np.nan}, ValueError, "degrees are from 0 to 180"),
        ("Rotate", {"degrees": np.inf}, ValueError, "degrees are from 0 to 180"),
        ("Cutout", {"size": (1, 3)}, ValueError, "no larger than the picture"),
        ("Cutout", {"size": (-1, 1)}, ValueError, "no larger than the picture"),
        ("ResidualBlock", BLOCK | {"kernel_size": (2, 3)}, ValueError, "an odd kernel"),
        ("ResidualBlock", BLOCK | {"kernel_size": (-1, 3)}, ValueError, "sides and steps of 1"),
        ("ResidualBlock", BLOCK | {"stride": (0, 1)}, ValueError, "sides and steps of 1"),
        ("ResidualBlock", BLOCK | {"filters": 0}, ValueError, "groups divide"),
        ("ResidualBlock", BLOCK | {"filters": 2**30}, ValueError, "too large"),
        ("ResidualBlock", BLOCK | {"activation": ("Softmax", [])}, ValueError, "single numbers"),
    ],
)
def test_layers(
    build: Any, kind: str, fields: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        of_pictures(build, (kind, fields))


@each_build
@pytest.mark.parametrize("kind", ["Flip", "Shift", "Rotate", "Cutout", "Crop"])
def test_rows_that_are_no_pictures(build: Any, kind: str) -> None:
    fields = {"size": (1, 1), "padding": (0, 0)} if kind == "Crop" else {}
    with pytest.raises(ValueError, match="rows that are pictures"):
        engine(build, layers=[(kind, fields), dense_layer(2)])


@each_build
def test_predictions_vary_nothing(build: Any) -> None:
    def predictor(layers: list[Any]) -> Any:
        theta, state = np.zeros(26), np.empty(0)
        given = (12, [SHAPE, *layers, dense_layer(2)], ("SquaredError", []), theta, state)
        return build.Predictor64(*given, False, False, lambda rows: 1, False)

    predictor([("Flip", {}), ("Shift", {}), ("Rotate", {}), ("Cutout", {})])
    for kind, fields in (("Flip", {"vertical": True}), ("Shift", {"pixels": (1, 0)})):
        with pytest.raises(ValueError, match="drops no unit"):
            predictor([(kind, fields)])


@each_build
def test_codes_of_categories_are_no_bytes(build: Any) -> None:
    """Where they are read again after a step, they are read as numbers."""
    table = ("CategoryEmbedding", {"columns": [0], "sizes": [3], "widths": [2]})
    made = engine(build, layers=[table, dense_layer(2)])
    given = build.Data64(build.Matrix64(np.ones((4, 3), np.uint8)), Y, None, 1.0)
    with pytest.raises(ValueError, match="codes of categories are no bytes"):
        epoch(build, engine=made, data=given, theta=np.zeros(16), slots=np.zeros((1, 16)))
    with pytest.raises(ValueError, match="codes of categories are no bytes"):
        made.objective(given, np.zeros(16), np.zeros(16), np.empty(0))


@each_build
def test_bytes_are_shares_of_255(build: Any) -> None:
    given = build.Data64(build.Matrix64(np.full((4, 3), 51, np.uint8)), Y, None, 1.0)
    same = build.Data64(build.Matrix64(np.full((4, 3), float(np.float32(0.2)))), Y, None, 1.0)
    losses = []
    for rows in (given, same):
        theta = np.full(8, 0.5)
        record = epoch(build, data=rows, theta=theta)
        losses.append((record.data_loss, *theta))
    assert losses[0] == losses[1]
    assert objective(build, given) == objective(build, same)
