"""What the caller supplies because no file says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import final

from rosenblatt.activations import Activation
from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief, count

__all__ = ["Given"]


@final
@dataclass(frozen=True)
class Given:
    """The options of an import.

    Attributes
    ----------
    data : Path, optional
        The table that the tool trained on.
    names : tuple of str, optional
        Names of the inputs, in order.
    target : str, optional
        Name of what is predicted.
    classes : tuple of str, optional
        Labels of the outputs, in order; of a single output those of 0 and of 1.
    output : int, optional
        Which of several numbers is predicted, from 1.
    activations : tuple of Activation, optional
        Of a file that has weights alone: one for all places between layers, or one for each, and
        perhaps one more, for the outputs.
    """

    data: Path | None = None
    names: tuple[str, ...] | None = None
    target: str | None = None
    classes: tuple[str, ...] | None = None
    output: int | None = None
    activations: tuple[Activation, ...] | None = None

    def __post_init__(self) -> None:
        for name in (*(self.names or ()), *(() if self.target is None else (self.target,))):
            if not isinstance(name, str) or not name.strip():
                raise InputError(f"{brief(name)} is no name of a column: give a text")

    def names_of(self, n_inputs: int, of_file: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Names of all inputs: the given ones, the file's, or x1, x2, …"""
        names = self.names or of_file or tuple(f"x{k}" for k in range(1, n_inputs + 1))
        if len(names) != n_inputs:
            raise InputError(
                f"the network has {count(n_inputs, 'input')}, and --inputs gives {len(names)}"
            )
        if len(set(names)) != n_inputs:
            raise InputError("--inputs gives a name twice: columns have distinct names")
        return names
