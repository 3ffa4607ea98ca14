"""Recorded episodes: what is in them, their pages and their pictures in characters."""

from __future__ import annotations

import io
import json
import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from rosenblatt.agents import Episode, Reinforce, record
from rosenblatt.agents.canvas import Canvas
from rosenblatt.agents.scenes import scene_of
from tests.support.environments import Aim, Corridor


def data_of(page: str) -> Any:
    found = re.search(r"const data = (\{.*?\}), \[width", page)
    assert found is not None
    return json.loads(found[1])


def polylines(drawing: str) -> list[list[list[float]]]:
    root = ElementTree.fromstring(f"<svg>{drawing}</svg>")
    return [
        [[float(n) for n in point.split(",")] for point in line.attrib["points"].split()]
        for line in root
    ]


def test_an_episode_is_what_the_agent_does(tmp_path: Path) -> None:
    agent = Reinforce(16, learning_rate=0.02, n_steps=64, random_state=0).learn(Corridor(), 3000)
    episode = record(agent, Corridor())
    assert episode.actions == [1] * 4
    assert episode.rewards == [0, 0, 0, 1]
    assert episode.total == 1
    np.testing.assert_array_equal(episode.observations[:4], np.eye(4))
    data = data_of(episode.to_html(tmp_path / "page.html"))
    assert len(data["frames"]) == len(data["captions"]) == 5
    assert data["captions"][-1] == "Corridor  step 4  return 1"
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page == episode.to_html()
    assert "http" not in page


def test_actions_that_are_numbers_are_lists() -> None:
    episode = record(Reinforce(4).learn(Aim(), 10), Aim())
    assert json.loads(json.dumps(episode.actions)) == episode.actions
    assert len(episode.actions[0]) == 2


def test_the_terminal_shows_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    shown = io.StringIO()
    Episode("CartPole-v1", [[0.0, 0, 0, 0], [0.1, 0, 0.1, 0]], [1], [1.0]).play(to=shown)
    frames = shown.getvalue().split("\x1b[H")[1:]
    assert [frame.splitlines()[0] for frame in frames] == [
        "CartPole-v1  step 0  return 0",
        "CartPole-v1  step 1  return 1",
    ]
    assert frames[0] != frames[1]


@pytest.mark.parametrize("angle", [-0.2, 0.0, 0.2])
def test_the_pole_leans_as_it_does(angle: float) -> None:
    lines = polylines(scene_of("CartPole-v1", []).drawing([1.0, 0, angle, 0]))
    (x, y), (tip_x, tip_y) = lines[-1]
    assert math.atan2(tip_x - x, y - tip_y) == pytest.approx(angle, abs=1e-3)
    assert x > 300


def test_links_hang_down_and_the_car_is_on_its_hill() -> None:
    lines = polylines(scene_of("Acrobot-v1", []).drawing([1, 0, 1, 0, 0, 0]))
    assert lines[-1][1] == [300, 280]
    for env in ("MountainCar-v0", "MountainCarContinuous-v0"):
        low, high = (
            polylines(scene_of(env, []).drawing([at, 0]))[-1][0] for at in (-math.pi / 6, 0.45)
        )
        assert low[0] < high[0]
        assert low[1] > high[1]


def test_other_environments_have_bars() -> None:
    scene = scene_of("ALE/Other-v3", [[1.0, -2.0], [0.5, 2.0]])
    _, first, second = polylines(scene.drawing([1.0, -2.0]))
    assert first[1][1] - first[0][1] == pytest.approx(-67.5)
    assert second[1][1] - second[0][1] == pytest.approx(135)


def test_lines_in_characters() -> None:
    canvas = Canvas(120, 60)  # a unit is a dot
    canvas.draw([(0, 0), (0, 3.5)])
    canvas.draw([(3, 3), (3, 3)])
    canvas.draw([(-50, -50), (500, -20)])
    first = canvas.text().splitlines()[0]
    assert first[0] == chr(0x2800 + 0x47)
    assert first[1] == chr(0x2800 + 0x80)
    assert canvas.text().count(chr(0x2800)) == 60 * 15 - 2
