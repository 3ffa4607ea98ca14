"""The training loop with a trainer that follows a script: what it calls, and when it stops."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from rosenblatt.averaging import CurrentWeights
from rosenblatt.engine import Epoch, EpochPlan, Trainer
from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.errors import DivergenceError
from rosenblatt.fitting import lookahead
from rosenblatt.fitting.batch_sampler import BatchSampler
from rosenblatt.fitting.divergence_handling import DivergenceHandler
from rosenblatt.fitting.epoch_runner import EpochRunner
from rosenblatt.fitting.history import EpochRecord, SolverInfo, Validation
from rosenblatt.fitting.hooks import LoopHooks
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.fitting.loop import TrainingLoop
from rosenblatt.fitting.loop_weights import LoopWeights
from rosenblatt.fitting.monitor import Monitor
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.fitting.stopping_criteria import StoppingCriteria
from rosenblatt.schedules import DivideOnStall, ExponentialDecay, RateRule, Run
from rosenblatt.stopping import Ending, GradientTolerance, NoImprovement

OVERFLOW = Divergence(1, Diagnosis(1, "the loss overflows", Cause.STEPS, "the steps are too large"))


@pytest.fixture(autouse=True)
def epochs_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is: the number of epochs in a call follows from their seconds."""
    monkeypatch.setattr(lookahead, "MOMENT", 1e9)


class ScriptedTrainer(Trainer):
    """Yields losses from a list, a divergence for each inf, and counts the epochs of every call."""

    def __init__(self, losses: Sequence[float], theta: Any, norm: float = 1.0) -> None:
        self.losses, self.theta, self.norm = iter(losses), theta, norm
        self.calls: list[int] = []
        self.lr_factors: list[float] = []

    def epochs(self, plan: EpochPlan) -> Iterator[Epoch]:
        self.calls.append(plan.n_epochs)
        for _ in range(plan.n_epochs):
            loss = next(self.losses)
            self.lr_factors.append(float(plan.lr_factors[0]))
            self.theta += 1
            divergence = None if math.isfinite(loss) else OVERFLOW
            yield Epoch(loss, 0.0, (self.norm,), plan.steps_per_epoch, divergence, seconds=1e-6)
            if divergence is not None:
                return


def loop_of(
    losses: Sequence[float],
    *,
    max_epochs: int = 100,
    patience: float = math.inf,
    rule: RateRule | None = None,
    scores: Sequence[float] | None = None,
    ends: dict[int, Ending] | None = None,
    recovers: bool = False,
    rules: Any = (),
    **hooks: Any,
) -> tuple[TrainingLoop, ScriptedTrainer, list[EpochRecord], list[str]]:
    theta, records, messages = np.zeros(2), [], []
    trainer = ScriptedTrainer(losses, theta)
    stopping = NoImprovement(1e-4, patience)
    batches = BatchSampler(np.arange(10), 5)
    run = Run(0.1, 2 * max_epochs, 2)
    given = None if scores is None else iter(scores)

    def epoch_ended(record: EpochRecord) -> Ending | None:
        records.append(record)
        return (ends or {}).get(record.epoch)

    runner = EpochRunner(
        objective=lambda epoch: epoch.data_loss,
        batches=batches,
        weights=LoopWeights(CurrentWeights(theta), np.zeros(0)),
        learning_rate=LearningRate(0.1, (rule or ExponentialDecay(1.0)).control(run)),
        divergence=DivergenceHandler(
            solver=SolverInfo("Scripted", True, "lower the learning rate"),
            steps_per_epoch=2,
            stopping=stopping,
            moving=(theta,) if recovers else (),
            rollback=Rollback() if recovers else None,
        ),
        rules=rules,
        validate=None if given is None else lambda: Validation(0.0, next(given)),
    )
    monitor = Monitor("Loss", stopping, early_stopping=scores is not None)
    loop = TrainingLoop(
        make_trainer=lambda: trainer,
        runner=runner,
        criteria=StoppingCriteria(monitor, runner, max_epochs, messages.append),
        hooks=LoopHooks(epoch_ended=epoch_ended, **hooks),
    )
    return loop, trainer, records, messages


def falling(n: int) -> list[float]:
    return [1 / k for k in range(1, n + 1)]


def test_the_number_of_epochs_ends_it() -> None:
    loop, _, records, _ = loop_of(falling(7), max_epochs=7)
    loop.run()
    assert [record.epoch for record in records] == list(range(1, 8))
    assert [record.loss for record in records] == falling(7)
    assert loop.progress.stop_reason == "reached max_iter=7"
    assert loop.progress.all_epochs
    assert not loop.progress.converged
    assert loop.progress.samples_seen == 70


