"""docs/tables.md: its Python runs, its output is what the command prints, no option is left out."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from rosenblatt.cli.app import run
from rosenblatt.cli.table_arguments import TableArguments
from rosenblatt.table import TableFormat

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["tables.md", "tables.zh-CN.md"]


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_blocks_run_and_print_what_is_shown(page, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    first, *others = blocks(page, "python")
    exec(compile(first, page, "exec"), names)  # ours, and its running is what is tested
    (console,) = blocks(page, "console")
    command, _, shown = console.partition("\n")
    assert run(command.removeprefix("$ rosenblatt ").split()) == 0
    captured = capsys.readouterr()
    assert [line.rstrip() for line in captured.out.splitlines()] == shown.splitlines()
    text = (DOCS / page).read_text(encoding="utf-8")
    for note in captured.err.splitlines():
        assert f"    {note}\n" in text
    for block in others:
        exec(compile(block, page, "exec"), names)
    printed = capsys.readouterr().out
    assert "'120,000 €' in row 1" in printed
    assert "--date-order day-first or --date-order month-first" in printed


@pytest.mark.parametrize("page", PAGES)
def test_every_option_and_field_has_a_line(page) -> None:
    rows = re.findall(r"^\| `(--[\w-]+)[^|]*\|([^|]*)\|", (DOCS / page).read_text(), re.MULTILINE)
    options = {f"--{field.name.replace('_', '-')}" for field in fields(TableArguments)}
    assert {option for option, _ in rows} == options
    named = {name for _, cell in rows for name in re.findall(r"`(\w+)=", cell)}
    assert named == {field.name for field in fields(TableFormat)}


def test_both_languages_show_the_same() -> None:
    def code(page: str) -> list[str]:
        return [re.sub(r" *#.*", "", block) for block in blocks(page, "python")]

    assert code(PAGES[0]) == code(PAGES[1])
