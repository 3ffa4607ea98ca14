"""Ctrl-C at many moments, in processes of their own: one line and the exit code 130."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.cli import tasks
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.table.target import NumberTarget

# Until Python has started and imported the package itself, it answers a signal in its own way.
BEGUN = "import sys; sys.argv[1:] = {arguments!r}; from rosenblatt.cli import entry;"
BEGUN += " print('begun', flush=True); entry.main()"
# No end by itself: patience and epochs are endless.
TRAIN = ["train", "shop.csv", "--target", "bought", "--epochs", "1000000", "--patience", "1000000"]
TRAIN += ["--validation-fraction", "0"]


def interrupted_after(seconds: float, arguments: list[str]) -> tuple[int, str, str]:
    process = subprocess.Popen(
        [sys.executable, "-c", BEGUN.format(arguments=arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    return process.returncode, out, err


@pytest.mark.parametrize("moment", [0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.7, 0.9])
def test_from_the_first_import_to_the_training(folder: Path, moment: float) -> None:
    """At once, or, if the training has begun, with the model that it has come to."""
    code, _, err = interrupted_after(moment, [*TRAIN, "--quiet"])
    if code == 0:
        assert Path("shop.safetensors").exists()
        return
    assert (code, err) == (130, "error: interrupted, and nothing was saved\n")
    assert [path.name for path in Path().iterdir()] == ["shop.csv"]


FIRST = ["rosenblatt.cli.start", "rosenblatt.support.unfinished", "rosenblatt.cli.app", "typer"]


def interrupted_at(module: str, *arguments: str, before: str = "") -> Any:
    """A process that interrupts itself as it begins to import a module."""
    code = f"""
import os, signal, sys
{before}
from rosenblatt.cli import entry
class Interrupts:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupts())
sys.argv[1:] = {arguments!r}
entry.main()
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", FIRST)
@pytest.mark.parametrize("as_json", [False, True])
def test_within_the_first_imports(module: str, as_json: bool) -> None:
    """Whatever is being imported once the package itself is, which imports next to nothing."""
    done = interrupted_at(module, "--version", *["--json"] * as_json)
    assert (done.returncode, done.stderr) == (130, "error: interrupted, and nothing was saved\n")
    assert done.stdout == '{"error": "interrupted, and nothing was saved"}\n' * as_json


@pytest.mark.parametrize("module", FIRST)
def test_an_interrupt_that_is_ignored_stays_so(module: str) -> None:
    ignored = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    done = interrupted_at(module, "--version", before=ignored)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("rosenblatt ")


def test_the_package_imports_next_to_nothing() -> None:
    """All that Python answers an interrupt of in its own way."""
    code = "import sys; before = set(sys.modules); import rosenblatt.cli.entry;"
    code += "print(*sorted(set(sys.modules) - before), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name for name in done.stdout.split() if not name.startswith("rosenblatt")} == set()
    assert len(done.stdout.split()) == 6


@pytest.mark.parametrize("moment", [0.05, 0.2])
def test_json_has_the_error_as_well(folder: Path, moment: float) -> None:
    code, out, _ = interrupted_after(moment, [*TRAIN, "--json"])
    assert code == 130
    assert json.loads(out) == {"error": "interrupted, and nothing was saved"}


# What is interrupted once more: the telling of the first, and what comes before and after it.
AGAIN = {
    "while it is told": """
class Stream:
    def write(self, text):
        os.kill(os.getpid(), signal.SIGINT)
        return sys.__stderr__.write(text)
    def flush(self):
        os.kill(os.getpid(), signal.SIGINT)
        sys.__stderr__.flush()
sys.stderr = Stream()
""",
    "before it is told": """
def again(*given, fail=app._fail):
    app._fail = fail
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGINT)
    return fail(*given)
app._fail = again
""",
    "after it is told": """
def again(*given, fail=app._fail):
    fail(*given)
    os.kill(os.getpid(), signal.SIGINT)
    return 2
app._fail = again
end = start.end
def last(code):
    os.kill(os.getpid(), signal.SIGINT)
    end(code)
start.end = last
""",
}
# A command that is over, but for the end of its process: functions at exit, then modules.
OVER = """
class Last:
    def __del__(self, kill=os.kill, own=os.getpid(), number=signal.SIGINT):
        kill(own, number)
atexit.register(os.kill, os.getpid(), signal.SIGINT)
sys.last = Last()
"""


