"""Writes characters that mean the same alike: digits of any script, blanks, minus signs."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["with_plain_characters"]

# By what each is replaced, the characters that are meant by it.
ALIKE = {
    "-": "−–—‐‑‒﹣",
    "+": "﹢",
    "٬": "،",
    "'": "’‘ʼ´",
    "%": "٪﹪",
    "≤": "≦⩽",
    "≥": "≧⩾",
    "~": "≈≃˜",
    "°": "º˚",
    "°C": "℃",
    "°F": "℉",
    "µ": "\u03bc",
    "\u03a9": "\u2126",
    "": "\u200b\u200e\u200f\u061c\u2060\ufeff\u202a\u202b\u202c\u202d\u202e",
}
REPLACEMENTS = {mark: plain for plain, marks in ALIKE.items() for mark in marks}
FULL_WIDTH = range(0xFF01, 0xFF5F)  # in the order of ASCII from "!" on
COMPATIBLE = (range(0x3300, 0x3400), range(0xFFE0, 0xFFE7))  # such as ㎏ and ￥


def with_plain_characters(texts: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    """The texts, with characters of numbers and units that look or mean alike made the same."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    texts = texts.cast(pa.large_string())
    replaced = {mark: plain for mark in beyond_ascii(texts) if (plain := plain_form(mark)) != mark}
    for mark, plain in sorted(replaced.items()):
        texts = pc.replace_substring(texts, mark, plain)
    return pc.utf8_trim_whitespace(texts) if replaced else texts


def beyond_ascii(texts: pa.LargeStringArray) -> set[str]:
    """The characters beyond ASCII, whose bytes in UTF-8 are beyond ASCII, too, and no others."""
    buffer = texts.buffers()[2]
    if buffer is None:
        return set()
    data = np.frombuffer(buffer, dtype=np.uint8)
    return set(data[data >= 0x80].tobytes().decode(errors="ignore"))


def plain_form(mark: str) -> str:
    code = ord(mark)
    if code in FULL_WIDTH:
        return plain_form(chr(code - FULL_WIDTH.start + ord("!")))
    if any(code in block for block in COMPATIBLE):
        return unicodedata.normalize("NFKC", mark)
    category = unicodedata.category(mark)
    if category == "Nd":
        return str(unicodedata.digit(mark))
    if category == "Zs":
        return " "
    return REPLACEMENTS.get(mark, mark)
