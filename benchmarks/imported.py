"""Scoring rows with an imported 30-64-32-2 network, beside the tool that its file belongs to.

    python -m benchmarks.imported [--rows N] [--repetitions N] [--tool NAME ...]

Each tool has a process of its own, where it and rosenblatt take turns over the same rows: FANN's
fann_run in a loop of C, the `predict` of OpenCV and of Keras (with PyTorch and with JAX below it)
over all rows at once, pypmml over a data frame of fewer rows, scaled up. Threads are as each
library sets them. The ratios are those of our model as it is imported, in double precision, and of
`model.astype("float32")`. What is not installed is left out, and the table says so. Where the
machine is busy, seconds of the processor mean more.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.workers import ROOT, environment

WIDTHS = (30, 64, 32, 2)
FEWER = 500  # of so many rows pypmml scores one
WANTED = 3.0

Rows = npt.NDArray[np.float64]
Seconds = tuple[float, float]  # on the wall, of the processor
# Scores rows: the seconds that it took, and the predictions.
Scorer = Callable[[Rows], tuple[Seconds, Any]]


def timed(score: Callable[[Any], Any], X: Any) -> tuple[Seconds, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    Y = score(X)
    return (time.perf_counter() - wall, time.process_time() - cpu), Y


def network(last: Any, hidden: Any) -> Any:
    """A network of the widths with random weights, to be exported."""
    from rosenblatt.export.trained import Trained
    from rosenblatt.initializers import GlorotNormal
    from rosenblatt.losses import CategoricalCrossEntropy, SquaredError
    from rosenblatt.model import Model
    from rosenblatt.network import Dense, Network

    n_inputs, *units, n_outputs = WIDTHS
    layers = (*(Dense(n, hidden) for n in units), Dense(n_outputs, *([last] if last else [])))
    net = Network(n_inputs, layers)
    theta = net.initial_parameters(np.random.RandomState(0), GlorotNormal())
    loss = SquaredError() if last else CategoricalCrossEntropy()
    return Trained(Model(net, theta, loss), classes=() if last else ("no", "yes"))


def imported(path: Path, **given: Any) -> Any:
    """rosenblatt's model of the file that the tool reads, in double precision."""
    from rosenblatt import importing

    return importing.read(path, **given).model


def fann(folder: Path) -> tuple[Scorer, Any]:
    from rosenblatt.activations import Sigmoid, Tanh
    from rosenblatt.export.fann import fann_file

    compiler = shutil.which("cc")
    if compiler is None:
        raise ImportError("no C compiler")
    program, net = folder / "fann_run", folder / "net.net"
    source = Path(__file__).with_name("fann_run.c")
    build = [compiler, "-O3", "-march=native", source, "-o", program, "-ldoublefann", "-lm"]
    if subprocess.run(build, capture_output=True, check=False).returncode:
        raise ImportError("no libdoublefann")
    net.write_text(fann_file(network(Sigmoid(), Tanh())))

    def theirs(X: Rows) -> tuple[Seconds, Any]:
        X.tofile(folder / "rows")
        command = [program, net, folder / "rows", folder / "outputs"]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        wall, cpu = map(float, run.stdout.split())
        return (wall, cpu), np.fromfile(folder / "outputs").reshape(len(X), -1)

    return theirs, imported(net)


def opencv(folder: Path) -> tuple[Scorer, Any]:
    import cv2

    net, rng = cv2.ml.ANN_MLP_create(), np.random.RandomState(0)
    net.setLayerSizes(np.array(WIDTHS, np.int32))
    net.setActivationFunction(cv2.ml.ANN_MLP_SIGMOID_SYM, 0, 0)
    net.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, 1, 0))
    some = rng.normal(size=(200, WIDTHS[0])).astype(np.float32)
    net.train(some, cv2.ml.ROW_SAMPLE, rng.normal(size=(200, WIDTHS[-1])).astype(np.float32))
    path = folder / "net.yml"
    net.save(str(path))
    read = cv2.ml.ANN_MLP_load(str(path))
    return lambda X: timed(lambda x: read.predict(x)[1], X.astype(np.float32)), imported(path)


