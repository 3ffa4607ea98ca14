"""Candidates: the default ones, wrong ones, and those too large for memory."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.callback import ProgressBar
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import StructureSearchCV, engine
from rosenblatt.network import Dense, Network
from rosenblatt.search.default_candidates import ladder
from rosenblatt.search.memory_budget import available_bytes, fit_bytes
from tests.support.searches import SIZES, X, Y, network

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize(("rows", "columns", "outputs"), [(100, 4, 3), (569, 30, 1), (10**6, 9, 1)])
def test_the_ladder_climbs_from_a_linear_model(rows: int, columns: int, outputs: int) -> None:
    sizes = ladder(rows, columns, outputs)
    n_parameters = [
        Network(columns, (*map(Dense, hidden), Dense(outputs))).n_parameters for hidden in sizes
    ]
    assert sizes[0] == ()
    assert n_parameters == sorted(n_parameters)
    assert len(set(sizes)) == len(sizes)
    widest = max(n for hidden in sizes for n in hidden)
    assert widest == 512 or widest * (columns + outputs) >= 4 * rows or widest == 16
    assert 7 <= len(sizes) <= 25


def test_ladder_is_the_default_and_reported() -> None:
    search = StructureSearchCV(network(max_iter=2), cv=3, refit=False).fit(X, Y)
    assert search.candidates_ == ladder(379, 30, 1)
    assert [p["hidden_layer_sizes"] for p in search.cv_results_["params"]] == search.candidates_


def test_linear_candidate_is_left_out_with_dropout() -> None:
    search = StructureSearchCV(network(max_iter=1, dropout=0.1), cv=3, refit=False).fit(X, Y)
    assert search.candidates_ == ladder(379, 30, 1)[1:]


@pytest.mark.parametrize(
    ("candidates", "message"),
    [
        ([], "candidates is empty"),
        ([(4,), (0,)], r"candidate 2 is \(0,\).*at least 1 unit"),
        ([(4, -3)], r"candidate 1 is \(4, -3\)"),
        ([4, 2.5], "candidate 2 is 2.5: a candidate is a tuple of whole numbers"),
        (["64"], "candidate 1 is '64'"),
        ([(4, True)], "candidate 1"),
    ],
)
def test_invalid_candidates_are_refused(candidates: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StructureSearchCV(network(), candidates).fit(X, Y)


def test_parameters_that_cannot_be_searched() -> None:
    with pytest.raises(TypeError, match=r"ends in one.*LogisticRegression"):
        StructureSearchCV(LogisticRegression(), SIZES).fit(X, Y)
    with pytest.raises(ValueError, match="give the hidden layers as candidates"):
        StructureSearchCV(network(), SIZES, param_grid={"hidden_layer_sizes": SIZES}).fit(X, Y)
    pipeline = make_pipeline(StandardScaler(), network())
    with pytest.raises(ValueError, match="standardscaler__with_mean, in a step before"):
        StructureSearchCV(
            pipeline, SIZES, param_grid={"standardscaler__with_mean": [True, False]}
        ).fit(X, Y)
    with pytest.raises(ValueError, match="in this Pipeline write mlpclassifier__alpha"):
        StructureSearchCV(pipeline, SIZES, param_grid={"alpha": [0.1]}).fit(X, Y)
    with pytest.raises(ValueError, match="n_candidates=3 is how many strategy='optuna' draws"):
        StructureSearchCV(network(), SIZES, n_candidates=3).fit(X, Y)
    watched = network().set_callbacks(ProgressBar())
    with pytest.raises(ValueError, match="given by set_callbacks"):
        StructureSearchCV(watched, SIZES).fit(X, Y)
    with pytest.raises(ValueError, match="requires y"):
        StructureSearchCV(network(), SIZES).fit(X)


def test_a_candidate_too_large_for_memory_is_refused_before_anything_is_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "trainer", None)  # nobody may call it
    with pytest.raises(ValueError, match=r"\(2000000, 2000000\).*GiB to train"):
        StructureSearchCV(network(), [(4,), (2_000_000, 2_000_000)]).fit(X, Y)


def test_memory_is_counted() -> None:
    net = Network(10, (Dense(20), Dense(1)))
    assert fit_bytes(net, 100, 4) == 4 * (5 * 241 + 2 * 100 * (10 + 2 * 21))
    assert 2**20 < available_bytes() < 2**50
