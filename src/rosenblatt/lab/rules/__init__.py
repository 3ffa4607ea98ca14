"""Update rules, their rates and their bounds."""

from __future__ import annotations

from rosenblatt.lab.rules.adam_forms import AdamForms
from rosenblatt.lab.rules.clipped import Clipped
from rosenblatt.lab.rules.decaying import DecayingRates
from rosenblatt.lab.rules.momentum import Momentum
from rosenblatt.lab.rules.sparse import SparseFeatures
from rosenblatt.lab.rules.step_sizes import StepSizes

EXPERIMENTS = (Momentum, SparseFeatures, StepSizes, AdamForms, DecayingRates, Clipped)
