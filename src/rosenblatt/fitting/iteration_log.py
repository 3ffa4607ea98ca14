"""The history of methods over all rows, and their callbacks, iteration by iteration."""

from __future__ import annotations

import time
from typing import Any, final

import numpy as np

from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.log import checked_history
from rosenblatt.stopping import Ending, RunProgress, first_ending
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

__all__ = ["Iterations"]


@final
class Iterations:
    """The history of a fit whose solver reports iterations when they are over.

    Attributes
    ----------
    asked : Ending or None
        The ending that a callback or a rule asked for after the last iteration.
    """

    def __init__(self, context: FitContext) -> None:
        self.context = context
        self.history: list[dict[str, Any]] = []
        context.log.history = self.history
        self.begun = self.last = time.perf_counter()
        self.asked: Ending | None = None
        self._reported = 0

    def ended(
        self,
        theta: FloatArray,
        loss: float,
        gradient: FloatArray,
        printed: str,
        *,
        learning_rate: float | None = None,
        **more: Any,
    ) -> Ending | None:
        """Record an iteration and call the callbacks. A resumed fit skips those that it replays.

        Parameters
        ----------
        theta : array of shape (n_parameters,)
        loss : float
            As it is reported.
        gradient : array of shape (n_parameters,)
        printed : str
            The rest of the line that `verbose` prints.
        learning_rate : float, optional
        **more
            Further entries of the history.

        Returns
        -------
        Ending or None
            The ending that a callback or a rule asks for.
        """
        context, now = self.context, time.perf_counter()
        self._reported += 1
        if self._reported <= len(self.history):
            return self.asked if self._reported == len(self.history) else None
        squares = context.network.squared_norms(gradient)
        entry = {
            "epoch": self._reported,
            "loss": loss,
            "validation_loss": None,
            "validation_score": None,
            "learning_rate": learning_rate,
            "gradient_norm": np.sqrt(squares).tolist(),
            "seconds": now - self.last,
            **more,
        }
        self.history.append(entry)
        self.last = now
        if context.parameters.prints_lines:
            print(f"Iteration {self._reported}, {printed}")
        context.callbacks.epoch_begins()  # an iteration is known only when it is over
        asked = context.epoch_ended(entry, theta.astype(context.theta.dtype), context.state)
        norm, elapsed = float(np.sqrt(squares.sum())), time.perf_counter() - self.begun
        reached = RunProgress(self._reported, elapsed, loss, norm)
        self.asked = asked or first_ending(context.config.rules, reached)
        return self.asked

    def state_dict(self) -> StateDict:
        return StateDict(
            {
                "history": self.history,
                "seconds": time.perf_counter() - self.begun,
                "asked": self.asked,
            }
        )

    def load_state_dict(self, state: StateDict, *, replayed: bool) -> None:
        """Resume; `replayed` if the solver goes through the recorded iterations once more."""
        seconds = state.number("seconds")
        self.history[:] = checked_history(state.values["history"])
        self._reported = 0 if replayed else len(self.history)
        self.begun, self.last = time.perf_counter() - seconds, time.perf_counter()
        asked = state.values["asked"]
        if asked is not None:
            reason, converged = asked
            if type(reason) is not str or type(converged) is not bool:
                raise ValueError("what was asked for is no ending")
            # A limit of time may have been raised.
            reached = RunProgress(len(self.history), seconds)
            if converged or first_ending(self.context.config.rules, reached) is not None:
                self.asked = Ending(reason, converged)
