"""A search over the hidden layers, by cross-validation over the training part."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, cast, final

from sklearn.exceptions import ConvergenceWarning

from rosenblatt.cli.options import hidden_text
from rosenblatt.cli.preparation import Prepared
from rosenblatt.cli.search_options import SearchOptions
from rosenblatt.cli.stop_reason import INTERRUPTED
from rosenblatt.cli.training import training_arrays, untrained, validation_of
from rosenblatt.errors import InputError
from rosenblatt.search import StructureSearchCV
from rosenblatt.search.default_candidates import Sizes
from rosenblatt.search.results import SearchResults, search_results, sizes_of
from rosenblatt.support.listing import count


@final
@dataclass(frozen=True)
class Searched:
    """A search with its results.

    Attributes
    ----------
    search : StructureSearchCV
    found : SearchResults
    hidden : tuple of int
        The hidden layers chosen.
    ended : str
        Why the search ended.
    interrupted : bool
        Whether it was by Ctrl-C.
    notes : tuple of str
    """

    search: StructureSearchCV
    found: SearchResults
    hidden: Sizes
    ended: str
    interrupted: bool
    notes: tuple[str, ...]


def search_structure(prepared: Prepared, options: SearchOptions, *, progress: bool) -> Searched:
    """Train every candidate on the folds with the options of the final training, and choose.

    Candidates stop early by the validation rows; held-out rows are not used.

    Raises
    ------
    InputError
        If there are too few rows, or no candidate can be trained.
    """
    training, rows = options.training, prepared.parts["train"]
    folds = prepared.kind.folds(rows.y, options.folds)
    fewest = min(len(fold) for fold, _ in folds)
    batch_size = min(training.batch_size_for(len(rows.y)), fewest)
    search = StructureSearchCV(
        untrained(prepared, training, batch_size),
        options.candidates,
        cv=folds,
        strategy=cast(Any, options.strategy),
        selection="best" if options.select == "best" else "one_standard_error",
        max_time=options.seconds,
        n_jobs=training.jobs,
        backend="threads" if options.cluster is None else "ray",
        address=options.address,
        refit=False,
        random_state=training.seed,
        verbose="bar" if progress else False,
    )
    X, y, weights = training_arrays(prepared.kind, rows)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            search.fit(X, y, sample_weight=weights, **validation_of(prepared, training))
            found = search_results(search)
        except (ImportError, ConnectionError) as error:  # no Ray, or no cluster
            raise InputError(str(error)) from error
        except ValueError as error:
            raise InputError(
                f"the search found no network to choose: {in_a_line(error)}"
            ) from error
    # The table has the epochs of each candidate, and `notes_on_time` reports a time limit.
    said = [w.message for w in caught if not issubclass(w.category, ConvergenceWarning)]
    notes = [*dict.fromkeys(map(in_a_line, said)), *notes_on_time(search, found)]
    return Searched(
        search,
        found,
        sizes_of(search.best_params_),
        search_stop_reason(search),
        was_interrupted(search),
        tuple(notes),
    )


def was_interrupted(search: StructureSearchCV) -> bool:
    return search.stop_reason_.startswith("interrupted")


def search_stop_reason(search: StructureSearchCV) -> str:
    if was_interrupted(search):
        return INTERRUPTED
    if search.stop_reason_.startswith("reached"):
        return "--time was over"
    return search.stop_reason_


def notes_on_time(search: StructureSearchCV, found: SearchResults) -> list[str]:
    notes, interrupted = [], was_interrupted(search)
    if search.not_reached_:
        hints = search.strategy == "all" and not interrupted
        missed = [hidden_text(sizes_of(parameters)) for parameters in search.not_reached_]
        notes.append(
            f"{count(len(missed), 'candidate')} not reached: {'; '.join(missed)}"
            + (" (--strategy halving begins with all)" if hints else "")
        )
    if found.status[search.best_index_] in ("cut", "paused"):
        more = "" if interrupted else ": give more --time, fewer --folds, or --strategy halving"
        notes.append(
            "what was chosen had not been trained to its end, and the choice may be another with"
            f" more time{more}"
        )
    return notes


def in_a_line(error: Warning | Exception | str) -> str:
    return " ".join(str(error).split())
