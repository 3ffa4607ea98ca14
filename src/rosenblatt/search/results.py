"""The results of a search as arrays, for its figure, its terminal plot and its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.base import is_classifier
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils.validation import check_is_fitted

from rosenblatt.search.candidates import HIDDEN
from rosenblatt.search.default_candidates import Sizes
from rosenblatt.search.selection import Integers, Numbers, eligible, favourites_in, standard_error
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.listing import brief

__all__ = ["SearchResults", "layers_text", "search_results", "sizes_of"]

Booleans = npt.NDArray[np.bool_]

# Tukey's outer fence: a score so many times the distance of the quartiles below them is far out.
FAR_OUT = 3.0


@final
@dataclass(frozen=True, eq=False)
class SearchResults:
    """The results of a search, with an entry for each candidate in the order of `cv_results_`.

    Attributes
    ----------
    metric : str
        Its name on an axis.
    n_folds : int
    sizes, others : tuples
        Hidden layers, and the other parameters that the search varied.
    n_parameters : array of int
    test, error, train : arrays
        Mean validation score, its standard error over the folds, and mean training score.
    n_epochs, seconds : arrays
        Means over the folds.
    status : tuple of str
    compared : array of bool
        Whether the candidate was among those to choose from.
    chosen : int or None
    highest, smallest : int
        The highest mean, and the smallest network within one standard error of it.
    """

    metric: str
    n_folds: int
    sizes: tuple[Sizes, ...]
    others: tuple[dict[str, Any], ...]
    n_parameters: Integers
    test: Numbers
    error: Numbers
    train: Numbers
    n_epochs: Numbers
    seconds: Numbers
    status: tuple[str, ...]
    compared: Booleans
    chosen: int | None
    highest: int
    smallest: int

    @property
    def threshold(self) -> float:
        return float(self.test[self.highest] - self.error[self.highest])

    @cached_property
    def scored(self) -> Booleans:
        return np.isfinite(self.test)

    @cached_property
    def curve(self) -> Integers:
        """The best of those compared of each number of parameters, from the smallest on."""
        return self._best_of_each_size(self.compared & self.scored)

    def _best_of_each_size(self, which: Booleans) -> Integers:
        among = np.flatnonzero(which)
        ordered = among[np.lexsort((-self.test[among], self.n_parameters[among]))]
        _, first = np.unique(self.n_parameters[ordered], return_index=True)
        return ordered[first]

    @cached_property
    def beside(self) -> Integers:
        """Those with a score that the curve leaves out."""
        return np.setdiff1d(np.flatnonzero(self.scored), self.curve)

    @cached_property
    def score_range(self) -> tuple[float, float]:
        """From the lowest to the highest score worth showing: one candidate that learnt nothing
        would press the others together at the top."""
        scores = self.test[self.scored]
        typical = self.test[self._best_of_each_size(self.scored)]
        lower, upper = np.percentile(typical, [25, 75])
        fence = lower - FAR_OUT * max(upper - lower, self.error[self.highest])
        test, error, train = self.test[self.curve], self.error[self.curve], self.train[self.curve]
        near = test >= fence
        lowest = [*scores[scores >= fence], *(test - error)[near], *train[near]]
        return float(min(lowest)), float(max(*scores, *(test + error), *train))

    @property
    def left_out(self) -> int:
        return int((~self.scored).sum())


def search_results(search: Any, metric: str | None = None) -> SearchResults:
    """The results of a fitted StructureSearchCV by one of its metrics.

    Raises
    ------
    TypeError
        For another search.
    ValueError
        For a metric that it did not measure, none where it measured several, or one that no
        candidate has a score of.
    """
    if not isinstance(search, BaseSearchCV):
        raise TypeError(f"{brief(search)} is no search: give a fitted StructureSearchCV.")
    check_is_fitted(search, "cv_results_")
    results = search.cv_results_
    if "n_parameters" not in results:
        raise TypeError(f"A StructureSearchCV is needed, got {type(search).__name__}.")
    key = key_of(search, metric)
    test = results[f"mean_test_{key}"]
    if not np.isfinite(test).any():
        raise ValueError(f"No candidate has a finite {label_of(search, key)}.")
    folds = np.column_stack([results[f"split{k}_test_{key}"] for k in range(search.n_splits_)])
    among = eligible(results["rung"], results["status"])
    highest, smallest = favourites_in(results, key, search.n_splits_)
    parameters = results["params"]
    return SearchResults(
        metric=label_of(search, key),
        n_folds=search.n_splits_,
        sizes=tuple(map(sizes_of, parameters)),
        others=tuple(map(others_of, parameters)),
        n_parameters=results["n_parameters"],
        test=test,
        error=np.array([standard_error(scores) for scores in folds]),
        train=results[f"mean_train_{key}"],
        n_epochs=results["mean_n_epochs"],
        seconds=results["mean_fit_time"],
        status=tuple(map(str, results["status"])),
        compared=np.isin(np.arange(len(parameters)), among),
        chosen=getattr(search, "best_index_", None),
        highest=highest,
        smallest=smallest,
    )


def key_of(search: Any, metric: str | None) -> str:
    """The suffix of a metric in the keys of `cv_results_`; None means the one of the choice."""
    if metric is None:
        if not search.multimetric_:
            return "score"
        metric = search.refit if isinstance(search.refit, str) else None
    if isinstance(metric, str) and f"mean_test_{metric}" in search.cv_results_:
        return metric
    prefix = "mean_test_"
    known = [name.removeprefix(prefix) for name in search.cv_results_ if name.startswith(prefix)]
    raise ValueError(f"metric must be one of {known}, got {brief(metric)}.")


def label_of(search: Any, key: str) -> str:
    if key == "score":
        if search.scoring is None:
            return "accuracy" if is_classifier(search.estimator) else "R²"
        key = search.scoring if isinstance(search.scoring, str) else key
    return key.replace("neg_", "negative ", 1).replace("_", " ")


def sizes_of(parameters: dict[str, Any]) -> Sizes:
    """A candidate's hidden layers."""
    return next(value for name, value in parameters.items() if is_hidden(name))


def others_of(parameters: dict[str, Any]) -> dict[str, Any]:
    """Its other parameters, without the name of the pipeline's step."""
    return {
        name.rpartition("__")[2]: value for name, value in parameters.items() if not is_hidden(name)
    }


def is_hidden(name: str) -> bool:
    return name.rpartition("__")[2] == HIDDEN


def layers_text(sizes: Sizes) -> str:
    """'64,32', or 'none' for a network without hidden layers."""
    return ",".join(map(str, sizes)) or "none"