def test_several_epochs_run_in_one_call_where_nothing_depends_on_them() -> None:
    loop, trainer, _, _ = loop_of(falling(100))
    loop.run()
    assert trainer.calls == [1, 99]


@pytest.mark.parametrize(
    "dependent",
    [
        {"epoch_begins": lambda: None},
        {"scores": [0.0] * 100},
        {"rules": [GradientTolerance(0.5)]},
        {"recovers": True},
    ],
    ids=["a callback", "validation", "a rule of the gradient", "rollback"],
)
def test_one_epoch_a_call_where_something_does(dependent: dict[str, Any]) -> None:
    loop, trainer, _, _ = loop_of(falling(100), **dependent)
    loop.run(5)
    assert trainer.calls == [1] * 5


def test_no_call_runs_beyond_the_epoch_that_could_exhaust_the_patience() -> None:
    loop, trainer, records, messages = loop_of([1.0] * 100, patience=4)
    loop.run()
    # The first epoch counts as an improvement on infinity.
    assert trainer.calls == [1, 5]
    assert len(records) == 6
    assert loop.progress.converged
    assert messages == [
        "Loss did not improve more than tol=0.000100 for 4 consecutive epochs. Stopping."
    ]


def test_the_ending_that_a_hook_returns_ends_it() -> None:
    loop, _, records, messages = loop_of(
        falling(9), ends={3: Ending("as asked", True)}, epoch_begins=lambda: None
    )
    loop.run()
    assert len(records) == 3
    assert (loop.progress.stop_reason, loop.progress.converged) == ("as asked", True)
    assert messages == ["As asked. Stopping."]


def test_a_rule_ends_it() -> None:
    loop, _, records, _ = loop_of(falling(9), rules=[GradientTolerance(2.0)])
    loop.run()
    assert len(records) == 1
    assert loop.progress.stop_reason == "gradient norm 1 fell below grad_tol=2"


def test_a_pause_is_none_to_the_result() -> None:
    whole, _, expected, _ = loop_of(falling(20), max_epochs=20, rule=ExponentialDecay(0.9))
    whole.run()
    loop, _, records, _ = loop_of(falling(20), max_epochs=20, rule=ExponentialDecay(0.9))
    for until in (0, 1, 6, 6, 99):
        loop.run(until)
    assert [r[:4] for r in records] == [r[:4] for r in expected]
    assert loop.progress.finished


def test_the_learning_rate_is_that_of_the_first_step() -> None:
    loop, _, records, _ = loop_of(falling(3), max_epochs=3, rule=ExponentialDecay(0.5))
    loop.run()
    np.testing.assert_allclose([r.learning_rate for r in records], [0.1, 0.025, 0.00625])


def test_a_stall_lowers_the_rate_before_it_ends_the_fit() -> None:
    loop, trainer, _, messages = loop_of(
        [1.0] * 100, patience=1, rule=DivideOnStall(smallest=0.03, divisor=2.0)
    )
    loop.run()
    assert sorted(set(trainer.lr_factors), reverse=True) == [1.0, 0.5, 0.25]
    assert [m.rpartition(". ")[2] for m in messages] == [
        "Setting learning rate to 0.050000",
        "Setting learning rate to 0.025000",
        "Stopping.",
    ]


def test_the_weights_of_the_best_score_are_kept() -> None:
    loop, _, _, _ = loop_of(falling(5), max_epochs=5, scores=[0.1, 0.9, 0.3, 0.9, 0.2])
    loop.run()
    weights, _ = loop.runner.weights.selected
    np.testing.assert_array_equal(weights, [2, 2])  # after the second epoch
    np.testing.assert_array_equal(loop.runner.weights.evaluated.weights, [5, 5])


def test_a_divergence_without_rollback_is_an_error() -> None:
    loop, _, records, _ = loop_of([1.0, 0.5, math.inf])
    with pytest.raises(DivergenceError, match=r"diverged in epoch 3 at a learning rate of 0\.1"):
        loop.run()
    assert not records[-1].finite
    assert loop.progress.seconds > 0


