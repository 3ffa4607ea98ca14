"""Ensembles: members against single fits, means and spreads against NumPy, failures by name."""

from __future__ import annotations

import pickle
import signal
import threading
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, MLPEnsembleRegressor, MLPRegressor
from rosenblatt.callbacks import EpochEnd
from rosenblatt.ensembles.blocks import BLOCK
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import Quantile

X, Y = load_breast_cancer(return_X_y=True)
X = scale(X)
X_REAL, Y_REAL = map(scale, load_diabetes(return_X_y=True))
X_IRIS, Y_IRIS = load_iris(return_X_y=True)
WEIGHTS = np.random.default_rng(0).uniform(0.5, 2, len(X))
LABELS = np.column_stack([Y, X[:, 0] > 0, X[:, 1] > 0.5]).astype(int)

# Stops well before it converges, which is not what most tests are about.
SMALL: dict[str, Any] = {"hidden_layer_sizes": (6,), "max_iter": 8, "batch_size": 50}
quietly = pytest.mark.filterwarnings("ignore:.*ended at a limit", "ignore:Stochastic Optimizer")


def classifiers(n: int = 3, **settings: Any) -> MLPEnsembleClassifier:
    network = MLPClassifier(**{**SMALL, **settings.pop("network", {})})
    return MLPEnsembleClassifier(network, n, **{"random_state": 0, **settings})


def regressors(n: int = 3, **settings: Any) -> MLPEnsembleRegressor:
    network = MLPRegressor(**{**SMALL, **settings.pop("network", {})})
    return MLPEnsembleRegressor(network, n, **{"random_state": 0, **settings})


def same(one: Any, other: Any) -> None:
    for a, b in zip(
        [*one.coefs_, *one.intercepts_], [*other.coefs_, *other.intercepts_], strict=True
    ):
        np.testing.assert_array_equal(a, b)
    assert one.n_iter_ == other.n_iter_


# Members.


@quietly
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_members_are_single_fits_with_their_seeds(
    weighted: bool, sparse: bool, early_stopping: bool
) -> None:
    table = sp.csr_array(X) if sparse else X
    given = WEIGHTS if weighted else None
    ens = classifiers(network={"early_stopping": early_stopping}).fit(table, Y, given)
    assert len({net.random_state for net in ens.estimators_}) == 3
    for net in ens.estimators_:
        single = MLPClassifier(
            **SMALL,
            early_stopping=early_stopping,
            random_state=net.random_state,
            n_jobs=net.n_jobs,
        )
        same(net, single.fit(table, Y, given))


@quietly
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_members_of_bagging_are_fits_to_copies_of_their_rows(weighted: bool, sparse: bool) -> None:
    table = sp.csr_array(X_REAL) if sparse else X_REAL
    given = WEIGHTS[: len(Y_REAL)] if weighted else None
    ens = regressors(mode="bagging").fit(table, Y_REAL, given)
    for net, rows in zip(ens.estimators_, ens.estimators_samples_, strict=True):
        assert len(rows) == len(Y_REAL)
        assert 0.55 < len(np.unique(rows)) / len(rows) < 0.7  # 1 - 1/e = 0.63
        own = None if given is None else given[rows]
        same(net, clone(net).fit(table[rows], Y_REAL[rows], own))


@quietly
def test_early_stopping_in_a_bag_watches_the_rows_outside() -> None:
    ens = classifiers(mode="bagging", network={"early_stopping": True}).fit(X, Y, WEIGHTS)
    for net, rows in zip(ens.estimators_, ens.estimators_samples_, strict=True):
        out = np.setdiff1d(np.arange(len(X)), rows)
        single = clone(net).fit(
            X[rows],
            Y[rows],
            WEIGHTS[rows],
            X_val=X[out],
            y_val=Y[out],
            sample_weight_val=WEIGHTS[out],
        )
        same(net, single)


@quietly
def test_given_validation_rows_are_every_members() -> None:
    ens = regressors().fit(X_REAL[:300], Y_REAL[:300], X_val=X_REAL[300:], y_val=Y_REAL[300:])
    for net in ens.estimators_:
        single = clone(net).fit(X_REAL[:300], Y_REAL[:300], X_val=X_REAL[300:], y_val=Y_REAL[300:])
        same(net, single)
        assert net.validation_loss_curve_ == single.validation_loss_curve_


