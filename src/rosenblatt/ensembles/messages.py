"""What an ensemble says of members that did not come to a good end, in one warning for each way."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.exceptions import ConvergenceWarning, FitFailedWarning

from rosenblatt.ensembles.members import Member
from rosenblatt.errors import DivergenceError
from rosenblatt.support.caller_warning import warn_caller

__all__ = ["those_trained"]

NAMED = 5  # members, before "and … more"


def those_trained(members: Sequence[Member], interrupted: bool) -> list[Member]:
    """The members that make up the ensemble; of the others it warns.

    Raises
    ------
    DivergenceError
        Where all of them diverged.
    KeyboardInterrupt
        Where it came before any was trained.
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
        told = [
            f"  member {m.number} (random_state={m.network.random_state}): {m.divergence}"
            for m in diverged[:NAMED]
        ]
        if len(diverged) > NAMED:
            told.append(f"  and {len(diverged) - NAMED} more")
        listed = "\n".join(told)
        warn_caller(
            f"{len(diverged)} of {len(members)} members diverged, and the ensemble goes on without"
            f" them:\n{listed}",
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
