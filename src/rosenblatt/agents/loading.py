"""`load`: the agent in a file."""

from __future__ import annotations

from os import PathLike

from rosenblatt.agents.actor_critic import ActorCritic
from rosenblatt.agents.base import Agent
from rosenblatt.agents.q_learning import QLearning
from rosenblatt.agents.reinforce import Reinforce
from rosenblatt.agents.saving import read_agent

__all__ = ["load"]

KINDS: dict[str, type[Agent]] = {k.__name__: k for k in (ActorCritic, QLearning, Reinforce)}


def load(path: str | PathLike[str]) -> Agent:
    """The agent in a file that its `save` wrote; the file is read as untrusted input.

    Raises
    ------
    InputError
        For every file that is not a whole agent.
    """
    return read_agent(path, KINDS)