@quietly
@pytest.mark.parametrize("mode", ["seeds", "bagging"])
def test_the_seed_decides_and_more_members_only_join(mode: str) -> None:
    three, again, five = (classifiers(n, mode=mode).fit(X, Y) for n in (3, 3, 5))
    for one, other, more in zip(
        three.estimators_, again.estimators_, five.estimators_[:3], strict=True
    ):
        same(one, other)
        one.set_params(n_jobs=more.n_jobs)
        same(one, more)
    other_seed = classifiers(3, mode=mode, random_state=1).fit(X, Y)
    assert not np.array_equal(three.predict_proba(X), other_seed.predict_proba(X))


@quietly
def test_rows_of_weight_0_are_in_no_bag() -> None:
    weights = np.where(np.arange(len(X)) % 3 == 0, 0.0, 1.0)
    ens = classifiers(8, mode="bagging", oob_score=True).fit(X, Y, weights)
    absent = weights == 0
    for rows in ens.estimators_samples_:
        assert len(rows) == weights.sum()
        assert not absent[rows].any()
    assert np.isnan(ens.oob_decision_function_[absent]).all()


@quietly
def test_a_class_that_a_bag_lacks_is_known_all_the_same() -> None:
    rare = np.flatnonzero(Y_IRIS == 2)[:1]
    rows = np.concatenate([np.arange(60), rare])
    x, y = X_IRIS[rows], Y_IRIS[rows]
    full = {"batch_size": 100, "shuffle": False, "learning_rate_init": 0.01, "max_iter": 30}
    with pytest.warns(UserWarning, match="It is going to be clipped"):
        ens = classifiers(8, mode="bagging", network=full, n_jobs=1).fit(x, y)
    lacking = [i for i, bag in enumerate(ens.estimators_samples_) if 2 not in y[bag]]
    assert 0 < len(lacking) < 8
    assert ens.classes_.tolist() == [0, 1, 2]
    assert ens.predict_proba(x).shape == (61, 3)
    for i in lacking:
        net, bag = ens.estimators_[i], ens.estimators_samples_[i]
        assert net.classes_.tolist() == [0, 1, 2]
        # A row of weight 0 tells of the class, and of nothing else.
        more = np.append(bag, 60)
        single = (
            clone(net).set_params(batch_size=62).fit(x[more], y[more], np.append(np.ones(61), 0.0))
        )
        np.testing.assert_allclose(net.predict_proba(x), single.predict_proba(x), rtol=1e-6)
        assert net.predict_proba(x)[:, 2].mean() < 0.2


# Predictions.


@quietly
@pytest.mark.parametrize("n_jobs", [None, 1, 3])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("n", [1, BLOCK, BLOCK + 1, 3 * BLOCK + 17])
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


# Out of bag.


def test_averages_of_nothing_are_told_once() -> None:
    network = {"averaging": "swa", "max_iter": 100, "n_iter_no_change": 1, "tol": 10.0}
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        classifiers(4, network=network).fit(X, Y)
    (said,) = seen
    assert str(said.message).startswith("4 of 4 members: averaging='swa' begins after epoch")
    assert said.filename == __file__


@pytest.mark.parametrize("make", [classifiers, regressors])
def test_a_bag_leaves_out_rows_enough_to_validate_on(make: Any) -> None:
    x, y = X[:6], [0, 1] * 3
    network = {"early_stopping": True, "batch_size": 6, "max_iter": 2}
    redrawn = 0
    for seed in range(40):
        options: dict[str, Any] = {"mode": "bagging", "random_state": seed}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ens = make(10, network=network, **options).fit(x, y)
            plain = make(10, network={**network, "early_stopping": False}, **options).fit(x, y)
            given = make(10, network=network, **options).fit(x, y, X_val=x, y_val=y)
        assert len(ens.estimators_) == 10
        for bag, first, other in zip(
            ens.estimators_samples_,
            plain.estimators_samples_,
            given.estimators_samples_,
            strict=True,
        ):
            assert len(bag) == 6
            assert len(np.unique(bag)) <= 4
            np.testing.assert_array_equal(first, other)
            if len(np.unique(first)) <= 4:
                np.testing.assert_array_equal(bag, first)
            else:
                redrawn += 1
    assert redrawn > 40
    with pytest.raises(ValueError, match=r"needs 3 rows or more.*got 2"):
        make(network={**network, "batch_size": 2}, mode="bagging").fit(x[:2], y[:2])


