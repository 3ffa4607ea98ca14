"""docs/serving.md: every option of the command and every status, in both languages."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from rosenblatt.cli.interface.uses import serve
from rosenblatt.serving.description import REFUSALS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["serving.md", "serving.zh-CN.md"]


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_option_has_a_line_with_its_default(page: str) -> None:
    lines = re.findall(r"^\| `--([\w-]+)(?: ([\w.]+))?` \|", text_of(page), re.MULTILINE)
    parameters = inspect.signature(serve).parameters
    options = {name: p.default for name, p in parameters.items() if name != "model"}
    assert {name.replace("-", "_") for name, _ in lines} == set(options)
    for name, shown in lines:
        default = options[name.replace("-", "_")]
        if default not in (None, False):
            assert shown == str(default)


@pytest.mark.parametrize("page", PAGES)
def test_every_status_of_openapi_has_a_line(page: str) -> None:
    lines = set(re.findall(r"^\| (\d{3}) \|", text_of(page), re.MULTILINE))
    assert set(REFUSALS) <= lines


def test_both_languages_show_the_same() -> None:
    def shown(page: str) -> tuple[list[str], list[str]]:
        text = text_of(page)
        indented = re.findall(r"^    (.*)$", text, re.MULTILINE)
        return indented, re.findall(r"^\| `?([^|`]+?)`? \|", text, re.MULTILINE)

    english, chinese = map(shown, PAGES)
    assert english[0] == chinese[0]
    assert len(english[1]) == len(chinese[1])
