"""Values of every sort given for a parameter: each refusal is a short sentence in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import (
    HiddenFeatures,
    MLPAutoencoder,
    MLPClassifier,
    StructureSearchCV,
    TableClassifier,
    agents,
    find_learning_rate,
    importing,
    load,
)
from rosenblatt.errors import InputError
from rosenblatt.explain import (
    ShapExplainer,
    TableMasker,
    integrated_gradients,
    permutation_importance,
)
from rosenblatt.losses import GaussianMixture, Quantile
from rosenblatt.network import (
    GLU,
    ActivationLayer,
    BesideInput,
    Conv2D,
    Dense,
    MaxPool2D,
    Network,
    NumericEmbedding,
    PReLU,
    Residual,
    Sequential,
)
from rosenblatt.schedules import PerEpoch, WarmUp
from rosenblatt.support.listing import brief

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(40, 2))
y = (X[:, 0] > 0).astype(int)
FITTED = MLPClassifier((2,), solver="lbfgs", max_iter=1000, random_state=0).fit(X, y)
FRAME = pd.DataFrame(X, columns=["a", "b"])


class Unwritable:
    """An object of another library that cannot be written, such as one whose file is closed."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")


class Lines:
    """One that is written in a thousand lines, and that a scikit-learn's check takes at first."""

    def fit(self, X: Any, y: Any) -> None: ...

    def __repr__(self) -> str:
        return "a line\n" * 1000


VALUES: dict[str, Any] = {
    "a word": "a" * 5000,
    "words": "one\ntwo\nthree",
    "a list": list(range(1000)),
    "a dict": {k: k for k in range(1000)},
    "lines": Lines(),
    "unwritable": Unwritable(),
    "unwritable within": [Unwritable()],
}


def searched(**given: Any) -> StructureSearchCV:
    estimator = MLPClassifier((2,), solver="lbfgs", max_iter=2)
    return StructureSearchCV(**{"estimator": estimator, "candidates": [(2,)], "cv": 2, **given})


def quick(**given: Any) -> MLPClassifier:
    return MLPClassifier(**{"hidden_layer_sizes": (2,), "max_iter": 1, **given})


CASES: dict[str, Callable[[Any], Any]] = {
    "alpha": lambda v: quick(alpha=v).fit(X, y),
    "activation": lambda v: quick(activation=v).fit(X, y),
    "n_outputs": lambda v: Dense(v),
    "activation of a layer": lambda v: Dense(2, v),
    "normalization": lambda v: Dense(2, normalization=v),
    "kernel_size": lambda v: Conv2D(2, v),
    "window": lambda v: MaxPool2D(v),
    "gate": lambda v: GLU(v),
    "activation layer": lambda v: ActivationLayer(v),
    "parametric activation": lambda v: PReLU(v),
    "beside": lambda v: BesideInput(v),
    "residual": lambda v: Residual(v),
    "sequential": lambda v: Sequential((v,)),
    "basis": lambda v: NumericEmbedding(1, v),
    "network": lambda v: Network(2, (v,)),
    "components": lambda v: GaussianMixture(v),
    "levels": lambda v: Quantile((v,)),
    "then": lambda v: quick(solver="sgd", learning_rate=WarmUp(then=v)).fit(X, y),
    "schedule": lambda v: quick(solver="sgd", learning_rate=PerEpoch(v)).fit(X, y),
    "estimator": lambda v: HiddenFeatures(v).fit(X, y),
    "estimator of a test": lambda v: find_learning_rate(v, X, y),
    "weights of a score": lambda v: MLPAutoencoder(1, max_iter=1).fit(X).score(X, sample_weight=v),
    "scoring of a search": lambda v: searched(scoring=v).fit(X, y),
    "scoring in a list": lambda v: searched(scoring=[v], refit=False).fit(X, y),
    "scoring in a dict": lambda v: searched(scoring={"a": v}, refit=False).fit(X, y),
    "selection": lambda v: searched(selection=v).fit(X, y),
    "refit": lambda v: searched(scoring=["accuracy"], refit=v).fit(X, y),
    "values of a grid": lambda v: searched(param_grid={"alpha": Grid(v)}).fit(X, y),
    "a value of a grid": lambda v: searched(param_grid={"alpha": [v]}).fit(X, y),
    "a candidate": lambda v: searched(candidates=[v]).fit(X, y),
    "scoring": lambda v: permutation_importance(FITTED, X, y, scoring=v),
    "n_repeats": lambda v: permutation_importance(FITTED, X, y, n_repeats=v),
    "random_state": lambda v: permutation_importance(FITTED, X, y, random_state=v),
    "exact": lambda v: ShapExplainer(FITTED, X, exact=v),
    "n_steps": lambda v: integrated_gradients(FITTED, X[:2], X[2:3], n_steps=v),
    "background": lambda v: TableMasker(v),
    "kind of a column": lambda v: TableClassifier("fast", columns={"a": v}).fit(FRAME, y),
    "direction": lambda v: TableClassifier("fast", monotonic_cst={"a": v}).fit(FRAME, y),
    "dtype of C": lambda v: FITTED.to_c(dtype=v),
    "table of SQL": lambda v: FITTED.to_sql(table=v),
    "keys of SQL": lambda v: FITTED.to_sql(keys=v),
    "model": load,
    "agent": agents.load,
    "network of a file": importing.load,
}
TAKEN = {("table of SQL", "a word"), ("table of SQL", "words"), ("keys of SQL", "a list of words")}


