"""The likeliest encoding of text that is not UTF-8.

chardet compares the frequencies of pairs of letters with those of many languages. Its figures are
close where words are few; what no word has, and whether one language has all letters, decide then.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Final, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.alphabets import strangeness, written_in_one_language

__all__ = ["likeliest"]

# Encodings that tables are found in, with how often; among all there are, short texts would be
# guessed at random. Those whose name differs are known to chardet by a superset's.
PRIOR: Final = {
    "cp1252": 1.1,
    "cp1250": 1.0,
    "cp1251": 1.0,
    "cp1253": 1.0,
    "cp1254": 1.0,
    "cp1255": 1.0,
    "cp1256": 1.0,
    "cp1257": 1.0,
    "cp874": 1.0,
    "gb18030": 1.0,
    "big5": 1.0,
    "cp932": 1.0,
    "euc_jp": 1.0,
    "cp949": 1.0,
    "koi8_r": 1.0,
    "koi8_u": 0.95,
    "iso8859_2": 0.95,
    "iso8859_5": 0.7,
    "iso8859_7": 0.9,
    "cp866": 0.9,
    "mac_cyrillic": 0.7,
    "mac_roman": 0.6,
    "cp850": 0.6,
    "cp852": 0.5,
    "cp437": 0.5,
}
# What users name, with the encoding above that reads its files, and others as well.
SUBSETS: Final = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "iso8859-8": "cp1255",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
SUPERSETS: Final = {"big5": "big5hkscs", "euc_jp": "euc_jis_2004"}
MOST_DECODE: Final = 0.8  # share of words that must decode
MAX_WORDS: Final = 4000
# Longer ones, such as a file without spaces, are judged by their beginning, which is enough: every
# letter is looked at in Python, for each encoding.
MAX_LETTERS: Final = 40
MAX_SAMPLE: Final = 1 << 18  # bytes for chardet
# How near the second guess may come, by the number of words that the first has for it.
NEAR: Final = ((1, 0.4), (2, 0.6), (3, 0.7), (5, 0.8), (math.inf, 0.9))
NEAR_HINT: Final = 0.3


@final
@dataclass(frozen=True)
class Guess:
    """An encoding, the words that it gives, and how likely they are."""

    encoding: str
    words: tuple[str, ...]
    score: float


def likeliest(words: Sequence[bytes], name: str, hint: str = "") -> str:
    """The encoding of a file with these distinct words.

    Parameters
    ----------
    words : sequence of bytes
        Sorted; those with bytes beyond ASCII.
    name : str
        Of the file, for messages.
    hint : str
        An encoding to prefer where it gives likely words: the one of the training file.

    Raises
    ------
    InputError
        If two encodings give different words and nothing decides; with both readings.
    """
    some = words[:: math.ceil(len(words) / MAX_WORDS)] if words else []
    guesses = sorted(guessed(some), key=lambda guess: -guess.score)
    if not guesses:
        return "cp1252" if decodes(b"".join(words), "cp1252") else "latin-1"
    best = max(guesses, key=lambda guess: (guess.words == guesses[0].words, PRIOR[guess.encoding]))
    best = replace(best, score=guesses[0].score)  # of encodings that give the same, the usual name
    known = next((g for g in guesses if hint and same_encoding(g.encoding, hint)), None)
    if known is not None and known.score > NEAR_HINT * best.score:
        return known.encoding
    if known is None and hint and all(decodes(word, hint) for word in words):
        return hint  # that the user has named, and that is in no list of usual ones
    other = next((guess for guess in guesses if guess.words != best.words), None)
    limit = next(share for n, share in NEAR if len(some) <= n)
    if other is not None and other.score > limit * best.score:
        raise InputError(
            f"{name} is not UTF-8, and its letters are {shown(best, other)} as {best.encoding} and "
            f"{shown(other, best)} as {other.encoding}: name the right one with --encoding"
        )
    return best.encoding


def shown(one: Guess, other: Guess) -> str:
    """Up to three words that the two read differently."""
    different = [a for a, b in zip(one.words, other.words, strict=False) if a != b]
    return ", ".join(repr(word[:30]) for word in different[:3])


def same_encoding(one: str, other: str) -> bool:
    try:
        name = codecs.lookup(other).name
        return codecs.lookup(one).name == codecs.lookup(SUBSETS.get(name, name)).name
    except LookupError:
        return False


def guessed(words: Sequence[bytes]) -> list[Guess]:
    """A guess for every encoding that decodes most words."""
    found = []
    whole = [encoding for encoding in PRIOR if all(decodes(word, encoding) for word in words)]
    confidences = confidence_in(b"\n".join(words), whole)
    for encoding, prior in PRIOR.items():
        decoded = [word for word in words if decodes(word, encoding)]
        share = len(decoded) / len(words)
        if share < MOST_DECODE:
            continue
        if encoding not in whole:
            confidences |= confidence_in(b"\n".join(decoded), [encoding])
        confidence = confidences.get(encoding, 0.0)
        texts = tuple(word.decode(encoding) for word in decoded)
        starts = [text[:MAX_LETTERS] for text in texts]
        odd = sum(map(strangeness, starts)) / len(starts)
        in_language = written_in_one_language(starts)
        likely = math.exp(-1.5 * odd) * (0.15 + 0.85 * in_language**2) * share**6
        found.append(Guess(encoding, texts, prior * confidence * likely))
    return found


def confidence_in(sample: bytes, encodings: Sequence[str]) -> dict[str, float]:
    """chardet's confidence in each encoding; 1 for all where it is not installed."""
    if not encodings:
        return {}
    if find_spec("chardet") is None:
        return dict.fromkeys(encodings, 1.0)
    import chardet

    known = {SUPERSETS.get(encoding, encoding): encoding for encoding in encodings}
    results = chardet.detect_all(
        sample[:MAX_SAMPLE],
        ignore_threshold=True,
        compat_names=False,
        include_encodings=list(known),
        no_match_encoding=next(iter(known)),  # it warns where that is none of them
    )
    by_codec = {codecs.lookup(name).name: encoding for name, encoding in known.items()}
    found: dict[str, float] = {}
    for result in results:
        encoding = by_codec.get(codecs.lookup(result["encoding"] or "ascii").name)
        if encoding is not None:
            found[encoding] = max(found.get(encoding, 0.0), result["confidence"])
    return found


def decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except (LookupError, UnicodeError):  # a model file may name anything
        return False
    return True
