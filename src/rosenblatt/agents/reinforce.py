"""`Reinforce`: the policy gradient of whole episodes, less a baseline."""

from __future__ import annotations

from typing import Any, ClassVar, final

from rosenblatt.agents.policy_agent import PolicyAgent

__all__ = ["Reinforce"]


@final
class Reinforce(PolicyAgent):
    """REINFORCE with a baseline (theory R1, R3; Williams 1992).

    Whole episodes are played by the policy; then one step raises the log-likelihood of every
    action in proportion to its advantage: the discounted return that followed it, less what a
    second network expects of the state.

    Parameters
    ----------
    hidden_layer_sizes : int or tuple of int, default=(64, 64)
        Of the policy and of the baseline, which are two networks.
    activation : str, object or list of these, default='tanh'
        Of hidden layers, as `MLPClassifier` takes it.
    learning_rate : float, default=0.005
        Of the policy, by Adam.
    gamma : float, default=0.99
        γ, between 0 and 1: what a reward counts for one step later.
    n_steps : int, default=2000
        Steps between two updates, at least: the last episode is played to its end.
    entropy : float, default=0.01
        Weight of the policy's entropy, which keeps it from settling early.
    baseline : bool, default=True
        Whether a network values states. Without one advantages are returns.
    value_learning_rate : float, default=0.005
        Of the baseline, by Adam.
    value_epochs : int, default=5
        Passes of the baseline over the rows of an update.
    max_grad_norm : float or None, default=0.5
        Gradients are clipped to this norm.
    anneal : bool, default=True
        Whether learning rates fall to 0 over `total_steps`.
    random_state : int, RandomState instance or None, default=None
        The same number gives the same agent, bit for bit: initial weights, actions, and the
        environment's seed.

    Attributes
    ----------
    policy_, value_ : rosenblatt.model.Model
        The networks; the second is None without a baseline.
    value_scale_ : float
        What predictions of `value_` are multiplied by: the returns' size in the first update.
    actions_ : rosenblatt.agents.Choices or rosenblatt.agents.Numbers
        What the agent may do.
    history_ : list of dict
        An entry for each update: steps, episodes, the mean return of the last 100 episodes,
        losses, entropy, seconds.
    episode_returns_ : list of float
        The sum of rewards of every episode.
    n_steps_ : int
        Steps that were taken in all.
    stop_reason_ : str

    Examples
    --------
    >>> from rosenblatt.agents import Reinforce, evaluate
    >>> agent = Reinforce(random_state=0)
    >>> agent.learn("CartPole-v1", 200_000)  # doctest: +SKIP
    >>> evaluate(agent, "CartPole-v1").mean()  # doctest: +SKIP
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **PolicyAgent._parameter_constraints,
        "baseline": ["boolean"],
    }
    _whole_episodes = True

    def __init__(
        self,
        hidden_layer_sizes: Any = (64, 64),
        activation: Any = "tanh",
        *,
        learning_rate: float = 0.005,
        gamma: float = 0.99,
        n_steps: int = 2000,
        entropy: float = 0.01,
        baseline: bool = True,
        value_learning_rate: float = 0.005,
        value_epochs: int = 5,
        max_grad_norm: float | None = 0.5,
        anneal: bool = True,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate = learning_rate
        self.gamma = gamma
        self.n_steps = n_steps
        self.entropy = entropy
        self.baseline = baseline
        self.value_learning_rate = value_learning_rate
        self.value_epochs = value_epochs
        self.max_grad_norm = max_grad_norm
        self.anneal = anneal
        self.random_state = random_state

    def _has_baseline(self) -> bool:
        return self.baseline

    def _lambda(self) -> float:
        return 1.0
