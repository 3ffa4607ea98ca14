"""What all agents have: parameters, a policy that predicts, a history, callbacks."""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from rosenblatt.activations import Activation
from rosenblatt.agents.actions import Actions
from rosenblatt.agents.environment import Environment, opened
from rosenblatt.agents.forward import Forward
from rosenblatt.agents.learner import Design, Trained
from rosenblatt.callbacks import EpochEnd, StopTraining
from rosenblatt.errors import InputError
from rosenblatt.options.activations import hidden_activations
from rosenblatt.options.intervals import POSITIVE
from rosenblatt.support.held_numbers import HeldNumbers
from rosenblatt.support.listing import brief
from rosenblatt.support.plain_values import check_present, even_rows
from rosenblatt.support.types import FloatArray

__all__ = ["LAST_EPISODES", "Agent"]

LAST_EPISODES = 100  # over which a history takes the mean return
MOST_STEPS, MOST_UNITS = 2**62, 2**40
NUMBERS = "biufO"  # kinds of arrays that may be of numbers

Callback = Callable[[EpochEnd], Any]
UNIT = Interval(Real, 0, 1, closed="both")
AT_LEAST_ONE = Interval(Integral, 1, 2**40, closed="both")


class Agent(HeldNumbers, BaseEstimator):
    """Everything of an agent but how it learns."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", Integral],
        "activation": [str, list, tuple, Activation],
        "learning_rate": [POSITIVE],
        "gamma": [UNIT],
        "max_grad_norm": [POSITIVE, None],
        "anneal": ["boolean"],
        "random_state": ["random_state"],
    }

    hidden_layer_sizes: Any
    activation: Any
    learning_rate: float
    gamma: float
    max_grad_norm: float | None
    anneal: bool
    random_state: Any

    actions_: Actions
    center_: FloatArray
    scale_: FloatArray
    n_features_in_: int
    value_scale_: float | None
    n_steps_: int
    stop_reason_: str
    episode_returns_: list[float]
    history_: list[dict[str, Any]]
    _trained: dict[str, Trained]
    _snapshot: Forward | None = None

    def learn(
        self,
        env: Any,
        total_steps: int,
        *,
        target_return: float | None = None,
        callbacks: Callback | Sequence[Callback] = (),
    ) -> Self:
        """Learn by acting in an environment.

        A further call goes on from the weights that there are, also in another environment of the
        same spaces; `sklearn.base.clone` gives a new agent.

        Parameters
        ----------
        env : str or gymnasium.Env
            The id of an environment, or one that is made, which stays open.
        total_steps : int
            Steps in the environment. REINFORCE may take some more, to the end of an episode.
        target_return : float, optional
            End as soon as the last 100 episodes have this mean return.
        callbacks : callable or list of callables, optional
            Called after every update with a `rosenblatt.callbacks.EpochEnd`, whose `epoch` counts
            the updates. True as an answer, or `StopTraining`, ends the learning.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            Where Gymnasium is not installed.
        ValueError
            For parameters out of their range, and environments that do not suit; a
            `DivergenceError` where numbers stop being finite.
        MemoryError
            Where networks or what is remembered need more than there is.
        """
        self._validate_params()
        if not isinstance(total_steps, Integral) or not 1 <= total_steps <= MOST_STEPS:
            raise InputError(
                f"total_steps must be a whole number from 1 to 2**62, got {brief(total_steps)}."
            )
        if target_return is not None and not is_level(target_return):
            raise InputError(f"target_return must be a number or None, got {brief(target_return)}.")
        called = listed(callbacks)
        environment, made = opened(env)
        with closing(environment.env) if made else nullcontext(), within_memory():
            if hasattr(self, "actions_"):
                environment = self._same(environment)
                self._renew()
            else:
                self._begin(environment)
            self._run(environment, int(total_steps), target_return, called)
        return self

    def predict(self, observation: Any) -> Any:
        """The likeliest action at an observation, or at each of several.

        Parameters
        ----------
        observation : array-like of shape (n_inputs,) or (n, n_inputs)
            As the environment gives it.

        Returns
        -------
        int, or array
            An action for `env.step`; for several observations an array of n actions.
        """
        x = self._scaled(observation)
        return self._best(self.actions_, x)

    def save(self, path: str | PathLike[str]) -> None:
        """Write what was learnt to a file, in one atomic step; `rosenblatt.agents.load` reads it.

        The networks and the parameters are kept, the history and the optimiser's state are not: an
        agent that is loaded predicts the same, and learns on with fresh moments.

        Raises
        ------
        InputError
            Where a parameter is an object, or describes another network, or the file cannot be
            written.
        """
        from rosenblatt.agents.saving import write_agent

        self._check_learned()
        self._check_networks(self._designs(self.n_features_in_, self.actions_))
        write_agent(self, path)

    def _scaled(self, observation: Any) -> FloatArray:
        self._check_learned()
        check_present(observation=observation)
        # What is beyond float32 is infinite there.
        with even_rows(observation=observation), np.errstate(over="ignore"):
            given = np.asarray(observation)
            if given.dtype.kind not in NUMBERS:
                raise InputError(
                    f"an observation has {self.n_features_in_} numbers, got {brief(observation)}."
                )
            x = np.asarray(given, np.float32)
        if x.ndim not in (1, 2) or x.shape[-1] != self.n_features_in_:
            raise InputError(
                f"an observation has {self.n_features_in_} numbers, got an array of shape"
                f" {x.shape}."
            )
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (x - self.center_) / self.scale_
        if not np.isfinite(scaled).all():
            raise InputError("an observation has NaN, infinity or a number beyond float32.")
        return scaled

    def _best(self, actions: Actions, x: FloatArray) -> Any:
        """The likeliest of the actions at scaled observations."""
        best = actions.best(self._predictor()(x))
        return int(best) if best.ndim == 0 else best

    def _check_learned(self) -> None:
        if not hasattr(self, "actions_"):
            raise NotFittedError(
                f"this {type(self).__name__} has learned nothing yet: call learn first."
            )

    def _predictor(self) -> Forward:
        """A snapshot's, made anew after every call of `learn`."""
        if self._snapshot is None:
            model = next(iter(self._trained.values())).model
            self._snapshot = Forward(model.astype(model.dtype))
        return self._snapshot

    def _begin(self, environment: Environment) -> None:
        """What is fixed by the first environment."""
        self._check_actions(environment)
        rng = check_random_state(self.random_state)
        # A generator of its own: what callers draw does not change what it does.
        self._rng = np.random.RandomState(rng.randint(2**31))
        self.center_, self.scale_ = environment.center, environment.scale
        self.n_features_in_ = environment.n_inputs
        self.n_steps_, self.episode_returns_, self.history_ = 0, [], []
        designs = self._designs(environment.n_inputs, environment.actions)
        self._trained = {name: design.begun(self._rng) for name, design in designs.items()}
        self.value_scale_ = None
        self.actions_ = environment.actions

    def _restore(
        self,
        actions: Actions,
        center: FloatArray,
        scale: FloatArray,
        weights: Mapping[str, FloatArray],
    ) -> None:
        """What a file holds; ValueError where its parts do not fit together."""
        designs = self._designs(len(center), actions)
        if weights.keys() != designs.keys():
            raise ValueError(f"expected the weights of {list(designs)}, got {list(weights)}")
        self._trained = {name: design.restored(weights[name]) for name, design in designs.items()}
        self._rng = np.random.RandomState(check_random_state(self.random_state).randint(2**31))
        self.center_, self.scale_, self.n_features_in_ = center, scale, len(center)
        self.episode_returns_, self.history_ = [], []
        self.value_scale_, self.actions_ = None, actions

    def _same(self, environment: Environment) -> Environment:
        """The environment, scaled as what was learnt is; InputError if it is of other spaces."""
        same = environment.actions == self.actions_ and environment.n_inputs == self.n_features_in_
        if not same:
            raise InputError(
                f"{type(self).__name__} has learned with {self.n_features_in_} inputs and"
                f" {self.actions_}, and {environment.name} has {environment.n_inputs} and"
                f" {environment.actions}: take a new agent, by sklearn.base.clone."
            )
        return environment.scaled_by(self.center_, self.scale_)

    def _renew(self) -> None:
        """Parameters that were set meanwhile, such as `learning_rate`, count from now on."""
        designs = self._designs(self.n_features_in_, self.actions_)
        self._check_networks(designs)
        self._trained = {name: d.renewed(self._trained[name]) for name, d in designs.items()}

    def _check_networks(self, designs: Mapping[str, Design]) -> None:
        networks = {name: design.network for name, design in designs.items()}
        if networks != {name: trained.model.network for name, trained in self._trained.items()}:
            raise InputError(
                f"{type(self).__name__} has learned with networks that its parameters describe no"
                " longer: set hidden_layer_sizes, activation and baseline back, or take a new"
                " agent, by sklearn.base.clone."
            )

    def _check_actions(self, environment: Environment) -> None:
        """InputError where the actions are not of a kind that the agent learns."""

    def _hidden(self) -> tuple[tuple[int, ...], tuple[Activation, ...]]:
        given = np.atleast_1d(np.asarray(self.hidden_layer_sizes, dtype=object)).tolist()
        if any(not isinstance(n, Integral) or not 1 <= int(n) <= MOST_UNITS for n in given):
            raise InputError(
                f"hidden_layer_sizes={brief(self.hidden_layer_sizes)} must be whole numbers of"
                " units, from 1 to 2**40."
            )
        sizes = tuple(int(n) for n in given)
        return sizes, hidden_activations(self.activation, len(sizes))

    def _run(
        self,
        environment: Environment,
        total_steps: int,
        target_return: float | None,
        callbacks: Sequence[Callback],
    ) -> None:
        self.stop_reason_ = "an exception ended the learning"
        try:
            self.stop_reason_ = self._learned(environment, total_steps, target_return, callbacks)
        finally:
            self._snapshot = None

    def _learned(
        self,
        environment: Environment,
        total_steps: int,
        target_return: float | None,
        callbacks: Sequence[Callback],
    ) -> str:
        """All updates; why there are no more."""
        begun, already = time.perf_counter(), self.n_steps_
        for played, measured in self._updates(environment, total_steps):
            self.n_steps_ = already + played
            last = self.episode_returns_[-LAST_EPISODES:]
            mean = mean_of(last)
            record = {
                "steps": self.n_steps_,
                "episodes": len(self.episode_returns_),
                "mean_return": mean,
                **measured,
                "seconds": time.perf_counter() - begun,
            }
            self.history_.append(record)
            end = EpochEnd(len(self.history_), record, self)
            self._snapshot = None
            try:
                answers = [callback(end) for callback in callbacks]
            except StopTraining as stop:
                return str(stop) or "a callback ended the learning"
            if any(isinstance(answer, bool | np.bool_) and answer for answer in answers):
                return "a callback ended the learning"
            if target_return is not None and len(last) == LAST_EPISODES and mean >= target_return:
                return f"the last {LAST_EPISODES} episodes had a return of {mean:.4g}"
        return f"{total_steps} steps were taken"

    @abstractmethod
    def _designs(self, n_inputs: int, actions: Actions) -> dict[str, Design]:
        """The networks by name, of which the first one acts."""

    @abstractmethod
    def _updates(
        self, environment: Environment, total_steps: int
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Act and learn; after every update the steps that were taken, and what was measured."""


def listed(callbacks: Any) -> Sequence[Callback]:
    """Callbacks as a sequence; TypeError for what cannot be called."""
    if callbacks is None:
        return ()
    given = callbacks if isinstance(callbacks, Sequence) else (callbacks,)
    for callback in given:
        if not callable(callback):
            raise TypeError(f"callbacks takes callables, got {brief(callback)}.")
    return given


def is_level(value: Any) -> bool:
    return isinstance(value, Real) and bool(value == value)


def mean_of(returns: Sequence[float]) -> float:
    """NaN without any."""
    if not returns:
        return math.nan
    with np.errstate(over="ignore"):
        mean = float(np.mean(returns))
    return mean if math.isfinite(mean) else float((np.array(returns) / len(returns)).sum())


@contextmanager
def within_memory() -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise MemoryError(
            "the agent does not fit into memory: lower hidden_layer_sizes, n_steps, memory_size or"
            " batch_size, or take an environment of fewer actions"
        ) from error
