"""The book's chapters: their code runs, their formulas and experiments are what there is."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from book import experiments as book_experiments
from book.experiments import escaped, part, turned_verdicts
from book.folders import BOOK, CHAPTERS, LANGUAGES, ROOT
from book.links import broken_links
from book.writing import joined_lines
from rosenblatt.lab.registry import experiments

each = pytest.mark.parametrize("chapter", CHAPTERS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def text_of(chapter: str, language: str) -> str:
    return (BOOK / language / f"{chapter}.md").read_text("utf-8")


def blocks(chapter: str, language: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text_of(chapter, language), re.DOTALL)


@each
def test_blocks_run(chapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(chapter, "en"):
        exec(compile(block, chapter, "exec"), {})


@each
def test_both_languages_have_the_same_code_formulas_and_experiments(chapter: str) -> None:
    def shared(language: str) -> list[list[str]]:
        text = text_of(chapter, language)
        code = [re.sub(r"  #.*", "", block) for block in blocks(chapter, language)]
        directives = re.findall(r"^```\{(?:experiment|literalinclude)\} .*$", text, re.MULTILINE)
        objects = re.findall(r"^:pyobject: .*$", text, re.MULTILINE)
        return [code, re.findall(r"^\$\$ \((\w+)\)$", text, re.MULTILINE), directives, objects]

    assert shared("en") == shared("zh")


@each_language
def test_every_experiment_is_in_one_chapter(language: str) -> None:
    found = [
        id
        for chapter in CHAPTERS
        for id in re.findall(r"^```\{experiment\} (\w+)$", text_of(chapter, language), re.MULTILINE)
    ]
    assert sorted(found) == sorted(experiments())


def test_formulas_have_rows_in_the_theory() -> None:
    rows = set(re.findall(r"^\| (\w+) \|", (ROOT / "docs/theory.md").read_text("utf-8"), re.M))
    for chapter in CHAPTERS:
        assert set(re.findall(r"^\$\$ \((\w+)\)$", text_of(chapter, "en"), re.MULTILINE)) <= rows


@each
@each_language
def test_formulas_can_be_shown(chapter: str, language: str) -> None:
    """By docutils, whose MathML has no command for some of LaTeX's."""
    latex2mathml = pytest.importorskip("docutils.utils.math.latex2mathml")
    text = re.sub(r"```.*?```", "", text_of(chapter, language), flags=re.DOTALL)
    formulas = re.findall(r"\$\$\n(.*?)\n\$\$", text, re.DOTALL)
    formulas += re.findall(r"\$([^$]+)\$", re.sub(r"\$\$\n.*?\n\$\$", "", text, flags=re.DOTALL))
    for formula in formulas:
        assert latex2mathml.tex2mathml(formula).startswith("<math")


@each
def test_code_that_is_shown_exists(chapter: str) -> None:
    shown = re.findall(
        r"^```\{literalinclude\} (\S+)\n:pyobject: (\S+)$", text_of(chapter, "en"), re.MULTILINE
    )
    for path, name in shown:
        scope: ast.AST = ast.parse((BOOK / "en" / path).read_text("utf-8"))
        for part_of_name in name.split("."):
            scope = next(
                node
                for node in ast.iter_child_nodes(scope)
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == part_of_name
            )


@each
@each_language
def test_every_chapter_has_an_exercise_with_its_answer(chapter: str, language: str) -> None:
    text = text_of(chapter, language)
    assert ":class: hint" in text
    assert re.search(r":::\{admonition\} (Answer|答案)\n:class: note\n:collapsible: closed\n", text)


@each_language
def test_a_result_is_written_with_its_verdict_and_numbers(language: str) -> None:
    from rosenblatt.lab import run

    result = run("L16", quick=True).as_dict()
    written = part(result, language, "/figures/L16.svg")
    assert escaped(result["claim"][language]) in written
    assert {"en": "the claim does not hold", "zh": "该说法不成立"}[language] in written
    assert "22028" in written.replace(",", "") or "2.203e+04" in written
    assert ":::{figure} /figures/L16.svg" in written


def test_a_verdict_that_turns_with_the_seed_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_experiments, "RESULTS", tmp_path)
    shown = {"verdict": "holds", "condition": None, "surprises": []}
    others = (shown, {**shown, "verdict": "does not hold"}, {**shown, "surprises": [{"en": "q"}]})
    for folder, result in zip(("full", "full/seed1", "full/seed2"), others, strict=True):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "L1.json").write_text(json.dumps(result))
    assert turned_verdicts({"L1": shown}, quick=False) == [
        "L1: seed 1 says ('does not hold', None), seed 0 ('holds', None)",
        "L1: seed 2: not as theory predicts: q",
    ]


def test_signs_of_markdown_are_shown() -> None:
    assert escaped("|a|_2 * [x]") == r"\|a\|\_2 \* \[x\]"


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert joined_lines("学习率\n放在，\n里面 SGD\n的\n\n段") == "学习率放在，里面 SGD\n的\n\n段"


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.html").write_text(
        '<p id="here"><a href="#here">1</a><a href="#there">2</a><a href="b.html">3</a>'
        '<a href="https://example.org/">4</a><script src="https://example.org/x.js"></script>'
    )
    problems = broken_links(tmp_path, ["en"])
    assert [problem.split(": ", 1)[1] for problem in problems] == [
        "#there: there is no such place in that page",
        "b.html is not there",
        "https://example.org/x.js is loaded from the network",
    ]


@pytest.mark.slow
@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("sphinx", "myst_parser", "furo")),
    reason="the extra `book` is not installed",
)
def test_the_book_is_built_without_warnings() -> None:
    command = [sys.executable, "-m", "book", "--quick"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
