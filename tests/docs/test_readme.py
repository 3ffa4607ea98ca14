"""The Python blocks of the READMEs run as written, and both languages show the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.zh-CN.md"]


def blocks(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", READMES)
def test_blocks_run(
    name: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(name):
        exec(compile(block, name, "exec"), {})  # ours, and its running is what is tested
    out = capsys.readouterr().out
    assert "[0 0 0 1] 11 " in out


def test_both_languages_show_the_same_code() -> None:
    def code(name: str) -> list[str]:
        without_words = [re.sub(r"#.*|\"[^\"]*\"", "", block) for block in blocks(name)]
        return [re.sub(r"[ \t]+$", "", block, flags=re.MULTILINE) for block in without_words]

    assert code(READMES[0]) == code(READMES[1])
    assert len(code(READMES[0])) == 8


@pytest.mark.parametrize("name", READMES)
def test_readme_has_no_placeholders(name: str) -> None:
    assert "@@" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", ["promises.md", "promises.zh-CN.md"])
def test_files_and_targets_in_promises_exist(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    shown = re.findall(r"`(tests/[^`]+)`", text)
    assert len(shown) > 20
    for path in shown:
        assert list(ROOT.glob(path)), path
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([\w-]+)`", text):
        assert f"\n{target}:" in makefile, target
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / "docs" / target).exists(), target


def test_both_languages_promise_the_same() -> None:
    def shown(name: str) -> list[str]:
        return re.findall(r"`[^`]+`", (ROOT / "docs" / name).read_text(encoding="utf-8"))

    assert sorted(shown("promises.md")) == sorted(shown("promises.zh-CN.md"))