def keras(folder: Path) -> tuple[Scorer, Any]:
    import keras as library

    from rosenblatt.activations import ReLU
    from rosenblatt.export.keras_archive import keras_archive

    path = folder / "net.keras"
    path.write_bytes(keras_archive(network(None, ReLU()).converted(np.float32)))
    net = library.models.load_model(path)

    def predict(X: Any) -> Any:
        return net.predict(X, batch_size=8192, verbose=0)

    predict(np.zeros((8192, WIDTHS[0]), np.float32))  # compiles
    return lambda X: timed(predict, X.astype(np.float32)), imported(path, classes=["no", "yes"])


def pmml(folder: Path) -> tuple[Scorer, Any]:
    import pandas as pd
    import pypmml

    from rosenblatt.activations import ReLU
    from rosenblatt.export.pmml_network import pmml_document

    names = [f"x{k}" for k in range(WIDTHS[0])]
    path = folder / "net.pmml"
    path.write_text(pmml_document(network(None, ReLU()), names))
    net = pypmml.Model.load(str(path))

    def theirs(X: Rows) -> tuple[Seconds, Any]:
        frame = pd.DataFrame(X[: len(X) // FEWER], columns=names)
        (wall, _), Y = timed(net.predict, frame)  # Java's processor time is another process's
        return (wall * FEWER, wall * FEWER), Y.filter(like="probability").to_numpy()

    return theirs, imported(path)


TOOLS: Mapping[str, tuple[Callable[[Path], tuple[Scorer, Any]], Mapping[str, str]]] = {
    "FANN": (fann, {}),
    "OpenCV": (opencv, {}),
    "Keras, PyTorch": (keras, {"KERAS_BACKEND": "torch"}),
    "Keras, JAX": (keras, {"KERAS_BACKEND": "jax"}),
    "pypmml": (pmml, {}),
}


def race(name: str, n_rows: int, repetitions: int) -> dict[str, Any]:
    """The seconds of both in turns, and by how much their predictions differ."""
    X: Rows = np.random.RandomState(1).normal(size=(n_rows, WIDTHS[0]))
    make, _ = TOOLS[name]
    with TemporaryDirectory() as folder:
        theirs, model = make(Path(folder))
        single = model.astype(np.float32)
        scorers: dict[str, Scorer] = {
            "theirs": theirs,
            "ours": lambda X: timed(model.predict, X),
            "single": lambda X: timed(single.predict, X.astype(np.float32)),
        }
        few = X[: FEWER * 20]
        (_, expected), (_, got) = theirs(few), scorers["ours"](few)
        if got.shape[1] < expected.shape[1]:
            got = np.hstack([1 - got, got])
        worst = float(np.abs(got[: len(expected)] - expected).max())
        seconds: dict[str, list[Seconds]] = {name: [] for name in scorers}
        for _ in range(repetitions):
            for name, score in scorers.items():
                seconds[name].append(score(X)[0])
    return {"difference": worst, **seconds}


def of_process(name: str, n_rows: int, repetitions: int) -> dict[str, Any] | str:
    """The race in a process of its own; why there is none."""
    command = [sys.executable, "-m", "benchmarks.imported", "--race", name]
    command += ["--rows", str(n_rows), "--repetitions", str(repetitions)]
    env = {**environment(None), **TOOLS[name][1]}
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if run.returncode:
        return (run.stderr.strip().splitlines() or ["it ended"])[-1]
    found: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return found


def shown(name: str, found: dict[str, Any]) -> str:
    """A line of the table: medians, and how many times faster ours are."""
    cells = [f"{name:15}"]
    for k in (0, 1):
        theirs, ours, single = (
            statistics.median(s[k] for s in found[who]) for who in ("theirs", "ours", "single")
        )
        cells.append(f"{theirs:9.3f} {theirs / ours:7.1f} {theirs / single:7.1f}")
    return "  ".join([*cells, f"{found['difference']:.1e}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--tool", nargs="*", default=list(TOOLS), choices=list(TOOLS))
    parser.add_argument("--race", choices=list(TOOLS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.race is not None:
        print(json.dumps(race(given.race, given.rows, given.repetitions)))
        return
    print(f"{given.rows:,} rows, load {os.getloadavg()[0]:.1f}; wanted: {WANTED:g} times faster")
    columns = [f"{word:>9} {'double':>7} {'single':>7}" for word in ("seconds", "CPU")]
    print("  ".join([" " * 15, *columns, "off by"]))
    for name in given.tool:
        found = of_process(name, given.rows, given.repetitions)
        print(f"{name:15}  left out: {found}" if isinstance(found, str) else shown(name, found))


if __name__ == "__main__":
    main()
