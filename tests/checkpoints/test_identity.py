"""Code that has been edited under its old name is another problem; the same code is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.errors import InputError
from rosenblatt.fitting.resume.fingerprint import differences, fingerprint_text
from rosenblatt.optimizers import Adam
from tests.support.checkpointed import X, Y, estimator, fitted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

MINE = """
import functools
from dataclasses import dataclass
import numpy as np
from rosenblatt.activations import Activation
import beside
from beside import helped

FACTOR, NAMES, UNUSED, CALLS = 1.0, ("a", frozenset({"b", "c", "d"})), 7, 0
LOG = []

def twice(f):
    @functools.wraps(f)
    def wrapped(*args):
        return f(*args) + 0 * len(args)
    return wrapped

@twice
def slope(z):
    return FACTOR / (1 + abs(z)) ** 2

def even(n):
    return n == 0 or odd(n - 1)

def odd(n):
    return n != 0 and even(n - 1)

class Base(Activation):
    SCALE = 1.0

    @property
    def scale(self):
        return self.SCALE * 1.0

    def pull_back(self, z, a, u):
        return u * self.derivative(z, a)

@dataclass(frozen=True)
class Mine(Base):
    steepness: float = 1.0

    def value(self, z):
        return FACTOR * z / (1 + abs(z))

    def derivative(self, z, a):
        return slope(z)

    def __eq__(self, other):
        return type(other) is type(self)

    def again(self):
        return super().pull_back(0, 0, len([Mine]))

    __hash__ = None

def scorer(est, X, y):
    global CALLS
    CALLS += 1
    LOG.append(CALLS)
    return FACTOR * est.score(X, y) * (len(NAMES) if even(2) else 1) + helped()

class Scorer:
    def __call__(self, est, X, y):
        return scorer(est, X, y)

class Plain:
    pass
"""
BESIDE = "def helped():\n    return 0.0\n"
TELL = """
import sys
import mine
import rosenblatt.estimators
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.fitting.resume.fingerprint import differences, fingerprint_text
from rosenblatt.optimizers import Adam
mine.CALLS, mine.LOG = len(sys.argv), sys.argv
values = [mine.Mine(), mine.Mine, mine.scorer, mine.Scorer(), mine.Plain()]
print(*map(fingerprint_text, values), sep="\\n")
"""


def texts_elsewhere(
    folder: Path, mine: str = MINE, beside: str = BESIDE, seed: int = 0
) -> list[str]:
    """What a process of its own says of an activation, its class, a scorer and an object."""
    (folder / "mine.py").write_text(mine)
    (folder / "beside.py").write_text(beside)
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    environment = {"PYTHONPATH": path, "PYTHONHASHSEED": str(seed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", TELL, *map(str, range(seed))],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def unedited(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return texts_elsewhere(tmp_path_factory.mktemp("unedited"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_process_and_no_hash_makes_another_problem(
    unedited: list[str], seed: int, tmp_path: Path
) -> None:
    assert texts_elsewhere(tmp_path, seed=seed) == unedited


# What is replaced, by what, and whose fingerprints differ.
EDITS = [
    ("UNUSED, CALLS = 1.0", "UNUSED, CALLS = 2.0", "activation, scorer"),
    ('{"b", "c", "d"}', '{"b", "c", "e"}', "scorer"),
    ("7, 0\n", "8, 0\n", ""),
    ("return self.SCALE * 1.0", "return self.SCALE * 2.0", "activation"),
    ("SCALE = 1.0", "SCALE = 2.0", "activation"),
    ("return u * self", "return -u * self", "activation"),
    ("abs(z)) ** 2", "abs(z)) ** 3", "activation"),
    ("+ 0 * len", "+ 1 * len", "activation"),
    ("return FACTOR * z", "return FACTOR * 2 * z", "activation"),
    ("steepness: float = 1.0", "steepness: float = 2.0", "activation"),
    ("return n != 0", "return n != 1", "scorer"),
    ("return 0.0", "return 1.0", "scorer"),
    ("class Plain:\n    pass", "class Plain:\n    def f(self): pass", "plain"),
    ("import functools", "# a word more\n\nimport functools", ""),
]
# Processes that have imported the package already.
FORKING = """
import os, sys
import rosenblatt.estimators
for folder in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        sys.path.insert(0, folder)
        break
    assert os.waitpid(pid, 0)[1] == 0
    print("over", flush=True)
