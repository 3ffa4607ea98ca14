"""Faults of update rules, rates and clipping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rosenblatt.lab.rules.decaying import DECAYS
from rosenblatt.optimizers import SGD, Adam
from rosenblatt.regularization.clipping import NoClipping
from rosenblatt.schedules import Constant

__all__ = ["FAULTS"]

FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "G7": lambda: {"rule": lambda lr, momentum: SGD(lr / 4, momentum)},
    "G8": lambda: {"adaptive": SGD},
    "G9": lambda: {"adagrad": SGD},
    "G10": lambda: {"adam": lambda hat: Adam(1e-3, epsilon=1e-2, epsilon_hat=hat)},
    "G13": lambda: {"decays": tuple((name, Constant()) for name, _ in DECAYS)},
    "G14": lambda: {"clipping": lambda limit: NoClipping()},
}
