"""Everything that the command line may say has a translation, and every translation is of that."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest
import typer

from rosenblatt.cli.languages.catalogue import entries, fields_of
from rosenblatt.cli.languages.choice import LANGUAGES
from rosenblatt.cli.languages.translation import LISTS, Translation
from rosenblatt.cli.overview import EXAMPLES
from tests.support.messages import texts_of
from tests.support.shown_texts import all_texts, shown_texts

OTHERS = [language for language in LANGUAGES if language != "en"]
# What reads as prose and is none, or is for other programs.
NO_PROSE = {
    *LISTS,
    *(line for lines in EXAMPLES.values() for line in lines),
    "  rosenblatt {line}",
    "# A line that is left out is detected.",
    "# What each column is: number, category, date, true/false, text or drop.",
    ".*joblib will operate in serial mode",
    ".*scores are non-finite",
    "<!doctype html\\b",
    "<frozen importlib._bootstrap>",
    "Mapping[str, npt.NDArray[Any]]",
    "bold underline",
    "bold yellow",
    "can't start new thread",
    "(?:{quoted})(?:(?:, | beside )(?:{quoted2}))*(?:, \\.\\.\\.)?| and {number} more|{number2}",
    "column ({quoted})(?=[ :])",
    "rosenblatt predict {quote} {arguments} --out {out}",
    "rosenblatt {__version__}",
}
# Places of endings and verbs that only a language with a plural has.
OF_PLURALS = {"more", "verb", "classes"}
# Templates that are filled by what other entries stand for, or by other programs.
COMPOSED = "#. "


def blocks(language: str) -> Iterator[str]:
    file = resources.files("rosenblatt.cli.languages").joinpath(f"{language}.po")
    yield from file.read_text(encoding="utf-8").split("\n\n")


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_that_may_be_shown_has_a_translation(language: str) -> None:
    translated = dict(entries(language))
    missing = [
        f"#: {text.place}\nmsgid {json.dumps(text.one, ensure_ascii=False)}"
        + (f"\nmsgid_plural {json.dumps(text.many)}\nmsgstr[0]" if text.many else "\nmsgstr")
        + ' ""'
        for text in shown_texts().values()
        if text.one not in NO_PROSE and not {text.one, text.many} <= {*translated, ""}
    ]
    assert not missing, "add to the catalogue:\n\n" + "\n\n".join(missing)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_of_a_text_that_is_gone(language: str) -> None:
    in_typer = {
        text.one
        for path in sorted(Path(typer.__file__).parent.rglob("*.py"))
        for text in texts_of(path)
    }
    known = all_texts() | in_typer
    gone = [
        fields["msgid"]
        for block in blocks(language)
        if (fields := fields_of(block))["msgid"]
        and not block.startswith(COMPOSED)
        and fields["msgid"] not in known
    ]
    assert not gone
    assert not NO_PROSE - known - {*LISTS}


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_translated_twice(language: str) -> None:
    texts = Counter(text for text, _ in entries(language))
    assert [text for text, n in texts.items() if n > 1] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_template(language: str) -> None:
    for template, translation in entries(language):
        places, kept = places_of(template), places_of(translation)
        assert set(kept) <= set(places), template
        assert set(places) - set(kept) <= OF_PLURALS, template
        assert not any(spec or conversion for spec, conversion in kept.values()), translation
        for sign in re.findall(r"(?<![\w-])--[a-z][a-z-]+", template):
            assert sign in translation, translation


@pytest.mark.parametrize("language", OTHERS)
def test_a_filled_template_is_found_again(language: str) -> None:
    """Each place is in the translation as it was filled in, quoted texts whatever they hold."""
    words = Translation(entries(language))
    for template, translation in entries(language):
        values = {}
        for number, (name, (spec, conversion)) in enumerate(places_of(template).items()):
            quoted = f"'x{number}, in row 7: is a list'"
            number_text = f"{number + 2},00{number}"
            plain = f"{number + 2} Q{number}" if name.startswith("count") else f"Q{number}Q"
            values[name] = quoted if conversion == "r" else number_text if spec else plain
        plain_template = re.sub(r"\{(\w+)[^{}]*\}", r"{\1}", template)
        filled = plain_template.format(**values)
        said = words(filled)
        if places_of(template) and said != translation.format(**values):
            # A more telling template may fit as well: nothing that is filled in may be lost.
            assert all(values[name] in said for name in places_of(translation)), (template, said)


def places_of(template: str) -> dict[str, tuple[str, str]]:
    """Format and conversion by the name of the place."""
    parsed = Formatter().parse(template)
    return {name: (spec or "", sign or "") for _, name, spec, sign in parsed if name is not None}
