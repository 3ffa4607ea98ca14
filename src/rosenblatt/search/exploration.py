"""Which sizes and candidates a search tries, and in what order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from rosenblatt.search.candidates import HIDDEN, CandidateParameters, checked_sizes
from rosenblatt.search.cost import Measure
from rosenblatt.search.default_candidates import Sizes, ladder
from rosenblatt.search.folds import Folds
from rosenblatt.search.run import SearchRun
from rosenblatt.search.sampling import sample
from rosenblatt.search.space import Space
from rosenblatt.search.strategies import every, halving
from rosenblatt.support.optional_dependencies import missing

__all__ = ["draw_candidates", "single_grid", "sizes_to_try", "try_candidates"]


def sizes_to_try(
    given: Iterable[Any] | None, folds: Folds, step: str, n_samples: int
) -> list[Sizes]:
    """The hidden layers that are given, checked; or a ladder that fits `n_samples` rows.

    Raises
    ------
    ValueError
        For what is no size, and if the table suits none of them.
    """
    if given is not None:
        sizes = checked_sizes(given)
        check_table(folds, step, sizes)
        return sizes
    _, network, _ = folds.network({step + HIDDEN: (1,)})
    linear, *others = ladder(n_samples, network.n_inputs, network.n_outputs)
    try:
        folds.network({step + HIDDEN: linear})
    except ValueError:  # dropout, for example, needs a hidden layer
        return others
    return [linear, *others]


def check_table(folds: Folds, step: str, sizes: Sequence[Sizes]) -> None:
    """Raise the network's own error if the table suits none of the sizes.

    If it suits some of them, the others fail by themselves during the search.
    """
    first: Exception | None = None
    for hidden in sizes:
        try:
            folds.network({step + HIDDEN: hidden})
        except ValueError as error:
            first = first or error
        else:
            return
    assert first is not None
    raise first


def try_candidates(
    run: SearchRun, candidates: Iterable[CandidateParameters], *, by_halving: bool
) -> None:
    """Train every candidate, or halve their number again and again."""
    measure = Measure(run.folds, by_halving)
    for parameters in candidates:
        n_parameters, max_epochs, _ = measure.possible(parameters)
        run.add(parameters, n_parameters, max_epochs)
    if by_halving:
        halving(run)
    else:
        every(run)


def draw_candidates(run: SearchRun, space: Space, n_candidates: int | None, seed: int) -> None:
    """Train what optuna draws from the space; all of its fixed sizes must be possible."""
    measure = Measure(run.folds, False)
    for sizes in () if space.free else space.sizes:
        measure.possible({space.step + HIDDEN: sizes})
    sample(run, space, n_candidates=n_candidates, seed=seed, measured=measure)


def single_grid(
    grid: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
) -> Mapping[str, Any]:
    """The grid that optuna draws from.

    Raises
    ------
    ImportError
        Without optuna.
    ValueError
        For several grids.
    """
    if find_spec("optuna") is None:
        raise missing("strategy='optuna'", "optuna")
    if grid is None or isinstance(grid, Mapping):
        return grid or {}
    raise ValueError("strategy='optuna' takes one dict as param_grid, not a list of them.")
