"""The glossary: both languages have the same terms, and where they are in the code exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = ROOT / "docs" / "glossary.md", ROOT / "docs" / "glossary.zh-CN.md"


def entries(page: Path) -> list[list[str]]:
    lines = page.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    return [row for row in cells if row[-1].startswith("`")]


def places(row: list[str]) -> list[str]:
    return re.findall(r"`([^`]+)`", row[-1])


def test_both_languages_have_the_same_terms() -> None:
    english, chinese = entries(ENGLISH), entries(CHINESE)
    assert len(english) > 40
    assert [row[0] for row in english] == [row[1] for row in chinese]
    assert [places(row) for row in english] == [places(row) for row in chinese]


def test_places_exist() -> None:
    for row in entries(ENGLISH):
        place = places(row)[0]
        roots = ROOT, ROOT / "src" / "rosenblatt"
        assert any((root / place).exists() for root in roots), place


def test_every_term_is_explained() -> None:
    for page in (ENGLISH, CHINESE):
        assert all(all(row) for row in entries(page))
