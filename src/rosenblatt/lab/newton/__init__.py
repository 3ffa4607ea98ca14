"""Methods that use curvature."""

from __future__ import annotations

from rosenblatt.lab.newton.least_squares import LeastSquaresSteps
from rosenblatt.lab.newton.natural import NaturalGradient
from rosenblatt.lab.newton.quasi_newton import QuasiNewton

EXPERIMENTS = (QuasiNewton, NaturalGradient, LeastSquaresSteps)
