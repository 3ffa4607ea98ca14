"""What the methods over all rows write down, iteration by iteration, and whom they tell of it."""

from __future__ import annotations

import time
from typing import Any, final

import numpy as np

from rosenblatt.estimators.fits import Start
from rosenblatt.stopping import Ending, ending
from rosenblatt.types import FloatArray

__all__ = ["Iterations"]


@final
class Iterations:
    """The `history_` of a fit that is told of its iterations when they are over."""

    def __init__(self, start: Start) -> None:
        self.start = start
        start.est.history_ = []
        self.begun = self.last = time.perf_counter()

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
        history's entry.
        """
        est, network, now = self.start.est, self.start.network, time.perf_counter()
        squares, epoch = network.squared_norms(gradient), len(est.history_) + 1
        est.history_.append(
            {
                "epoch": epoch,
                "loss": loss,
                "validation_loss": None,
                "validation_score": None,
                "learning_rate": learning_rate,
                "gradient_norm": np.sqrt(squares).tolist(),
                "seconds": now - self.last,
                **more,
            }
        )
        self.last = now
        if est._prints:
            print(f"Iteration {epoch}, {printed}")
        followers = self.start.followers
        followers.epoch_begins()  # before that nobody knew of it
        asked = followers.epoch_ended(
            network, theta.astype(self.start.theta.dtype), self.start.state
        )
        norm, elapsed = float(np.sqrt(squares.sum())), time.perf_counter() - self.begun
        return asked or ending(self.start.control.rules, norm, elapsed)
