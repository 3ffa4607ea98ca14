"""Back-propagation, and where descent ends."""

from __future__ import annotations

from rosenblatt.lab.backpropagation.chain_rule import ChainRule
from rosenblatt.lab.backpropagation.flow import Flow
from rosenblatt.lab.backpropagation.sharpness import Sharpness
from rosenblatt.lab.backpropagation.stopping import Stopping
from rosenblatt.lab.backpropagation.vanishing import Vanishing

EXPERIMENTS = (Stopping, ChainRule, Vanishing, Flow, Sharpness)
