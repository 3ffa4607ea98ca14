"""Losses."""

from __future__ import annotations

from rosenblatt.lab.losses.convexity import Convexity
from rosenblatt.lab.losses.curvature import ScoreCurvature
from rosenblatt.lab.losses.entropy import EntropyAndDivergence, Frequencies
from rosenblatt.lab.losses.likelihood import GaussianLikelihood
from rosenblatt.lab.losses.outliers import Outliers
from rosenblatt.lab.losses.saturation import Saturation
from rosenblatt.lab.losses.step_limit import StepLimit
from rosenblatt.lab.losses.sure_mistake import SureMistake
from rosenblatt.lab.losses.weighting import Weighting
from rosenblatt.lab.losses.what_is_predicted import WhatIsPredicted
from rosenblatt.lab.losses.wrong_label import WrongLabel

EXPERIMENTS = (
    GaussianLikelihood,
    Convexity,
    StepLimit,
    Outliers,
    EntropyAndDivergence,
    Frequencies,
    ScoreCurvature,
    SureMistake,
    Weighting,
    WhatIsPredicted,
    Saturation,
    WrongLabel,
)
