"""StructureSearchCV: the hidden layers chosen by measurement, behind scikit-learn's interface."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.metrics._scorer import _MultimetricScorer
from sklearn.model_selection import check_cv
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._validation import _insert_error_scores
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_method_params, _num_samples

from rosenblatt.engine.blas import blas_beside
from rosenblatt.engine.threads import allowed_threads, requested_threads
from rosenblatt.estimators.access import cloned
from rosenblatt.options.scorer import check_scorers
from rosenblatt.parallel import Backend, StopSignal, WorkerPool, ray_tasks
from rosenblatt.search.candidates import combined, names_in, network_step
from rosenblatt.search.conclusion import concluded
from rosenblatt.search.cv_results import columns_of, fold_results
from rosenblatt.search.exploration import (
    draw_candidates,
    single_grid,
    sizes_to_try,
    try_candidates,
)
from rosenblatt.search.folds import Held, folds_of
from rosenblatt.search.messages import (
    line_of,
    not_reached,
    warn_of_limits,
    warn_of_missing_classes,
    warn_of_unfinished,
)
from rosenblatt.search.parameters import CONSTRAINTS
from rosenblatt.search.progress import SearchBar
from rosenblatt.search.results import search_results, sizes_of
from rosenblatt.search.run import Scoring, SearchRun, no_metric_named
from rosenblatt.search.sampling import DEFAULT_NUMBER
from rosenblatt.search.selection import favourites_in
from rosenblatt.search.space import Space
from rosenblatt.search.splits import checked_rows, numbered
from rosenblatt.search.summary import summary_of
from rosenblatt.search.trials import Candidate
from rosenblatt.support.class_labels import class_labels
from rosenblatt.support.fitted_aside import fitted_aside
from rosenblatt.support.held_numbers import HeldNumbers
from rosenblatt.support.listing import brief
from rosenblatt.support.plain_values import even_rows

__all__ = ["StructureSearchCV"]


class StructureSearchCV(HeldNumbers, BaseSearchCV):
    """Search over the hidden layers of a network, and over whatever else a grid varies.

    No theory fixes the size of the hidden layers (P6): practice is to try a few and keep the best.
    Here they are trained side by side, a candidate's fold on each core, by the native engine and
    over one copy of the table; the scores are those of scikit-learn's GridSearchCV over the same
    estimator and folds.

    Parameters
    ----------
    estimator : MLPClassifier, MLPRegressor or Pipeline
        A network, or a pipeline that ends in one; the steps before it are fitted once in each fold.
    candidates : list of tuples of int, optional
        Hidden layers to try, such as ``[(16,), (64,), (64, 32)]``; a number stands for one layer
        and ``()`` for a network without any. None proposes a ladder of widths and depths that fits
        the size and the shape of the data, and `candidates_` says which.
    param_grid : dict or list of dicts, optional
        Lists of values for other parameters, all combinations of which are tried with each
        candidate. With ``strategy='optuna'`` also distributions of optuna's, and frozen ones of
        SciPy's, such as ``scipy.stats.loguniform(1e-5, 1e-1)``.
    cv : int, cross-validation generator or iterable, default=5
    scoring : str, callable, list, tuple or dict, optional
        As GridSearchCV takes it; None for the estimator's own score.
    strategy : {'all', 'halving', 'optuna'}, default='all'
        'all' trains every candidate to its end. 'halving' trains all of them for a part of their
        epochs, the best third for three times as many, and so on; each goes on exactly where it
        stopped. 'optuna' draws candidates by what has been learnt from those before, and gives up
        those whose score stays behind, unless their solver cannot pause; it needs optuna, and is
        reproducible on one thread.
    selection : {'best', 'one_standard_error'}, default='best'
        'one_standard_error' takes the smallest network whose mean score lies within one standard
        error of the highest (Breiman et al. 1984).
    max_time : float, optional
        Seconds for the search, without the last fit to all rows. What is under way is cut within
        an epoch, and the best so far is returned.
    n_jobs : int, optional
        Threads; None for all cores that the process may use.
    backend : {'threads', 'ray'}, default='threads'
        Threads of this process, or processes of a Ray cluster, to which the table is sent once; the
        results are the same to the bit. There 'halving' begins anew what goes on.
    address : str, optional
        Of the cluster, as for `MLPEnsembleClassifier`.
    n_candidates : int, optional
        How many 'optuna' draws, none of them twice; None for 50, or for as many as `max_time`
        allows. Fewer where there are no more to draw.
    refit : bool, str or callable, default=True
        As GridSearchCV takes it. Ctrl-C ends the search, not this last fit: the best so far is
        fitted, and a second Ctrl-C ends that as it ends any fit. With False nothing follows.
    random_state : int, RandomState or None
        Of the draws of 'optuna'. What the networks draw belongs to the estimator.
    verbose : bool, int or 'bar', default=False
        Print a line for each candidate, or show one progress bar on standard error.

    Attributes
    ----------
    cv_results_ : dict of arrays
        As GridSearchCV's, training scores included, and besides `n_parameters`, `mean_n_epochs`,
        `rung` (how often a candidate was chosen to go on) and `status`: 'finished', 'eliminated',
        'failed' on a fold, 'cut' by the end of the search, or 'paused' when it came.
    best_estimator_, best_params_, best_index_, best_score_, refit_time_, scorer_
        As GridSearchCV's.
    candidates_ : list of tuples
        The hidden layers that were tried.
    n_splits_ : int
        Folds; of a search that Ctrl-C ended before any candidate had all of them, those that
        the results are over.
    highest_index_, one_standard_error_index_ : int
        What either `selection` would have taken.
    not_reached_ : list of dicts
        Parameters of the candidates that the search ended before.
    stop_reason_ : str
    search_time_ : float
        Seconds.

    Raises
    ------
    ValueError
        For candidates that are no sizes, that do not fit into memory, or of which none could be
        fitted.

    Notes
    -----
    Folds share one table, of which each fit takes rows by their numbers; the rows that a fold
    holds out are copied, once, for scoring, and the training rows of a fit for the moment of its
    training score. A fit keeps its targets, the order of its rows and, under early stopping, its
    validation rows as long as it lasts: at most `n_jobs` at a time, but under 'halving' every
    candidate that pauses, with its parameters and its optimiser's memory. A pipeline's earlier
    steps leave a transformed table for each fold.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from rosenblatt import MLPClassifier, StructureSearchCV
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> network = make_pipeline(StandardScaler(), MLPClassifier(solver="lbfgs", random_state=0))
    >>> search = StructureSearchCV(network, [(4,), (16,), (16, 8)]).fit(X, y)
    >>> bool(search.best_score_ > 0.95)
    True
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = CONSTRAINTS

    n_splits_: int

    # The base class reads these; the signature does not have them.
    error_score = float("nan")
    return_train_score = True

    def __init__(
        self,
        estimator: Any,
        candidates: Iterable[Any] | None = None,
        *,
        param_grid: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        cv: Any = 5,
        scoring: Any = None,
        strategy: Literal["all", "halving", "optuna"] = "all",
        selection: Literal["best", "one_standard_error"] = "best",
        max_time: float | None = None,
        n_jobs: int | None = None,
        backend: Backend = "threads",
        address: str | None = None,
        n_candidates: int | None = None,
        refit: Any = True,
        random_state: Any = None,
        verbose: bool | int | Literal["bar"] = False,
    ) -> None:
        self.estimator = estimator
        self.candidates = candidates
        self.param_grid = param_grid
        self.cv = cv
        self.scoring = scoring
        self.strategy = strategy
        self.selection = selection
        self.max_time = max_time
        self.n_jobs = n_jobs
        self.backend, self.address = backend, address
        self.n_candidates = n_candidates
        self.refit = refit
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Search, and fit the candidate chosen to all rows.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        **params : dict
            For the estimator's fit (`sample_weight`, and `X_val` and `y_val`, the same in every
            fold; in a Pipeline weights alone), the scorer and the splitter, as GridSearchCV routes
            them.

        Returns
        -------
        self
        """
        check_scorers(self.scoring)
        self._validate_params()
        if self.n_candidates is not None and self.strategy != "optuna":
            raise ValueError(
                f"n_candidates={self.n_candidates} is how many strategy='optuna' draws, and"
                f" strategy is {self.strategy!r}, which tries all: leave n_candidates out, or take"
                " strategy='optuna'."
            )
        begun, stop = time.perf_counter(), StopSignal.after(self.max_time)
        step = network_step(self.estimator)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        scorers, _ = self._get_scorers()
        self._check_compared(scorers)
        X, y = checked_rows(X, y)
        routed = self._get_routed_params_for_fit(_check_method_params(X, params=params))
        classifies = is_classifier(self.estimator)
        with even_rows(X=X, y=y), class_labels(y) if classifies else nullcontext():
            splitter = check_cv(self.cv, y, classifier=classifies)
            splits = numbered(splitter.split(X, y, **routed.splitter.split), _num_samples(X))
        with fitted_aside(self) as aside:
            aside.n_splits_ = len(splits)
            if classifies:
                with class_labels(y):
                    warn_of_missing_classes(y, splits)

            size = requested_threads(aside.n_jobs)
            fit_params = {k: v for k, v in routed.estimator.fit.items() if v is not None}
            folds = folds_of(
                aside.estimator,
                step,
                (X, y),
                fit_params,
                splits,
                varied=names_in(aside.param_grid),
                threads=max(1, size // len(splits)),
            )
            held = Held(aside.estimator, X, y, splits)
            scoring = Scoring(scorers, aside.refit, routed.scorer.score, held, splits)
            aside.candidates_ = sizes_to_try(aside.candidates, folds, step, len(splits[0][0]))
            with ray_tasks(aside.backend, aside.address, (folds, scoring)) as tasks:
                beside = allowed_threads(size) if tasks is None else tasks.size
                with blas_beside(size), WorkerPool(beside, stop) as pool:
                    run = SearchRun(folds, len(splits), scoring, pool, stop, aside._report, tasks)
                    with SearchBar(run) if aside.verbose == "bar" else nullcontext():
                        aside._explore(run, step)
            aside.search_time_ = time.perf_counter() - begun
            aside._conclude(run)
            aside.scorer_ = scorers._scorers if isinstance(scorers, _MultimetricScorer) else scorers
            del run, scoring, held, folds  # frees the folds' data before the last fit
            if aside.refit:
                aside._fit_best(X, y, routed.estimator.fit)
        return self

    def summary(self, *, metric: str | None = None, width: int = 80, height: int = 20) -> str:
        """The results as text: the candidates, the choice with its reason, and a plot.

        Parameters
        ----------
        metric : str, optional
            One of several in `scoring`; None for that of the choice.
        width, height : int
            Size of the plot in characters and lines; it is left out in fewer than 40 characters.

        Returns
        -------
        str
        """
        found, notes = search_results(self, metric), []
        if self.not_reached_:
            missed = not_reached(list(map(sizes_of, self.not_reached_)), self.stop_reason_)
            hint = (
                " strategy='halving' begins with all candidates." if self.strategy == "all" else ""
            )
            notes.append(missed + hint)
        return summary_of(found, width=width, height=height, notes=notes)

    def _check_refit_for_multimetric(self, scores: Any) -> None:
        """ValueError unless `refit` says by which of several metrics to choose, or is False."""
        refit = self.refit
        if refit is False or callable(refit) or (isinstance(refit, str) and refit in scores):
            return
        raise ValueError(
            f"scoring has several metrics, and refit={brief(refit)} names none of them: take one,"
            f" such as refit={min(scores)!r}, a callable that chooses, or refit=False."
        )

    def _check_compared(self, scorers: Any) -> None:
        """ValueError if the strategy compares candidates and no metric is named for it."""
        several = isinstance(scorers, _MultimetricScorer)
        if self.strategy != "all" and several and not isinstance(self.refit, str):
            raise ValueError(no_metric_named(scorers._scorers, self.refit))

    def _explore(self, run: SearchRun, step: str) -> None:
        if self.strategy == "optuna":
            n_candidates = self.n_candidates
            if n_candidates is None and self.max_time is None:
                n_candidates = DEFAULT_NUMBER
            space = Space(
                self.candidates_, self.candidates is None, single_grid(self.param_grid), step
            )
            seed = int(check_random_state(self.random_state).randint(2**31))
            draw_candidates(run, space, n_candidates, seed)
        else:
            candidates = combined(self.candidates_, self.param_grid, step)
            try_candidates(run, candidates, by_halving=self.strategy == "halving")

    def _report(self, candidate: Candidate) -> None:
        if self.verbose and self.verbose != "bar":
            print(line_of(candidate), flush=True)

    def _conclude(self, run: SearchRun) -> None:
        """Set the result attributes, and choose."""
        end = concluded(run, self.n_splits_, self.strategy, self.max_time)
        self.n_splits_, reached = end.n_folds, end.reached
        self.not_reached_, self.stop_reason_ = end.missed, end.stop_reason
        self.cv_results_ = self._results(reached)
        # A failed candidate does not show what a callable `scoring` returns.
        scores = next(c.trials[0].test for c in reached if c.status != "failed")
        self.multimetric_ = isinstance(scores, dict)
        if self.multimetric_ and callable(self.scoring):
            self._check_refit_for_multimetric(scores)
        if self.refit or not self.multimetric_:
            named = self.multimetric_ and isinstance(self.refit, str)
            self._choose(self.refit if named else "score", run.pool.interrupted)
        warn_of_limits(reached, self.strategy == "all" and not run.stop.due)

    def _results(self, reached: Sequence[Candidate]) -> dict[str, Any]:
        out = fold_results(reached)
        if callable(self.scoring):
            _insert_error_scores(out, np.nan)
        with warnings.catch_warnings():
            if any(c.status == "failed" for c in reached):  # warned about already, by name
                warnings.filterwarnings("ignore", message=".*scores are non-finite", append=False)
            results: dict[str, Any] = self._format_results(
                [c.parameters for c in reached], self.n_splits_, out, columns_of(reached)
            )
        return results

    def _choose(self, metric: str, interrupted: bool) -> None:
        results = self.cv_results_
        if f"mean_test_{metric}" in results:  # else refit decides over several metrics
            found = favourites_in(results, metric, self.n_splits_)
            self.highest_index_, self.one_standard_error_index_ = found
        if callable(self.refit):
            self.best_index_ = self._select_best_index(self.refit, metric, results)
        elif self.selection == "one_standard_error":
            self.best_index_ = self.one_standard_error_index_
        else:
            self.best_index_ = self.highest_index_
        if not callable(self.refit):
            self.best_score_ = results[f"mean_test_{metric}"][self.best_index_]
        self.best_params_ = results["params"][self.best_index_]
        if results["status"][self.best_index_] in ("cut", "paused"):
            n_epochs = results["mean_n_epochs"][self.best_index_]
            warn_of_unfinished(self.best_params_, n_epochs, None if interrupted else self.max_time)

    def _fit_best(self, X: Any, y: Any, fit_params: Mapping[str, Any]) -> None:
        start = time.perf_counter()
        best = clone(self.best_params_, safe=False)
        estimator = cloned(self.estimator).set_params(**best)
        estimator.fit(X, y, **fit_params)
        self.best_estimator_ = estimator  # other threads predict by the one before until now
        self.refit_time_ = time.perf_counter() - start
        if hasattr(estimator, "feature_names_in_"):
            self.feature_names_in_ = estimator.feature_names_in_
