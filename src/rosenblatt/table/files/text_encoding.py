"""Detects the character encoding of a text file, and reads it as UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.encoding_guess import likeliest

__all__ = ["TextEncoding", "as_utf8", "detect", "named"]

MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it starts with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
MARK: Final = codecs.BOM_UTF8
UTF_8: Final = ("utf-8", "utf-8-sig")
NOT_OF_FILES: Final = ("idna", "punycode", "undefined")  # of the parts of host names, and of none
MAX_CONTROL_SHARE: Final = 0.02
# Second bytes of Chinese and Japanese characters begin at "0" and "@".
LINE_END: Final = re.compile(rb"[\r\n]+")
WORD: Final = re.compile(rb"[^\x00-\x2f\x3a-\x3f]+")
MAX_WORDS: Final = 20_000


@final
@dataclass(frozen=True)
class TextEncoding:
    """Python's name of an encoding, whether it was guessed, and what to do about stray bytes."""

    name: str
    guessed: bool = False
    errors: str = "strict"


def named(encoding: str) -> TextEncoding:
    """The encoding of this name; InputError if none that text files have is called so."""
    try:
        name = codecs.lookup(encoding).name
        if name not in NOT_OF_FILES:
            "".encode(name)  # refuses codecs that are not for text, such as base64
            # A byte order mark is no part of the first column's name.
            return TextEncoding("utf-8-sig" if name == "utf-8" else name)
    except (LookupError, ValueError):  # a name with a null character is a ValueError
        pass
    raise InputError(
        f"there is no text encoding {encoding!r}: name one such as utf-8, cp1252 or gb18030"
    )


def detect(chunks: Callable[[], Iterable[bytes]], name: str, hint: str = "") -> TextEncoding:
    """The encoding by byte order mark, else UTF-8 if all of it is that, else the likeliest.

    Parameters
    ----------
    chunks : callable
        The bytes of the file, from the start at every call.
    name : str
        Of the file, for messages.
    hint : str
        The encoding of the file that a model was trained with: taken where it decodes.

    Raises
    ------
    InputError
        For binary content, and where several encodings are likely.
    """
    head = next(iter(chunks()), b"")
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return TextEncoding(encoding)
    if wide := utf_16_without_mark(head):
        return TextEncoding(wide, guessed=True)
    control = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1a\x1b\x1f\x1e")
    if b"\0" in head or control > MAX_CONTROL_SHARE * len(head):
        line = head[: head.find(b"\0")].count(b"\n") + 1 if b"\0" in head else 1
        raise InputError(
            f"{name} is not text but binary data (line {line} has a byte that no text has): give a "
            "CSV file, or name its encoding if it is UTF-16"
        )
    if is_utf_8(chunks()):
        return TextEncoding("utf-8")
    words, utf_8_share = words_of(chunks())
    # Text in other encodings is rarely valid UTF-8: half of the words are sufficient evidence.
    if utf_8_share >= 0.5:
        return TextEncoding("utf-8", guessed=True, errors="replace")
    return TextEncoding(likeliest(words, name, hint), guessed=True)


def utf_16_without_mark(head: bytes) -> str:
    """UTF-16 of mostly Latin letters has a zero in every other byte."""
    start = head[: 1 << 12]
    if len(start) < 8:
        return ""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > 0.4 * len(start) / 2 and not even:
        return "utf-16-le"
    if even > 0.4 * len(start) / 2 and not odd:
        return "utf-16-be"
    return ""


def is_utf_8(chunks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            # Most blocks of most files: many times faster than to decode them.
            if not chunk.isascii() or decoder.getstate()[0]:
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def words_of(chunks: Iterable[bytes]) -> tuple[list[bytes], float]:
    """Distinct words with bytes beyond ASCII, sorted, and which share of them is UTF-8.

    Distinct ones alone count, so that a file of eight rows and one that repeats them ten thousand
    times are read alike.
    """
    words: set[bytes] = set()
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        for line in LINE_END.split(data[:end]):
            if not line.isascii():
                words.update(word for word in WORD.findall(line) if not word.isascii())
        rest = data[end:]
        if len(words) > MAX_WORDS:
            break
    words.update(word for word in WORD.findall(rest) if not word.isascii())
    return sorted(words), sum(is_utf_8([word]) for word in words) / max(len(words), 1)


def as_utf8(chunks: Iterable[bytes], encoding: TextEncoding) -> Iterator[bytes]:
    """The text as UTF-8, without byte order marks: files put together have them in the middle.

    Raises
    ------
    UnicodeError
        Where the bytes are not of this encoding, or UTF-16 has no byte order mark.
    """
    rest = b""
    for text in decoded(chunks, encoding):
        text, rest = rest + text, b""
        if MARK[:1] in text:
            text = text.replace(MARK, b"")
            cut = next((n for n in (2, 1) if text.endswith(MARK[:n])), 0)
            text, rest = text[: len(text) - cut], text[len(text) - cut :]
        if text:
            yield text
    if rest:
        yield rest


def decoded(chunks: Iterable[bytes], encoding: TextEncoding) -> Iterator[bytes]:
    if encoding.name in UTF_8 and encoding.errors == "strict":
        yield from checked(chunks)
        return
    decoder = codecs.getincrementaldecoder(encoding.name)(encoding.errors)
    for chunk in chunks:
        yield decoder.decode(chunk).encode(errors="replace")
    yield decoder.decode(b"", final=True).encode(errors="replace")


def checked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks:
        if not chunk.isascii() or decoder.getstate()[0]:
            decoder.decode(chunk)
        yield chunk
    decoder.decode(b"", final=True)
