"""Gradient descent and its rules."""

from __future__ import annotations

from rosenblatt.lab.descent.batches import BatchVariance
from rosenblatt.lab.descent.best_step import BestStep
from rosenblatt.lab.descent.lemma import DescentLemma
from rosenblatt.lab.descent.rates import Rates
from rosenblatt.lab.descent.saddle import Saddle
from rosenblatt.lab.descent.stationary import Stationary
from rosenblatt.lab.descent.stochastic import Stochastic

EXPERIMENTS = (DescentLemma, BestStep, Rates, Stochastic, BatchVariance, Stationary, Saddle)
