"""Shapes drawn at random, and the process that takes their steps; no timing asserted."""

from __future__ import annotations

import numpy as np
import pytest


def test_shapes_lie_within_their_limits_and_a_longer_list_begins_with_the_shorter() -> None:
    from benchmarks.shapes import drawn

    shapes = drawn(200)
    assert shapes[:40] == drawn(40)
    assert shapes[:3] != drawn(3, seed=1)
    assert {shape.activation for shape in shapes} == {"relu", "tanh", "logistic"}
    assert {len(shape.hidden) for shape in shapes} == {1, 2, 3}
    assert {shape.classes for shape in shapes} == set(range(2, 11))
    for shape in shapes:
        assert 5 <= shape.features <= 500
        assert 32 <= shape.batch <= 500
        assert all(20 <= units <= 400 for units in shape.hidden)


def test_a_shape_has_the_work_of_its_name() -> None:
    from benchmarks.limit import training_work
    from benchmarks.shapes import Shape

    shape = Shape(7, (332, 69), 10, 32, "tanh")
    assert shape.name == "7-332-69-10, batch 32, tanh"
    case = shape.case("float32")
    work = training_work(case, case.source.rows, case.source.rows * 7)
    assert work.flops == 2 * 32 * (2 * 7 * 332 + 3 * 332 * 69 + 3 * 69 * 10)
    assert Shape(7, (332,), 2, 32, "relu").name == "7-332-1, batch 32, relu"


@pytest.mark.parametrize("classes", [2, 3])
def test_a_stretch_of_steps_lowers_the_loss(classes: int) -> None:
    from benchmarks.serve_steps import stretch
    from benchmarks.shapes import Shape

    steps = stretch(Shape(9, (33,), classes, 40, "tanh"), "float64", 50)
    first, *_, last = (steps().data_loss for _ in range(5))
    assert last < first < 2 * np.log(classes)


def test_a_worker_tells_seconds_of_steps() -> None:
    from dataclasses import asdict

    from benchmarks.odd_widths import COMMAND
    from benchmarks.shapes import Shape
    from benchmarks.workers import Worker, environment

    shape = asdict(Shape(9, (33,), 3, 40, "logistic"))
    with Worker(environment(1), COMMAND) as worker:
        told = {"do": "prepare", "shape": shape, "dtype": "float32", "steps": 20}
        assert worker.ask(told)["seconds"] > 0
        assert 0 < worker.ask({"do": "turn"})["seconds"] < 60


def test_the_summary_names_the_least_share() -> None:
    from benchmarks.odd_widths import Measured, summary
    from benchmarks.shapes import Shape

    wide, thin = Shape(9, (33,), 3, 40, "relu"), Shape(5, (20,), 3, 32, "tanh")
    results = [
        Measured(wide, "float32", 8e-5, (1e-4, 2e-4)),
        Measured(thin, "float32", 1e-5, (4e-5, 4e-5)),
    ]
    assert "80.0%" in results[0].line()
    first, second = summary(results)
    assert first == f"float32: median share 52.5%, least 25.0% ({thin.name})"
    assert "0.750" in second
    assert "0.500 to 1.000" in second
