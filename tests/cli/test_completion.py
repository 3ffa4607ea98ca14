"""Completion by the shell: words for one that asks, and a sentence where there is no shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import shellingham

from rosenblatt.cli.app import run

OPTIONS = ("--show-completion", "--install-completion")


def no_shell() -> tuple[str, str]:
    raise shellingham.ShellDetectionFailure


@pytest.mark.parametrize("option", OPTIONS)
def test_without_a_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", no_shell)
    assert run([option]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: no shell is found")
    assert err.count("\n") == 1


@pytest.mark.parametrize("option", OPTIONS)
def test_a_shell_without_completion(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("tcsh", "/bin/tcsh"))
    assert run([option]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: there is no completion for the shell tcsh: ")
    assert err.count("\n") == 1


def test_in_a_shell_the_script_is_shown_and_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("bash", "/bin/bash"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for option in OPTIONS:
        with pytest.raises(SystemExit, match="0"):
            run([option])
    assert "complete -o default -F" in capsys.readouterr().out
    assert "rosenblatt" in (tmp_path / ".bashrc").read_text()


def asked(request: str, words: str) -> subprocess.CompletedProcess[str]:
    """What a shell that asks for words gets."""
    return subprocess.run(
        [sys.executable, "-m", "rosenblatt"],
        env={
            **os.environ,
            "_ROSENBLATT_COMPLETE": request,
            "COMP_WORDS": words,
            "COMP_CWORD": "1",
            "ROSENBLATT_LANG": "en",
        },
        capture_output=True,
        text=True,
    )


def test_words_for_a_shell() -> None:
    done = asked("complete_bash", "rosenblatt expo")
    assert (done.returncode, done.stdout.split()) == (0, ["export"]), done.stderr


@pytest.mark.parametrize(
    "beside",
    [{}, {"COMP_WORDS": "rosenblatt ex"}, {"COMP_CWORD": "1"}]
    + [{"COMP_WORDS": "rosenblatt ex", "COMP_CWORD": place} for place in ("", "x", "-1", "²")],
)
def test_a_request_of_bash_without_its_words(
    beside: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_ROSENBLATT_COMPLETE", "complete_bash")
    for name in ("COMP_WORDS", "COMP_CWORD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in beside.items():
        monkeypatch.setenv(name, value)
    assert run(["look", "t.csv"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: _ROSENBLATT_COMPLETE is 'complete_bash' without the words")
    assert err.count("\n") == 1


@pytest.mark.parametrize("request_", ["", "nonsense", "complete_tcsh", "do_bash"])
def test_what_no_shell_asks(request_: str) -> None:
    done = asked(request_, "rosenblatt ex")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: _ROSENBLATT_COMPLETE is '{request_}'")
    assert done.stderr.count("\n") == 1
