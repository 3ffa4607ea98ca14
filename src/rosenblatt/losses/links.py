"""The inverse links of losses: what raw scores predict, E[y|x] or P(y|x) (theory L15)."""

from __future__ import annotations

from enum import Enum

__all__ = ["Link"]


class Link(Enum):
    """An inverse link, by scikit-learn's name for it."""

    IDENTITY = "identity"
    EXP = "exp"
    LOGISTIC = "logistic"
    SOFTMAX = "softmax"
