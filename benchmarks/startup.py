"""From `import` to the first prediction, in a process of its own:

    python -m benchmarks.startup save PEER FOLDER       # a small model into the folder
    python -m benchmarks.startup predict PEER FOLDER    # prints the seconds

Nothing but the standard library is imported before the clock starts; what a peer needs to import,
read and compile until it has classified a row is what it is timed for.
"""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["PEERS"]

# 30 standardised features, two classes: one logistic unit.
FEATURES, HIDDEN = 30, (64, 32)
SIZES = (FEATURES, *HIDDEN, 1)
ROW = [0.1 * i for i in range(FEATURES)]


def _save_estimator(package: str, path: Path) -> None:
    import importlib
    import warnings

    import numpy as np

    module: Any = importlib.import_module(package)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((500, FEATURES), dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one epoch is enough for a model that starts quickly
        estimator = module.MLPClassifier(hidden_layer_sizes=HIDDEN, max_iter=1, random_state=0)
        path.write_bytes(pickle.dumps(estimator.fit(X, X[:, 0] > 0)))


def _first_class_of_estimator(package: str, path: Path) -> int:
    import importlib

    importlib.import_module(package)
    import numpy as np

    estimator = pickle.loads(path.read_bytes())  # written by us, a moment ago
    return int(estimator.predict(np.array([ROW], dtype=np.float32))[0])


def _save_torch(path: Path) -> None:
    import torch

    torch.save(_sequential().state_dict(), path)


def _first_class_of_torch(path: Path) -> int:
    import torch

    model = _sequential()
    model.load_state_dict(torch.load(path))
    model.eval()
    with torch.inference_mode():
        return int(model(torch.tensor([ROW])).item() > 0)


def _sequential() -> Any:
    from itertools import pairwise

    from torch import nn

    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(SIZES):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _save_jax(path: Path) -> None:
    from itertools import pairwise

    import numpy as np

    rng = np.random.default_rng(0)
    arrays = {}
    for layer, (n_in, n_out) in enumerate(pairwise(SIZES)):
        arrays[f"W{layer}"] = rng.standard_normal((n_in, n_out), dtype=np.float32)
        arrays[f"b{layer}"] = rng.standard_normal(n_out, dtype=np.float32)
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # its stub takes no dict of arrays


def _first_class_of_jax(path: Path) -> int:
    import os

    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import numpy as np

    arrays = np.load(path)
    weights = [(arrays[f"W{i}"], arrays[f"b{i}"]) for i in range(len(SIZES) - 1)]

    @jax.jit
    def score(weights: Any, x: Any) -> Any:
        *hidden, (W_out, b_out) = weights
        for W, b in hidden:
            x = jax.nn.relu(x @ W + b)
        return x @ W_out + b_out

    return int(score(weights, np.array([ROW], dtype=np.float32))[0, 0] > 0)


PEERS: dict[str, tuple[Callable[[Path], None], Callable[[Path], int]]] = {
    "rosenblatt": (
        lambda path: _save_estimator("rosenblatt", path),
        lambda path: _first_class_of_estimator("rosenblatt", path),
    ),
    "scikit-learn": (
        lambda path: _save_estimator("sklearn.neural_network", path),
        lambda path: _first_class_of_estimator("sklearn.neural_network", path),
    ),
    "PyTorch": (_save_torch, _first_class_of_torch),
    "JAX": (_save_jax, _first_class_of_jax),
}


def main(what: str, peer: str, folder: str) -> None:
    save, predict = PEERS[peer]
    path = Path(folder) / f"{peer}.model"
    if what == "save":
        save(path)
        return
    start = time.perf_counter()
    predict(path)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
