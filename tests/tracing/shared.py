"""A 2-2-1 network whose trace is worked by hand."""

from __future__ import annotations

import math

import numpy as np

from rosenblatt.activations import Tanh
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.regularization.penalties import L2
from rosenblatt.tracing import SampleTrace, model_trace
from tests.support.members import network

# tanh(ln 2) = 0.6, tanh(-ln 3) = -0.8.
LN_2, LN_3 = math.log(2), math.log(3)
NET = network(Tanh(), 2, 2, 1)
W1, B1 = [[LN_2, -LN_3], [0.5, 1.0]], [-1.0, -2.0]
W2, B2 = [[2.0], [-1.0]], [0.5]
BY_HAND = Model(NET, NET.pack([W1, W2], [B1, B2]), SquaredError())


def by_hand(strength: float = 0.0, optimizer: Optimizer = SGD(0.1)) -> SampleTrace:  # noqa: B008
    x, y = np.array([1.0, 2.0]), np.array([2.0])
    return model_trace(BY_HAND, x, y, penalty=L2(strength), optimizer=optimizer)
