"""Helps and refusals come without the libraries and the engine that the work itself needs."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest
from typer.main import get_command

from rosenblatt.cli.app import run
from rosenblatt.cli.interface import app
from rosenblatt.cli.overview import COMMANDS, EXAMPLES
from rosenblatt.engine.compiled import module

MODELS = Path(__file__).parents[1] / "golden" / "model_files_1"
# What a training needs, and rows that are predicted do not.
TRAINING = {"joblib", "pandas", "rosenblatt.estimators", "rosenblatt.search", "scipy", "sklearn"}
HEAVY = (
    "numpy",
    "pandas",
    "pyarrow",
    "rosenblatt.engine",
    "rosenblatt.table.encoding",
    "scipy",
    "sklearn",
)


def test_overview_has_the_subcommands_and_their_summaries() -> None:
    commands = [
        (one.name or one.callback.__name__, one.callback) for one in app.registered_commands
    ]
    summaries = {name: str(f.__doc__).partition("\n\n")[0] for name, f in commands}
    assert summaries == COMMANDS
    assert [name for name, _ in commands] == list(COMMANDS)


def test_every_help_ends_with_command_lines_that_are_understood() -> None:
    assert list(EXAMPLES) == list(COMMANDS)
    for name, lines in EXAMPLES.items():
        assert len(lines) == 2
        for line in lines:
            words = line.partition(" > ")[0].partition(" < ")[0].split()
            assert words[0] == name
            get_command(app).commands[name].make_context(name, words[1:])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--help"], 0, list(COMMANDS)),
        ([], 0, list(COMMANDS)),
        (["--version"], 0, ["rosenblatt 0."]),
        (["trian"], 2, ["train", "rosenblatt --help"]),
        (["--verison"], 2, ["--version"]),
        *(([name, "--help"], 0, [summary]) for name, summary in COMMANDS.items()),
        (["train", "--help"], 0, ["gelu", "plateau", "lbfgs"]),
        (["train", "--epoch", "3"], 2, ["--epochs"]),
        (["train"], 2, ["--example"]),
        (["train", "t.csv", "--example", "iris"], 2, ["not both"]),
        (["train", "--example", "irsi"], 2, ["did you mean 'iris'"]),
        (["train", "t.csv", "--epochs", "0"], 2, ["at least 1"]),
        (["train", "t.csv", "--epochs", "many"], 2, ["--epochs", "integer"]),
        (["train", "t.csv", "--hidden", "64;32"], 2, ["64,32"]),
        (["train", "t.csv", "--task", "regresion"], 2, ["did you mean 'regression'"]),
        (["train", "t.csv", "--activation", "rellu"], 2, ["did you mean 'relu'"]),
        (["train", "t.csv", "--solver", "adamm"], 2, ["did you mean 'adam'"]),
        (["train", "t.csv", "--solver", "lm"], 2, ["'lm' is not known"]),
        (["train", "t.csv", "--schedule", "adaptive"], 2, ["'adaptive' is not known"]),
        (["train", "t.csv", "--schedule", "cosine", "--solver", "lbfgs"], 2, ["--solver adam"]),
        (["train", "t.csv", "--out", "folder/"], 2, ["folder"]),
        (["search"], 2, ["--example"]),
        (["search", "t.csv", "--time", "soon"], 2, ["--time 60s"]),
        (["search", "t.csv", "--strategy", "halving", "--solver", "lbfgs"], 2, ["--strategy all"]),
        (["predict"], 2, ["Missing argument"]),
        (["predict", "m.safetensors"], 2, ["--example"]),
        (["predict", "m.safetensors", "t.csv", "--out", "p.txt"], 2, [".parquet"]),
        (["evaluate", "m.safetensors", "t.csv", "u.csv"], 2, ["u.csv"]),
        (["serve"], 2, ["Missing argument"]),
        (["serve", "m.safetensors", "--host", "0.0.0.0"], 2, ["--token"]),
        (["serve", "m.safetensors", "--max-body", "10"], 2, ["--max-body 10MB"]),
        (["export", "m.safetensors", "--to", "onx"], 2, ["did you mean 'onnx'"]),
        (["export", "m.safetensors", "--out", "net.h"], 2, ["net.h"]),
        (["inspect"], 2, ["Missing argument"]),
    ],
)
def test_no_heavy_library_is_imported(arguments: list[str], code: int, said: list[str]) -> None:
    done = run_and_list(arguments, HEAVY)
    assert done.returncode == code, done.stderr
    assert done.stdout.endswith("imported:\n")
    assert all(part in done.stdout + done.stderr for part in said)


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_collected_as_before_once_the_arguments_are_parsed(enabled: bool) -> None:
    before = gc.isenabled()
    try:
        for arguments in (["--version"], ["train"], ["trian"]):
            (gc.enable if enabled else gc.disable)()
            run(arguments)
            assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()


def run_and_list(
    arguments: list[str], modules: Collection[str]
) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own, which lists at last what it has imported."""
    script = f"""
import sys
from rosenblatt.cli.start import main
sys.argv[1:] = {arguments}
try:
    main()
finally:
    print("imported:", *[name for name in {modules} if name in sys.modules])
"""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


@pytest.mark.parametrize("name", ["classifier", "regressor"])
def test_a_model_predicts_and_is_shown_without_what_trains_it(name: str) -> None:
    """Nor without SciPy, whose BLAS small networks call only on processors without AVX2."""
    has_avx2 = module().cpu_level() >= 3
    model = str(MODELS / f"{name}.safetensors")
    for arguments in (["predict", model, str(MODELS / "rows.csv"), "--quiet"], ["inspect", model]):
        done = run_and_list(arguments, TRAINING if has_avx2 else TRAINING - {"scipy"})
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("imported:\n")


def test_a_training_finds_no_pandas(tmp_path: Path) -> None:
    out = str(tmp_path / "m.safetensors")
    options = ["--epochs", "1", "--quiet", "--out", out]
    done = run_and_list(["train", "--example", "wine", *options], ["pandas"])
    assert (done.returncode, done.stdout) == (0, "imported:\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "found"), [("rosenblatt trai", "train"), ("rosenblatt train --pre", "--preset")]
)
def test_a_shell_completes_commands_and_options(words: str, found: str) -> None:
    asked = {"_ROSENBLATT_COMPLETE": "complete_bash", "COMP_WORDS": words}
    script = "import sys; sys.argv = ['rosenblatt']; from rosenblatt.cli.start import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, **asked, "COMP_CWORD": str(len(words.split()) - 1)},
    )
    assert (done.returncode, done.stdout.split()) == (0, [found]), done.stderr


def test_import_of_the_package_imports_no_library() -> None:
    script = f"""
import sys, rosenblatt
assert not [name for name in {HEAVY} if name in sys.modules]
assert set(rosenblatt.__all__) <= set(dir(rosenblatt))
for name in rosenblatt.__all__:
    assert getattr(rosenblatt, name).__name__ == name
assert "sklearn" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
