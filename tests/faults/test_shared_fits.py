"""Two threads fit one estimator to different tables: it is wholly that of the last to end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    Perceptron,
    StructureSearchCV,
    TableClassifier,
    TableEncoder,
)
from rosenblatt.engine import compiled

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
NARROW, WIDE = RNG.normal(size=(60, 2)), RNG.normal(size=(80, 5))
OF_NARROW = np.where(NARROW[:, 0] > 0, "a", "b")
OF_WIDE = np.where(WIDE[:, 0] > 0, "c", "d")

# What a fit calls once its columns are known, and before its result is.
ESTIMATORS: dict[str, tuple[Callable[[], Any], str]] = {
    "an ensemble": (
        lambda: MLPEnsembleClassifier(MLPClassifier((2,), max_iter=2, random_state=0), 2),
        "rosenblatt.ensembles.base.ray_tasks",
    ),
    "a table learner": (
        lambda: TableClassifier("fast", random_state=0, n_jobs=1),
        "rosenblatt.tabular.base.train_networks",
    ),
    "an encoder": (TableEncoder, "rosenblatt.tabular.encoder.encode_training"),
    "a search": (
        lambda: StructureSearchCV(MLPClassifier(max_iter=2, random_state=0), [(2,)], cv=2),
        "rosenblatt.search.structure_search.ray_tasks",
    ),
    "a perceptron": (Perceptron, "rosenblatt.perceptron.perceptron.learn"),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_last_fit_to_end_is_all_there_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.module()  # is imported by one thread
    make, place = ESTIMATORS[name]
    within, other_over = threading.Event(), threading.Event()
    module, _, function = place.rpartition(".")
    called = getattr(__import__(module, fromlist=["_"]), function)

    def waits(*given: Any, **named: Any) -> Any:
        if threading.current_thread() is slow:
            within.set()
            assert other_over.wait(60)
        return called(*given, **named)

    monkeypatch.setattr(place, waits)
    est = make()
    slow = threading.Thread(target=lambda: est.fit(NARROW, OF_NARROW))
    slow.start()
    assert within.wait(60)
    est.fit(WIDE, OF_WIDE)
    assert est.n_features_in_ == 5
    other_over.set()
    slow.join(60)
    assert est.n_features_in_ == 2
    if isinstance(est, TableEncoder):
        assert len(est.transform(NARROW)) == len(NARROW)
    else:
        assert est.classes_.tolist() == ["a", "b"]
        assert set(est.predict(NARROW)) <= {"a", "b"}
