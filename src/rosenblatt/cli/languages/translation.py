"""Texts of the command line in another language, by its catalogue.

The texts are made in English, from templates that the code holds as f-strings: the template of a
text is found again, and its places are translated in turn, but for names. What has no translation
stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import final

from rosenblatt.cli.languages.template import Template, is_name, masked

__all__ = ["Translation"]

# Signs before which a text may end, and a further remark begin.
BEFORE_REMARKS = (" ", ",", ";", ":")
LISTS = {
    "; ": "；",
    ": ": "：",
    ", or ": "，或 ",
    ", and ": "，以及 ",
    ", ": "，",
    " and ": " 和 ",
    " or ": " 或 ",
}
LEAST_CLOSED, LEAST_OPEN = (
    4,
    8,
)  # characters of words, without which too much would be taken for one
MOST_REMARKS = 20  # places at which one is looked for


@final
class Translation:
    """From texts in English to texts in the language of a catalogue.

    Parameters
    ----------
    entries : iterable of (str, str)
        Templates and their translations.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        templates = [Template(*entry) for entry in entries]
        self._exact = {t.source: t.target for t in templates if not t.names}
        ordered = sorted(templates, key=lambda template: -template.weight)
        self._filled = tuple(template for template in ordered if template.names)
        self._remarks = tuple(filter(is_remark, ordered))
        self.line = lru_cache(maxsize=4096)(self._line)

    def __call__(self, text: str) -> str:
        """The text, line by line."""
        return "\n".join(map(self.line, text.split("\n")))

    def _line(self, text: str) -> str:
        if text in self._exact:
            return self._exact[text]
        if text.endswith(", "):
            return f"{self.line(text[:-2])}{LISTS[', ']}"
        for template in self._candidates(self._filled, text):
            values = template.values(text)
            if values is not None:
                # What may stand at the end may have a remark of its own behind it.
                end = len(values[template.names[-1]]) if template.is_open else 0
                remark = end and self._with_remark(text, len(text) - end)
                return remark or template.target.format_map(self._translated(values))
        return self._with_remark(text, 0) or self._listed(text) or text

    def _candidates(self, templates: Iterable[Template], text: str) -> Iterator[Template]:
        for template in templates:
            # Of the hundreds that are asked, the longest words tell nearly all apart.
            if template.longest in text and all(words in text for words in template.words):
                yield template

    def _translated(self, values: Mapping[str, str]) -> dict[str, str]:
        return {
            name: self._named(value) if is_name(name) else self.line(value)
            for name, value in values.items()
        }

    def _named(self, name: str) -> str:
        """A name as it is; one of several words that has a translation is our 'standard input'."""
        return self._exact.get(name, name) if " " in name else name

    def _with_remark(self, text: str, after: int) -> str:
        """A text with a remark of its own template at its end, such as ' (2 cells likewise)'."""
        hidden = masked(text)
        for template in self._candidates(self._remarks, text):
            start = template.words[0]
            place = hidden.rfind(start)
            for _ in range(MOST_REMARKS):
                if place <= after:
                    break
                values = template.values(text[place:])
                if values is not None:
                    end = template.target.format_map(self._translated(values))
                    return self.line(text[:place]) + end
                place = hidden.rfind(start, 0, place)
        return ""

    def _listed(self, text: str) -> str:
        """The parts of a list, each for itself, where one of them has a translation."""
        hidden = masked(text)
        for separator, sign in LISTS.items():
            if separator in hidden:
                parts = parts_of(text, hidden, separator)
                shown = list(map(self.line, parts))
                if shown != parts:
                    return joined(shown, parts, separator, sign)
        return ""


def is_remark(template: Template) -> bool:
    """Whether it may be found at the end of another text."""
    least = LEAST_OPEN if template.is_open else LEAST_CLOSED
    return template.source.startswith(BEFORE_REMARKS) and template.weight >= least


def joined(shown: Sequence[str], parts: Sequence[str], separator: str, sign: str) -> str:
    """The parts that are shown, joined as their language does between those it has changed."""
    text = shown[0]
    for (before, now), (was, then) in pairwise(zip(shown, parts, strict=True)):
        n_changed = (before != now) + (was != then)
        text += (separator, sign, sign.strip())[n_changed] + was
    return text


def parts_of(text: str, hidden: str, separator: str) -> list[str]:
    """The text divided at the separator where it stands outside quotation marks."""
    parts, start = [], 0
    while (place := hidden.find(separator, start)) >= 0:
        parts.append(text[start:place])
        start = place + len(separator)
    return [*parts, text[start:]]
