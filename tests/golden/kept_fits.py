"""Fits whose checkpoints, written in their midst by an older version, lie in checkpoints_1.

A checkpoint is known again by texts of its estimator's parameters, in which objects stand by the
names of their classes and modules: members of many kinds are among them.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rosenblatt import Checkpoint
from rosenblatt.activations import ELU, LeakyReLU
from rosenblatt.averaging import EMA, SWA
from rosenblatt.initializers import HeNormal, LeCunUniform
from rosenblatt.losses import BinaryCrossEntropy, CategoricalFocal, Huber
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.optimizers import SGD, AdamW, RMSProp
from rosenblatt.schedules import OneCycle, PerEpoch, ReduceOnPlateau, StepDecay
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt
from tests.golden.fit_runs import DATA, Case, estimator, fitted

__all__ = ["FOLDER", "KEPT", "RESUMED", "kept", "resumed"]

FOLDER = Path(__file__).with_name("checkpoints_1")
BEGUN = 5  # epochs before the checkpoint
SMALL: dict[str, Any] = {"hidden_layer_sizes": (5, 4), "max_iter": 12, "tol": 1e-9}

# Targets, and settings.
KEPT: dict[str, tuple[str, dict[str, Any]]] = {
    "adam": ("three", {"early_stopping": True, "dropout": 0.2, "normalization": "batch"}),
    "sgd": ("two", {"solver": "sgd", "learning_rate": "adaptive", "averaging": "ema"}),
    "objects": (
        "number",
        {
            "solver": RMSProp(0.01, centered=True, momentum=0.5),
            "activation": [LeakyReLU(0.2), ELU()],
            "learning_rate": OneCycle(),
            "averaging": EMA(0.9),
            "loss": Huber(0.5),
            "normalization": LayerNorm(1e-4),
            "initializer": HeNormal(),
            "residual": True,
            "max_norm": 2.0,
            "l1": 0.01,
        },
    ),
    "other_objects": (
        "three",
        {
            "solver": SGD(0.05, momentum=0.9, nesterov=True),
            "learning_rate": PerEpoch(StepDecay(3, 0.5)),
            "loss": CategoricalFocal(1.5),
            "normalization": BatchNorm(1e-3),
            "initializer": LeCunUniform(),
            "input_noise": 0.1,
            "clip_norm": 1.0,
            "class_weight": "balanced",
            "on_divergence": "restore",
            "early_stopping": True,
            "scoring": "loss",
        },
    ),
    "more_objects": (
        "labels",
        {
            "solver": AdamW(0.02, weight_decay=0.1),
            "learning_rate": ReduceOnPlateau(patience=1, threshold=0.1),
            "averaging": SWA(0.25),
            "loss": BinaryCrossEntropy(smoothing=0.1),
            "dtype": "float32",
        },
    ),
    "kfac": ("three", {"solver": KFAC(damping=2.0), "early_stopping": True}),
    "lbfgs": ("number", {"solver": "lbfgs"}),
    "lm": ("number", {"solver": LevenbergMarquardt(), "loss": "squared_error"}),
    "gauss_newton": ("number", {"solver": GaussNewton()}),
}
NATIVE = ("sgd", "objects", "more_objects")


def kept(name: str, **more: Any) -> Any:
    """The fit of that name, over all its epochs."""
    target, settings = KEPT[name]
    return estimator(target, **{**SMALL, **settings, **more}).fit(DATA["X"], DATA[target])


def resumed(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """What a fit comes to that goes on from a copy of its checkpoint."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / name
        shutil.copyfile(folder / name, path)
        est = kept(name, checkpoint=Checkpoint(path))
    if not 0 < est.resumed_from_ < est.history_[-1]["epoch"]:
        raise AssertionError(f"{name} went on from iteration {est.resumed_from_}")
    return fitted(est, DATA["X"])


# A run of L-BFGS is gone through again up to where it stood, and has to come to the same.
RESUMED = {
    f"resumed: {name}": Case(
        partial(resumed, name), of_arrays=name not in NATIVE, of_one_blas=name == "lbfgs"
    )
    for name in KEPT
}
