"""Losses."""

from __future__ import annotations

from rosenblatt.lab.losses.saturation import Saturation

EXPERIMENTS = (Saturation,)
