"""Which words in a column mean that a cell is missing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.support.listing import option
from rosenblatt.support.types import IntArray
from rosenblatt.table.messages import count, quote

__all__ = ["AMONG_NUMBERS", "MARKERS", "WordsFound", "is_marker", "missing_words"]

# Signs of a missing cell, in lower case, that are hardly ever values.
MARKERS = frozenset(
    (
        "?",
        "n/a",
        "#n/a",
        "#na",
        "<na>",
        "nan",
        "-nan",
        "nat",
        "null",
        "#null!",
        "#value!",
        "\\n",
        "n.a.",
    )
)
# Words that are values as well: a country, a degree, an answer.
DOUBTFUL = frozenset(("na", "none", "nil", "missing"))
# None of them can be a number; a column of numbers has no other use for them.
AMONG_NUMBERS = MARKERS | DOUBTFUL
TWO_CAPITALS = re.compile(r"[A-Z]{2}")
MIN_CODES = 2  # other codes of two capitals beside which NA is one


@final
@dataclass(frozen=True)
class WordsFound:
    """The words of a column of texts that mean missing, as written, and notes on doubtful ones."""

    missing: tuple[str, ...]
    notes: tuple[str, ...]


def is_marker(text: str) -> bool:
    """Whether a text among numbers, dates or truth values can only mean missing."""
    return text.lower() in AMONG_NUMBERS


def missing_words(
    name: str,
    texts: Sequence[str],
    counts: IntArray,
    *,
    has_empty: bool,
    given: Collection[str] = (),
    keep: Collection[str] = (),
) -> WordsFound:
    """The words that mean missing in a column of categories or labels.

    A doubtful word is a value if the column has empty cells beside it, or if it is written like
    the other values: "NA" among codes of two capitals, "None" among words with a capital.

    Parameters
    ----------
    name : str
        Of the column.
    texts : sequence of str
        Its distinct texts.
    counts : array (n_distinct,)
        How many cells have each text.
    has_empty : bool
        Whether it has empty cells.
    given, keep : collection of str
        Words that the user has declared missing, and not missing.
    """
    missing, notes = [], []
    others = [text for text in texts if text not in given and not is_marker(text)]
    for text, n in zip(texts, counts, strict=True):
        word = text.lower()
        if text in given:
            missing.append(text)
        elif text in keep or not is_marker(text) or (text == "Null" and looks_alike(text, others)):
            continue
        elif word in MARKERS:
            missing.append(text)
        elif has_empty or looks_alike(text, others):
            notes.append(
                f"column {name!r} has {text!r} in {count(int(n), 'row')}, taken as a value like its"
                f" others ({quote(others)}): if it means missing, say {option('--missing', text)}"
            )
        else:
            missing.append(text)
            notes.append(
                f"column {name!r} has {text!r} in {count(int(n), 'row')}, taken as missing: if it"
                f" is a value, say {option('--keep', text)}"
            )
    return WordsFound(tuple(missing), tuple(notes))


def looks_alike(word: str, others: Sequence[str]) -> bool:
    """Whether most of the other values are written like this word."""
    if word.lower() == "na":
        # Na is sodium, and na no marker of any program but in capitals.
        codes = sum(bool(TWO_CAPITALS.fullmatch(other)) for other in others)
        if word == "NA":
            return len(others) >= MIN_CODES and codes == len(others)
        return word == "Na"
    alike = sum(style(other) == style(word) for other in others)
    return bool(others) and 2 * alike > len(others)


def style(text: str) -> str:
    if text.islower():
        return "lower"
    if text.isupper():
        return "upper"
    return "capital" if text[:1].isupper() else "other"
