"""Which language is shown: an option before a variable before the locale."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rosenblatt.cli.languages.choice import divided, language_of
from rosenblatt.errors import InputError

CHINESE, ENGLISH = "用表格训练神经网络", "Train neural networks"


@pytest.mark.parametrize(
    ("arguments", "given", "others"),
    [
        ("train t.csv", None, "train t.csv"),
        ("--lang zh train t.csv", "zh", "train t.csv"),
        ("--lang=zh train", "zh", "train"),
        ("train t.csv --lang zh --json", "zh", "train t.csv --json"),
        ("--lang en train --lang zh", "zh", "train"),
        ("train -- --lang zh", None, "train -- --lang zh"),
        ("train --lang", "", "train"),
    ],
)
def test_the_option_may_stand_anywhere(arguments: str, given: str | None, others: str) -> None:
    assert divided(arguments.split()) == (given, others.split())


@pytest.mark.parametrize(
    ("given", "environment", "language"),
    [
        (None, "", "en"),
        ("zh", "ROSENBLATT_LANG=en", "zh"),
        ("en", "ROSENBLATT_LANG=zh LANG=zh_CN.UTF-8", "en"),
        (None, "ROSENBLATT_LANG=zh LANG=en_US.UTF-8", "zh"),
        (None, "ROSENBLATT_LANG=en LANG=zh_CN.UTF-8", "en"),
        (None, "ROSENBLATT_LANG= LANG=zh_CN.UTF-8", "zh"),
        ("zh-CN", "", "zh"),
        ("ZH_TW.UTF-8", "", "zh"),
        # As gettext reads the locale.
        (None, "LANG=zh_CN.UTF-8", "zh"),
        (None, "LANG=zh_CN.UTF-8 LC_MESSAGES=en_GB.UTF-8", "en"),
        (None, "LANG=en_GB.UTF-8 LC_ALL=zh_SG", "zh"),
        (None, "LANG=zh_CN.UTF-8 LC_ALL=C", "en"),
        (None, "LANG=zh_CN.UTF-8 LC_ALL=C.UTF-8", "en"),
        (None, "LANG=de_DE.UTF-8", "en"),
        (None, "LANG=de_DE.UTF-8 LANGUAGE=de:zh_CN:en", "zh"),
        (None, "LANG=zh_CN.UTF-8 LANGUAGE=en_US:en", "en"),
        (None, "LANG=C LANGUAGE=zh_CN", "en"),
    ],
)
def test_the_language(given: str | None, environment: str, language: str) -> None:
    assert language_of(given, dict(part.split("=") for part in environment.split())) == language


@pytest.mark.parametrize(
    ("given", "variable", "named"),
    [("fr", "zh", "--lang 'fr'"), ("", "", "--lang ''"), (None, "fr", "ROSENBLATT_LANG 'fr'")],
)
def test_another_language_is_refused(given: str | None, variable: str, named: str) -> None:
    with pytest.raises(InputError, match=f"{named} is not known: say en or zh"):
        language_of(given, {"ROSENBLATT_LANG": variable})


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if k not in ("ROSENBLATT_LANG", "LANGUAGE", "LANG")}
    script = (
        "import sys\nfrom rosenblatt.cli.start import main\n"
        f"sys.argv = {['rosenblatt', *arguments]}\n"
        "try:\n    main()\n"
        "finally:\n    print('CATALOGUE' if 'rosenblatt.cli.languages.translation' in sys.modules"
        " else '')"
    )
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env={**kept, **environment}
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "said", "read"),
    [
        (["--help"], {}, ENGLISH, False),
        (["--help"], {"LC_ALL": "zh_CN.UTF-8"}, CHINESE, True),
        (["--help"], {"ROSENBLATT_LANG": "zh"}, CHINESE, True),
        (["--help", "--lang", "zh"], {}, CHINESE, True),
        # A stream that cannot write it shows English, and no question marks.
        (["--lang", "zh", "--help"], {"PYTHONIOENCODING": "ascii"}, ENGLISH, False),
        (["--lang", "zh", "--help"], {"PYTHONIOENCODING": "gbk"}, CHINESE, True),
    ],
)
def test_a_catalogue_is_read_where_its_language_is_shown(
    arguments: list[str], environment: dict[str, str], said: str, read: bool
) -> None:
    done = run(*arguments, **environment)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8"))
    assert said in text
    assert ("CATALOGUE" in text) == read


def test_a_wrong_language_is_an_error_of_the_command_line() -> None:
    done = run("--lang", "fr", "look", "t.csv", "--json")
    assert done.returncode == 2
    assert b"error: --lang 'fr' is not known: say en or zh" in done.stderr
    assert b'{"error": "--lang' in done.stdout


def test_a_shell_completes_beside_the_option() -> None:
    asked = {
        "_ROSENBLATT_COMPLETE": "complete_bash",
        "COMP_WORDS": "rosenblatt --lang zh trai",
        "COMP_CWORD": "3",
    }
    assert run(**asked).stdout.split() == [b"train"]
    asked |= {"COMP_WORDS": "rosenblatt --lang ", "COMP_CWORD": "2"}
    assert run(**asked).stdout.split() == [b"en", b"zh"]
