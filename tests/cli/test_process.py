"""The command as users run it: a process of its own, its exit code and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file, save_file

from rosenblatt.cli.app import run
from rosenblatt.persistence import FORMAT_VERSION
from tests.support.cli_tables import shop_table
from tests.support.model_files import rewrite


def command(
    *arguments: str, within: tuple[str, ...] = (), **options: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*within, sys.executable, "-m", "rosenblatt", *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a model of the shop's table."""
    folder = tmp_path_factory.mktemp("model")
    shop_table().to_csv(folder / "shop.csv", index=False)
    out = folder / "m.safetensors"
    arguments = [str(folder / "shop.csv"), "--target", "bought", "--epochs", "5", "--quiet"]
    assert run(["train", *arguments, "--out", str(out)]) == 0
    return out.read_bytes()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: bytes) -> Path:
    monkeypatch.chdir(tmp_path)
    shop_table().to_csv("shop.csv", index=False)
    Path("m.safetensors").write_bytes(model)
    return tmp_path


def changed(**columns: Any) -> None:
    shop_table().assign(**columns).to_csv("shop.csv", index=False)


def twice_named() -> None:
    text = Path("shop.csv").read_text()
    Path("shop.csv").write_text(text.replace("colour", "size", 1))


def newer_version() -> None:
    def newer(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata["format_version"] = FORMAT_VERSION + 1

    rewrite(Path("m.safetensors"), newer)


def cut_short() -> None:
    data = Path("m.safetensors").read_bytes()
    Path("m.safetensors").write_bytes(data[: len(data) // 2])


def in_one_cell(column: str, value: Any) -> None:
    cells = shop_table()[column].astype(object)
    cells[7] = value
    changed(**{column: cells})


TRAIN = ["train", "shop.csv", "--target", "bought"]
PREDICT = ["predict", "m.safetensors", "shop.csv", "--out", "p.csv"]
# What is at fault, the state of the folder, the command line, and what the sentence must say.
BAD_INPUT: dict[str, tuple[Callable[[], object], list[str], str]] = {
    "missing file": (lambda: None, ["train", "shopp.csv"], "shop.csv"),
    "empty file": (lambda: Path("shop.csv").write_bytes(b""), TRAIN, "empty"),
    "header only": (lambda: Path("shop.csv").write_text("a,b\n"), TRAIN, "row"),
    "binary file": (
        lambda: Path("shop.csv").write_bytes(np.random.default_rng(0).bytes(4000)),
        TRAIN,
        "shop.csv",
    ),
    "wrong delimiter": (lambda: None, [*TRAIN, "--delimiter", ";"], "delimiter"),
    "target absent": (lambda: None, ["train", "shop.csv", "--target", "bougth"], "'bought'"),
    "target all missing": (lambda: changed(bought=np.nan), TRAIN, "missing in every row"),
    "target constant": (lambda: changed(bought="yes"), TRAIN, "in every row"),
    "text in a numeric column at prediction": (
        lambda: in_one_cell("weight", "heavy"),
        PREDICT,
        "column 'weight' has 'heavy' in row 8",
    ),
    "a column missing at prediction": (
        lambda: shop_table().drop(columns="colour").to_csv("shop.csv", index=False),
        PREDICT,
        "'colour'",
    ),
    "duplicate column names": (twice_named, TRAIN, "'size'"),
    "infinite values": (lambda: in_one_cell("weight", np.inf), TRAIN, "infinite"),
    "infinite values at prediction": (lambda: in_one_cell("weight", np.inf), PREDICT, "infinite"),
    "model's path not writable": (lambda: None, [*TRAIN, "--out", "shop.csv/m"], "cannot write"),
    "model's folder missing": (lambda: None, [*TRAIN, "--out", "absent/m"], "does not exist"),
    "predictions' path not writable": (
        lambda: Path("p.csv").mkdir(),
        PREDICT,
        "it is a folder",
    ),
    "model truncated": (cut_short, PREDICT, "cut short"),
    "model not ours": (
        lambda: save_file({"w": np.zeros(3, np.float32)}, "m.safetensors"),
        PREDICT,
        "not one that rosenblatt wrote",
    ),
    "model no model": (
        lambda: Path("m.safetensors").write_text("size,colour\n"),
        PREDICT,
        "not a model file",
    ),
    "model of a newer version": (newer_version, PREDICT, "upgrade rosenblatt"),
    "negative sample weights": (
        lambda: in_one_cell("weight", -1),
        [*TRAIN, "--sample-weight", "weight"],
        "row 8, is -1",
    ),
    "all-zero sample weights": (
        lambda: changed(weight=0),
        [*TRAIN, "--sample-weight", "weight"],
        "all 0",
    ),
    "hidden size 0": (lambda: None, [*TRAIN, "--hidden", "0"], "--hidden 64,32"),
    "learning rate 0": (lambda: None, [*TRAIN, "--learning-rate", "0"], "above 0"),
    "learning rate negative": (lambda: None, [*TRAIN, "--learning-rate=-1"], "above 0"),
    "divergence": (
        lambda: None,
        [
            *["train", "shop.csv", "--target", "weight", "--solver", "sgd", "--hidden", "64"],
            *["--activation", "identity", "--learning-rate", "50", "--validation-fraction", "0"],
        ],
        "a learning rate of 50 is too large: try --learning-rate 0.001",
    ),
}


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_sentence_and_loses_nothing(
    folder: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, arguments, said = BAD_INPUT[case]
    spoil()
    before = contents(folder)
    assert run(list(arguments)) == 2
    *notes, error = capsys.readouterr().err.splitlines()
    assert error.startswith("error: ")
    assert said in error
    assert all(line.startswith("note: ") for line in notes)
    assert contents(folder) == before


def test_bad_input_ends_the_process_with_2(folder: Path) -> None:
    result = command("train", "nowhere.csv", "--target", "bought")
    assert result.returncode == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")


# A write beyond a kilobyte of a file fails; Python ignores the signal.
OF_SMALL_FILES = ("sh", "-c", 'ulimit -f 2 && exec "$@"', "sh")


@pytest.mark.parametrize("arguments", [[*TRAIN, "--epochs", "2"], PREDICT])
def test_a_limit_on_files_loses_nothing(folder: Path, arguments: list[str]) -> None:
    Path("m.safetensors").rename("shop.safetensors")
    Path("p.csv").write_text("prediction\nof yesterday\n")
    arguments = ["shop.safetensors" if part == "m.safetensors" else part for part in arguments]
    before = contents(folder)
    result = command(*arguments, within=OF_SMALL_FILES)
    assert result.returncode == 2
    assert "error: cannot write" in result.stderr
    assert "raise the limit" in result.stderr  # before the work, or as the file is written
    assert "Traceback" not in result.stderr
    assert contents(folder) == before


TO_A_CLOSED_OR_FULL_OUTPUT = {
    "train": [*TRAIN, "--epochs", "2", "--out", "new.safetensors"],
    "train as JSON": [*TRAIN, "--epochs", "2", "--out", "new.safetensors", "--json"],
    "predict as JSON": [*PREDICT[:-1], "new.csv", "--json"],
    "predict": ["predict", "m.safetensors", "shop.csv"],
    "evaluate": ["evaluate", "m.safetensors", "shop.csv"],
    "inspect": ["inspect", "m.safetensors"],
}


def process_writing_to(output: int, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rosenblatt", *arguments],
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("case", TO_A_CLOSED_OR_FULL_OUTPUT)
def test_without_a_reader_the_work_is_done_all_the_same(folder: Path, case: str) -> None:
    arguments = TO_A_CLOSED_OR_FULL_OUTPUT[case]
    reader, writer = os.pipe()
    os.close(reader)
    result = process_writing_to(writer, arguments)
    os.close(writer)
    assert result.returncode == 0
    assert all(line.startswith("note: ") for line in result.stderr.splitlines())
    assert all(Path(part).exists() for part in arguments if part.startswith("new."))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("case", TO_A_CLOSED_OR_FULL_OUTPUT)
def test_full_output_device_is_reported_with_the_saved_file(folder: Path, case: str) -> None:
    arguments = TO_A_CLOSED_OR_FULL_OUTPUT[case]
    with Path("/dev/full").open("w") as full:
        result = process_writing_to(full.fileno(), arguments)
    assert result.returncode == 2
    *notes, error = result.stderr.splitlines()
    assert all(line.startswith("note: ") for line in notes)
    assert error.startswith("error: ")
    assert "standard output" in error
    assert "No space left" in error
    for part in arguments:
        if part.startswith("new."):
            assert f"{part} is saved" in error
            assert Path(part).exists()


def test_notes_that_nothing_takes_stop_nothing(folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [sys.executable, "-m", "rosenblatt", *TRAIN, "--epochs", "2"],
        stdout=subprocess.PIPE,
        stderr=writer,
        text=True,
        check=False,
    )
    os.close(writer)
    assert result.returncode == 0
    assert "saved shop.safetensors" in result.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("streams", ["2>/dev/full", ">/dev/full 2>&1", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("arguments", [["look", "nowhere.csv"], ["look", "shop.csv", "--no"]])
def test_bad_input_is_2_whatever_the_streams_take(
    folder: Path, streams: str, options: list[str], arguments: list[str]
) -> None:
    done = command(*arguments, *options, within=("sh", "-c", f'exec "$@" {streams}', "sh"))
    assert done.returncode == 2
    assert done.stderr == ""
    told = json.loads(done.stdout) if done.stdout else {}
    assert list(told) == (["error"] if options and streams.startswith("2") else [])


def test_a_reader_that_has_enough_is_no_fault(folder: Path) -> None:
    big = pd.concat([shop_table()] * 200)
    big.to_csv("big.csv", index=False)
    with subprocess.Popen(
        [sys.executable, "-m", "rosenblatt", "predict", "m.safetensors", "big.csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "prediction,probability_buys,probability_leaves\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0


def test_the_main_path(folder: Path) -> None:
    """train → predict → evaluate → inspect, each a process of its own."""
    trained = command(*TRAIN, "--epochs", "20", "--json")
    assert trained.returncode == 0, trained.stderr
    result = json.loads(trained.stdout)
    program, *following = result["next"].split()
    assert program == "rosenblatt"
    assert command(*following).returncode == 0
    assert len(pd.read_csv("shop.predictions.csv")) == len(shop_table())
    evaluated = command("evaluate", result["model"], "shop.csv")
    assert "accuracy" in evaluated.stdout
    inspected = command("inspect", result["model"], "--json")
    assert json.loads(inspected.stdout)["target"] == "bought"


def test_ctrl_c_keeps_the_model_trained_so_far(folder: Path) -> None:
    log = folder / "log"
    arguments = [*TRAIN, "--epochs", "1000000", "--validation-fraction", "0"]
    with log.open("w") as output:
        process = subprocess.Popen(
            # Without a floor on the improvement and with endless patience it would run for hours.
            [sys.executable, "-m", "rosenblatt", *arguments, "--patience", "1000000"],
            stdout=output,
            stderr=output,
        )
        # Right before the training; then a moment for the linear model.
        while "constant" not in log.read_text() and process.poll() is None:
            time.sleep(0.05)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0, log.read_text()
    assert "stopped, because it was interrupted" in log.read_text()
    assert "saved shop.safetensors" in log.read_text()
    assert command("predict", "shop.safetensors", "shop.csv").returncode == 0


def test_a_terminal_gets_a_progress_bar_and_a_pipe_none(folder: Path) -> None:
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    piped = command(*TRAIN, "--epochs", "3")
    assert "epoch 3/3" not in piped.stderr
    result = subprocess.run(
        [sys.executable, "-m", "rosenblatt", *TRAIN, "--epochs", "3"],
        stdout=subprocess.DEVNULL,
        stderr=child,
        check=False,
    )
    os.close(child)
    assert result.returncode == 0
    shown = os.read(parent, 100_000).decode()
    os.close(parent)
    assert "epoch 3/3" in shown


def test_a_killed_training_goes_on_from_its_checkpoint(folder: Path) -> None:
    arguments = [*TRAIN, "--epochs", "20000", "--patience", "20000", "--batch-size", "4", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "rosenblatt", *arguments, "--checkpoint", "c"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not Path("c").exists():
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    shorter = [*arguments, "--epochs", "200", "--out", "m.safetensors"]
    refused = command(*shorter, "--hidden", "3", "--checkpoint", "c")
    assert refused.returncode == 2
    assert "of another problem: hidden_layer_sizes is [3] and was [128, 64]" in refused.stderr
    again = command(*shorter, "--checkpoint", "c")
    assert again.returncode == 0, again.stderr
    assert "the training went on from epoch " in json.dumps(json.loads(again.stdout)["notes"])
    undisturbed = command(*shorter[:-1], "n.safetensors")
    assert undisturbed.returncode == 0
    np.testing.assert_equal(load_file("m.safetensors"), load_file("n.safetensors"))


@pytest.mark.parametrize("out", ["x", "x.previous", "x.in-use"])
def test_a_checkpoint_does_not_go_where_the_model_goes(folder: Path, out: str) -> None:
    refused = command(*TRAIN, "--out", out, "--checkpoint", "./x")
    assert refused.returncode == 2
    assert f"the model's file {out} is one of those of --checkpoint x" in refused.stderr
    assert not list(Path().glob("x*"))


@pytest.mark.parametrize("option", ["--out", "--checkpoint"])
def test_a_slash_at_the_end_is_that_of_a_folder(folder: Path, option: str) -> None:
    refused = command(*TRAIN, option, "new/")
    assert refused.returncode == 2
    assert "is that of a folder" in refused.stderr
    assert not Path("new").exists()
