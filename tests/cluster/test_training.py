"""`ClusterTraining` without processes: refusals, options, local steps, divergence."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

from rosenblatt import MLPClassifier
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.compression import COMPRESSORS
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.errors import DivergenceError, InputError
from tests.support.clusters import fitted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(0)) / X.std(0)
OPTIONS: dict[str, Any] = {"hidden_layer_sizes": (16,), "max_iter": 15, "random_state": 0}


def simulated(options: dict[str, Any] | None = None, **given: Any) -> Any:
    est = MLPClassifier(**OPTIONS | (options or {}))
    return ClusterTraining(est, address="inproc", **given).fit(X, Y)


@pytest.mark.parametrize(
    ("options", "given", "message"),
    [
        ({"solver": "lbfgs"}, {}, "first-order solver, such as 'adam'"),
        ({"solver": "kfac"}, {}, "first-order solver, such as 'adam'"),
        ({"normalization": "batch"}, {}, "take normalization='layer'"),
        ({"clip_norm": 1.0}, {"servers": 2}, "take servers=1, or clip_value"),
        ({"max_norm": 1.0}, {"servers": 2}, "take servers=1, or alpha"),
        ({"averaging": "ema"}, {"local_steps": 2}, "take local_steps=1"),
    ],
)
def test_what_cannot_be_distributed_is_refused_with_an_alternative(
    options: dict[str, Any], given: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        simulated(options, **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"workers": 0}, "workers=0: a whole number"),
        ({"workers": True}, "workers=True: a whole number"),
        ({"servers": -1}, "servers=-1: a whole number"),
        ({"servers": 10_000}, "network has 513 parameters"),
        ({"local_steps": 1.5}, "local_steps=1.5: a whole number"),
        ({"mode": "ssp"}, "take one of 'sync', 'async', 'bounded'"),
        ({"mode": "bounded", "staleness": -1}, "staleness=-1: steps"),
        ({"mode": "sync", "staleness": None}, "staleness=None: steps"),
        ({"mode": []}, r"mode=\[\]: take one of"),
        ({"compression": "zip"}, "take one of 'top_k'"),
        ({"compression": []}, r"compression=\[\]: take one of"),
        ({"by_staleness": "no"}, "by_staleness='no': take True or False"),
        ({"lost_after": float("nan")}, "lost_after=nan: seconds, more than 0"),
        ({"lost_after": "5"}, "lost_after='5': seconds"),
        ({"window": 0}, "window=0: rows, 1 or more"),
        ({"window": ""}, "window='': rows"),
        ({"report": 1}, "report=1: a ClusterReport"),
        ({"workers": 10**400}, r"there are 10,000,.*\.\.\. workers for 569 rows: give fewer"),
    ],
)
def test_settings_out_of_range(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulated(**given)


def test_an_address_is_a_text() -> None:
    with pytest.raises(ValueError, match="address=0: a text, such as 'auto'"):
        ClusterTraining(MLPClassifier(**OPTIONS), address=0).fit(X, Y)  # type: ignore[arg-type]


def test_more_processes_than_a_machine_can_hold_are_refused_before_any_is_started() -> None:
    with pytest.raises(InputError, match=r"999 workers and 1 server are more than a machine of"):
        ClusterTraining(MLPClassifier(**OPTIONS), workers=999).fit(X, Y)


def test_other_estimators_are_refused() -> None:
    with pytest.raises(TypeError, match="got LogisticRegression"):
        ClusterTraining(LogisticRegression()).fit(X, Y)


def test_without_ray_the_command_that_installs_it_is_named(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ImportError, match=r"needs ray .*pip install .*\[cluster\]"):
        ClusterTraining(MLPClassifier(**OPTIONS)).fit(X, Y)


@pytest.mark.parametrize("name", COMPRESSORS)
def test_every_compressor_learns_with_less_to_send(name: str) -> None:
    options = {"max_iter": 60, "learning_rate_init": 0.01, "batch_size": 50}
    dense, sent = simulated(options), simulated(options, compression=name)
    assert sent.score(X, Y) > dense.score(X, Y) - 0.02
    # The replies are whole.
    assert sent.history_[0]["bytes_sent"] < 0.95 * dense.history_[0]["bytes_sent"]


@pytest.mark.parametrize(("mode", "least"), [("async", 2.0), ("bounded", 1.2)])
def test_the_staleness_that_was_seen_is_recorded(mode: str, least: float) -> None:
    """Four workers in turn are three behind; of four that read at once, 0, 1, 2 and 3."""
    est = simulated({"batch_size": 20}, mode=mode, workers=4, staleness=0)
    entry = est.history_[-1]
    assert entry["staleness_max"] == 3
    assert least < entry["staleness_mean"] < least + 1
    assert entry["rows"] == len(X)
    assert est.score(X, Y) > 0.95


def test_one_worker_with_local_steps_is_one_machine() -> None:
    options = OPTIONS | {"batch_size": 50, "solver": "sgd", "alpha": 0.1}
    alone = MLPClassifier(**options).fit(X, Y)
    spread = fitted(MLPClassifier(**options), ClusterPlan(1, 2, local_steps=4), X, Y)
    np.testing.assert_allclose(spread.model_.parameters, alone.model_.parameters, atol=1e-12)
    for ours, theirs in zip(spread.history_, alone.history_, strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-12)


def test_local_steps_send_less() -> None:
    options = {"batch_size": 50, "learning_rate_init": 0.01}
    every, fourth = simulated(options), simulated(options, local_steps=4)
    assert fourth.history_[0]["bytes_sent"] < 0.35 * every.history_[0]["bytes_sent"]
    assert fourth.score(X, Y) > 0.95


@pytest.mark.parametrize("servers", [1, 2])
def test_a_fit_that_diverges_says_where(servers: int) -> None:
    options = {"solver": "sgd", "learning_rate_init": 1e200, "activation": "identity"}
    with pytest.raises(DivergenceError, match="epoch 1") as raised:
        simulated(options, servers=servers)
    assert raised.value.batch is not None


def test_dropout_and_callbacks_work_and_the_estimator_stays_as_it_was() -> None:
    epochs: list[int] = []
    est = MLPClassifier(
        **OPTIONS, batch_size=20, dropout=0.2, callbacks=[lambda event: epochs.append(event.epoch)]
    )
    found = ClusterTraining(est, workers=3, address="inproc").fit(X, Y)
    assert epochs == list(range(1, 16))
    assert found.score(X, Y) > 0.9
    assert not hasattr(est, "coefs_")
