"""The figure of a search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, final

import numpy as np

from rosenblatt.search.plot_axes import legend_outside, scale, sizes_above
from rosenblatt.search.results import SearchResults, search_results
from rosenblatt.search.summary import candidate_text
from rosenblatt.support.axes import axes_of
from rosenblatt.support.listing import brief

__all__ = ["StructureSearchDisplay"]

# The palette of Okabe and Ito, safe for colour-blind readers; markers differ as well.
VALIDATION, TRAINING, CHOSEN, DARK, FAINT = "#0072B2", "#E69F00", "#D55E00", "#333333", "#9A9A9A"
FIGURE: dict[str, Any] = {"figsize": (8, 5.6), "layout": "constrained"}


@final
class StructureSearchDisplay:
    """Mean validation score against the number of parameters: where a network is too small, where
    it begins to overfit, and what was chosen.

    It is recommended to make it by `from_estimator`.

    Parameters
    ----------
    found : SearchResults
    score_name : str, optional
        What the score is called on its axis; None for the search's metric.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : list of two matplotlib Line2D
        Validation and training score of the best candidate of each size.
    fill_between_ : matplotlib PolyCollection
        The validation score and one standard error over the folds on both sides.
    errorbar_ : matplotlib ErrorbarContainer
        The same at each candidate.
    faint_ : matplotlib Line2D or None
        Candidates beside the curve: others of the same size, and those not trained to their end.
    below_ : matplotlib Line2D or None
        Arrows at the lower edge, for scores so far below the others that they lie outside.
    chosen_, highest_, smallest_ : matplotlib Line2D or None
        The candidate chosen; where they are others, the highest mean, and the smallest network
        within one standard error of it.
    threshold_ : matplotlib Line2D
        The highest mean less one standard error.
    names_ : matplotlib SecondaryAxis
        The hidden layers, above their points.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from rosenblatt import MLPClassifier, StructureSearchCV, StructureSearchDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier(solver="lbfgs", max_iter=1000, random_state=0)
    >>> search = StructureSearchCV(network, [(), (4,), (16,)]).fit(X, y)
    >>> display = StructureSearchDisplay.from_estimator(search)  # doctest: +SKIP
    """

    def __init__(self, *, found: SearchResults, score_name: str | None = None) -> None:
        self.found = found
        self.score_name = score_name

    @classmethod
    def from_estimator(
        cls,
        search: Any,
        *,
        metric: str | None = None,
        score_name: str | None = None,
        ax: Any = None,
        line_kw: Mapping[str, Any] | None = None,
        fill_between_kw: Mapping[str, Any] | None = None,
    ) -> Self:
        """Draw a fitted search.

        Parameters
        ----------
        search : StructureSearchCV
        metric : str, optional
            One of several in `scoring`; None for that of the choice.
        score_name : str, optional
            What the score is called on its axis; None for the metric's name.
        ax : matplotlib Axes, optional
            None for a new figure.
        line_kw, fill_between_kw : dict, optional
            For matplotlib's `plot` of the two curves and its `fill_between`.

        Returns
        -------
        display : StructureSearchDisplay
        """
        display = cls(found=search_results(search, metric), score_name=score_name)
        return display.plot(ax, line_kw=line_kw, fill_between_kw=fill_between_kw)

    def plot(
        self,
        ax: Any = None,
        *,
        score_name: str | None = None,
        line_kw: Mapping[str, Any] | None = None,
        fill_between_kw: Mapping[str, Any] | None = None,
    ) -> Self:
        """Draw on `ax`, or on a new figure; needs matplotlib."""
        ax = axes_of(ax, "StructureSearchDisplay.plot", **FIGURE)
        for name, given in (("line_kw", line_kw), ("fill_between_kw", fill_between_kw)):
            if not (given is None or isinstance(given, Mapping)):
                raise TypeError(f"{name}={brief(given)} is no dict of options of matplotlib's.")
        self.ax_, self.figure_ = ax, ax.figure
        self._draw_curves(dict(line_kw or {}), dict(fill_between_kw or {}))
        self._draw_beside()
        self._mark_choice()
        scale(ax, self.found, score_name or self.score_name or self.found.metric)
        self.names_ = sizes_above(ax, self.found)
        self._explain()
        return self

    def _draw_curves(self, line_kw: dict[str, Any], fill_between_kw: dict[str, Any]) -> None:
        found, ax = self.found, self.ax_
        curve = found.curve
        n, test, error = found.n_parameters[curve], found.test[curve], found.error[curve]
        (training,) = ax.plot(
            n,
            found.train[curve],
            **{
                "color": TRAINING,
                "marker": "s",
                "markersize": 4,
                "linestyle": "--",
                "label": "training",
                **line_kw,
            },
        )
        (validation,) = ax.plot(
            n,
            test,
            **{
                "color": VALIDATION,
                "marker": "o",
                "markersize": 5,
                "label": f"validation ± one standard error over {found.n_folds} folds",
                **line_kw,
            },
        )
        self.lines_ = [validation, training]
        self.fill_between_ = ax.fill_between(
            n,
            test - error,
            test + error,
            **{"color": validation.get_color(), "alpha": 0.15, "linewidth": 0, **fill_between_kw},
        )
        self.errorbar_ = ax.errorbar(
            n, test, error, fmt="none", ecolor=validation.get_color(), alpha=0.5, capsize=2
        )

    def _draw_beside(self) -> None:
        found, ax = self.found, self.ax_
        self.faint_ = self.below_ = None
        beside = found.beside
        if len(beside):
            of_a_size = found.compared[beside]
            why = [
                reason
                for reason, applies in (
                    ("others of a size", of_a_size.any()),
                    ("not trained to the end", not of_a_size.all()),
                )
                if applies
            ]
            (self.faint_,) = ax.plot(
                found.n_parameters[beside],
                found.test[beside],
                color=FAINT,
                marker="o",
                markersize=4,
                alpha=0.5,
                linestyle="none",
                label=", ".join(why),
                zorder=1.5,
            )
        far = found.scored & (found.test < found.score_range[0])
        if far.any():
            (self.below_,) = ax.plot(
                found.n_parameters[far],
                np.full(far.sum(), 0.015),
                color=DARK,
                alpha=0.6,
                marker="v",
                linestyle="none",
                label="below the picture",
                transform=ax.get_xaxis_transform(),
            )

    def _mark_choice(self) -> None:
        found = self.found
        self.threshold_ = self.ax_.axhline(
            found.threshold,
            color=DARK,
            linestyle=":",
            linewidth=1,
            label="highest mean less one standard error",
            zorder=1,
        )
        self.chosen_ = self.highest_ = self.smallest_ = None
        if found.chosen is not None:
            self.chosen_ = self._mark(
                found.chosen, "chosen", color=CHOSEN, marker="*", markersize=16
            )
        hollow = {"markersize": 11, "markerfacecolor": "none", "markeredgewidth": 1.5}
        if found.highest != found.chosen:
            self.highest_ = self._mark(
                found.highest, "highest mean", color=DARK, marker="^", **hollow
            )
        if found.smallest not in (found.chosen, found.highest):
            self.smallest_ = self._mark(
                found.smallest,
                "smallest within one standard error",
                color=DARK,
                marker="s",
                **hollow,
            )

    def _mark(self, i: int, what: str, **style: Any) -> Any:
        (mark,) = self.ax_.plot(
            self.found.n_parameters[i],
            self.found.test[i],
            linestyle="none",
            label=f"{what}: {candidate_text(self.found, i)}",
            zorder=4,
            **style,
        )
        return mark

    def _explain(self) -> None:
        drawn = [*self.lines_, self.threshold_, self.chosen_, self.highest_, self.smallest_]
        drawn += [self.faint_, self.below_]
        if self.found.left_out:
            note = f"not shown: {self.found.left_out} without a score"
            drawn += self.ax_.plot([], [], linestyle="none", label=note)
        legend_outside(self.ax_, [handle for handle in drawn if handle is not None])
