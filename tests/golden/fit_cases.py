"""The fits whose bits are recorded: solvers by structures by float types, all of them small."""

from __future__ import annotations

from functools import partial
from typing import Any

from rosenblatt import MLPEnsembleClassifier, MLPEnsembleRegressor
from rosenblatt.activations import LeakyReLU
from rosenblatt.averaging import EMA
from rosenblatt.losses import BinaryCrossEntropy, CategoricalFocal, Quantile
from rosenblatt.optimizers import RMSProp
from rosenblatt.schedules import OneCycle, PerEpoch, StepDecay
from rosenblatt.second_order import KFAC
from tests.golden.fit_runs import (
    DATA,
    MANY,
    MANY_SPARSE,
    SPARSE,
    VALIDATION,
    Case,
    SignDescent,
    WithoutKernel,
    ensemble,
    neuron,
    one_fit,
    parts_of_epochs,
    rate_test,
    search,
)

__all__ = ["CASES"]


def native(target: str, **settings: Any) -> Case:
    return Case(partial(one_fit, target, **settings), bfloat16=settings.get("dtype") == "bfloat16")


# NumPy has the losses of rows that are validated on, too.
def of_arrays(target: str, **settings: Any) -> Case:
    return Case(partial(one_fit, target, **settings), of_arrays=True)


VALIDATED = {"X_val": VALIDATION["X"], "y_val": VALIDATION["three"]}
WEIGHED = {"sample_weight": DATA["weights"]}
EARLY = {"early_stopping": True, "n_iter_no_change": 2, "max_iter": 12, "learning_rate_init": 0.02}
FAST = {"learning_rate_init": 0.05}
WIDE = {"hidden_layer_sizes": (300, 260), "batch_size": 300, "max_iter": 2, "data": MANY}

