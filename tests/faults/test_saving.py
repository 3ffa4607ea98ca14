"""Saving on a full disk, into a locked folder, under SIGKILL, and from two processes at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.support.child_processes import child, mounting, output

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the faults are POSIX's")

# Tries to save over an old model; prints what was said, and what is there afterwards.
REPLACE = """
import sys
from pathlib import Path
from tests.support.constant_model import constant_model
from rosenblatt.errors import InputError
from rosenblatt.persistence import load_model, save_model

folder, fault = Path(sys.argv[1]), sys.argv[2]
path = folder / "model.safetensors"
save_model(path, constant_model(0.25, 16))
old = path.read_bytes()
if fault == "space":
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
elif fault == "files":
    try:
        for number in range(10**6):
            (folder / f"filler{number}").touch()
    except OSError:
        pass
else:
    import subprocess
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
there = sorted(folder.iterdir())
try:
    save_model(path, constant_model(0.5, 16))
    print("saved")
except InputError as error:
    print(error)
print(path.read_bytes() == old, sorted(folder.iterdir()) == there)
print((load_model(path).model.parameters == 0.25).all())
"""


@pytest.mark.parametrize(
    ("fault", "options", "said"),
    [
        ("space", "size=128k", "No space left on device; free some space or choose another path"),
        ("files", "size=1m,nr_inodes=8", "No space left on device; free some space or choose"),
        ("read-only", "size=1m", "Read-only file system; choose another path"),
    ],
)
def test_a_disk_that_takes_no_more(tmp_path: Path, fault: str, options: str, said: str) -> None:
    """The fault in the system's words, the old model as it was, and no half of a new one."""
    within = (*mounting(options), str(tmp_path))
    sentence, kept, loaded = output(REPLACE, tmp_path, fault, within=within).splitlines()
    assert sentence.startswith(f"cannot write {tmp_path / 'model.safetensors'}: {said}")
    assert "nothing that was there is lost" in sentence
    assert (kept, loaded) == ("True True", "True")


TRAIN = """
import os, sys
from pathlib import Path
import numpy as np
folder = Path(sys.argv[1])
x = np.arange(60)
rows = "".join(f"{v},{3 * v}\\n" for v in x)
Path(folder / "t.csv").write_text("x,y\\n" + rows)
with (folder / "filler").open("wb", buffering=0) as filler:
    filler.write(bytes(4096 * 20))
os.chdir(folder)
from rosenblatt.cli.app import run
code = run(["train", "t.csv", "--target", "y", "--hidden", "200,200", "--epochs", "1", "--quiet"])
print(code, sorted(os.listdir()))
"""


def test_a_training_whose_model_the_disk_does_not_hold(tmp_path: Path) -> None:
    within = (*mounting("size=128k"), str(tmp_path))
    done = child(TRAIN, tmp_path, within=within)
    assert done.stdout.splitlines()[-1] == "2 ['filler', 't.csv']", done.stderr
    assert "error: cannot write t.safetensors: it takes" in done.stderr  # known beforehand
    assert "free there: free some space" in done.stderr
    assert "Traceback" not in done.stderr


LOCKED = """
import os, sys
from pathlib import Path
from tests.support.constant_model import constant_model
from rosenblatt.support.atomic import check_writable
from rosenblatt.errors import InputError
from rosenblatt.persistence import load_model, save_model

path = Path(sys.argv[1]) / "model.safetensors"
save_model(path, constant_model(0.25, 16))
path.chmod(0o644)
path.parent.chmod(0o555)
if os.geteuid() == 0:  # who may write anywhere
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for act in (check_writable, lambda path: save_model(path, constant_model(0.5, 16))):
    try:
        act(path)
        print("written")
    except InputError as error:
        print(error)
print((load_model(path).model.parameters == 0.25).all(), os.listdir(path.parent))
"""


def test_a_folder_without_permission() -> None:
    """Also where the tests run as root: the child is nobody by then."""
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer) / "locked"
        folder.mkdir()
        try:
            first, second, left = output(LOCKED, folder).splitlines()
        finally:
            folder.chmod(0o755)
    assert first == second
    assert first.startswith(f"cannot write {folder / 'model.safetensors'}: Permission denied")
    assert left == "True ['model.safetensors']"


