"""The network of a file that lists layers, with what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.pieces import Piece, finished, widths_of

__all__ = ["imported_layers"]


def imported_layers(
    format: str,
    pieces: Sequence[Piece],
    given: Given,
    names: tuple[str, ...] | None = None,
    unsaid: tuple[Unsaid, ...] = (),
) -> ImportedNetwork:
    """The network of these layers.

    Parameters
    ----------
    format : str
        What the file is called.
    pieces : sequence of Piece
    given : Given
    names : tuple of str, optional
        Of the inputs, where the file has them.
    unsaid : tuple of Unsaid
        What else the file does not say.

    Raises
    ------
    InputError
        As `finished` does, and where names do not fit.
    """
    end = finished(pieces, given)
    n = end.model.n_inputs
    named = given.names or names
    nameless = () if named else (Unsaid("the names of the inputs", "--inputs"),)
    return ImportedNetwork(
        format,
        end.model,
        given.names_of(n, names),
        given.target or "target",
        end.outputs,
        end.classes,
        findings=Findings(
            (" → ".join(map(str, (n, *widths_of(pieces)))),), end.folded, (*unsaid, *nameless)
        ),
        has_names=named is not None,
    )