CASES: dict[str, Case] = {
    # Solvers.
    "sgd with Nesterov's momentum": native("three", solver="sgd"),
    "sgd with momentum, float32": native(
        "number", solver="sgd", nesterovs_momentum=False, dtype="float32"
    ),
    "sgd, plain": native("two", solver="sgd", momentum=0, learning_rate_init=0.1),
    "momentum": native("numbers", solver="momentum", hidden_layer_sizes=(9,)),
    "nesterov": native("names", solver="nesterov", activation="tanh"),
    "adam": native("three"),
    "adam, float32": native("three", dtype="float32"),
    "adam, bfloat16": native("three", dtype="bfloat16", hidden_layer_sizes=(70, 66), batch_size=75),
    "adam, whole batch": native("number", batch_size=150, max_iter=20, **FAST),
    "adamw, float32": native("number", solver="adamw", activation="gelu", dtype="float32"),
    "amsgrad": native("numbers", solver="amsgrad", activation="logistic", **FAST),
    "nadam": native("three", solver="nadam", activation="silu", **FAST),
    "radam, float32": native("two", solver="radam", activation="elu", dtype="float32", **FAST),
    "lion": native("number", solver="lion", activation="softplus"),
    "adagrad": native("labels", solver="adagrad", activation="mish", **FAST),
    "rmsprop": native("number", solver="rmsprop", activation="selu"),
    "rmsprop, centred, with momentum": native(
        "two", solver=RMSProp(0.01, momentum=0.5, centered=True)
    ),
    "adadelta, float32": native(
        "three", solver="adadelta", learning_rate_init=1.0, dtype="float32"
    ),
    "lbfgs": of_arrays("number", solver="lbfgs", max_iter=25),
    "lbfgs, float32": of_arrays("three", solver="lbfgs", max_iter=15, dtype="float32"),
    "lbfgs, layer norm, residual": of_arrays(
        "two", solver="lbfgs", normalization="layer", residual=True
    ),
    "lbfgs, sparse, weights": of_arrays("three", solver="lbfgs", X=SPARSE, fit=WEIGHED),
    "lm": of_arrays("number", solver="lm", hidden_layer_sizes=(5,), max_iter=12),
    "lm, two outputs, weights": of_arrays("numbers", solver="lm", activation="tanh", fit=WEIGHED),
    "gauss_newton": of_arrays("number", solver="gauss_newton", hidden_layer_sizes=(3,), max_iter=8),
    "kfac": of_arrays("three", solver="kfac"),
    "kfac, early stopping": of_arrays("three", solver=KFAC(damping=2.0), early_stopping=True),
    "kfac, float32": of_arrays("number", solver="kfac", dtype="float32", activation="tanh"),
    # A user's own members, on the readable engine.
    "own optimiser": of_arrays("three", solver=SignDescent()),
    "own activation": of_arrays("number", activation=WithoutKernel(), n_jobs=2),
    "own activation, dropout, batch norm": of_arrays(
        "three", activation=WithoutKernel(), dropout=0.25, normalization="batch", clip_norm=0.5
    ),
    "own activation, lbfgs": of_arrays("three", activation=WithoutKernel(), solver="lbfgs"),
    # Structures.
    "no hidden layer": native("three", hidden_layer_sizes=(), **FAST),
    "no hidden layer, float32, sgd": native(
        "number", hidden_layer_sizes=(), solver="sgd", dtype="float32"
    ),
    "one hidden layer": native("number", hidden_layer_sizes=(11,), activation="leaky_relu"),
    "five hidden layers": native("three", hidden_layer_sizes=(8, 7, 6, 5, 4), activation="tanh"),
    "an activation a layer": native("two", activation=[LeakyReLU(0.2), "hard_swish"]),
    "softmax inside": native("number", activation=["softmax", "hard_tanh"], **FAST),
    "wide": native("three", **WIDE),
    "wide, two threads": native("three", n_jobs=2, **WIDE),
    "wide, float32, three threads": native("number", dtype="float32", n_jobs=3, **WIDE),
    "wide, one thread, deterministic": native("three", deterministic=True, **WIDE),
    "wide, two threads, deterministic": native("three", n_jobs=2, deterministic=True, **WIDE),
    "wide, bfloat16, two threads": native("three", dtype="bfloat16", n_jobs=2, **WIDE),
    "wide, batch norm, dropout, two threads": native(
        "three", normalization="batch", dropout=0.2, n_jobs=2, **WIDE
    ),
    "wide, sparse, whole batch": native(
        "three", n_jobs=2, X=MANY_SPARSE, **WIDE | {"batch_size": 901}
    ),
    "wide, kfac, two threads": of_arrays("three", solver="kfac", n_jobs=2, **WIDE),
    "wide, lbfgs, two threads": of_arrays("three", solver="lbfgs", n_jobs=2, **WIDE),
    "sums that BLAS computes": of_arrays(
        "number", hidden_layer_sizes=(4200, 3), max_iter=1, data=MANY, batch_size=300
    ),
    "dropout": native("three", dropout=0.3),
    "dropout by layer, float32": native("number", dropout=(0.5, 0.1), dtype="float32"),
    "residual": native("number", hidden_layer_sizes=(7, 7, 5), residual=True),
    "batch norm": native("three", normalization="batch", **FAST),
    "batch norm, float32, residual, dropout": native(
        "number", normalization="batch", residual=True, dropout=0.2, dtype="float32"
    ),
    "layer norm": native("number", normalization="layer", **FAST),
    "layer norm, float32, residual": native(
        "two", normalization="layer", residual=True, dtype="float32"
    ),
    "input noise": native("three", input_noise=0.2),
    "max_norm": native("three", max_norm=0.8, **FAST),
    "l1": native("number", l1=0.5),
    "l1 alone": native("two", l1=0.5, alpha=0),
    "clip_norm": native("number", clip_norm=0.2, solver="sgd", learning_rate_init=0.1),
    "clip_value": native("three", clip_value=0.01),
    "ema": native("three", averaging="ema"),
    "ema, its decay, float32": native("number", averaging=EMA(0.9), dtype="float32"),
    "swa": native("number", averaging="swa", max_iter=8),
    "early stopping": of_arrays("three", **EARLY),
    "early stopping by the loss, batch norm": of_arrays(
        "number", scoring="loss", normalization="batch", **EARLY
    ),
    "early stopping by a scorer": of_arrays("two", scoring="balanced_accuracy", **EARLY),
    "rows to validate on": of_arrays("three", fit=VALIDATED, dropout=0.1),
    "in order": native("number", shuffle=False),
    "to the gradient's tolerance": native("number", grad_tol=0.5, max_iter=40, **FAST),
    # Schedules.
    "adaptive": native(
        "two", solver="sgd", learning_rate="adaptive", tol=0.05, n_iter_no_change=2, max_iter=20
    ),
    "invscaling": native(
        "number", solver="sgd", learning_rate="invscaling", learning_rate_init=0.05
    ),
    "cosine": native("three", learning_rate="cosine", **FAST),
    "one cycle": native("three", learning_rate=OneCycle(), **FAST),
    "warm-up": native("number", learning_rate="warm_up", **FAST),
    "warm restarts": native("number", learning_rate="warm_restarts", **FAST),
    "steps by epochs": native("two", learning_rate=PerEpoch(StepDecay(2, 0.5)), **FAST),
    "plateau": native("number", learning_rate="plateau", max_iter=15, **FAST),
    # Rows.
    "sample weights": native("three", fit=WEIGHED),
    "class weights": native("three", class_weight="balanced", fit=WEIGHED),
    "sparse": native("three", X=SPARSE, **FAST),
    "sparse, float32, weights": native("number", X=SPARSE, dtype="float32", fit=WEIGHED),
    "multilabel": native("labels"),
    "several outputs, float32": native("numbers", dtype="float32", **FAST),
    # Losses.
    "smoothed cross-entropy": native("two", loss=BinaryCrossEntropy(smoothing=0.1)),
    "huber": native("number", loss="huber"),
    "quantiles": native("number", loss=Quantile((0.1, 0.5, 0.9)), **FAST),
    "absolute error, log-cosh": native("numbers", loss="log_cosh", dtype="float32"),
    "poisson": native("counts", loss="poisson", **FAST),
    "focal": native("three", loss=CategoricalFocal(1.5)),
    "focal, multilabel": native("labels", loss="focal"),
    # Beginnings and ends.
    "warm start": of_arrays("three", warm_start=True, again=True, early_stopping=True, max_iter=4),
    "partial_fit": Case(partial(parts_of_epochs, "three", learning_rate="cosine")),
    "partial_fit, float32, momentum": Case(
        partial(parts_of_epochs, "number", solver="momentum", dtype="float32")
    ),
    "partial_fit after fit": native("number", epochs_more=3, normalization="batch"),
    "restored where it diverges": native(
        "number",
        solver="sgd",
        learning_rate_init=50.0,
        on_divergence="restore",
        max_iter=15,
        hidden_layer_sizes=(7,),
    ),
    "orthogonal": of_arrays("three", initializer="orthogonal"),
    "he_normal": native("number", initializer="he_normal"),
    "nguyen_widrow": of_arrays("number", initializer="nguyen_widrow", activation="tanh"),
    # Estimators of estimators.
    "ensemble": Case(partial(ensemble, MLPEnsembleClassifier, "three", n_jobs=2)),
    "ensemble, bagging": Case(
        partial(ensemble, MLPEnsembleRegressor, "number", mode="bagging", oob_score=True, n_jobs=1)
    ),
    "ensemble, dropout": Case(
        partial(ensemble, MLPEnsembleClassifier, "two", solver="sgd", dropout=0.2, n_jobs=1)
    ),
    "structure search": Case(partial(search, "all", 1), of_arrays=True),
    "structure search, halving, two threads": Case(partial(search, "halving", 2), of_arrays=True),
    "rate finder": Case(partial(rate_test, "three"), of_arrays=True),
    "rate finder, sgd, float32": Case(
        partial(rate_test, "number", solver="sgd", dtype="float32"), of_arrays=True
    ),
    "perceptron": Case(partial(neuron, False)),
    "perceptron, shuffled": Case(partial(neuron, True)),
}