class Grid:
    """What a grid takes for no list of values, whatever it is written as."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return repr(self.value)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("case", CASES)
def test_a_refusal_is_a_sentence_in_one_line(
    case: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if (case, value) in TAKEN:
        pytest.skip("a name like another")
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, TypeError)) as raised:
        CASES[case](VALUES[value])
    said = str(raised.value)
    assert "\n" not in said
    assert len(said) <= 500


@pytest.mark.parametrize(
    "call",
    [
        lambda v: MLPClassifier().fit(X, v),
        lambda v: MLPClassifier().partial_fit(X, y, classes=v),
        lambda v: FITTED.score(X, v),
        lambda v: find_learning_rate(MLPClassifier(), v, y),
        lambda v: searched().fit(v, y),
        lambda v: TableClassifier("fast").fit(v, y),
    ],
)
def test_data_that_cannot_be_written_are_refused_by_their_type(call: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="is of the type Unwritable, and no array"):
        call(Unwritable())


def test_what_cannot_be_written_is_shown_by_its_type() -> None:
    assert "Unwritable object" in brief(Unwritable())


def test_an_unknown_scorer_is_told_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"did you mean 'accuracy'.*get_scorer_names"):
        searched(scoring="acuracy").fit(X, y)
    with pytest.raises(ValueError, match="lists 'accuracy' more than once"):
        searched(scoring=["accuracy", "accuracy"], refit=False).fit(X, y)


def test_candidates_that_all_diverge_are_told_in_one_line() -> None:
    network = MLPClassifier(
        solver="sgd", activation="identity", learning_rate_init=1e30, max_iter=3
    )
    search = StructureSearchCV(network, [(k,) for k in range(2, 12)], cv=2)
    with pytest.raises(ValueError, match=r"All 10 candidates failed: hidden_layer_sizes") as raised:
        search.fit(X, y)
    said = str(raised.value)
    assert "\n" not in said
    assert "rosenblatt" not in said
    assert "DivergenceError" not in said
    assert len(said) <= 500


class Doubling(MLPClassifier):
    """A constructor that changes what it is given."""

    def __init__(self, hidden_layer_sizes: Any = (2,), alpha: float = 1.0) -> None:
        super().__init__(hidden_layer_sizes=hidden_layer_sizes, alpha=2 * alpha)


@pytest.mark.parametrize(
    "fit",
    [
        lambda e: HiddenFeatures(e).fit(X, y),
        lambda e: find_learning_rate(e, X, y),
        lambda e: HiddenFeatures(Lines()).fit(X, y),
    ],
)
def test_what_cannot_be_cloned_is_told_in_one_line(fit: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        fit(Doubling(tuple(range(1, 99))))
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) <= 500


@pytest.mark.parametrize("name", ["a" * 5000, "a b " * 1250, "one\ntwo\nthree"])
def test_a_long_name_of_a_column_is_shown_by_its_beginning(name: str) -> None:
    frame = FRAME.rename(columns={"a": name})
    refused = [
        lambda: TableClassifier("fast", monotonic_cst={name: 7}).fit(frame, y),
        lambda: TableClassifier("fast", columns={name: "date"}).fit(frame, y),
        lambda: TableClassifier("fast").fit(FRAME, pd.Series(["a"] * 40, name=name)),
    ]
    for call in refused:
        with pytest.raises(InputError) as raised:
            call()
        assert "\n" not in str(raised.value)
        assert len(str(raised.value)) <= 500


def test_paths_of_usual_length_are_shown_whole() -> None:
    path = "/home/" + "a" * 255 + "/" + "b" * 255 + "/model.safetensors"
    with pytest.raises(InputError) as raised:
        load(path)
    assert path in str(raised.value)
