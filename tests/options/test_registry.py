"""The registry of solvers: declarations against what the solvers do, names in every spelling."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.fitting.solvers import BEGINNINGS
from rosenblatt.options import features as f
from rosenblatt.options.activations import activations
from rosenblatt.options.compatibility import SOLVER_PARAMETERS, check_unread
from rosenblatt.options.features import FEATURES, Feature
from rosenblatt.options.names import plain
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.schedules import OF_SGD, RATE_RULES
from rosenblatt.options.solver import Solver
from rosenblatt.options.solvers import BY_NAME, FAMILIES, LBFGS, SOLVERS, solver_of

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = (scale(a)[:60] for a in load_diabetes(return_X_y=True))
LABELS = (Y > 0).astype(int)
SMALL = {"hidden_layer_sizes": 3, "random_state": 0, "max_iter": 2}


class Noting:
    """Parameters that note which of them are read."""

    def __init__(self) -> None:
        self.parameters, self.read = Parameters(), set[str]()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self.parameters, name)


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: s.name)
def test_a_solver_reads_what_it_declares(solver: Solver) -> None:
    noting = Noting()
    solver.make(noting)
    assert solver.own_reads == noting.read
    assert solver.reads <= set(vars(Parameters()))


@pytest.mark.parametrize("name", sorted(SOLVER_PARAMETERS))
@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: s.name)
def test_a_parameter_that_is_read_changes_the_fit_or_is_refused(solver: Solver, name: str) -> None:
    other = {
        "batch_size": 7,
        "n_iter_no_change": 1,
        "max_fun": 2,
        "learning_rate_init": 0.05,
        "momentum": 0.5,
        "nesterovs_momentum": False,
        "beta_1": 0.5,
        "beta_2": 0.5,
        "epsilon": 0.5,
    }
    model = MLPRegressor(**SMALL | {"max_iter": 8, "tol": 1e3}, solver=solver.name)
    if name != "n_iter_no_change":
        model.set_params(tol=0)
    changed = clone(model).set_params(**{name: other[name]})
    if name not in solver.reads and not solver.ignores_unread:
        with pytest.raises(ValueError, match=f"^{name}=.* this solver does not read it"):
            changed.fit(X, Y)
        return
    same = np.array_equal(model.fit(X, Y).coefs_[0], changed.fit(X, Y).coefs_[0])
    assert same == (name not in solver.reads)


def test_no_object_is_advised_where_a_solver_has_none() -> None:
    solver, p = Solver("bfgs", LBFGS, lambda p: None), Parameters(solver="bfgs", momentum=0.5)
    with pytest.raises(ValueError, match=r"does not read it\. Leave momentum at 0\.9\.$"):
        check_unread(p, solver, solver.make(p))


def test_families_are_complete() -> None:
    assert set(BEGINNINGS) == set(FAMILIES) == {solver.family for solver in SOLVERS}
    assert len({plain(name) for name in BY_NAME}) == len(BY_NAME)


# What is asked for, what supports it, and what does not.

ASKED: dict[Feature, dict[str, Any]] = {
    f.LEARNING_RATE: {"learning_rate": "cosine"},
    f.SGD_RULES: {"learning_rate": "adaptive"},
    f.L1: {"l1": 0.1},
    f.MAX_NORM: {"max_norm": 1.0},
    f.AVERAGING: {"averaging": "ema"},
    f.CLIP_NORM: {"clip_norm": 1.0},
    f.CLIP_VALUE: {"clip_value": 1.0},
    f.ON_DIVERGENCE: {"on_divergence": "restore"},
    f.SCORING: {"scoring": "loss", "early_stopping": True},
    f.EARLY_STOPPING: {"early_stopping": True},
    f.DROPOUT: {"dropout": 0.5},
    f.INPUT_NOISE: {"input_noise": 0.5},
    f.RESIDUAL: {"residual": True},
    f.LAYER_NORM: {"normalization": "layer"},
    f.BATCH_NORM: {"normalization": "batch"},
}


def test_every_feature_is_asked_for_by_these_parameters_or_by_an_argument() -> None:
    assert set(FEATURES) - set(ASKED) == {f.PARTIAL_FIT, f.VALIDATION, f.PAUSES, f.BFLOAT16}
    for feature, parameters in ASKED.items():
        assert feature.asked(Parameters(**parameters))
        assert not feature.asked(Parameters())
    assert f.BFLOAT16.asked(Parameters(dtype="bfloat16"))


@pytest.mark.parametrize("feature", ASKED, ids=lambda one: one.name)
@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: s.name)
def test_what_the_records_say_holds(solver: Solver, feature: Feature) -> None:
    model = MLPRegressor(**SMALL | {"hidden_layer_sizes": (3, 3)}, solver=solver.name)
    plain_fit = clone(model).fit(X, Y)
    asked = clone(model).set_params(**ASKED[feature])
    if solver.refuses(feature):
        with pytest.raises(ValueError, match=rf"does not go with solver='{solver.name}': it needs"):
            asked.fit(X, Y)
        assert not hasattr(asked, "coefs_")
        return
    asked.fit(X, Y)
    if feature in solver.ignores:
        np.testing.assert_array_equal(asked.coefs_[0], plain_fit.coefs_[0])
    else:
        assert np.isfinite(asked.loss_)


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: s.name)
def test_what_methods_and_arguments_ask_for(solver: Solver) -> None:
    model = MLPRegressor(**SMALL, solver=solver.name)
    assert hasattr(model, "partial_fit") == solver.supports(f.PARTIAL_FIT)
    if solver.supports(f.VALIDATION):
        assert model.fit(X, Y, X_val=X, y_val=Y).validation_loss_curve_ is not None
        return
    with pytest.raises(ValueError, match=r"^X_val and y_val do not go with solver="):
        model.fit(X, Y, X_val=X, y_val=Y)
    with pytest.raises(AttributeError, match="partial_fit"):
        model.partial_fit(X, Y)


# Names: underscores are the user's choice.


def spellings(name: str) -> set[str]:
    return {name, plain(name), f"_{name}", "_".join(plain(name))}


def outcome(cls: Any, **parameters: Any) -> Any:
    """The weights of a fit, or its error without the name that was given."""
    model = cls(**SMALL | parameters)
    try:
        model.fit(X, LABELS if cls is MLPClassifier else Y)
    except ValueError as error:
        name = str(parameters["solver"])
        return str(error).replace(repr(name), repr(plain(name)))
    return model.coefs_[0].tobytes()


@pytest.mark.parametrize("name", BY_NAME)
def test_every_spelling_of_a_solver_is_treated_alike(name: str) -> None:
    """Together with every parameter that some check holds against the solver."""
    others: list[dict[str, Any]] = [
        {},
        *({"learning_rate": rate} for rate in ("constant", *OF_SGD, "cosine")),
        {"averaging": "swa"},
        {"loss": "huber"},
        {"activation": "tanh"},
        {"normalization": "layer"},
        {"normalization": "batch"},
        {"momentum": 0.1},
        {"early_stopping": True},
        {"scoring": "loss"},
        {"on_divergence": "restore"},
    ]
    for more in others:
        found = {outcome(MLPRegressor, solver=one, **more) for one in spellings(name)}
        assert len(found) == 1, (more, found)


NAMED = [
    *(("activation", name, MLPRegressor) for name in activations()),
    *(("loss", name, MLPRegressor) for name in ("squared_error", "log_cosh", "absolute_error")),
    *(("loss", name, MLPClassifier) for name in ("log_loss", "focal")),
    *(("learning_rate", name, MLPRegressor) for name in RATE_RULES),
    *(("averaging", name, MLPRegressor) for name in ("ema", "swa")),
    *(("normalization", name, MLPRegressor) for name in ("batch", "layer")),
    *(("initializer", name, MLPRegressor) for name in ("glorot_uniform", "nguyen_widrow")),
]


@pytest.mark.parametrize(("parameter", "name", "cls"), NAMED, ids=str)
def test_every_spelling_of_any_name_is_treated_alike(parameter: str, name: str, cls: Any) -> None:
    settings = {"solver": "sgd" if parameter == "learning_rate" else "adam", "activation": "tanh"}
    found = {outcome(cls, **settings | {parameter: one}) for one in spellings(name)}
    assert len(found) == 1
    assert isinstance(found.pop(), bytes)


@pytest.mark.parametrize(
    ("parameter", "near", "name"),
    [
        ("solver", "adm", "adam"),
        ("activation", "rleu", "relu"),
        ("loss", "hubr", "huber"),
        ("learning_rate", "cosin", "cosine"),
        ("averaging", "emaa", "ema"),
        ("normalization", "btch", "batch"),
        ("initializer", "orthogonel", "orthogonal"),
        ("scoring", "r_2", "r2"),
    ],
)
def test_one_wording_for_every_name_that_is_not_known(parameter: str, near: str, name: str) -> None:
    known = rf"^{parameter}='{near}' is not known \(did you mean '{name}'\?\)\. Known are '.*\.$"
    with pytest.raises(ValueError, match=known):
        MLPRegressor(**SMALL | {parameter: near, "early_stopping": True}).fit(X, Y)
    far = rf"^{parameter}='\?\?' is not known\. Known are '.*, or .*\.$"
    with pytest.raises(ValueError, match=far):
        MLPRegressor(**SMALL | {parameter: "??", "early_stopping": True}).fit(X, Y)


def test_case_counts() -> None:
    for parameter, name in itertools.product(("solver", "activation"), ("Adam", "ReLU")):
        with pytest.raises(ValueError, match="is not known"):
            MLPRegressor(**{parameter: name}).fit(X, Y)


def test_what_is_neither_a_name_nor_an_optimizer() -> None:
    with pytest.raises(TypeError, match="solver takes a name or an optimiser, got 3"):
        solver_of(3)
