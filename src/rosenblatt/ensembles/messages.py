"""Warnings about members that diverged, were interrupted or did not converge: one of each kind."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from rosenblatt.ensembles.members import Member
from rosenblatt.errors import DivergenceError
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.listing import some_of

__all__ = ["those_trained"]


def those_trained(members: Sequence[Member], interrupted: bool) -> list[Member]:
    """The members that make up the ensemble; warns about the others.

    Raises
    ------
    DivergenceError
        If all members diverged.
    KeyboardInterrupt
        If training was interrupted before any member was trained.
    """
    trained = [member for member in members if member.finished]
    diverged = [member for member in members if member.divergence is not None]
    if interrupted:
        if not trained:
            raise KeyboardInterrupt
        warn_caller(
            f"Training was interrupted by the user: the ensemble has the {len(trained)} of"
            f" {len(members)} members that were trained by then."
        )
    if not trained:
        first = diverged[0].divergence
        assert first is not None
        raise DivergenceError(
            f"All {len(members)} members diverged. The first: {first}", first.epoch
        ) from first
    if diverged:
        errors = [
            f"member {m.number} (random_state={m.network.random_state}): {m.divergence}"
            for m in diverged
        ]
        listed = some_of(errors, "\n  ")
        warn_caller(
            f"{len(diverged)} of {len(members)} members diverged, and the ensemble goes on without"
            f" them:\n  {listed}",
            FitFailedWarning,
        )
    limited = sum(not member.converged for member in trained)
    if limited:
        warn_caller(
            f"{limited} of {len(members)} members ended at a limit, such as max_iter, before they"
            " converged.",
            ConvergenceWarning,
        )
    remarks = [member.remark for member in trained if member.remark]
    if remarks:
        warn_caller(f"{len(remarks)} of {len(members)} members: {remarks[0]}")
    return trained
