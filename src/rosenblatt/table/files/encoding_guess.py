"""The likeliest encoding of text that is not UTF-8."""

from __future__ import annotations

from importlib.util import find_spec

__all__ = ["likeliest"]

# Encodings that tables are found in; among all there are, short texts are guessed at random.
# fmt: off
LIKELY = [
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp874",
    "gb18030", "big5", "cp932", "euc_jp", "cp949",
]
# fmt: on


def likeliest(words: list[bytes], name: str, hint: str = "") -> str:
    """What charset-normalizer finds if installed, or cp1252."""
    sample = b"\n".join(word for word in words if b"\xff" not in word)
    western = "cp1252" if decodes(sample, "cp1252") else "latin-1"
    if find_spec("charset_normalizer") is None:
        return western
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=LIKELY).best()
    # Western text often reads the same in the Central European page: then say the common name.
    if best is None or sample.decode(best.encoding) == sample.decode(western):
        return western
    return best.encoding


def decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
