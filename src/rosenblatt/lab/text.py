"""A text in English that has its Chinese beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self, final

__all__ = ["LANGUAGES", "Text", "joined"]

LANGUAGES = ("en", "zh")


@final
class Text(str):
    """English, as any other string; `zh` has the same in Chinese.

    Names and numbers fill the places of both by `format`.
    """

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, en: str, zh: str) -> Self:
        text = super().__new__(cls, en)
        text.zh = zh
        return text

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.zh

    def format(self, *args: object, **kwargs: object) -> Text:
        return Text(str(self).format(*args, **kwargs), self.zh.format(*args, **kwargs))

    def in_language(self, code: str) -> str:
        """In one of `LANGUAGES`."""
        return self.zh if code == "zh" else str(self)


def joined(texts: Sequence[Text]) -> Text:
    """Several, as a list."""
    return Text("; ".join(texts), "；".join(text.zh for text in texts))
