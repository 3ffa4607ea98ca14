"""Every experiment: its verdict follows from the mathematics, and not from the seed."""

from __future__ import annotations

import json

import pytest

from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Progress
from rosenblatt.lab.registry import experiments
from rosenblatt.lab.report import report
from rosenblatt.lab.running import perform
from rosenblatt.support.text_width import width_of
from tests.lab.faults import FAULTS, faulty

SEEDS = (0, 1, 2)
ALL = tuple(experiments().values())
QUICK = Conditions(seed=0, quick=True)

every_experiment = pytest.mark.parametrize("experiment", ALL, ids=lambda e: e.id)


@every_experiment
def test_the_verdict_is_that_of_every_seed(experiment: Experiment) -> None:
    results = [perform(experiment, Conditions(seed, quick=True)) for seed in SEEDS]
    assert {(r.verdict, r.condition) for r in results} == {
        (results[0].verdict, results[0].condition)
    }
    # What differs from theory is a finding that the page has to name.
    assert [r.surprises for r in results] == [()] * len(SEEDS)


@every_experiment
def test_a_fault_turns_the_verdict(experiment: Experiment) -> None:
    right, wrong = perform(experiment, QUICK), perform(faulty(experiment), QUICK)
    assert (wrong.verdict, wrong.condition) != (right.verdict, right.condition)


def test_every_experiment_has_a_fault() -> None:
    assert set(FAULTS) == set(experiments())


@every_experiment
def test_all_that_is_declared_is_measured(experiment: Experiment) -> None:
    result = perform(experiment, QUICK)
    assert set(result.estimates) == {test.key for test in result.declaration.tests}


@every_experiment
def test_predictions_do_not_come_from_measurements(experiment: Experiment) -> None:
    assert experiment.declare(QUICK) == experiment.declare(QUICK)


@every_experiment
def test_results_are_plain_data(experiment: Experiment) -> None:
    result = perform(experiment, QUICK)
    data = json.loads(json.dumps(result.as_dict()))
    assert data["verdict"] == result.verdict
    for text in ("title", "claim", "theory", "method", "takeaway"):
        assert set(data[text]) == {"en", "zh"}
        assert any("\u4e00" <= character <= "\u9fff" for character in data[text]["zh"])
        assert data[text]["en"].isprintable()


@every_experiment
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_fits_into_80_columns(experiment: Experiment, language: str) -> None:
    text = report(perform(experiment, QUICK), language, width=80)
    assert max(map(width_of, text.split("\n"))) <= 80


@every_experiment
def test_an_interrupted_run_has_no_verdict(experiment: Experiment) -> None:
    class Interrupted:
        def __init__(self, inner: Experiment) -> None:
            self.inner = inner

        def __getattr__(self, name: str):
            return getattr(self.inner, name)

        def measure(self, conditions: Conditions):
            for n, seen in enumerate(self.inner.measure(conditions)):
                if n == 1:
                    raise KeyboardInterrupt
                yield seen

    result = perform(Interrupted(experiment), QUICK)
    assert result.is_partial
    assert result.verdict is None
    assert str(result)


@every_experiment
def test_progress_ends_where_it_should(experiment: Experiment) -> None:
    seen = [o for o in experiment.measure(QUICK) if isinstance(o, Progress)]
    assert not seen or seen[-1].done == seen[-1].total
    assert [p.done for p in seen] == sorted(p.done for p in seen)
