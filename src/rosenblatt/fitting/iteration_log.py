"""What the methods over all rows write down, iteration by iteration, and whom they tell of it."""

from __future__ import annotations

import math
import time
from typing import Any, final

import numpy as np

from rosenblatt.fitting.context import FitContext
from rosenblatt.stopping import Ending, first_ending
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

__all__ = ["Iterations"]


@final
class Iterations:
    """The `history_` of a fit that is told of its iterations when they are over.

    Attributes
    ----------
    asked : Ending or None
        The ending that somebody asks for, after the last one told.
    """

    def __init__(self, context: FitContext) -> None:
        self.context = context
        self.history: list[dict[str, Any]] = []
        context.log.history = self.history
        self.begun = self.last = time.perf_counter()
        self.asked: Ending | None = None
        self._told = 0

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
        """Write an iteration down and tell of it; the ending that somebody asks for.

        `loss` is the reported one, `printed` what is to be read of it, and `more` joins the
        history's entry. One that was written down before the fit was taken up again has been told.
        """
        context, now = self.context, time.perf_counter()
        self._told += 1
        if self._told <= len(self.history):
            return self.asked if self._told == len(self.history) else None
        squares = context.network.squared_norms(gradient)
        entry = {
            "epoch": self._told,
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
            print(f"Iteration {self._told}, {printed}")
        context.callbacks.epoch_begins()  # an iteration is known only when it is over
        asked = context.epoch_ended(entry, theta.astype(context.theta.dtype), context.state)
        norm, elapsed = float(np.sqrt(squares.sum())), time.perf_counter() - self.begun
        self.asked = asked or first_ending(context.config.rules, norm, elapsed)
        return self.asked

    def state_dict(self) -> StateDict:
        return StateDict(
            {
                "history": self.history,
                "seconds": time.perf_counter() - self.begun,
                "asked": self.asked,
            }
        )

    def load_state_dict(self, state: StateDict, *, told: bool) -> None:
        """`told` says that the iterations written down are not gone through once more."""
        seconds = state.values["seconds"]
        self.history[:] = state.values["history"]
        self._told = len(self.history) if told else 0
        self.begun, self.last = time.perf_counter() - seconds, time.perf_counter()
        asked = state.values["asked"]
        if asked is not None:
            reason, converged = asked
            # A limit of time may have been raised.
            if converged or first_ending(self.context.config.rules, math.nan, seconds) is not None:
                self.asked = Ending(reason, converged)