def test_a_rollback_yields_no_record_and_restores_the_weights() -> None:
    loop, trainer, records, _ = loop_of([1.0, 0.5, math.inf, 0.4, 0.3], max_epochs=4, recovers=True)
    with pytest.warns(RuntimeWarning, match=r"epoch 3.*continues at 0\.5 times"):
        loop.run()
    assert [r.epoch for r in records] == [1, 2, 3, 4]
    assert [r.loss for r in records] == [1.0, 0.5, 0.4, 0.3]
    assert [r.restores for r in records] == [0, 0, 1, 0]
    assert trainer.lr_factors == [1.0, 1.0, 1.0, 0.5, 0.5]
    # After one epoch, which was the last whose successor succeeded, and then two more.
    np.testing.assert_array_equal(trainer.theta, [3, 3])


def test_a_resumed_loop_goes_on_where_its_state_was_taken() -> None:
    losses = falling(12)
    whole, _, expected, _ = loop_of(losses, max_epochs=12, scores=losses, recovers=True)
    whole.run()
    first, _, records, _ = loop_of(losses, max_epochs=12, scores=losses, recovers=True)
    first.run(5)
    state = first.state_dict()
    theta = first.runner.weights.evaluated.weights.copy()
    second, _, more, _ = loop_of(losses[5:], max_epochs=12, scores=losses[5:], recovers=True)
    second.runner.weights.evaluated.weights[:] = theta
    second.load_state_dict(state)
    second.run()
    assert [r[:4] for r in records + more] == [r[:4] for r in expected]
    for ours, theirs in zip(
        second.runner.weights.selected, whole.runner.weights.selected, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_an_end_by_a_limit_that_was_raised_is_none() -> None:
    short, _, _, _ = loop_of(falling(3), max_epochs=3)
    short.run()
    longer, _, records, _ = loop_of(falling(9), max_epochs=9)
    longer.load_state_dict(short.state_dict())
    assert not longer.progress.finished
    longer.run()
    assert [r.epoch for r in records] == [4, 5, 6, 7, 8, 9]


def test_a_state_is_stored_under_the_names_of_the_first_format() -> None:
    loop, _, _, _ = loop_of(falling(2), max_epochs=2, scores=[0.1, 0.2], recovers=True)
    loop.run(1)
    state = loop.state_dict()
    assert set(state.values) == {
        *("epoch", "samples_seen", "seconds", "stop_reason", "converged", "all_epochs"),
        *("_restores", "rate.step", "rate.begin", "stopping.best", "stopping.count"),
        *("trend.first", "trend.least"),
        *("recovery.scale", "recovery.total", "recovery.in_a_row", "recovery.well"),
    }
    assert set(state.arrays) == {"order", "state", "best", "best_state", "recovery.good0"}


def test_at_rest_is_called_between_epochs_alone() -> None:
    epochs: list[int] = []
    loop, _, _, _ = loop_of(falling(4), max_epochs=4, epoch_begins=lambda: None)
    loop.run(at_rest=lambda: epochs.append(loop.progress.epoch))
    assert epochs == [1, 2, 3]


def test_an_exploded_loss_at_the_end_is_a_warning() -> None:
    loop, _, _, _ = loop_of([1.0, 0.1, 50.0], max_epochs=3)
    with pytest.warns(RuntimeWarning, match="risen from 0.1 to 50"):
        loop.run()


def test_a_loss_that_has_not_exploded_is_no_warning() -> None:
    loop, _, _, _ = loop_of([1.0, 0.1, 0.9], max_epochs=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loop.run()


def test_a_finished_loop_runs_no_further() -> None:
    loop, _, records, _ = loop_of(falling(2), max_epochs=2)
    loop.run()
    loop.run()
    assert len(records) == 2


def test_patience_ends_a_loop_and_is_reported() -> None:
    loop, _, _, messages = loop_of([1.0, 2.0, 2.0, 2.0, 0.5], patience=2)
    loop.run()
    reason = "Loss did not improve more than tol=0.000100 for 2 consecutive epochs."
    assert (loop.progress.epoch, loop.progress.stop_reason) == (4, reason)
    assert loop.progress.converged
    assert messages == [f"{reason} Stopping."]


def test_a_divergence_keeps_the_weights_of_the_best_score() -> None:
    loop, _, _, _ = loop_of([3.0, math.inf], scores=[0.9])
    with pytest.warns(RuntimeWarning, match="weights of the best validation score are kept"):
        loop.run()
    assert loop.runner.weights.selected[0].tolist() == [1, 1]
    assert loop.progress.stop_reason == "diverged in epoch 2"


def test_an_interrupted_loop_keeps_its_results() -> None:
    loop, _, records, _ = loop_of(falling(9))
    loop.run(until=2)
    with pytest.warns(UserWarning, match="interrupted by user"):
        loop.interrupt()
    assert loop.progress.interrupted
    assert loop.progress.finished
    assert len(records) == 2
