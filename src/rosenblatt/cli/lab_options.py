"""Options of the command `lab` that go together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rosenblatt.errors import InputError

__all__ = ["check_lab"]


def check_lab(
    experiment: str | None,
    plot: Path | None,
    all_of_them: bool,
    out: Path | None,
    of_runs: Sequence[str],
) -> None:
    """InputError unless one experiment is asked for, or all into a folder, or none for a list.

    Parameters
    ----------
    of_runs : sequence of str
        The options given that a list has no use for.
    """
    if all_of_them and experiment is not None:
        raise InputError("give either the id of an experiment or --all, and not both")
    if all_of_them != (out is not None):
        raise InputError("--all and --out FOLDER go together: give both or none")
    if plot is not None and experiment is None:
        raise InputError("--plot draws one experiment: give its id, or --all with --out FOLDER")
    if of_runs and experiment is None and not all_of_them:
        name = of_runs[0]
        raise InputError(f"{name} is for a run: give the id of an experiment, or --all")