LOADED = """
import os, sys, warnings
from pathlib import Path
import numpy as np
from rosenblatt import MLPClassifier

warnings.simplefilter("ignore")
folder, solver, before, after = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
X = np.random.default_rng(0).normal(size=(60, 3))

def fitted(**changed):
    given = {"max_iter": before, "tol": 1e-12, "checkpoint": folder / "fit", **changed}
    return MLPClassifier(4, solver=solver, random_state=0, **given).fit(X, X[:, 0] > 0)

fitted()
for file in folder.iterdir():
    file.chmod(0o444)
folder.chmod(0o555)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    again = fitted(max_iter=after)
    print(again.resumed_from_, (again.coefs_[0] == fitted(checkpoint=None).coefs_[0]).all())
except ValueError as error:
    print(error)
print(sorted(os.listdir(folder)))
"""


@pytest.mark.parametrize("solver", ["adam", "kfac", "lbfgs"])
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_checkpoint_in_a_folder_without_permission(solver: str, goes_on: bool) -> None:
    """What has ended is loaded; what would go on is an error."""
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer) / "locked"
        folder.mkdir()
        try:
            told, left = output(LOADED, folder, solver, 4, 6 if goes_on else 4).splitlines()
        finally:
            folder.chmod(0o755)
    assert told.startswith(f"cannot write {folder / 'fit'}: ") if goes_on else told == "4 True"
    assert left == "['fit', 'fit.previous']"


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import numpy as np
from tests.support.constant_model import constant_model
from rosenblatt.persistence import load_model, save_model

path, rng = Path(sys.argv[1]) / "model.safetensors", random.Random(0)
models = [constant_model(0.25), constant_model(0.5)]
save_model(path, models[0])
found = []
for turn in range(60):
    pid = os.fork()
    if pid == 0:
        while True:
            for saved in reversed(models):
                save_model(path, saved)
    time.sleep(rng.uniform(0, 0.06))
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    (value,) = np.unique(load_model(path).model.parameters)
    found.append(float(value))
temporaries = [name for name in os.listdir(path.parent) if name.endswith(".tmp")]
save_model(path, models[1])
assert (load_model(path).model.parameters == 0.5).all()
print(sorted(set(found)), len(temporaries) > 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_while_it_saves(tmp_path: Path) -> None:
    """At sixty moments: the file is one model or the other, whole. That temporaries are left says
    that some of the moments were in the midst of a save."""
    assert output(KILLED, tmp_path) == "[0.25, 0.5] True\n"


TOGETHER = """
import os, sys
from pathlib import Path
import numpy as np
from tests.support.constant_model import constant_model
from rosenblatt.persistence import load_model, save_model

path = Path(sys.argv[1]) / "model.safetensors"
models = [constant_model(0.25, 256), constant_model(0.5, 256)]
save_model(path, models[0])
children = []
for saved in models:
    pid = os.fork()
    if pid == 0:
        for _ in range(150):
            save_model(path, saved)
        os._exit(0)
    children.append(pid)
found, statuses = set(), []
while len(statuses) < 2:
    (value,) = np.unique(load_model(path).model.parameters)
    found.add(float(value))
    pid, status = os.waitpid(-1, os.WNOHANG)
    if pid:
        statuses.append(status)
print(sorted(found), statuses, os.listdir(path.parent))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_two_processes_that_save_to_one_path(tmp_path: Path) -> None:
    """Whoever reads meanwhile finds a whole model of one of them, every time."""
    assert output(TOGETHER, tmp_path) == "[0.25, 0.5] [0, 0] ['model.safetensors']\n"


TRAINING = """
import numpy as np
from rosenblatt import MLPRegressor
X = np.zeros((200_000, 50), np.float32)
print("training", flush=True)
model = MLPRegressor(hidden_layer_sizes=(256, 256), max_iter=10**6, n_iter_no_change=10**6)
model.fit(X, X[:, 0])
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_training_that_is_ended_from_outside_ends(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "training\n"
        time.sleep(0.5)
        process.send_signal(number)
        assert process.wait(timeout=60) == -number
        assert process.stderr.read() == ""
