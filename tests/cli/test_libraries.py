"""What a process is started in: variables of libraries, their own words, a folder that is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rosenblatt.cli.app import run
from rosenblatt.cli.libraries import RULES, check_environment
from tests.support.cli_tables import shop_table

WRONG = {
    "JOBLIB_MULTIPROCESSING": "x",
    "JOBLIB_START_METHOD": "teleport",
    "LOKY_MAX_CPU_COUNT": "",
    "LOKY_MAX_DEPTH": "1.5",
    "LOKY_PICKLER": "json",
    "SKLEARN_PAIRWISE_DIST_CHUNK_SIZE": "all",
    "SKLEARN_WORKING_MEMORY": "1 GB",
    "SOURCE_DATE_EPOCH": "yesterday",
}
RIGHT = {
    "JOBLIB_MULTIPROCESSING": "1",
    "JOBLIB_START_METHOD": "spawn",
    "LOKY_MAX_CPU_COUNT": "2",
    "LOKY_MAX_DEPTH": " 3 ",
    "LOKY_PICKLER": "pickle",
    "SKLEARN_PAIRWISE_DIST_CHUNK_SIZE": "256",
    "SKLEARN_WORKING_MEMORY": "1_024",
    "SOURCE_DATE_EPOCH": "0",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shop_table().to_csv("shop.csv", index=False)
    return tmp_path


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rosenblatt", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_has_a_case() -> None:
    assert WRONG.keys() == RIGHT.keys() == RULES.keys()


@pytest.mark.parametrize("name", WRONG)
def test_a_value_that_no_library_takes_is_refused(
    folder: Path, name: str, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, WRONG[name])
    assert run(["look", "shop.csv", "--json"]) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith(f"error: the environment variable {name} is no ")
    assert f": it is {WRONG[name]!r}; correct or unset it" in shown.err
    assert len(shown.err.splitlines()) == 1
    assert shown.err == f"error: {json.loads(shown.out)['error']}\n"


@pytest.mark.parametrize("value", ["1e5", "9" * 20, "-" + "9" * 17, "9" * 4000, "9" * 5000])
def test_times_beyond_every_date_are_refused(
    folder: Path, value: str, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    assert run(["look", "shop.csv"]) == 2
    assert len(capsys.readouterr().err) < 200


def test_what_libraries_take_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    check_environment()


def test_training_and_pictures_go_with_what_is_taken(folder: Path) -> None:
    train = ["train", "shop.csv", "--target", "bought", "--epochs", "2", "--quiet"]
    done = command(*train, **RIGHT)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "environment",
    [{"MPLBACKEND": "nonsense"}, {"MPLCONFIGDIR": "shop.csv"}, {"HOME": "shop.csv"}],
)
def test_a_picture_needs_no_screen_and_no_folder_of_matplotlib(
    folder: Path, environment: dict[str, str]
) -> None:
    pytest.importorskip("matplotlib")
    search = ["search", "shop.csv", "--target", "bought", "--epochs", "2", "--hidden", "4"]
    done = command(*search, "--folds", "2", "--quiet", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("shop-search.png").read_bytes().startswith(b"\x89PNG")


def test_what_joblib_says_of_semaphores_is_not_shown(folder: Path) -> None:
    resource = pytest.importorskip("resource")
    assert resource.RLIMIT_FSIZE is not None
    lines = [
        "import resource, sys",
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",  # semaphores are files
        "sys.argv[1:] = ['train', 'shop.csv', '--target', 'bought', '--epochs', '2', '--quiet']",
        "from rosenblatt.cli import start",
        "from rosenblatt.support import atomic",
        "atomic.size_limit = lambda: 1e9",  # joblib is used by the training alone
        "start.main()",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write shop.safetensors: File too large")
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_is_gone_is_said(folder: Path, tmp_path: Path) -> None:
    """Where names that are relative become whole ones, as for a checkpoint."""
    gone = tmp_path / "gone"
    gone.mkdir()
    arguments = [
        str(tmp_path / "shop.csv"),
        "--target",
        "bought",
        "--network",
        "4",
        "--epochs",
        "2",
    ]
    arguments += ["--out", str(tmp_path / "m2.safetensors"), "--checkpoint", "c", "--quiet"]
    lines = ["import os, sys", "os.rmdir(os.getcwd())", f"sys.argv[1:] = ['train', *{arguments!r}]"]
    lines += ["from rosenblatt.cli import start", "start.main()"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=gone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "error: the current folder has been removed: change to another one\n"


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such permissions")
@pytest.mark.parametrize(("given", "kept"), [(0o777, 0o77), (0o027, 0o27)])
def test_the_owner_has_what_libraries_make(given: int, kept: int) -> None:
    """With umask 0777 matplotlib could not remove its own temporary folder: a traceback."""
    code = f"import os; os.umask({given}); from rosenblatt.cli.libraries import settle_libraries;"
    code += " settle_libraries(); print(os.umask(0))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == kept
