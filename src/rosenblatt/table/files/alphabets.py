"""Which letters beyond a to z languages are written with, for guesses of encodings."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

__all__ = ["strangeness", "written_in_one_language"]

# The second entry is how likely a table is in the language, for what the letters leave open.
ALPHABETS: Final = (
    ("áéíóúüñ", 1.0),  # Spanish
    ("àâæçéèêëîïôœùûüÿ", 1.0),  # French
    ("äöüß", 1.0),  # German
    ("áâãàçéêíóôõúü", 1.0),  # Portuguese
    ("àèéìíîòóùú", 1.0),  # Italian
    ("åäöé", 1.0),  # Swedish, Finnish
    ("æøåéö", 1.0),  # Danish, Norwegian
    ("éëïóöüèá", 1.0),  # Dutch
    ("àçèéíïòóúü", 1.0),  # Catalan
    ("áðéíóúýþæö", 0.6),  # Icelandic
    ("ąćęłńóśźż", 1.0),  # Polish
    ("áčďéěíňóřšťúůýž", 1.0),  # Czech
    ("áäčďéíĺľňóôŕšťúýž", 1.0),  # Slovak
    ("áéíóöőúüű", 1.0),  # Hungarian
    ("ăâîşţșț", 1.0),  # Romanian
    ("čćđšž", 1.0),  # Croatian, Slovene
    ("çğıöşüâîûi\u0307", 1.0),  # Turkish; a capital dotted I has two characters in lower case
    ("ąčęėįšųūž", 0.95),  # Lithuanian
    ("āčēģīķļņōŗšūž", 0.95),  # Latvian
    ("äöõüšž", 0.9),  # Estonian
    ("çë", 0.8),  # Albanian
    ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", 1.0),  # Russian, Bulgarian
    ("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", 1.0),  # Ukrainian
    ("абвгдеёжзійклмнопрстуўфхцчшыьэюя", 0.9),  # Belarusian
    ("абвгдђежзијклљмнњопрстћуфхцчџш", 0.9),  # Serbian
    ("абвгдѓежзѕијклљмнњопрстќуфхцчџш", 0.8),  # Macedonian
)
LETTERS: Final = tuple((frozenset(letters), weight) for letters, weight in ALPHABETS)
OTHER_SCRIPTS: Final = frozenset(
    ("GREEK", "HEBREW", "ARABIC", "THAI", "CJK", "HANGUL", "HIRAGANA", "KATAKANA")
)
MIXED_SCRIPTS: Final = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC")  # as in "Vitamin素"
BETWEEN_LETTERS: Final = "’‘´·-–\xa0"
NEVER_BEFORE_LETTERS: Final = "…¶†‡¤¦¬"
SELDOM_BEFORE_LETTERS: Final = "§€©®°±‰"
VOWELS: Final = "aeiouyáéíóúü"
CACHE: Final = 1 << 14  # neighbours that are kept with what is odd in them: files have few of them


def written_in_one_language(words: Sequence[str]) -> float:
    """The largest share of words that one language has all letters of, weighted."""
    lower = [word.lower() for word in words]
    latin = max(
        weight * sum(all(c.isascii() or not c.isalpha() or c in a for c in w) for w in lower)
        for a, weight in LETTERS
    )
    other = sum(any(script_of(c) in OTHER_SCRIPTS for c in word) for word in words)
    return max(latin, float(other)) / max(len(words), 1)


@lru_cache(maxsize=CACHE)
def script_of(character: str) -> str:
    return unicodedata.name(character, "?").split()[0]


def strangeness(word: str) -> float:
    """What no word is likely to have, summed up: 0 for an ordinary one, about 1 for each oddity."""
    total, before = 0.0, ""
    for character, after in zip(word, [*word[1:], ""], strict=True):
        if not character.isascii():
            total += oddity(character, before, after)
        before = character
    return min(total, 3.0)


@lru_cache(maxsize=CACHE)
def oddity(character: str, before: str, after: str) -> float:
    """Of a character between its neighbours: signs among letters, capitals behind small ones."""
    category = unicodedata.category(character)
    if category in ("Cc", "Cn", "Co") or character == "\ufffd":
        return 3.0
    if category[0] not in "LM":
        odd = 0.5
        if before.isalpha() and after.isalpha():
            odd = 0.2 if character in BETWEEN_LETTERS else 2.0
        elif category[0] == "S" and (before.isalpha() or after.isalpha()):
            odd = 1.0
        return odd + 2.0 * (
            (character in NEVER_BEFORE_LETTERS and after.isalpha())
            or (character in SELDOM_BEFORE_LETTERS and after.isalpha() and not after.isascii())
        )
    odd = 1.5 * (category == "Lu" and before.islower())
    # A vowel sign stands upon a letter of its script, and no two alike on one.
    if category == "Mn" and script_of(character) != "COMBINING":
        odd += 2.0 * (before.isascii() or before == character)
    # Spanish ñ stands before vowels, Polish ń before none.
    odd += character in "ñÑ" and after.lower() not in tuple(VOWELS)
    odd += character in "ńŃ" and after != "" and after.lower() in VOWELS
    script = script_of(character)
    if category[0] == "L" and script in MIXED_SCRIPTS:
        odd += 0.75 * sum(c.isascii() and c.isalpha() for c in (before, after) if c)
    elif script != "COMBINING":
        odd += sum(
            script_of(other) not in (script, *MIXED_SCRIPTS)
            for other in (before, after)
            if other.isalpha()
        )
    return float(odd)
