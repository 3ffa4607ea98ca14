"""The repository's own pages as pages of the book: the README, docs/ and what they lead to."""

from __future__ import annotations

import os
import re
from pathlib import Path

from book.folders import ROOT
from book.writing import joined_lines, write

__all__ = ["stage_guide"]

CHINESE = ".zh-CN.md"
# A link of Markdown: its text, its target and its anchor.
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s#:]*)(#[^)\s]*)?\)")
OTHER = {"en": "zh", "zh": "en"}


def stage_guide(language: str, target: Path) -> list[str]:
    """Write the pages of this language under `target`; returns their names, without endings.

    A page has the same name in both languages. Where there is no Chinese one, the English is shown.
    """
    names = []
    for page in pages():
        translated = page.with_name(page.stem + CHINESE)
        source = translated if language == "zh" and translated.exists() else page
        name = page.relative_to(ROOT)
        staged = target / name
        write(staged, linked(source, staged, target, language))
        names.append(name.with_suffix("").as_posix())
    return names


def pages() -> list[Path]:
    """The English ones, those without one among them."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"]
    return sorted(page for page in found if not page.name.endswith(CHINESE))


def linked(source: Path, staged: Path, target: Path, language: str) -> str:
    """The page's text with links that lead to the same things from where it is staged."""

    def replaced(match: re.Match[str]) -> str:
        mark, text, path, anchor = match[1], match[2], match[3], match[4] or ""
        if not path or path.startswith(("http", "mailto")):
            return match[0]
        aim = (source.parent / path).resolve()
        is_chinese = aim.name.endswith(CHINESE)
        english = aim.with_name(aim.name.removesuffix(CHINESE) + ".md") if is_chinese else aim
        if english in known:
            name = english.relative_to(ROOT)
            has_chinese = english.with_name(english.stem + CHINESE).exists()
            depth = len(staged.relative_to(target.parent).parts)
            if is_chinese != (language == "zh") and has_chinese:
                page = name.with_suffix(".html").as_posix()
                up = "../" * depth
                return f'<a href="{up}{OTHER[language]}/{target.name}/{page}">{text}</a>'
            path = os.path.relpath(target / name, staged.parent)
            return f"{mark}[{text}]({path}{anchor})"
        # A picture, a source file or a folder: the file goes along, a folder is only named.
        if aim.is_dir():
            return text
        copied = target / "files" / aim.relative_to(ROOT)
        write(copied, aim.read_bytes())
        return f"{mark}[{text}]({os.path.relpath(copied, staged.parent)})"

    known = set(pages())
    # Code keeps its brackets.
    parts = re.split(
        r"(```.*?```|`[^`\n]+`)", joined_lines(source.read_text("utf-8")), flags=re.DOTALL
    )
    code = parts[1::2]
    text = "\0".join(parts[::2])
    text = LINK.sub(replaced, text)
    pieces = text.split("\0")
    return "".join(a + b for a, b in zip(pieces, [*code, ""], strict=True))
