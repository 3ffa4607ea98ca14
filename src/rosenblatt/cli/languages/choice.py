"""Which language the command line speaks.

`--lang` says so, or else the variable ROSENBLATT_LANG, or else the locale, as for `gettext`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from rosenblatt.errors import InputError
from rosenblatt.support.wording import Words

__all__ = ["LANGUAGES", "divided", "language_of", "words_of"]

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh")
OPTION, VARIABLE = "--lang", "ROSENBLATT_LANG"
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts
NO_LANGUAGE = ("C", "POSIX")
SAMPLES = {ENGLISH: "", "zh": "中文"}


def divided(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """(What --lang says, the other arguments); it may stand anywhere before --."""
    given, others, rest = None, list[str](), iter(arguments)
    for argument in rest:
        if argument == "--":
            others += [argument, *rest]
        elif argument == OPTION:
            given = next(rest, "")
        elif argument.startswith(f"{OPTION}="):
            given = argument.removeprefix(f"{OPTION}=")
        else:
            others.append(argument)
    return given, others


def language_of(given: str | None, environment: Mapping[str, str]) -> str:
    """The language asked for; InputError for one that is not known.

    A locale of another language asks for none.
    """
    for way, text in ((OPTION, given), (VARIABLE, environment.get(VARIABLE) or None)):
        if text is not None:
            if spoken(text) not in LANGUAGES:
                raise InputError(f"{way} {text!r} is not known: say {' or '.join(LANGUAGES)}")
            return spoken(text)
    locale = next((environment[name] for name in LOCALES if environment.get(name)), "C")
    if locale.partition(".")[0] in NO_LANGUAGE:
        return ENGLISH
    wanted = [*filter(None, environment.get("LANGUAGE", "").split(":")), locale]
    return next((spoken(name) for name in wanted if spoken(name) in LANGUAGES), ENGLISH)


def spoken(locale: str) -> str:
    """'zh' of 'zh_CN.UTF-8' and 'zh-Hans'."""
    return locale.replace("-", "_").partition(".")[0].partition("_")[0].lower()


def words_of(language: str) -> Words:
    """The texts in this language; in English where a stream of output cannot write it."""
    if not all(map(can_write, [SAMPLES[language]] * 2, (sys.stdout, sys.stderr))):
        language = ENGLISH
    if language == ENGLISH:
        return str
    # A catalogue takes some milliseconds to read, which only its language needs.
    from rosenblatt.cli.languages.catalogue import entries
    from rosenblatt.cli.languages.translation import Translation

    return Translation(entries(language))


def can_write(text: str, stream: TextIO | None) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
