"""Episodes to look at: recorded, in the terminal, and as a page that plays by itself."""

from __future__ import annotations

import html
import json
import re
import sys
import time
from dataclasses import dataclass, field
from numbers import Integral, Real
from os import PathLike
from typing import Any, TextIO, final

from rosenblatt.agents.base import Agent
from rosenblatt.agents.evaluation import playable
from rosenblatt.agents.scenes import Scene, scene_of
from rosenblatt.errors import InputError
from rosenblatt.support.atomic import replaced_file
from rosenblatt.support.listing import brief
from rosenblatt.support.paths import file_path
from rosenblatt.support.types import FloatArray

__all__ = ["Episode", "record"]

SLOWEST = 0.001
CLEAR, HOME = "\x1b[2J", "\x1b[H"


@final
@dataclass(frozen=True)
class Episode:
    """What an agent did in one episode.

    Attributes
    ----------
    env : str
        The environment's id.
    observations : list of list of float
        As the environment gave them, the last one included.
    actions : list
    rewards : list of float
    """

    env: str
    observations: list[list[float]]
    actions: list[Any] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)

    @property
    def total(self) -> float:
        """The return, not discounted."""
        return float(sum(self.rewards))

    def text(self, k: int) -> str:
        """The picture before step k in characters; numbers where there is no drawing of a scene."""
        n = len(self.observations)
        if not isinstance(k, Integral) or not -n <= k < n:
            raise InputError(f"k must be the number of a step, from 0 to {n - 1}, got {brief(k)}")
        return self._scene().text(self.observations[k], self._caption(k))

    def play(self, *, frames_per_second: float = 50.0, to: TextIO | None = None) -> None:
        """Show the episode in a terminal, picture by picture."""
        if not isinstance(frames_per_second, Real) or not frames_per_second >= SLOWEST:
            raise InputError(
                f"frames_per_second must be a number from {SLOWEST}, got {brief(frames_per_second)}"
            )
        out = sys.stdout if to is None else to
        out.write(CLEAR)
        for k in range(len(self.observations)):
            out.write(HOME + self.text(k) + "\n")
            out.flush()
            time.sleep(1 / frames_per_second)

    def to_html(self, path: str | PathLike[str] | None = None) -> str:
        """A page that plays the episode, with nothing that is loaded from elsewhere.

        Parameters
        ----------
        path : path, optional
            Where to write it as well, in one atomic step.
        """
        scene = self._scene()
        frames = [scene.drawing(observation) for observation in self.observations]
        captions = [self._caption(k) for k in range(len(self.observations))]
        data = json.dumps({"size": scene.size, "frames": frames, "captions": captions})
        # A script ends at its closing tag, also within a text.
        parts = {"TITLE": html.escape(self.env), "DATA": data.replace("</", "<\\/")}
        page = re.sub("TITLE|DATA", lambda name: parts[name[0]], PAGE)
        if path is not None:
            with replaced_file(file_path(path)) as file:
                file.write(page.encode())
        return page

    def _caption(self, k: int) -> str:
        return f"{self.env}  step {k}  return {sum(self.rewards[:k]):.4g}"

    def _scene(self) -> Scene:
        return scene_of(self.env, self.observations)


def record(agent: Agent, env: Any, *, seed: int = 0) -> Episode:
    """An episode in which the agent takes its likeliest actions.

    Parameters
    ----------
    agent : agent
        One that has learned.
    env : str or gymnasium.Env
    seed : int, default=0
    """
    with playable(agent, env, seed) as environment:
        episode = Episode(environment.name, [])

        def seen(observation: Any) -> FloatArray:
            scaled = environment.scaled(observation)  # says what is wrong with it
            episode.observations.append(list(map(float, observation)))
            return scaled

        x, over = seen(environment.reset(int(seed))), False
        while not over:
            action = agent._best(environment.actions, x)
            # Before the environment has it, which may write into an array.
            episode.actions.append(action if isinstance(action, int) else action.tolist())
            observation, reward, terminated, truncated = environment.step(action)
            x = seen(observation)
            episode.rewards.append(reward)
            over = terminated or truncated
        environment.returned(episode.total)
    return episode


PAGE = """<!doctype html>
<meta charset="utf-8">
<title>TITLE</title>
<style>
  body { font: 15px system-ui, sans-serif; margin: 2em auto; max-width: 620px; color: #223 }
  svg { width: 100%; border: 1px solid #ccd; background: #fafbff }
  input { width: 100% }
  button { font: inherit; padding: .2em 1em }
</style>
<p id="caption"></p>
<svg id="scene"></svg>
<input id="at" type="range" min="0" value="0" aria-label="step">
<p><button id="go">pause</button></p>
<script>
  const data = DATA, [width, height] = data.size;
  const scene = document.getElementById("scene"), at = document.getElementById("at");
  const go = document.getElementById("go"), caption = document.getElementById("caption");
  scene.setAttribute("viewBox", `0 0 ${width} ${height}`);
  at.max = data.frames.length - 1;
  let playing = true;
  function show() {
    scene.innerHTML = data.frames[at.value];
    caption.textContent = data.captions[at.value];
  }
  go.onclick = () => { playing = !playing; go.textContent = playing ? "pause" : "play"; };
  at.oninput = show;
  setInterval(() => {
    if (!playing) return;
    at.value = (Number(at.value) + 1) % data.frames.length;
    show();
  }, 20);
  show();
</script>
"""
