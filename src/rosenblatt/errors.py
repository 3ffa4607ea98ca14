"""The two errors that callers may want to tell apart from every other ``ValueError``."""

from __future__ import annotations

import re
from typing import Final, final

__all__ = ["NON_FINITE", "DivergenceError", "InputError", "clipped"]

# How scikit-learn's perceptrons put it; what is known of the cause is added where it is known.
NON_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and need"
    " to be preprocessed."
)

# No option has more characters, and no usual path; of others so many are shown.
LONGEST_WORD, SHOWN_WORD, LONGEST_TEXT = 550, 200, 5_000
MORE: Final = f"{{{LONGEST_WORD + 1},}}"
LONG_WORD: Final = re.compile(rf"""(?<!\w)(?:'[^']{MORE}'|"[^"]{MORE}")(?!\w)|\S{MORE}""")


def clipped(text: str) -> str:
    """The text; words and quoted texts that somebody gave, and the whole, by their beginnings."""
    shown = LONG_WORD.sub(lambda word: f"{word[0][:SHOWN_WORD]}...", text)
    return shown if len(shown) <= LONGEST_TEXT else f"{shown[: LONGEST_TEXT - 3]}..."


@final
class InputError(ValueError):
    """The user's input is at fault; one sentence says what and how to mend it.

    It stands in one line, whatever names and words of other libraries are in it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(clipped(re.sub(r"\s*[\n\r]\s*", " ", message)))


@final
class DivergenceError(ValueError):
    """Training diverged; the message names where, and the likely cause.

    Attributes
    ----------
    epoch, batch, layer : int or None
        Each from 1, where there was one: of solvers over all rows `epoch` is the iteration.
    """

    def __init__(
        self,
        message: str,
        epoch: int | None = None,
        batch: int | None = None,
        layer: int | None = None,
    ) -> None:
        super().__init__(message)
        self.epoch, self.batch, self.layer = epoch, batch, layer
