"""Signals that ask the process to end: one line, 128 and the signal's number, and no files left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rosenblatt.cli.app import run
from tests.support.commands import QUICK

pytestmark = pytest.mark.skipif(os.name != "posix", reason="other systems have no such signals")

SIGNALS = ["SIGTERM", "SIGHUP"]
TRAIN = ["train", "shop.csv", "--target", "bought"]
ENDLESS = ["--epochs", "1000000", "--patience", "1000000", "--validation-fraction", "0"]
PREDICT = ["predict", "shop.safetensors", "shop.csv", "--out", "p.csv"]
LINE = "error: ended by {} before its work was done\n"


def after(preparation: str, *arguments: str, **options: object) -> subprocess.Popen[str]:
    code = "import os, signal, sys\nfrom rosenblatt.cli import start\n"
    code += f"sys.argv[1:] = {list(arguments)!r}\n{preparation}\nstart.main()"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def end_of(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    return process.returncode, out, err


@pytest.fixture
def model(folder: Path) -> Path:
    assert run([*TRAIN, "--quiet", *QUICK]) == 0
    return folder


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# In the middle of a file: at any place, or while a module is imported there.
WITHIN = {
    "code": "os.kill(os.getpid(), signal.{})",
    "an import": "import sends",
    "code that keeps the first": """
    try:
        os.kill(os.getpid(), signal.{})
    except BaseException:
        os.kill(os.getpid(), signal.{})
""",
}
WRITES = """
from rosenblatt.cli.prediction_file import PredictionFile
def write(self, columns, file):
    file.write(b"prediction")
    file.flush()
    assert [name for name in os.listdir() if name.endswith(".tmp")]
    {}
PredictionFile.write = write
"""


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("within", WITHIN)
def test_while_a_file_is_written(
    model: Path, tmp_path_factory: pytest.TempPathFactory, number: str, within: str
) -> None:
    modules = tmp_path_factory.mktemp("modules")
    sends = f"import os, signal\nos.kill(os.getpid(), signal.{number})\n"
    (modules / "sends.py").write_text(sends)
    before = files(model)
    preparation = WRITES.replace("{}", WITHIN[within].replace("{}", number).strip())
    process = after(f"sys.path.append({str(modules)!r})\n{preparation}", *PREDICT)
    code, _, err = end_of(process)
    assert code == 128 + getattr(signal, number)
    assert err == LINE.format(number)
    assert files(model) == before


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("options", [[], ["--hidden", "16", *ENDLESS]], ids=["learner", "one"])
def test_a_training_ends_and_saves_nothing(folder: Path, number: str, options: list[str]) -> None:
    preset = [] if options else ["--preset", "best", "--ensemble", "200"]
    process = after("print('begun', flush=True)", *TRAIN, *options, *preset, "--quiet")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(3)
    process.send_signal(getattr(signal, number))
    code, _, err = end_of(process)
    assert (code, err) == (128 + getattr(signal, number), LINE.format(number))
    assert files(folder) == {"shop.csv"}


def test_a_checkpoint_stays_and_is_gone_on_from(folder: Path) -> None:
    options = ["--hidden", "16", "--batch-size", "4", "--checkpoint", "c", "--json"]
    process = after("", *TRAIN, *options, *ENDLESS)
    while not Path("c").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    code, out, err = end_of(process)
    assert code == 128 + signal.SIGTERM
    assert json.loads(out) == {"error": LINE.format("SIGTERM").strip().removeprefix("error: ")}
    assert err.endswith(LINE.format("SIGTERM"))
    assert files(folder) - {"c.previous"} == {"shop.csv", "c"}
    code, out, _ = end_of(after("", *TRAIN, *options, *ENDLESS, "--epochs", "200"))
    assert code == 0
    assert "the training went on from epoch " in out


def test_a_table_from_standard_input_is_not_left_behind(model: Path) -> None:
    kept = model / "kept"
    kept.mkdir()
    sends = """
from rosenblatt.cli import commands
def predict(*given, **named):
    assert os.listdir("kept")
    import signal
    os.kill(os.getpid(), signal.SIGTERM)
"""
    sends += "from rosenblatt.cli import source as module\nread = module.read_table\n"
    sends += "module.read_table = predict\n"
    with Path("shop.csv").open() as table:
        environment = {**os.environ, "TMPDIR": str(kept)}
        process = after(sends, "look", "-", stdin=table, env=environment)
        code, _, err = end_of(process)
    assert (code, err) == (128 + signal.SIGTERM, LINE.format("SIGTERM"))
    assert not files(kept)


def test_what_is_ignored_stays_ignored(model: Path) -> None:
    """As nohup has it."""
    ignored = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    sends = WRITES.replace("{}", "os.kill(os.getpid(), signal.SIGHUP)")
    code, _, err = end_of(after(ignored + sends, *PREDICT, "--quiet"))
    assert (code, err) == (0, "")


LEFT = """
import sys, threading, time
from rosenblatt.cli.start import end
from rosenblatt.support.temporary_folder import temporary_folder

def work():
    with temporary_folder() as folder:
        print(folder, flush=True)
        time.sleep(600)

threading.Thread(target=work).start()
time.sleep(1)
end(int(sys.argv[1]))
"""


@pytest.mark.parametrize("code", [0, 2])
def test_threads_that_are_still_at_work_are_not_waited_for(code: int, tmp_path: Path) -> None:
    """As a server leaves some; what they have made for a while goes."""
    command = [sys.executable, "-c", LEFT, str(code)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (code, "")
    assert Path(done.stdout.strip()).parent == tmp_path
    assert list(tmp_path.iterdir()) == []
