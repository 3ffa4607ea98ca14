"""Pictures of what an observation means, as vector graphics and as characters."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.agents.canvas import Canvas

__all__ = ["Scene", "scene_of"]

WIDTH, HEIGHT = 600, 300
GREY, DARK, BLUE, RED = "#99a", "#334", "#4393c3", "#d6604d"


class Scene(ABC):
    """A way to draw an observation on a ground of 600 by 300."""

    size = (WIDTH, HEIGHT)

    @abstractmethod
    def lines(self, observation: Sequence[float]) -> list[Line]:
        """What is seen, from the back to the front."""

    def drawing(self, observation: Sequence[float]) -> str:
        """Elements of SVG."""
        return "".join(
            f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in line.points)}" fill="none"'
            f' stroke="{line.color}" stroke-width="{line.width}" stroke-linecap="round"/>'
            for line in self.lines(observation)
        )

    def text(self, observation: Sequence[float], caption: str) -> str:
        """The same in characters."""
        canvas = Canvas(*self.size)
        for line in self.lines(observation):
            canvas.draw(line.points)
        return f"{caption}\n{canvas.text()}"


@final
@dataclass(frozen=True)
class Line:
    """Points that are joined, with a color and a width."""

    points: list[tuple[float, float]]
    color: str = DARK
    width: float = 3


@final
class CartPole(Scene):
    """A cart on a track of 4.8 to both sides, and the pole, which is drawn longer than it is."""

    def lines(self, observation: Sequence[float]) -> list[Line]:
        position, angle = observation[0], observation[2]
        x, y = WIDTH / 2 + position * WIDTH / 5.6, 240.0
        cart = [(x - 40, y), (x + 40, y), (x + 40, y + 24), (x - 40, y + 24), (x - 40, y)]
        tip = (x + 170 * math.sin(angle), y - 170 * math.cos(angle))
        ends = [WIDTH / 2 + side * 2.4 * WIDTH / 5.6 for side in (-1, 1)]
        return [
            Line([(0, 268), (WIDTH, 268)], GREY, 2),
            *(Line([(end, 262), (end, 274)], RED, 2) for end in ends),
            Line(cart, BLUE),
            Line([(x, y), tip], DARK, 8),
        ]


@final
class Acrobot(Scene):
    """Two links from a fixed point, and the height to be reached."""

    def lines(self, observation: Sequence[float]) -> list[Line]:
        first = math.atan2(observation[1], observation[0])
        second = first + math.atan2(observation[3], observation[2])
        x, y, length = WIDTH / 2, HEIGHT / 2, 65.0
        elbow = (x + length * math.sin(first), y + length * math.cos(first))
        hand = (elbow[0] + length * math.sin(second), elbow[1] + length * math.cos(second))
        return [
            Line([(0, y - length), (WIDTH, y - length)], RED, 2),
            Line([(x, y), elbow], BLUE, 8),
            Line([elbow, hand], DARK, 8),
        ]


@final
class MountainCar(Scene):
    """A car in a valley; the flag is where it is to go."""

    def lines(self, observation: Sequence[float]) -> list[Line]:
        x, y = self._at(observation[0])
        flag, ground = self._at(0.45), [self._at(-1.2 + 0.0225 * k) for k in range(81)]
        cx, cy = flag
        return [
            Line(ground, GREY, 2),
            Line([(cx, cy), (cx, cy - 40), (cx + 20, cy - 32), (cx, cy - 24)], RED, 2),
            Line(
                [
                    (x - 12, y - 6),
                    (x + 12, y - 6),
                    (x + 6, y - 16),
                    (x - 6, y - 16),
                    (x - 12, y - 6),
                ]
            ),
        ]

    @staticmethod
    def _at(position: float) -> tuple[float, float]:
        height = math.sin(3 * position) * 0.45 + 0.55
        return (position + 1.2) * WIDTH / 1.8, 280 - height * 230


@final
class Bars(Scene):
    """A bar for each number, from the middle, for environments that have no picture here."""

    def __init__(self, observations: Sequence[Sequence[float]]) -> None:
        self.most = max(1e-9, *(abs(v) for row in observations for v in row))

    def lines(self, observation: Sequence[float]) -> list[Line]:
        step = WIDTH / len(observation)
        bars = [
            Line([(x, HEIGHT / 2), (x, HEIGHT / 2 - v / self.most * HEIGHT * 0.45)], BLUE, step / 2)
            for x, v in ((step * (k + 0.5), v) for k, v in enumerate(observation))
        ]
        return [Line([(0, HEIGHT / 2), (WIDTH, HEIGHT / 2)], GREY, 1), *bars]


# With the numbers of an observation that each takes.
SCENES: dict[str, tuple[Callable[[], Scene], int]] = {
    "CartPole": (CartPole, 4),
    "Acrobot": (Acrobot, 6),
    "MountainCar": (MountainCar, 2),
    "MountainCarContinuous": (MountainCar, 2),
}


def scene_of(env: str, observations: Sequence[Sequence[float]]) -> Scene:
    """The drawing of an environment, by its id, or bars of its numbers.

    A wrapper keeps the id, and may give other numbers.
    """
    known = SCENES.get(env.rpartition("/")[2].rpartition("-v")[0])
    if known is not None and all(len(row) == known[1] for row in observations):
        return known[0]()
    return Bars(observations)
