"""Whether probabilities are as often right as they say: reliability tables (theory U4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, final

import numpy as np

from rosenblatt.support.types import BoolArray, Float64Array

__all__ = ["Reliability", "ReliabilityBin"]

N_BINS = 15


@final
@dataclass(frozen=True)
class ReliabilityBin:
    """Rows of similar confidence.

    Attributes
    ----------
    low, high : float
        The least and the largest confidence among them.
    share : float
        Of the weight of all rows.
    confidence : float
        The mean probability of the predicted class.
    accuracy : float
        How often it was the true one.
    """

    low: float
    high: float
    share: float
    confidence: float
    accuracy: float


@final
@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy, in bins of as many rows.

    Attributes
    ----------
    bins : tuple of ReliabilityBin
    error : float
        The expected calibration error: the mean |confidence - accuracy| over the bins, by share.
    """

    bins: tuple[ReliabilityBin, ...]
    error: float

    @classmethod
    def of(
        cls, confidence: Float64Array, is_right: BoolArray, weights: Float64Array | None
    ) -> Self:
        """From the probability of each row's predicted class, and whether that was right.

        Parameters
        ----------
        confidence : array (n,)
        is_right : bool array (n,)
        weights : array (n,), optional
        """
        order = np.argsort(confidence, kind="stable")
        w = np.ones(len(order)) if weights is None else weights
        w = w[order] / w.sum()
        p, hit = confidence[order], is_right[order]
        # Rows of one confidence are in one bin.
        upper = np.searchsorted(p, p, side="right")
        middles = np.cumsum(w)[upper - 1]
        places = np.minimum((middles * N_BINS * (1 - 1e-12)).astype(np.int64), N_BINS - 1)
        bins = []
        for place in np.unique(places):
            inside = places == place
            share = float(w[inside].sum())
            bins.append(
                ReliabilityBin(
                    float(p[inside][0]),
                    float(p[inside][-1]),
                    share,
                    float(w[inside] @ p[inside] / share),
                    float(w[inside] @ hit[inside] / share),
                )
            )
        error = sum(one.share * abs(one.confidence - one.accuracy) for one in bins)
        return cls(tuple(bins), error)
