"""Optimisers and schedules as the estimators take them: names, objects, memory, refusals."""

from __future__ import annotations

import copy
import pickle
import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.engine.kernels import kernel_classes
from rosenblatt.optimizers import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
)
from rosenblatt.options.solvers import BY_NAME, FIRST_ORDER, SOLVERS
from rosenblatt.schedules import (
    CosineAnnealing,
    ExponentialDecay,
    Schedule,
    StepDecay,
    WarmUp,
)
from rosenblatt.second_order import KFAC, GaussNewton
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES
from tests.support.solver_fits import fitted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize(
    ("names", "optimizer"),
    [
        (["momentum"], SGD(0.01, 0.9)),
        (["nesterov"], SGD(0.01, 0.9, nesterov=True)),
        (["adagrad", "ada_grad"], AdaGrad(0.01)),
        (["rmsprop", "rms_prop"], RMSProp(0.01)),
        (["adadelta", "ada_delta"], AdaDelta(0.01)),
        (["adamw", "adam_w"], AdamW(0.01)),
        (["amsgrad", "ams_grad"], AMSGrad(0.01)),
        (["nadam"], NAdam(0.01)),
        (["radam", "r_adam"], RAdam(0.01)),
        (["lion"], Lion(0.01)),
    ],
    ids=str,
)
def test_a_name_is_the_object_at_learning_rate_init(
    cls: Any, names: list[str], optimizer: Optimizer
) -> None:
    expected = fitted(cls, solver=optimizer).loss_curve_
    for name in names:
        curve = fitted(cls, solver=name, learning_rate_init=0.01).loss_curve_
        assert curve == expected
    assert all(np.isfinite(expected))


def test_every_optimizer_has_a_name() -> None:
    made = {type(s.make(MLPClassifier())) for s in SOLVERS if s.family is FIRST_ORDER}
    assert made == set(kernel_classes()["optimizers"])


def test_scikit_learns_names_keep_its_forms() -> None:
    sgd = SGD(0.001, 0.9, nesterov=True, lr_in_velocity=True)
    assert fitted(solver="sgd").loss_curve_ == fitted(solver=sgd).loss_curve_
    assert fitted(solver="adam").loss_curve_ == fitted(solver=Adam(epsilon_hat=True)).loss_curve_
    assert fitted(solver="adam").loss_curve_ != fitted(solver=Adam()).loss_curve_


def test_names_take_parameters_of_the_same_meaning() -> None:
    given = {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1}
    for name, cls in (("adamw", AdamW), ("amsgrad", AMSGrad), ("nadam", NAdam), ("radam", RAdam)):
        expected = fitted(solver=cls(0.001, **given)).loss_curve_
        assert fitted(solver=name, **given).loss_curve_ == expected
    assert fitted(solver="rmsprop", epsilon=0.1).loss_curve_ == (
        fitted(solver=RMSProp(0.001, epsilon=0.1)).loss_curve_
    )
    assert fitted(solver="momentum", momentum=0.5).loss_curve_ == (
        fitted(solver=SGD(0.001, 0.5)).loss_curve_
    )


@pytest.mark.parametrize("name", [s.name for s in SOLVERS if s.family is FIRST_ORDER])
def test_every_solver_learns(name: str) -> None:
    rate = {"adadelta": 1.0, "lion": 0.001, "adagrad": 0.05}.get(name, 0.005)
    model = fitted(solver=name, learning_rate_init=rate, max_iter=60, batch_size=32)
    assert model.score(X_CANCER, Y_CANCER) > 0.95
    assert model.loss_curve_[-1] < model.loss_curve_[0] / 2


