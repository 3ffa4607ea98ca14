"""A masker for shap's own explainers, whose own cannot compare cells of text."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from rosenblatt.support.listing import brief
from rosenblatt.support.types import BoolArray

__all__ = ["TableMasker"]


@final
class TableMasker:
    """Rows of a frame in which cells that are not known come from a background.

    For `shap.Explainer(f, TableMasker(background))`: shap 0.51's own masker of frames fails on
    texts. shap joins the frames of several masks into one array of objects, so that f makes a frame
    of its rows first. `ShapExplainer` needs none of this, and is far faster.

    Parameters
    ----------
    background : pandas DataFrame
    """

    def __init__(self, background: Any) -> None:
        if not hasattr(background, "columns"):
            raise TypeError(f"background must be a DataFrame, got {brief(background)}.")
        self.data = background
        self.shape = background.shape

    def __call__(self, mask: BoolArray, x: Any) -> tuple[Any]:
        """The background with the cells of row `x` where `mask` says so."""
        frame = self.data.copy()
        for k in np.flatnonzero(mask):
            name = frame.columns[k]
            frame[name] = np.repeat(np.asarray(x, dtype=object)[k : k + 1], len(frame))
            if self.data[name].dtype != object:
                frame[name] = frame[name].astype(self.data[name].dtype)
        return (frame,)