def ended(preparation: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import atexit, os, signal, sys\nfrom rosenblatt.cli import app, start\n"
    code += f"sys.argv[1:] = {list(arguments)!r}\n{preparation}\nstart.main()"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("moment", AGAIN)
def test_a_second_time(moment: str) -> None:
    first = "app._dispatch = lambda arguments: os.kill(os.getpid(), signal.SIGINT)"
    done = ended(f"{AGAIN[moment]}\n{first}", "look", "--example", "iris")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "error: interrupted, and nothing was saved\n"


def test_before_the_command_begins() -> None:
    done = ended("app._run = lambda arguments: os.kill(os.getpid(), signal.SIGINT)", "--version")
    assert (done.returncode, done.stderr) == (130, "error: interrupted, and nothing was saved\n")


def test_where_no_exception_goes_on_from() -> None:
    """As within `__del__`, of which Python would print a traceback and go on."""
    code = """
import time
class Deleted:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
def dispatch(arguments):
    Deleted()
    time.sleep(60)
app._dispatch = dispatch
"""
    done = ended(code, "--version")
    assert (done.returncode, done.stderr) == (130, "error: interrupted, and nothing was saved\n")


@pytest.mark.parametrize("saved", [False, True])
def test_what_was_saved_is_not_denied(saved: bool, tmp_path: Path) -> None:
    """Within an import too, where the process ends at once."""
    (tmp_path / "interrupts_itself.py").write_text(
        "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
    )
    code = f"""
sys.path.insert(0, {str(tmp_path)!r})
def dispatch(arguments):
    {"start.note_saved()" if saved else "pass"}
    import interrupts_itself
app._dispatch = dispatch
"""
    done = ended(code, "--version")
    what = "after a file was saved" if saved else "and nothing was saved"
    assert (done.returncode, done.stderr) == (130, f"error: interrupted, {what}\n")


@pytest.mark.parametrize(
    ("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)], ids=["interrupted", "ended"]
)
def test_a_second_time_as_the_process_ends_within_an_import(
    name: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "interrupts_itself.py").write_text(
        f"import os, signal; os.kill(os.getpid(), signal.{name})"
    )
    preparation = f"""
sys.path.insert(0, {str(tmp_path)!r})
def write_and_again(*given, write=os.write):
    write(*given)
    os.kill(os.getpid(), signal.{name})
os.write = write_and_again
def dispatch(arguments):
    import interrupts_itself
app._dispatch = dispatch
"""
    done = ended(preparation, "--version")
    assert (done.returncode, len(done.stderr.splitlines())) == (code, 1)


@pytest.mark.parametrize("code", [0, 2])
def test_after_the_end_it_comes_too_late(code: int) -> None:
    done = ended(OVER, "--version" if code == 0 else "--versions")
    assert done.returncode == code
    assert len(done.stderr.splitlines()) == (code == 2)


def test_wide_networks_predict_few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(3, (Dense(4), Dense(1)))
    model = Model(network, np.arange(network.n_parameters, dtype=np.float32), SquaredError())
    X = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    kind = tasks.kind_of(NumberTarget("y", 1.0, 2.0, "numbers"))
    whole, seen = tasks.network_predictor(kind, model)(X), []
    predict = Model.predict

    def few(self: Model, rows: np.ndarray) -> np.ndarray:
        seen.append(len(rows))
        return predict(self, rows)

    monkeypatch.setattr(Model, "predict", few)
    monkeypatch.setattr(tasks, "WORK_AT_ONCE", 7 * network.n_parameters)
    np.testing.assert_allclose(tasks.network_predictor(kind, model)(X), whole, rtol=1e-6)
    assert seen == [7] * 7 + [1]
