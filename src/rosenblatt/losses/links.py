"""The inverse links of losses, from raw scores to E[y|x] or P(y|x) (theory L15)."""

from __future__ import annotations

from enum import Enum

__all__ = ["Link"]


class Link(Enum):
    """An inverse link, by scikit-learn's name for it."""

    IDENTITY = "identity"
    EXP = "exp"
    LOGISTIC = "logistic"
    SOFTMAX = "softmax"