@quietly
@pytest.mark.parametrize("weighted", [False, True])
def test_out_of_bag_by_hand(weighted: bool) -> None:
    given = WEIGHTS if weighted else None
    ens = classifiers(4, mode="bagging", oob_score=True).fit(X, Y, given)
    total, count = np.zeros((len(X), 2)), np.zeros(len(X))
    for net, rows in zip(ens.estimators_, ens.estimators_samples_, strict=True):
        out = ~np.isin(np.arange(len(X)), rows)
        total[out] += net.predict_proba(X[out])
        count += out
    known = count > 0
    assert 0 < (~known).sum() < len(X) / 2  # (1 - 1/e)⁴ = 0.16
    p = total[known] / count[known, None]
    np.testing.assert_allclose(ens.oob_decision_function_[known], p, rtol=1e-12)
    assert np.isnan(ens.oob_decision_function_[~known]).all()
    weights = None if given is None else given[known]
    expected = accuracy_score(Y[known], p.argmax(axis=1), sample_weight=weights)
    assert ens.oob_score_ == pytest.approx(expected)


@quietly
def test_out_of_bag_of_regressors_over_several_blocks_of_sparse_rows() -> None:
    rng = np.random.default_rng(0)
    x = sp.random_array((2 * BLOCK + 5, 20), density=0.2, rng=rng, format="csr")
    y = x.sum(axis=1)
    ens = regressors(5, mode="bagging", oob_score=True, network={"max_iter": 2}).fit(x, y)
    outside = [~np.isin(np.arange(len(y)), rows) for rows in ens.estimators_samples_]
    each = np.stack([net.predict(x) for net in ens.estimators_])
    expected = np.ma.masked_array(each, ~np.stack(outside)).mean(axis=0)
    known = ~np.isnan(ens.oob_prediction_)
    np.testing.assert_array_equal(known, np.any(outside, axis=0))
    np.testing.assert_allclose(ens.oob_prediction_[known], expected[known].data, rtol=1e-9)
    assert ens.oob_score_ == pytest.approx(r2_score(y[known], ens.oob_prediction_[known]))


@quietly
def test_what_bagging_left_is_gone_after_another_fit() -> None:
    ens = classifiers(mode="bagging", oob_score=True).fit(X, Y)
    assert ens.estimators_samples_
    ens.set_params(mode="seeds", oob_score=False).fit(X, Y)
    for name in ("oob_score_", "oob_decision_function_", "estimators_samples_"):
        assert not hasattr(ens, name)


# What goes wrong.


class Interrupting:
    """Ends the first two members, and sends Ctrl-C in the third, which never ends by itself."""

    def __init__(self, finish: int) -> None:
        self.begun, self.finish = 0, finish

    def __deepcopy__(self, memo: Any) -> Interrupting:
        return self  # a clone of the network counts on

    def __call__(self, told: EpochEnd) -> bool:
        if told.epoch == 1:
            self.begun += 1
            if self.begun == self.finish + 1:
                main = threading.main_thread().ident
                assert main is not None
                signal.pthread_kill(main, signal.SIGINT)
        return self.begun <= self.finish


ENDLESS = {"max_iter": 10**6, "n_iter_no_change": np.inf, "tol": 0.0}


def test_ctrl_c_keeps_the_members_that_are_finished() -> None:
    network = {**ENDLESS, "callbacks": [Interrupting(2)]}
    ens = classifiers(5, network=network, mode="bagging", n_jobs=1)
    with pytest.warns(UserWarning, match="has the 2 of 5 members") as told:
        ens.fit(X, Y)
    assert told[0].filename == __file__
    assert len(ens.estimators_) == len(ens.estimators_samples_) == 2
    assert ens.predict(X[:5]).shape == (5,)


