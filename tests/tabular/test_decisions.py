"""Classes that are decided by something else than accuracy, beside scikit-learn's numbers."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import (
    balanced_accuracy_score,
    f1_score,
    precision_recall_curve,
    precision_score,
    recall_score,
)
from sklearn.model_selection import TunedThresholdClassifierCV

from rosenblatt import TableClassifier, load
from rosenblatt.errors import InputError
from rosenblatt.tabular import CostMatrix, MinimumPrecision, MinimumRecall
from rosenblatt.tabular.chosen import OutsideRows, chosen
from rosenblatt.tabular.decisions import aim_of

RARE = ("no", "yes")


def rare(n: int = 600, seed: int = 0) -> tuple[Any, Any]:
    """Probabilities of two classes, and classes drawn by them; about a tenth is the second."""
    rng = np.random.default_rng(seed)
    p = rng.beta(0.4, 3, n)
    return np.column_stack([1 - p, p]), (rng.random(n) < p).astype(np.int64)


def three(n: int = 900, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([4.0, 1.0, 0.3], n)
    return p, np.array([rng.choice(3, p=row) for row in p])


def decide(aim: Any, p: Any, codes: Any, labels: Any = RARE, weights: Any = None) -> Any:
    return chosen(aim_of(aim), OutsideRows(p, codes, weights), labels).decision


@pytest.mark.parametrize(
    ("aim", "score"), [("f1", f1_score), ("balanced_accuracy", balanced_accuracy_score)]
)
def test_no_threshold_is_better_than_that_of_two_classes(aim: str, score: Any) -> None:
    p, codes = rare()
    decision = decide(aim, p, codes)
    cuts = np.unique(np.concatenate([p[:, 1], [0.0, 1.0]]))
    wanted = max(score(codes, p[:, 1] >= cut) for cut in cuts)
    assert score(codes, decision.decide(p)) == pytest.approx(wanted, rel=1e-12)
    if aim == "f1":
        found = decision.scores(decision.decide(p), codes, None)
        assert found["f1"] == pytest.approx(wanted)
        assert found["recall"] == pytest.approx(recall_score(codes, decision.decide(p)))
        assert found["precision"] == pytest.approx(precision_score(codes, decision.decide(p)))


class Given(ClassifierMixin, BaseEstimator):
    """Predicts the probabilities that it is given as X."""

    def fit(self, X: Any, y: Any) -> Any:
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> Any:
        return X


@pytest.mark.parametrize("scoring", ["f1", "balanced_accuracy"])
def test_the_threshold_is_as_good_as_scikit_learns(scoring: str) -> None:
    p, codes = rare(seed=3)
    tuned = TunedThresholdClassifierCV(
        Given().fit(p, codes), scoring=scoring, cv="prefit", refit=False, thresholds=500
    ).fit(p, codes)
    decision = decide(scoring, p, codes)
    score = f1_score if scoring == "f1" else balanced_accuracy_score
    assert score(codes, decision.decide(p)) >= tuned.best_score_ - 1e-12
    assert decision.thresholds[1] == pytest.approx(tuned.best_threshold_, abs=0.02)


def test_a_weight_of_two_is_a_row_given_twice() -> None:
    p, codes = rare()
    weights = np.random.default_rng(1).integers(1, 4, len(p)).astype(float)
    twice = np.repeat(np.arange(len(p)), weights.astype(int))
    for aim in ("f1", "balanced_accuracy", MinimumRecall(0.8)):
        weighted = decide(aim, p, codes, weights=weights)
        assert weighted.thresholds == decide(aim, p[twice], codes[twice]).thresholds


@pytest.mark.parametrize("least", [0.5, 0.9, 1.0])
def test_a_recall_is_reached_at_the_best_precision(least: float) -> None:
    p, codes = rare()
    decided = decide(MinimumRecall(least), p, codes).decide(p)
    precision, recall, _ = precision_recall_curve(codes, p[:, 1])
    assert recall_score(codes, decided) >= least
    assert precision_score(codes, decided) == pytest.approx(precision[recall >= least].max())
    # Of the other class.
    first = decide(MinimumRecall(least, "no"), p, codes).decide(p)
    assert recall_score(codes, first, pos_label=0) >= least


def test_a_precision_is_reached_at_the_best_recall() -> None:
    p, codes = rare()
    decided = decide(MinimumPrecision(0.7), p, codes).decide(p)
    precision, recall, _ = precision_recall_curve(codes, p[:, 1])
    assert precision_score(codes, decided) >= 0.7
    assert recall_score(codes, decided) == pytest.approx(recall[precision >= 0.7].max())


@pytest.mark.parametrize("aim", ["f1", "balanced_accuracy"])
def test_thresholds_of_three_classes_are_near_the_best_of_a_grid(aim: str) -> None:
    p, codes = three()

    def score(decided: Any) -> float:
        if aim == "f1":
            return float(f1_score(codes, decided, average="macro"))
        return float(balanced_accuracy_score(codes, decided))

    factors = np.geomspace(0.05, 20, 40)
    grid = max(score((p * [1, a, b]).argmax(axis=1)) for a in factors for b in factors)
    decision = decide(aim, p, codes, "abc")
    found = score(decision.decide(p))
    assert found > score(p.argmax(axis=1)) + 0.02
    assert found > grid - 0.01
    assert decision.scores(decision.decide(p), codes, None)["f1"] == pytest.approx(
        f1_score(codes, decision.decide(p), average="macro")
    )


def test_a_recall_of_one_of_three_classes() -> None:
    p, codes = three()
    decided = decide(MinimumRecall(0.9), p, codes, "abc").decide(p)
    assert recall_score(codes, decided, labels=[2], average=None)[0] >= 0.9
    others = codes != 2
    kept = decided[others] != 2
    np.testing.assert_array_equal(decided[others][kept], p[others][kept][:, :2].argmax(axis=1))


def test_the_smallest_expected_cost_by_hand() -> None:
    p = np.array([[0.8, 0.2], [0.9, 0.1], [0.95, 0.05]])
    costs = CostMatrix([[0, 1], [9, 0]])  # 0.2 · 9 = 1.8 > 0.8, and 0.1 · 9 = 0.9 = 0.9
    assert decide(costs, p, np.array([0, 1, 0])).decide(p).tolist() == [1, 0, 0]
    assert decide(costs, p, np.array([0, 1, 0])).threshold == pytest.approx(0.1)
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    C = np.array([[0, 1, 9], [2, 0, 1], [8, 1, 0]])
    # 0.3·2 + 0.2·8 = 2.2, 0.5 + 0.2 = 0.7, 0.5·9 + 0.3 = 4.8; 6, 0.8, 1.1
    decision = decide(CostMatrix(C), p, np.array([0, 2]), "abc")
    assert decision.decide(p).tolist() == [1, 1]
    named = CostMatrix({"a": {"c": 9}, "b": {"a": 2}, "c": {"a": 8}})
    assert decide(named, p, np.array([0, 2]), "abc").costs == decision.costs
    assert decision.scores(np.array([1, 2]), np.array([0, 2]), None)["cost"] == 0.5


def test_reported_scores_are_of_rules_chosen_without_the_row() -> None:
    gains = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        p = rng.random(60)
        p, codes = np.column_stack([1 - p, p]), (rng.random(60) < 0.2).astype(np.int64)
        rows = OutsideRows(p, codes, None)
        found = chosen(aim_of("balanced_accuracy"), rows, RARE)
        on_its_rows = balanced_accuracy_score(codes, found.decision.decide(p))
        gains.append((on_its_rows, balanced_accuracy_score(codes, found.decided)))
    best, honest = np.mean(gains, axis=0)
    # Probabilities of chance: on other rows no threshold is better than one half.
    assert best > 0.58
    assert abs(honest - 0.5) < 0.03


def table(n: int = 1200) -> tuple[pd.DataFrame, Any]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n)})
    chance = 1 / (1 + np.exp(3.2 - 1.5 * frame["x"]))
    return frame, np.where(rng.random(n) < chance, "yes", "no")


def test_an_estimator_predicts_by_its_decision(tmp_path: Path) -> None:
    frame, y = table()
    plain = TableClassifier("fast", random_state=0).fit(frame, y)
    fitted = TableClassifier("fast", random_state=0, decision="f1").fit(frame, y)
    p = plain.predict_proba(frame)
    np.testing.assert_array_equal(fitted.predict_proba(frame), p)
    assert plain.threshold_ == 0.5
    assert plain.decision_scores_ == {}
    assert fitted.threshold_ < 0.45
    np.testing.assert_array_equal(
        fitted.predict(frame), np.where(p[:, 1] >= fitted.threshold_, "yes", "no")
    )
    assert set(fitted.decision_scores_) == {"f1", "recall", "precision"}
    # Without training: the same as from the beginning, and back.
    plain.set_decision("f1")
    assert plain.threshold_ == fitted.threshold_
    assert plain.get_params()["decision"] == "f1"
    plain.set_decision(0.3)
    np.testing.assert_array_equal(plain.predict(frame), np.where(p[:, 1] >= 0.3, "yes", "no"))
    plain.set_decision(None)
    np.testing.assert_array_equal(plain.predict(frame), np.where(p[:, 1] > 0.5, "yes", "no"))
    for decision in (MinimumRecall(0.9, "yes"), CostMatrix({"yes": {"no": 9}}), "f1", 0.25):
        fitted.set_decision(decision).save(tmp_path / "model.safetensors")
        for again in (pickle.loads(pickle.dumps(fitted)), load(tmp_path / "model.safetensors")):
            np.testing.assert_array_equal(again.predict(frame), fitted.predict(frame))
            assert again.threshold_ == fitted.threshold_
        once_more = clone(again).fit(frame, y)
        np.testing.assert_array_equal(once_more.predict(frame), fitted.predict(frame))
    with pytest.raises(InputError, match="no rows to choose a threshold by"):
        again.set_decision("f1")
    again.set_decision(MinimumRecall(0.95), frame, y)
    assert recall_score(y, again.predict(frame), pos_label="yes") >= 0.95


def test_balanced_class_weights_are_sample_weights() -> None:
    frame, y = table()
    fitted = TableClassifier("fast", random_state=0, class_weight="balanced").fit(frame, y)
    weights = np.where(y == "yes", 0.5 / np.mean(y == "yes"), 0.5 / np.mean(y == "no"))
    by_hand = TableClassifier("fast", random_state=0).fit(frame, y, weights)
    np.testing.assert_allclose(fitted.predict_proba(frame), by_hand.predict_proba(frame), atol=1e-6)
    # A score is of the rows as they are.
    assert fitted.validation_score_ != pytest.approx(by_hand.validation_score_, abs=1e-3)
    twice = TableClassifier("fast", random_state=0, class_weight={"yes": 2.0}).fit(frame, y)
    again = TableClassifier("fast", random_state=0).fit(frame, y, np.where(y == "yes", 2.0, 1.0))
    np.testing.assert_allclose(twice.predict_proba(frame), again.predict_proba(frame), atol=1e-6)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"decision": "accuracy"}, "decision='accuracy' is none: give 'f1'"),
        ({"decision": "a" * 5000}, r"decision=.a{56}\.\.\. is none: give .f1."),
        ({"decision": 1.5}, "a threshold must be between 0 and 1"),
        ({"decision": MinimumRecall(0.9, "maybe")}, "'maybe' is no class of the target"),
        ({"decision": CostMatrix([[0, 1]])}, r"the shape \(1, 2\), and there are 2 classes"),
        ({"decision": CostMatrix([[0, -1], [1, 0]])}, "a negative or missing cost"),
        ({"decision": CostMatrix([[0, np.nan], [1, 0]])}, "a negative or missing cost"),
        (
            {"decision": CostMatrix([[0, 1e308], [1, 0]])},
            r"a cost of 1e\+308: give costs up to 1e\+100",
        ),
        ({"decision": CostMatrix([[2, 1], [1, 0]])}, "right answer 'no' costs 2, more than"),
        ({"decision": CostMatrix([["a", 1], [1, 0]])}, "holds what is no number"),
        ({"decision": CostMatrix({"yes": 3})}, "the costs of class 'yes' are no dict"),
        (
            {"decision": CostMatrix([[0, 1], [1, 0]]), "class_weight": "balanced"},
            "a cost matrix takes probabilities as they are",
        ),
        ({"class_weight": {"maybe": 2}}, "which is not a class of y"),
        ({"class_weight": {"yes": 0}}, "the class 'yes' has the weight 0"),
    ],
)
def test_what_fits_no_table_is_refused(parameters: Any, message: str) -> None:
    frame, y = table(60)
    with pytest.raises(ValueError, match=message):
        TableClassifier("fast", **parameters).fit(frame, y)


@pytest.mark.parametrize("least", [0, -1, 1.1, np.nan, "much"])
def test_a_share_is_above_0_and_at_most_1(least: Any) -> None:
    with pytest.raises(InputError, match="to reach must be above 0 and at most 1"):
        MinimumRecall(least)


def test_a_threshold_is_for_two_classes() -> None:
    frame, _ = table(90)
    with pytest.raises(InputError, match="a threshold is for two classes, and there are 3"):
        TableClassifier("fast", decision=0.3).fit(frame, np.tile(list("abc"), 30))


def test_rows_to_choose_by_are_given_whole() -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = (X[:, 0] > 0).astype(int)
    fitted = TableClassifier("fast", random_state=0).fit(X, y)
    with pytest.raises(InputError, match="give both, or neither"):
        fitted.set_decision("f1", X)
    with pytest.raises(InputError, match="X has 60 rows, and y has 59 values"):
        fitted.set_decision("f1", X, y[:-1])
