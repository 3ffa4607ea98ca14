"""What introductory texts say loosely."""

from __future__ import annotations

from rosenblatt.lab.textbook.batch_size import BatchSize
from rosenblatt.lab.textbook.bias import Bias
from rosenblatt.lab.textbook.double_descent import DoubleDescent
from rosenblatt.lab.textbook.hessian_cost import HessianCost
from rosenblatt.lab.textbook.iterations import Iterations
from rosenblatt.lab.textbook.planted import Planted
from rosenblatt.lab.textbook.seeds import Seeds
from rosenblatt.lab.textbook.shrinkage import Shrinkage
from rosenblatt.lab.textbook.symmetry import Symmetry
from rosenblatt.lab.textbook.vanishing import Vanishing

EXPERIMENTS = (
    Bias,
    Vanishing,
    Iterations,
    HessianCost,
    BatchSize,
    Shrinkage,
    Symmetry,
    Planted,
    DoubleDescent,
    Seeds,
)
