"""Fits that are kept on disk, for the tests of checkpoints and the processes that they start."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from sklearn.datasets import load_breast_cancer, make_regression

from rosenblatt import Checkpoint, MLPClassifier, MLPRegressor
from rosenblatt.optimizers import RMSProp
from rosenblatt.schedules import OneCycle, ReduceOnPlateau, WarmUp

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
X_REAL, Y_REAL = make_regression(200, 6, noise=3.0, random_state=0)
Y_REAL = Y_REAL / Y_REAL.std()

BASE = {"hidden_layer_sizes": (8, 5), "random_state": 3, "max_iter": 24, "tol": 1e-9}
# Everything that a fit takes along from epoch to epoch, or from step to step.
WAYS: dict[str, dict[str, Any]] = {
    "adam": {},
    "float32, sgd, momentum, adaptive": {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "tol": 0.01,
        "n_iter_no_change": 2,
        "dtype": "float32",
    },
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling"},
    "one cycle": {"solver": "adamw", "learning_rate": OneCycle()},
    "plateau": {
        "solver": RMSProp(centered=True, momentum=0.5),
        "learning_rate": ReduceOnPlateau(patience=1, threshold=0.1),
        "n_iter_no_change": 4,
    },
    "warm-up, AMSGrad": {"solver": "amsgrad", "learning_rate": WarmUp(steps=40)},
    "early stopping": {"early_stopping": True, "n_iter_no_change": 3},
    "early stopping by the loss": {"early_stopping": True, "scoring": "loss"},
    "dropout, batch normalisation, best weights": {
        "dropout": 0.3,
        "normalization": "batch",
        "early_stopping": True,
        "n_iter_no_change": 8,
    },
    "noise, layer normalisation, residual": {
        "input_noise": 0.1,
        "normalization": "layer",
        "residual": True,
        "max_norm": 2.0,
        "clip_norm": 1.0,
    },
    "averages over steps": {"averaging": "ema"},
    "averages over epochs": {"averaging": "swa"},
    "in order": {"shuffle": False},
    "going back where it diverges": {
        "solver": "sgd",
        "activation": "relu",
        "learning_rate_init": 1e5,
        "on_divergence": "restore",
        "early_stopping": True,
    },
    "batch 1": {"batch_size": 1, "max_iter": 6, "solver": "nadam"},
    "kfac": {"solver": "kfac", "early_stopping": True},
    "lbfgs": {"solver": "lbfgs", "max_iter": 60},
    "lm": {"solver": "lm", "regressor": True, "tol": 1e-12},
    "gauss_newton": {"solver": "gauss_newton", "regressor": True, "hidden_layer_sizes": (2,)},
}


def estimator(way: str, path: Path | None = None, every: float = 0.0, **changed: Any) -> Any:
    parameters = {**BASE, **WAYS[way], **changed}
    kind = MLPRegressor if parameters.pop("regressor", False) else MLPClassifier
    return kind(**parameters, checkpoint=None if path is None else Checkpoint(path, every))


def fitted(est: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return est.fit(*((X_REAL, Y_REAL) if isinstance(est, MLPRegressor) else (X, Y)))


def bits(est: Any) -> dict[str, Any]:
    """What two fits have in common if they are one."""
    histories = [{k: v for k, v in e.items() if k != "seconds"} for e in est.history_]
    names = ("loss_curve_", "validation_loss_curve_", "validation_scores_", "best_loss_", "loss_")
    names += ("best_validation_score_", "n_iter_", "t_", "stop_reason_")
    progress = est._carried.descent
    memory = None if progress is None else progress.optimizer_state
    return {
        **{name: value.tobytes() for name, value in est.parameters_.items()},
        **{name: repr(getattr(est, name, None)) for name in names},
        "history": repr(histories),
        "slots": None if memory is None else memory.slots.tobytes(),
        "steps": None if memory is None else memory.steps.tobytes(),
        "average": None if memory is None else memory.average.tobytes(),
        "drawn": None if memory is None else memory.seed,
        "rate": None if progress is None else repr(progress.rate.state_dict().values),
        "stopping": None if progress is None else repr(progress.stopping),
        "dtypes": [W.dtype.str for W in est.coefs_],
    }


def fit_and_send(connection: Any, way: str, path: Path, changed: dict[str, Any]) -> None:
    """The whole life of a process that may be killed at any moment."""
    connection.send("begun")
    connection.send(bits(fitted(estimator(way, path, **changed))))
    connection.close()


DEADLY = ("open", "fsync", "replace", "unlink", "chmod", "mkdir", "rename")


def fit_to_the_kth_call(path: Path, k: int, max_iter: int) -> None:
    """A fit that dies, without a word, before the k-th of its calls that change the disk."""
    left = [k]

    def deadly(call: Any) -> Any:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os._exit(9)
            return call(*args, **kwargs)

        return wrapped

    for name in DEADLY:
        setattr(os, name, deadly(getattr(os, name)))
    fitted(estimator("adam", path, max_iter=max_iter))
