"""From chapters and results to two sites."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from book.experiments import figure_of, part, results, turned_verdicts
from book.folders import BOOK, BUILT, CHAPTERS, LANGUAGES, ROOT, STAGED
from book.gallery import stage_gallery
from book.guide import stage_guide
from book.links import broken_links
from book.reference import stage_reference
from book.writing import joined_lines, write

__all__ = ["build"]

EXPERIMENT = re.compile(r"^```\{experiment\} (\w+)\n```$", re.MULTILINE)
TITLE = {"en": "Neural networks, put to the test", "zh": "神经网络：逐条检验"}
DECISIONS = "docs/decisions/"
TITLES = {
    "en": ("The chapters", "Examples", "Reference", "User guide", "Background"),
    "zh": ("正文", "示例", "参考", "用户指南", "背景"),
}


def build(quick: bool, jobs: int) -> list[str]:
    """Build both languages; returns what is wrong, Sphinx's messages aside."""
    found = results(quick, jobs)
    problems = turned_verdicts(found, quick)
    for language, name in LANGUAGES.items():
        source = STAGED / language
        stage(language, source, found, quick)
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
        command += [
            "-c",
            str(BOOK),
            "-D",
            f"language={name}",
            "-D",
            f"html_title={TITLE[language]}",
        ]
        command += [str(source), str(BUILT / language)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            problems.append(f"Sphinx found errors in {source}")
    return problems + broken_links(BUILT, list(LANGUAGES))


def stage(language: str, source: Path, found: Mapping[str, Any], quick: bool) -> None:
    """Write everything that Sphinx reads for this language."""
    for chapter in CHAPTERS:
        write(
            source / "chapters" / f"{chapter}.md",
            staged_chapter(BOOK / language / f"{chapter}.md", source, language, found, quick),
        )
    stage_gallery(language, source / "gallery")
    stage_reference(source / "api")
    guide = stage_guide(language, source / "guide")
    stage_decisions(guide, source / "guide" / f"{DECISIONS}README.md")
    write(source / "index.md", index(language, guide))


def staged_chapter(
    file: Path, source: Path, language: str, found: Mapping[str, Any], quick: bool
) -> str:
    """The chapter with its experiments' results, and with paths from where it is staged."""

    def result(match: re.Match[str]) -> str:
        id = match[1]
        figure = figure_of(id, quick, language)
        picture = None
        if found[id]["figures"]:
            write(source / "figures" / f"{id}.svg", figure.read_bytes())
            picture = f"/figures/{id}.svg"
        return part(found[id], language, picture)

    text = EXPERIMENT.sub(result, joined_lines(file.read_text("utf-8")))
    up = os.path.relpath(ROOT, source / "chapters")
    text = text.replace("\n:pyobject: ", "\n:dedent:\n:pyobject: ")
    text = text.replace("](../../docs/", "](../guide/docs/")
    return text.replace("} ../../", f"}} {up}/")


def stage_decisions(guide: list[str], overview: Path) -> None:
    """The records below their overview, which would be too many for the sidebar."""
    names = [name.removeprefix(DECISIONS) for name in guide if name.startswith(DECISIONS)]
    listed = "\n".join(name for name in names if name != "README")
    tree = f"\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    write(overview, overview.read_text("utf-8") + tree)


def index(language: str, guide: list[str]) -> str:
    chapters, gallery, api, user, behind = TITLES[language]
    decisions = [name for name in guide if name.startswith(DECISIONS)]
    # About the repository, not about its use.
    background = [name for name in guide if "/" not in name and name != "README"]
    background += [f"{DECISIONS}README", "benchmarks/README"]
    ours = ["README", *(name for name in guide if name not in {"README", *decisions, *background})]
    trees = (
        (chapters, [f"chapters/{name}" for name in CHAPTERS]),
        (gallery, ["gallery/index"]),
        (api, ["api/index"]),
        (user, [f"guide/{name}" for name in ours]),
        (behind, [f"guide/{name}" for name in background]),
    )
    text = joined_lines((BOOK / language / "index.md").read_text("utf-8"))
    for caption, names in trees:
        listed = "\n".join(names)
        depth = 1 if names[0].startswith(("guide/", "chapters/")) else 2
        text += f"\n```{{toctree}}\n:caption: {caption}\n:maxdepth: {depth}\n\n{listed}\n```\n"
    return text