def test_estimators_with_objects_are_cloned_pickled_and_searched() -> None:
    model = fitted(solver=RMSProp(0.01, momentum=0.9), learning_rate=WarmUp(then=CosineAnnealing()))
    again = clone(model).fit(X_CANCER, Y_CANCER)
    assert again.loss_curve_ == model.loss_curve_
    assert clone(model).get_params()["solver"] == RMSProp(0.01, momentum=0.9)
    assert "RMSProp(lr=0.01" in repr(model)
    copied = pickle.loads(pickle.dumps(model))
    assert copied.partial_fit(X_CANCER, Y_CANCER).loss_ == (
        model.partial_fit(X_CANCER, Y_CANCER).loss_
    )
    search = GridSearchCV(
        MLPClassifier(4, max_iter=20, random_state=0), {"solver": ["adam", Lion(0.01)]}, cv=2
    )
    assert search.fit(X_CANCER, Y_CANCER).best_params_ == {"solver": Lion(0.01)}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"solver": "adm"}, "solver='adm' is not known .did you mean 'adam'?"),
        ({"solver": "RMSprop"}, "did you mean 'rmsprop'?"),
        (
            {"solver": "newton"},
            f"Known are {', '.join(map(repr, BY_NAME))}, or an object of rosenblatt.optimizers or",
        ),
        ({"solver": RMSProp}, "'solver' parameter"),
        ({"solver": None}, "'solver' parameter"),
        ({"solver": Adam(lr=-1.0)}, r"lr of solver=Adam\(lr=-1.0.* must be a float in the range"),
        ({"solver": Adam(beta_1=1.0)}, "beta_1 of solver"),
        ({"solver": Lion(weight_decay=-0.1)}, "weight_decay of solver"),
        (
            {"solver": Lion(), "learning_rate_init": 0.1},
            "init=0.1 does not go.*carries its own settings.*leave learning_rate_init at 0.001",
        ),
        (
            {"solver": AdamW(), "beta_1": 0.1, "momentum": 0.3},
            r"^momentum=0.3 and beta_1=0.1 do not go with solver=AdamW.*carries its own settings",
        ),
        ({"solver": Adam(), "max_fun": 10}, "max_fun=10 does not go.*own settings"),
        (
            {"solver": "rmsprop", "momentum": 0.5},
            r"^momentum=0.5 .*does not read it. Leave momentum at 0.9, .*=RMSProp\(lr=0.001, rho",
        ),
        (
            {"solver": "lion", "beta_1": 0.1, "epsilon": 1e-3},
            r"^beta_1=0.1 and epsilon=0.001 do .*not read them. Leave beta_1 at .*=Lion\(lr=0.001",
        ),
        ({"solver": "adagrad", "epsilon": 1e-3}, r"^epsilon=.*does not read it.*AdaGrad\("),
        ({"solver": "ada_delta", "epsilon": 1e-3}, r"^epsilon=.*does not read it.*AdaDelta\("),
        (
            {"solver": "nesterov", "nesterovs_momentum": False},
            "^nesterovs_momentum=False .* does not read it",
        ),
        ({"solver": "nesterov", "momentum": 0}, "nesterov=True, momentum=0"),
        (
            {"solver": "nadam", "max_fun": 10},
            "^max_fun=10 does not go with solver='nadam': this solver does not read it",
        ),
        ({"learning_rate": "cosin"}, "did you mean 'cosine'?"),
        ({"learning_rate": "linear"}, "Known are 'constant', 'invscaling'.* or an object"),
        ({"learning_rate": 0.01}, "'learning_rate' parameter"),
        ({"learning_rate": StepDecay(0)}, "every must be at least 1"),
        ({"learning_rate": ExponentialDecay(-1.0)}, "factor -1 in step 1"),
        (
            {"learning_rate": "cosine", "solver": "lbfgs"},
            "it needs a solver that takes steps at a learning rate",
        ),
        (
            {"learning_rate": CosineAnnealing(), "solver": "lbfgs"},
            "it needs a solver that takes steps at",
        ),
        (
            {"learning_rate": "adaptive", "solver": "rmsprop"},
            r"scikit-learn's rule for solver='sgd'.*learning_rate=DivideOnStall",
        ),
        ({"learning_rate": "invscaling", "solver": SGD()}, "InverseScaling"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_refused_before_any_epoch(parameters: dict[str, Any], message: str, method: str) -> None:
    model = MLPRegressor(**parameters)
    if parameters.get("solver") == "lbfgs" and method == "partial_fit":
        assert not hasattr(model, "partial_fit")
        return
    with pytest.raises(ValueError, match=message):
        getattr(model, method)(X_DIABETES, Y_DIABETES)
    assert not hasattr(model, "loss_curve_")


@pytest.mark.parametrize("learning_rate", ["invscaling", "adaptive"])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_scikit_learn_passes_over_its_rules_for_sgd(solver: str, learning_rate: str) -> None:
    model = fitted(solver=solver, learning_rate=learning_rate)
    np.testing.assert_array_equal(model.coefs_[0], fitted(solver=solver).coefs_[0])


@pytest.mark.parametrize(
    ("solver", "given", "message"),
    [
        ("kfac", {"learning_rate_init": 0.1, "momentum": 0.1}, r"init=0.1 and momentum=0.1.*KFAC"),
        ("lm", {"batch_size": 10, "learning_rate_init": 0.5}, r"batch_size=10 and .*Levenberg"),
        ("lm", {"n_iter_no_change": 3}, r"^n_iter_no_change=3 .*Leave n_iter_no_change at 10"),
        (
            GaussNewton(),
            {"batch_size": 10},
            r"^batch_size=10 does not go with solver=GaussNewton.*carries its own settings",
        ),
        (
            KFAC(),
            {"beta_1": 0.5},
            r"^beta_1=0.5 does not go with solver=KFAC.*carries its own settings",
        ),
    ],
    ids=str,
)
def test_second_order_solvers_refuse_what_they_do_not_read(
    solver: Any, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fitted(MLPRegressor, solver=solver, **given)


def test_solver_accepts_the_parameters_it_reads() -> None:
    taken: list[tuple[Any, dict[str, Any]]] = [
        ("kfac", {"batch_size": 50, "n_iter_no_change": 5}),
        (KFAC(), {"batch_size": 50, "n_iter_no_change": 5}),
        ("lm", {"max_fun": 50}),
        (GaussNewton(), {"max_fun": 50}),
        ("radam", {"batch_size": 50, "epsilon": 1e-3, "beta_1": 0.5, "learning_rate_init": 0.1}),
        (Lion(), {"batch_size": 50, "n_iter_no_change": 5}),
        # As in scikit-learn.
        ("sgd", {"beta_1": 0.5, "max_fun": 10}),
        ("adam", {"momentum": 0.1, "nesterovs_momentum": False}),
        ("lbfgs", {"batch_size": 10, "learning_rate_init": 0.5, "momentum": 0.1}),
    ]
    for solver, given in taken:
        assert np.isfinite(fitted(MLPRegressor, solver=solver, **given).loss_)


def test_a_look_ahead_needs_a_momentum() -> None:
    with pytest.raises(ValueError, match="give one above 0"):
        SGD(0.1, nesterov=True)
    # scikit-learn's form may ask for it all the same.
    plain = fitted(solver=SGD(0.001)).loss_curve_
    assert fitted(solver="sgd", momentum=0.0).loss_curve_ == plain
    assert fitted(solver=SGD(0.001, nesterov=True, lr_in_velocity=True)).loss_curve_ == plain


def test_partial_fit_goes_on_from_the_memory_of_the_same_optimizer() -> None:
    def after(*solvers: Any) -> Any:
        model = MLPClassifier(4, random_state=0, shuffle=False)
        for solver in solvers:
            model.set_params(solver=solver).partial_fit(X_CANCER, Y_CANCER, classes=[0, 1])
        return model

    def steps(model: Any) -> int:
        return int(model._carried.descent.optimizer_state.steps[0])

    assert steps(after("rmsprop", "rms_prop", "rmsprop")) == 9
    assert steps(after(RMSProp(0.01), RMSProp(0.001, rho=0.5))) == 6  # other numbers
    assert steps(after("rmsprop", "adamw")) == 3
    assert steps(after(RMSProp(), RMSProp(momentum=0.9))) == 3  # another memory
    assert steps(after("sgd", "momentum")) == 3  # another form
    assert steps(after("adam", "adam", "lion")) == 3


def test_partial_fits_in_a_row_are_one_fit() -> None:
    """NAdam has a product over all its steps to go on from, and the cosine its step."""
    parameters = {"solver": NAdam(0.01), "learning_rate": "cosine", "shuffle": False, "tol": 0}
    whole = fitted(MLPRegressor, max_iter=6, n_iter_no_change=10, **parameters)
    parts = MLPRegressor(hidden_layer_sizes=8, random_state=0, max_iter=6, **parameters)
    for _ in range(6):
        parts = copy.deepcopy(parts).partial_fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_array_equal(parts.coefs_[0], whole.coefs_[0])
    np.testing.assert_array_equal(parts.loss_curve_, whole.loss_curve_)


@final
@dataclass(frozen=True)
class SignDescent(Optimizer):
    lr: float = 0.01
    n_slots: ClassVar[int] = 1

    def update(self, g: Any, slots: Any, t: int, factor: float) -> Any:
        return -self.lr * factor * np.sign(g)


@final
@dataclass(frozen=True)
class Wave(Schedule):
    def lr_factors(self, t: Any, run: Any) -> Any:
        return 1 + np.sin(t) / 2


def test_a_users_optimizer_and_schedule_run_and_a_warning_says_so_once() -> None:
    with pytest.warns(
        RuntimeWarning, match="SignDescent is not known to the native engine"
    ) as seen:
        model = fitted(solver=SignDescent(), learning_rate=Wave())
    (said,) = [warning for warning in seen if warning.category is RuntimeWarning]
    assert said.filename == fitted.__code__.co_filename
    # Lion without a momentum is the same rule, natively.
    lion = fitted(solver=Lion(0.01, 0, 0), learning_rate=Wave())
    np.testing.assert_allclose(model.loss_curve_, lion.loss_curve_, rtol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.set_params(batch_size=100).partial_fit(X_CANCER, Y_CANCER)