def test_ctrl_c_before_any_is_finished_leaves_the_ensemble_as_it_was() -> None:
    ens = classifiers(3, network={**ENDLESS, "callbacks": [Interrupting(0)]}, n_jobs=2)
    with pytest.raises(KeyboardInterrupt):
        ens.fit(X, Y)
    assert not hasattr(ens, "estimators_")
    assert not hasattr(ens, "n_features_in_")


class Spoiling:
    """Makes the members of some seeds diverge."""

    def __init__(self, seeds: list[int]) -> None:
        self.seeds = seeds

    def __call__(self, told: EpochEnd) -> None:
        if told.estimator.random_state in self.seeds:
            told.estimator.coefs_[0][...] = np.nan


@quietly
def test_the_ensemble_goes_on_without_members_that_diverge() -> None:
    whole = classifiers(4, mode="bagging").fit(X, Y)
    seeds = [net.random_state for net in whole.estimators_]
    ens = classifiers(4, mode="bagging", network={"callbacks": [Spoiling(seeds[1:2])]})
    with pytest.warns(FitFailedWarning, match="1 of 4 members diverged") as told:
        ens.fit(X, Y)
    named = next(w for w in told if w.category is FitFailedWarning)
    assert f"member 2 (random_state={seeds[1]})" in str(named.message)
    assert named.filename == __file__
    kept = [0, 2, 3]
    for net, bag, i in zip(ens.estimators_, ens.estimators_samples_, kept, strict=True):
        same(net, whole.estimators_[i])
        np.testing.assert_array_equal(bag, whole.estimators_samples_[i])


@quietly
def test_where_all_members_diverge_that_is_the_error_and_nothing_changes() -> None:
    ens = regressors().fit(X_REAL, Y_REAL)
    before = ens.predict(X_REAL)
    ens.set_params(estimator__solver="sgd", estimator__learning_rate_init=1e20)
    with pytest.raises(DivergenceError, match=r"All 3 members diverged\. The first: ") as told:
        ens.fit(X_REAL[:, :4], Y_REAL)
    assert told.value.epoch is not None
    np.testing.assert_array_equal(ens.predict(X_REAL), before)


def test_one_warning_for_all_members_that_end_at_a_limit() -> None:
    with pytest.warns(ConvergenceWarning) as told:
        classifiers(4).fit(X, Y)
    assert [str(w.message)[:34] for w in told] == ["4 of 4 members ended at a limit, s"]
    assert told[0].filename == __file__


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "a mode of no name": (classifiers(mode="boosting"), ValueError, "'mode' parameter"),
    "no members": (classifiers(0), ValueError, "'n_estimators' parameter"),
    "out of bag without bags": (classifiers(oob_score=True), ValueError, "take mode='bagging'"),
    "the other network": (
        MLPEnsembleClassifier(MLPRegressor()),
        TypeError,
        "takes an MLPClassifier .* got MLPRegressor",
    ),
    "a pipeline": (
        MLPEnsembleRegressor(make_pipeline(MLPRegressor())),
        TypeError,
        r"make_pipeline\(StandardScaler\(\), MLPEnsembleRegressor\(\)\)",
    ),
    "a wrong parameter of the network": (
        regressors(network={"alpha": -1}),
        ValueError,
        "'alpha' parameter of MLPRegressor",
    ),
    "an unknown solver": (classifiers(network={"solver": "adan"}), ValueError, "mean 'adam'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refusals(what: str) -> None:
    ens, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        ens.fit(X, Y)


@quietly
def test_what_one_member_cannot_tell() -> None:
    alone = classifiers(1).fit(X, Y)
    with pytest.raises(ValueError, match="return_std=True needs two members"):
        alone.predict_proba(X, return_std=True)
    np.testing.assert_array_equal(alone.uncertainty(X).mutual_information, 0)
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        classifiers(1).fit(X, Y, X_val=X)
    with pytest.raises(ValueError, match="all 1 rows are in the bags"):
        regressors(2, mode="bagging", oob_score=True, network={"batch_size": 1}).fit([[1.0]], [1.0])


# scikit-learn's ways.


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