else:
    sys.exit()
"""


@pytest.fixture(scope="module")
def texts_of_edits(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What a process for each of the edits says."""
    folders = [tmp_path_factory.mktemp("edited") for _ in EDITS]
    for folder, (before, after, _) in zip(folders, EDITS, strict=True):
        for name, text in (("mine.py", MINE), ("beside.py", BESIDE)):
            (folder / name).write_text(text.replace(before, after))
    done = subprocess.run(
        [sys.executable, "-B", "-c", FORKING + TELL, *map(str, folders)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return [text.splitlines() for text in done.stdout.split("over\n")[:-1]]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("k", range(len(EDITS)), ids=[after for _, after, _ in EDITS])
def test_edited_code_changes_the_fingerprint(
    k: int, unedited: list[str], texts_of_edits: list[list[str]]
) -> None:
    before, _, differing = EDITS[k]
    assert sum(text.count(before) for text in (MINE, BESIDE)) >= 1
    kinds = ["activation", "activation", "scorer", "scorer", "plain"]
    changed = zip(kinds, unedited, texts_of_edits[k], strict=True)
    assert {kind for kind, one, other in changed if one != other} == set(
        differing.split(", ") if differing else ()
    )


def scorer_of(factor: float) -> object:
    names = {"FACTOR": factor, "__name__": __name__}
    exec("def scorer(est, X, y): return FACTOR * est.score(X, y)", names)
    return names["scorer"]


def test_an_edited_scorer_is_refused(tmp_path: Path) -> None:
    given = {"early_stopping": True, "max_iter": 3}
    fitted(estimator("adam", tmp_path / "fit", scoring=scorer_of(1.0), **given))
    fitted(estimator("adam", tmp_path / "fit", scoring=scorer_of(1.0), **given))
    with pytest.raises(InputError, match=r"of another problem: scoring is .*scorer .* and was"):
        fitted(estimator("adam", tmp_path / "fit", scoring=scorer_of(-1.0), **given))


def test_a_web_of_functions_is_walked_once_each() -> None:
    """Each calls all the others: the ways through them are beyond counting."""
    n = 40
    calls = " + ".join(f"f{k}()" for k in range(n))
    names = {"__name__": __name__}
    exec("\n".join(f"def f{k}(): return {k} + {calls}" for k in range(n)), names)
    assert fingerprint_text(names["f0"]) != fingerprint_text(names["f1"])


def test_object_without_a_stable_repr_is_fingerprinted_by_type() -> None:
    def made(number: float, lock: object) -> type:
        class Mine:
            def value(self) -> object:
                return number, lock

        return Mine

    import threading

    assert fingerprint_text(made(1.0, threading.Lock())) == fingerprint_text(
        made(1.0, threading.Lock())
    )
    assert fingerprint_text(made(1.0, threading.Lock())) != fingerprint_text(
        made(2.0, threading.Lock())
    )


def test_the_names_of_the_columns_are_a_part_of_the_problem(tmp_path: Path) -> None:
    frame = pd.DataFrame(X, columns=[f"c{k}" for k in range(X.shape[1])])
    path = tmp_path / "fit"
    estimator("adam", path, max_iter=2).fit(frame, Y)
    estimator("adam", path, max_iter=2).fit(frame.copy(), Y)
    for other in (frame.rename(columns={"c3": "C3"}), X):
        with pytest.raises(
            InputError, match=r"of another problem: the names of the columns differ\."
        ):
            estimator("adam", path, max_iter=2).fit(other, Y)


def test_another_float_type_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fit"
    fitted(estimator("adam", path, max_iter=2))
    with pytest.raises(InputError, match=r"the float type is float32 and was float64 and X, y or"):
        estimator("adam", path, max_iter=2).fit(X.astype(np.float32), Y)


def test_what_a_forged_checkpoint_had_is_told_without_control_characters() -> None:
    said = differences({"shuffle": "\x1b[31m"}, {"shuffle": "True"})
    assert said == "shuffle is True and was \\x1b[31m"


def test_more_steps_than_any_training_takes() -> None:
    state = OptimizerState.of(Adam(), np.zeros(2))
    forged = state.state_dict()
    forged.arrays["steps"] = np.array([2**62])
    with pytest.raises(ValueError, match="steps are counted from 0"):
        state.load_state_dict(forged)
