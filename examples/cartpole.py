"""A pole on a cart: an agent learns to keep it up, by nothing but a reward for every step.

    python examples/cartpole.py --page cartpole.html --play

What it learns is shown while it learns, then put to the test in episodes that nothing is learnt
from; the page plays one of them, and --play shows it in the terminal.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rosenblatt.agents import ActorCritic, QLearning, Reinforce, evaluate, record
from rosenblatt.callbacks import EpochEnd

AGENTS = {"reinforce": Reinforce, "actor-critic": ActorCritic, "q-learning": QLearning}
ENV = "CartPole-v1"
SOLVED = 475.0  # the mean return from which on the environment counts as solved


def say(end: EpochEnd) -> None:
    """A line every ten updates."""
    if end.epoch % 10 == 0:
        seen = end.record
        print(
            f"{seen['steps']:>8,} steps  {seen['episodes']:>5} episodes"
            f"  mean return {seen['mean_return']:6.1f}  {seen['seconds']:5.1f} s"
        )


def cartpole(
    kind: str = "reinforce",
    *,
    steps: int = 200_000,
    episodes: int = 100,
    seed: int = 0,
    page: Path | None = None,
    play: bool = False,
    agent_file: Path | None = None,
) -> float:
    """Learn, test, and show; the mean return of the test.

    Parameters
    ----------
    kind : {'reinforce', 'actor-critic', 'q-learning'}
    steps : int
        In the environment, at most.
    episodes : int
        Of the test.
    seed : int
    page : Path, optional
        Where a page goes that plays an episode.
    play : bool
        Whether to play it in the terminal.
    agent_file : Path, optional
        Where the agent is kept.
    """
    agent = AGENTS[kind](random_state=seed)
    agent.learn(ENV, steps, target_return=SOLVED, callbacks=say)
    print(f"ended as {agent.stop_reason_}, after {agent.n_steps_:,} steps")
    returns = evaluate(agent, ENV, episodes, seed=seed)
    print(
        f"test: mean return {returns.mean():.1f} of {episodes} episodes, the lowest"
        f" {returns.min():.0f}: {'solved' if returns.mean() >= SOLVED else 'not solved'}"
    )
    episode = record(agent, ENV, seed=seed)
    if play:
        episode.play()
    if page is not None:
        episode.to_html(page)
        print(f"{page} plays an episode")
    if agent_file is not None:
        agent.save(agent_file)
        print(f"the agent is in {agent_file}: rosenblatt.agents.load reads it")
    return float(np.mean(returns))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", choices=AGENTS, default="reinforce")
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--episodes", type=int, default=100, help="of the test")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path, help="an HTML file that plays an episode")
    parser.add_argument("--play", action="store_true", help="play an episode in the terminal")
    parser.add_argument("--save", type=Path, help="a file for the agent")
    given = parser.parse_args(arguments)
    cartpole(
        given.agent,
        steps=given.steps,
        episodes=given.episodes,
        seed=given.seed,
        page=given.page,
        play=given.play,
        agent_file=given.save,
    )


if __name__ == "__main__":
    main()
