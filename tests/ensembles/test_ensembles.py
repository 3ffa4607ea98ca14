"""Ensembles: members against single fits, means and spreads against NumPy, failures by name."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import log_loss, r2_score
from sklearn.model_selection import GridSearchCV, train_test_split

from rosenblatt.engine.interface import BLOCK_ROWS
from rosenblatt.losses import Quantile
from tests.support.ensembles import (
    X_IRIS,
    X_REAL,
    Y_IRIS,
    Y_REAL,
    X,
    Y,
    classifiers,
    quietly,
    regressors,
)

LABELS = np.column_stack([Y, X[:, 0] > 0, X[:, 1] > 0.5]).astype(int)


@quietly
@pytest.mark.parametrize("n_jobs", [None, 1, 3])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("n", [1, BLOCK_ROWS, BLOCK_ROWS + 1, 3 * BLOCK_ROWS + 17])
def test_mean_and_spread(n: int, sparse: bool, n_jobs: int | None) -> None:
    ens = classifiers().fit(X, Y).set_params(n_jobs=n_jobs)
    rows = np.random.default_rng(1).normal(size=(n, X.shape[1]))
    given = sp.csr_matrix(rows) if sparse else rows
    each = np.stack([net.predict_proba(given) for net in ens.estimators_])
    p, std = ens.predict_proba(given, return_std=True)
    np.testing.assert_allclose(p, np.mean(each, axis=0), rtol=1e-12)
    np.testing.assert_allclose(std, np.std(each, axis=0, ddof=1), rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(p, ens.predict_proba(given))
    np.testing.assert_array_equal(ens.predict(given), ens.classes_[p.argmax(axis=1)])
    np.testing.assert_array_equal(ens.predict_log_proba(given), np.log(p))


@quietly
@pytest.mark.parametrize("targets", [1, 2])
@pytest.mark.parametrize("loss", ["squared_error", "quantile", "three levels"])
def test_regressors_have_the_shapes_and_the_score_of_a_network(loss: str, targets: int) -> None:
    chosen = Quantile((0.1, 0.5, 0.9)) if loss == "three levels" else loss
    y = Y_REAL if targets == 1 else np.column_stack([Y_REAL, -Y_REAL])
    ens = regressors(network={"loss": chosen}, mode="bagging", oob_score=True).fit(X_REAL, y)
    each = np.stack([net.predict(X_REAL) for net in ens.estimators_])
    mean, std = ens.predict(X_REAL, return_std=True)
    np.testing.assert_allclose(mean, each.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(std, each.std(axis=0, ddof=1), rtol=1e-9)
    assert ens.oob_prediction_.shape == mean.shape
    alone = regressors(1, network={"loss": chosen}).fit(X_REAL, y)
    assert alone.score(X_REAL, y) == alone.estimators_[0].score(X_REAL, y)
    if loss == "squared_error":
        assert ens.score(X_REAL, y) == pytest.approx(r2_score(y, mean))


@quietly
def test_entropies() -> None:
    ens = classifiers(network={"max_iter": 30}).fit(X_IRIS, Y_IRIS)
    each = np.stack([net.predict_proba(X_IRIS) for net in ens.estimators_])

    def entropy(p: Any) -> Any:
        return -(p * np.log(p)).sum(axis=-1)

    found = ens.uncertainty(X_IRIS)
    np.testing.assert_allclose(found.predictive_entropy, entropy(each.mean(axis=0)))
    np.testing.assert_allclose(found.expected_entropy, entropy(each).mean(axis=0))
    np.testing.assert_allclose(
        found.mutual_information, found.predictive_entropy - found.expected_entropy, atol=1e-15
    )
    assert (found.mutual_information >= 0).all()
    # The Kullback-Leibler divergence from the mean is the same by another road.
    divergence = (each * np.log(each / each.mean(axis=0))).sum(axis=-1).mean(axis=0)
    np.testing.assert_allclose(found.mutual_information, divergence, atol=1e-12)


@quietly
def test_several_labels() -> None:
    ens = classifiers(mode="bagging", oob_score=True).fit(X, LABELS)
    p = ens.predict_proba(X)
    np.testing.assert_allclose(
        p, np.mean([net.predict_proba(X) for net in ens.estimators_], axis=0), rtol=1e-12
    )
    np.testing.assert_array_equal(ens.predict(X), (p > 0.5).astype(int))
    total = ens.uncertainty(X).predictive_entropy
    np.testing.assert_allclose(total, -p * np.log(p) - (1 - p) * np.log(1 - p))
    assert ens.oob_decision_function_.shape == LABELS.shape
    sparse = classifiers().fit(X, sp.csr_matrix(LABELS))
    assert (sparse.predict(X) != classifiers().fit(X, LABELS).predict(X)).sum() == 0


@quietly
@pytest.mark.parametrize("mode", ["seeds", "bagging"])
def test_the_mean_has_a_smaller_log_loss_than_its_members_on_the_average(mode: str) -> None:
    train, test, y, y_test = train_test_split(X, Y, random_state=0, stratify=Y)
    network = {"max_iter": 30, "learning_rate_init": 0.01}
    ens = classifiers(5, mode=mode, network=network).fit(train, y)
    members = [log_loss(y_test, net.predict_proba(test)) for net in ens.estimators_]
    assert log_loss(y_test, ens.predict_proba(test)) < np.mean(members)  # Jensen's inequality
    assert ens.score(test, y_test) > 0.95


@quietly
def test_the_spread_grows_away_from_the_data() -> None:
    x = np.linspace(-1, 1, 200)[:, None]
    network = {"solver": "lbfgs", "activation": "tanh", "max_iter": 1000, "alpha": 1e-3}
    ens = regressors(5, network=network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ens.fit(x, np.sin(3 * x[:, 0]))
    _, near = ens.predict(x, return_std=True)
    _, far = ens.predict([[-4.0], [4.0]], return_std=True)
    assert far.min() > 10 * near.mean()


@quietly
def test_columns_have_names_and_nothing_warns() -> None:
    frame = pd.DataFrame(X_REAL[:, :3], columns=["a", "b", "c"])
    network = {"early_stopping": True, "max_iter": 20}
    ens = regressors(mode="bagging", network=network).fit(frame, Y_REAL)
    watched = regressors(network=network).fit(frame, Y_REAL, X_val=frame, y_val=Y_REAL)
    assert ens.feature_names_in_.tolist() == ["a", "b", "c"]
    for net in (*ens.estimators_, *watched.estimators_):
        net.predict(frame)
    ens.predict(frame)
    with pytest.raises(ValueError, match="feature names should match"):
        ens.predict(frame[["b", "a", "c"]])


@quietly
def test_the_model_is_what_predicts() -> None:
    ensemble = classifiers().fit(X_IRIS, Y_IRIS)
    model = ensemble.model_
    assert len(model.members) == 3
    np.testing.assert_array_equal(model.predict(X_IRIS), ensemble.predict_proba(X_IRIS))
    with pytest.raises(NotFittedError):
        classifiers().to_c()
    regressor = regressors().fit(X_REAL, Y_REAL)
    found = regressor.model_.predict(X_REAL)[:, 0]
    np.testing.assert_array_equal(found, regressor.predict(X_REAL))


@quietly
def test_pickled_and_searched_over() -> None:
    ens = classifiers(2).fit(X.astype(np.float32), Y)
    again = pickle.loads(pickle.dumps(ens))
    assert again.predict_proba(X).dtype == np.float32
    np.testing.assert_array_equal(again.predict_proba(X), ens.predict_proba(X))
    search = GridSearchCV(
        classifiers(2),
        {"estimator__hidden_layer_sizes": [(2,), (8,)], "n_estimators": [1, 2]},
        cv=2,
    ).fit(X, Y)
    assert search.best_estimator_.estimators_[0].coefs_[0].shape[1] in (2, 8)


class Counting:
    """A callback as scikit-learn 1.9 has them."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def setup(self, estimator: Any, context: Any) -> None:
        self.seen.append("setup")

    def teardown(self, estimator: Any, context: Any) -> None:
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        self.seen.append(f"{context.task_name} begins")

    def on_fit_task_end(self, estimator: Any, context: Any) -> None:
        self.seen.append(f"{context.task_name} ends")


@quietly
def test_scikit_learns_callbacks_see_every_member() -> None:
    counting = Counting()
    ens = classifiers(3)
    ens.estimator.set_callbacks(counting)
    ens.fit(X, Y)
    counts = {what: counting.seen.count(what) for what in set(counting.seen)}
    fits = dict.fromkeys(["setup", "fit begins", "fit ends", "teardown"], 3)
    assert counts == {**fits, "epoch begins": 24, "epoch ends": 24}


@quietly
def test_a_line_for_each_member(capsys: pytest.CaptureFixture[str]) -> None:
    classifiers(3, verbose=True).fit(X, Y)
    lines = sorted(capsys.readouterr().out.splitlines())
    assert [line.split(":")[0] for line in lines] == [f"member {i} of 3" for i in (1, 2, 3)]
    assert "8 epochs, loss 0." in lines[0]
