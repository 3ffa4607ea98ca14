"""Agents that learn by reward: REINFORCE, actor-critic and Q-learning (theory R1-R5)."""

from rosenblatt.agents.actions import Choices, Numbers
from rosenblatt.agents.actor_critic import ActorCritic
from rosenblatt.agents.evaluation import evaluate
from rosenblatt.agents.loading import load
from rosenblatt.agents.q_learning import QLearning
from rosenblatt.agents.reinforce import Reinforce
from rosenblatt.agents.replay import Episode, record

__all__ = [
    "ActorCritic",
    "Choices",
    "Episode",
    "Numbers",
    "QLearning",
    "Reinforce",
    "evaluate",
    "load",
    "record",
]
