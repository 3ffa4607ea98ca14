"""`ActorCritic`: a policy that takes its critic's word for what is still to come."""

from __future__ import annotations

from typing import Any, ClassVar, final

from rosenblatt.agents.base import UNIT
from rosenblatt.agents.policy_agent import PolicyAgent

__all__ = ["ActorCritic"]


@final
class ActorCritic(PolicyAgent):
    """Advantage actor-critic, on generalised advantages (theory R1, R3; Mnih et al. 2016).

    After every `n_steps` steps, wherever the episode is, one step of the policy: advantages are
    taken from the rewards of the next steps and from what the critic, a second network, expects
    behind them. That has less noise than the returns of whole episodes, and the critic's errors.

    Parameters
    ----------
    hidden_layer_sizes : int or tuple of int, default=(64, 64)
        Of the policy and of the critic, which are two networks.
    activation : str, object or list of these, default='tanh'
    learning_rate : float, default=0.003
        Of the policy, by Adam.
    gamma : float, default=0.99
        γ, between 0 and 1: what a reward counts for one step later.
    gae_lambda : float, default=0.95
        λ, between 0 and 1: 1 takes the rewards' word, 0 the critic's from the next step on.
    n_steps : int, default=256
        Steps between two updates.
    entropy : float, default=0.01
        Weight of the policy's entropy, which keeps it from settling early.
    value_learning_rate : float, default=0.003
        Of the critic, by Adam.
    value_epochs : int, default=3
        Passes of the critic over the rows of an update.
    max_grad_norm : float or None, default=0.5
        Gradients are clipped to this norm.
    anneal : bool, default=True
        Whether learning rates fall to 0 over `total_steps`.
    random_state : int, RandomState instance or None, default=None
        The same number gives the same agent, bit for bit.

    Attributes
    ----------
    policy_, value_ : rosenblatt.model.Model
        The networks.
    value_scale_, actions_, history_, episode_returns_, n_steps_, stop_reason_
        As of `Reinforce`.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **PolicyAgent._parameter_constraints,
        "gae_lambda": [UNIT],
    }
    _whole_episodes = False

    def __init__(
        self,
        hidden_layer_sizes: Any = (64, 64),
        activation: Any = "tanh",
        *,
        learning_rate: float = 0.003,
        gamma: float = 0.99,
        gae_lambda: float = 0.95,
        n_steps: int = 256,
        entropy: float = 0.01,
        value_learning_rate: float = 0.003,
        value_epochs: int = 3,
        max_grad_norm: float | None = 0.5,
        anneal: bool = True,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate = learning_rate
        self.gamma = gamma
        self.gae_lambda = gae_lambda
        self.n_steps = n_steps
        self.entropy = entropy
        self.value_learning_rate = value_learning_rate
        self.value_epochs = value_epochs
        self.max_grad_norm = max_grad_norm
        self.anneal = anneal
        self.random_state = random_state

    def _lambda(self) -> float:
        return self.gae_lambda
