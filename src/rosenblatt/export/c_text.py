"""Names and texts that C takes as they are meant."""

from __future__ import annotations

import re

from rosenblatt.export.characters import NO_C, check_characters
from rosenblatt.support.listing import brief

__all__ = ["TAKEN", "checked_name", "comment", "string"]

# Words of C99, and names that every program and <math.h> have.
WORDS = (
    "auto break case char const continue default do double else enum extern float for goto "
    "if inline int long register restrict return short signed sizeof static struct switch "
    "typedef union unsigned void volatile while main"
)
OF_MATH = (
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 "
    "expm1 fabs fdim floor fma fmax fmin fmod frexp hypot ilogb ldexp lgamma llrint llround "
    "log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow "
    "remainder remquo rint round scalbln scalbn sin sinh sqrt tan tanh tgamma trunc j0 j1 "
    "jn y0 y1 yn gamma signgam"
)
TAKEN, FUNCTIONS = set(WORDS.split()), set(OF_MATH.split())


def checked_name(name: str) -> str:
    """A name that a C function may have; ValueError for another."""
    pattern = r"[A-Za-z][A-Za-z0-9_]{0,30}"
    if not (isinstance(name, str) and re.fullmatch(pattern, name, re.ASCII)):
        raise ValueError(
            f"name={brief(name)} cannot name a C function: take up to 31 letters, digits and"
            " underscores, a letter first, such as 'predict'."
        )
    if name in TAKEN | FUNCTIONS or (name[:-1] in FUNCTIONS and name[-1] in "fl"):
        raise ValueError(
            f"name={brief(name)} is a word of C or a function of <math.h>: take another, such as"
            f" '{name}_network'."
        )
    return name


def string(text: str) -> str:
    """A C string of the text in UTF-8."""
    return '"' + "".join(map(character, check_characters(text, NO_C, "C").encode())) + '"'


def comment(text: str) -> str:
    """The text in quotes as a comment may hold it, which ends with nothing that is in it."""
    shown = text if len(text) <= 60 else text[:57] + "..."
    return string(shown).replace("*/", r"*\057").replace("/*", r"/\052")


def character(byte: int) -> str:
    """One byte; in octal where it is no plain character, or could begin an escape or a trigraph."""
    plain = 32 <= byte < 127 and chr(byte) not in '"\\?'
    return chr(byte) if plain else f"\\{byte:03o}"
