"""How much is trained within an allowance or a time, whatever the machine does meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from rosenblatt import TableClassifier, TableRegressor
from rosenblatt.errors import InputError
from rosenblatt.network import Dense, Network
from rosenblatt.tabular import PRESETS
from rosenblatt.tabular.plan import Plan, is_too_large, operations_of, plan_for, rest_of
from rosenblatt.tabular.temperature import log_losses, temperature
from tests.support.houses import FEATURES, houses

DEFAULT = PRESETS["default"]


def network(n_outputs: int = 1) -> Network:
    return Network(30, (Dense(256), Dense(256), Dense(n_outputs)))


@pytest.mark.parametrize("share", [0.5, 1, 5, 30, 200])
def test_a_bounded_plan_keeps_to_its_operations(share: float) -> None:
    operations = share * operations_of(network(), 5000)
    plan = plan_for(DEFAULT, network(), 5000, operations, bounded=True)
    shortest = 2 * DEFAULT.fewest_members
    assert plan.epochs * plan.n_members <= max(share, shortest)
    if share > 10:
        assert plan.epochs * plan.n_members > 0.8 * share
    assert plan_for(DEFAULT, network(), 5000, operations).epochs >= DEFAULT.fewest_epochs


def test_what_is_left_to_train_ends_in_time() -> None:
    plan = Plan(20, 6)
    assert rest_of(plan, 6, 2, 200) == plan
    assert rest_of(Plan(20, 2), 6, 2, 200) == plan  # time left over
    assert rest_of(plan, 6, 2, 90) == Plan(15, 6)
    assert rest_of(plan, 6, 2, 45) == Plan(11, 4)
    assert rest_of(plan, 6, 2, 20) == Plan(10, 2)
    assert rest_of(plan, 6, 2, 19).n_members == 0
    assert rest_of(plan, 6, 4, 59) == Plan(14, 4)


def test_thousands_of_classes_are_too_many_for_large_networks() -> None:
    assert is_too_large(DEFAULT, network(8000), 17_500)
    assert not is_too_large(DEFAULT, network(100), 17_500)
    assert not is_too_large(DEFAULT, network(), 500_000)


def test_thousands_of_classes_are_learnt_by_few_small_networks_which_is_said() -> None:
    y = np.arange(6000) % 3000
    X = y[:, None] + np.random.default_rng(0).normal(size=(6000, 2))
    little = replace(PRESETS["fast"], operations=4e10)
    fitted = TableClassifier(little, random_state=0).fit(X, y)
    assert len(fitted.network_.members) == 2
    note = fitted.notes_[-1]
    assert note.startswith("there are 3,000 classes: 2 small networks")
    assert note in fitted.summary()
    assert fitted.predict_proba(X[:5]).shape == (5, 3000)


def test_the_epoch_that_is_timed_is_not_told() -> None:
    frame = houses(600)
    fitted = TableRegressor("fast", random_state=0, time_limit=60)
    fitted.fit(frame[FEATURES], frame["price"])
    unlimited = TableRegressor("fast", random_state=0).fit(frame[FEATURES], frame["price"])
    one, other = [
        [note["epoch"] for note in m.history_ if note["network"] == 0] for m in (fitted, unlimited)
    ]
    assert one == other


def test_a_busy_machine_gets_a_shorter_schedule() -> None:
    """Schedules end, and networks are kept, although other threads take most of the time."""
    frame, over = houses(3000), threading.Event()

    def busy() -> None:
        A = np.ones((500, 500))
        while not over.is_set():
            A @ A

    others = [threading.Thread(target=busy) for _ in range(4)]
    for thread in others:
        thread.start()
    try:
        fitted = TableRegressor(random_state=0, time_limit=4).fit(frame[FEATURES], frame["price"])
    finally:
        over.set()
        for thread in others:
            thread.join()
    assert len(fitted.network_.members) >= 2
    assert fitted.validation_score_ > 0.9


def test_too_many_probabilities_are_refused() -> None:
    with pytest.raises(InputError, match="9,500 classes in 19,000 rows"):
        TableClassifier().fit(np.arange(19_000.0)[:, None], np.arange(19_000) // 2)


@pytest.mark.parametrize("n_classes", [2, 3, 5000])
def test_log_losses_are_those_of_the_softmax(n_classes: int) -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(scale=30, size=(700, n_classes if n_classes > 2 else 1))
    scores = scores.astype(np.float32)
    codes = rng.integers(0, n_classes, 700)
    s = scores.astype(np.float64)
    s = np.hstack([np.zeros_like(s), s]) if n_classes == 2 else s
    top = s.max(axis=1, keepdims=True)
    wanted = np.log(np.exp(s - top).sum(axis=1)) + top[:, 0] - s[np.arange(700), codes]
    np.testing.assert_allclose(log_losses(scores, codes), wanted, rtol=1e-5, atol=1e-6)


def test_a_temperature_is_found_by_some_of_the_rows() -> None:
    """Of scores drawn as the logarithms of probabilities, and then times two."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(6000, 3000)).astype(np.float32)
    codes = (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)
    assert temperature(2 * scores, codes, None) == pytest.approx(2, rel=0.05)
