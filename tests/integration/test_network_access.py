"""Nothing of rosenblatt's speaks to a network, as Python's own audit hooks bear witness."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.network_audit import SPEAKS

# In one process all that a user may do, and the commands as the shell calls them.
EVERYTHING = (
    SPEAKS
    + """
import contextlib, importlib.util, io, os, warnings
from pathlib import Path
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
os.chdir(sys.argv[1])
import rosenblatt
from rosenblatt import MLPClassifier, MLPEnsembleClassifier, MLPRegressor, StructureSearchCV
from rosenblatt.cli.app import run
from rosenblatt.persistence import load_model, save_model

rng = np.random.default_rng(0)
X = rng.normal(size=(80, 3))
y = X[:, 0] > 0
for solver in ("adam", "lbfgs", "kfac"):
    net = MLPClassifier(4, solver=solver, max_iter=3, checkpoint=f"{solver}.checkpoint").fit(X, y)
    net.predict(X), net.predictor()(X[0]), net.to_c(f"{solver}.c")
MLPRegressor(loss="squared_error", hidden_layer_sizes=(2,), solver="lm", max_iter=3).fit(X, X[:, 0])
MLPEnsembleClassifier(MLPClassifier(3, max_iter=2), 3).fit(X, y).predict(X)
StructureSearchCV(MLPClassifier(max_iter=2), [(2,), (3,)], cv=2).fit(X, y)
with_onnx = importlib.util.find_spec("onnx") is not None
if with_onnx:
    net.to_onnx("net.onnx")

pd.DataFrame(X, columns=["a", "b", "c"]).assign(label=np.where(y, "yes", "no")).to_csv("t.csv")
quick = ["--target", "label", "--hidden", "3", "--epochs", "3"]
commands = [
    ["train", "t.csv", *quick, "--out", "m.safetensors", "--checkpoint", "fit"],
    ["train", "--example", "iris", "--hidden", "3", "--epochs", "3"],
    ["predict", "m.safetensors", "t.csv", "--out", "p.csv"],
    ["evaluate", "m.safetensors", "t.csv"],
    ["inspect", "m.safetensors"],
    ["export", "m.safetensors", "--to", "c"],
    ["export", "m.safetensors", "--to", "safetensors", "--out", "w.safetensors"],
    *([["export", "m.safetensors", "--to", "onnx"]] if with_onnx else []),
]
for command in commands:
    with contextlib.redirect_stdout(io.StringIO()):
        code = run(command)
    assert not code, (command, code)
save_model("again.safetensors", load_model("m.safetensors"))
load_model("again.safetensors").to_c("again.c")
print(json.dumps([seen, sorted(os.listdir("."))]))
"""
)


def test_nothing_asks_for_a_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen, files = json.loads(done.stdout.splitlines()[-1])
    assert seen == []
    assert {"m.safetensors", "iris.safetensors", "p.csv", "again.c", "fit"} <= set(files)


def test_the_hook_hears_of_one() -> None:
    asks = (
        "import socket; socket.getaddrinfo('localhost', 80); socket.socket().close(); print(seen)"
    )
    done = subprocess.run(
        [sys.executable, "-c", SPEAKS + asks], capture_output=True, text=True, check=True
    )
    assert "socket.getaddrinfo" in done.stdout
    assert "socket.__new__" in done.stdout
