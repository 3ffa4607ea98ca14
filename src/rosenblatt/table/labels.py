"""Texts to their places among known labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from rosenblatt.support.types import IntArray

__all__ = ["Labels"]


class Labels:
    """Known labels; a text that is none may still be the same whole number as one of them.

    In many programs whole numbers beside an empty cell become floats: 3 is then 3.0. Others lose
    the zeros before a number, and 7 may be the label 007.

    Parameters
    ----------
    labels : sequence of str
        Distinct.
    as_codes : bool
        Whether 007 is never the label 7: no program adds zeros to a code.
    """

    def __init__(self, labels: Sequence[str], *, as_codes: bool = False) -> None:
        self._as_codes = as_codes
        self._place = {label: k for k, label in enumerate(labels)}
        numbers = {label: plain_number(label) for label in labels}
        once = Counter(x for x in numbers.values() if x is not None)
        self._of_number = {
            x: self._place[label] for label, x in numbers.items() if x is not None and once[x] == 1
        }

    def knows(self, text: str) -> bool:
        return self._code_of(text) >= 0

    def codes_of(self, texts: Sequence[str]) -> IntArray:
        """The place of each text, int64 of shape (n,); -1 where it is none of the labels."""
        return np.array([self._code_of(text) for text in texts], dtype=np.int64)

    def _code_of(self, text: str) -> int:
        place = self._place.get(text)
        if place is not None or not self._of_number:
            return -1 if place is None else place
        number = plain_number(text)
        if number is None or (self._as_codes and has_zeros_before(text)):
            return -1
        return self._of_number.get(number, -1)


def plain_number(text: str) -> str | None:
    """The whole number that a text is with or without ".0", in its fewest digits, or None.

    As text, because Python refuses to convert thousands of digits.
    """
    whole = text.removesuffix(".0")
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = digits.lstrip("0") or "0"
    return f"-{number}" if whole.startswith("-") and number != "0" else number


def has_zeros_before(text: str) -> bool:
    """Of a whole number, with or without ".0"."""
    digits = text.removesuffix(".0").removeprefix("-")
    return len(digits) > 1 and digits.startswith("0")
