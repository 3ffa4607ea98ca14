"""Writes networks of pyrenn as CSV, and what NNOut makes of rows.

pip install pyrenn numpy pandas
python make_pyrenn.py
"""

import json
from pathlib import Path

import numpy as np
import pyrenn

int, float = int, float  # which pyrenn 0.1 still takes from NumPy
HERE = Path(__file__).parent
rng = np.random.default_rng(2)
X = rng.standard_normal((3, 60)) * np.array([[1], [30], [0.2]])
Y = np.vstack([np.sin(X[0]) * X[1], 100 + X[2]])


def done(name, layers, outputs):
    np.random.seed(4)  # noqa: NPY002 (what pyrenn draws from)
    net = pyrenn.CreateNN(layers)
    net = pyrenn.train_LM(X, outputs, net, k_max=25)
    path = HERE / f"{name}.net.csv"
    pyrenn.saveNN(net, str(path))
    again = pyrenn.loadNN(str(path))
    rows = np.hstack([X[:, :6], X[:, :3] * 100, -1e5 * X[:, 4:6], np.zeros((3, 1))])
    y = np.atleast_2d(pyrenn.NNOut(rows, again))
    golden = [{"x": x.tolist(), "y": out.tolist()} for x, out in zip(rows.T, y.T, strict=True)]
    text = json.dumps({"made_by": "pyrenn 0.1", "type": "double", "rows": golden})
    (HERE / f"{name}.json").write_text(text + "\n")


done("one", [3, 5, 1], Y[0])
done("two", [3, 4, 3, 2], Y)
done("deep", [3, 3, 3, 3, 2], Y)
