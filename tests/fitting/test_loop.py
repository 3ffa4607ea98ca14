"""The training loop, over a trainer whose losses are written down beforehand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from rosenblatt.averaging import CurrentWeights
from rosenblatt.engine import Epoch, EpochPlan, Trainer
from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.engine.epoch_plan import one_by_one
from rosenblatt.errors import DivergenceError
from rosenblatt.fitting.batch_sampler import BatchSampler
from rosenblatt.fitting.divergence_handling import DivergenceHandler
from rosenblatt.fitting.epoch_runner import EpochRunner
from rosenblatt.fitting.history import EpochRecord, SolverInfo, Validation
from rosenblatt.fitting.hooks import LoopHooks
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.fitting.loop import TrainingLoop
from rosenblatt.fitting.loop_progress import LoopProgress
from rosenblatt.fitting.loop_weights import LoopWeights
from rosenblatt.fitting.monitor import Monitor
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.fitting.stopping_criteria import StoppingCriteria
from rosenblatt.schedules import Constant, Run
from rosenblatt.stopping import Ending, NoImprovement, StoppingRule, TimeLimit

ROWS, BATCH = 10, 4
OVERFLOW = Divergence(2, Diagnosis(1, "the outputs overflow", Cause.STEPS, "too large steps"))


class Scripted(Trainer):
    """Every epoch adds 1 to the parameters and has the next of the losses; None diverges."""

    def __init__(self, theta: Any, losses: Sequence[float | None]) -> None:
        self.theta, self.losses = theta, iter(losses)
        self.rates: list[list[float]] = []

    def epochs(self, plan: EpochPlan) -> Iterator[Epoch]:
        return one_by_one(self.one, plan)

    def one(self, plan: EpochPlan) -> Epoch:
        self.rates.append(plan.lr_factors.tolist())
        loss = next(self.losses)
        self.theta += 1
        if loss is None:
            return Epoch(math.nan, 0.0, (math.nan,), 1, OVERFLOW)
        return Epoch(loss, 0.25, (3.0, 4.0), len(plan.lr_factors))


class Bench:
    """A loop over scripted losses, and all that it has reported."""

    def __init__(
        self,
        losses: Sequence[float | None],
        *,
        max_epochs: int = 100,
        patience: float = math.inf,
        scores: Sequence[float] | None = None,
        rollback: Rollback | None = None,
        rules: Sequence[StoppingRule] = (),
        callback: Callable[[EpochRecord], Ending | None] | None = None,
    ) -> None:
        self.theta = np.zeros(2)
        self.trainer = Scripted(self.theta, losses)
        self.records: list[EpochRecord] = []
        self.messages: list[str] = []
        left = None if scores is None else iter(scores)
        stopping = NoImprovement(0.0, patience)
        moving = (self.theta,) if rollback is not None else ()
        runner = EpochRunner(
            objective=lambda epoch: epoch.data_loss + epoch.penalty,
            batches=BatchSampler(np.arange(ROWS), BATCH),
            weights=LoopWeights(CurrentWeights(self.theta), np.zeros(0)),
            learning_rate=LearningRate(0.5, Constant().control(Run(0.5, 300, 3))),
            divergence=DivergenceHandler(
                SolverInfo("SGD", True, "lower the rate"), 3, stopping, moving, rollback
            ),
            rules=rules,
            validate=None if left is None else lambda: Validation(1.0, next(left)),
        )

        def epoch_ended(record: EpochRecord) -> Ending | None:
            self.records.append(record)
            return None if callback is None else callback(record)

        hooks = LoopHooks(epoch_ended, epoch_begins=lambda: None, message=self.messages.append)
        monitor = Monitor("Training loss", stopping, early_stopping=scores is not None)
        self.loop = TrainingLoop(
            lambda: self.trainer,
            runner,
            StoppingCriteria(monitor, runner, max_epochs, hooks.report),
            hooks,
            LoopProgress(),
        )

    @property
    def progress(self) -> LoopProgress:
        return self.loop.progress


def test_all_epochs_are_recorded() -> None:
    bench = Bench([3.0, 2.0, 1.0], max_epochs=3)
    bench.loop.run()
    assert [r.epoch for r in bench.records] == [1, 2, 3]
    assert [r.loss for r in bench.records] == [3.25, 2.25, 1.25]
    assert {r.learning_rate for r in bench.records} == {0.5}
    assert {r.gradient_norm for r in bench.records} == {5.0}
    assert bench.progress.samples_seen == 3 * ROWS
    assert bench.progress.stop_reason == "reached max_iter=3"
    assert bench.progress.all_epochs
    assert not bench.progress.converged
    assert bench.trainer.rates == [[1.0, 1.0, 1.0]] * 3  # 4, 4 and 2 rows


def test_a_paused_loop_goes_on() -> None:
    bench = Bench([3.0, 2.0, 1.0], max_epochs=3)
    bench.loop.run(until=2)
    assert bench.progress.epoch == 2
    assert not bench.progress.finished
    bench.loop.run()
    assert [r.epoch for r in bench.records] == [1, 2, 3]
    assert bench.progress.finished


def test_a_finished_loop_runs_no_further() -> None:
    bench = Bench([1.0], max_epochs=1)
    bench.loop.run()
    bench.loop.run()
    assert len(bench.records) == 1


def test_patience_ends_a_loop_without_improvement() -> None:
    bench = Bench([1.0, 2.0, 2.0, 2.0, 0.5], patience=2)
    bench.loop.run()
    assert bench.progress.epoch == 4
    assert bench.progress.converged
    said = "Training loss did not improve more than tol=0.000000 for 2 consecutive epochs."
    assert bench.progress.stop_reason == said
    assert bench.messages == [f"{said} Stopping."]


def test_an_ending_that_a_callback_returns() -> None:
    def callback(record: EpochRecord) -> Ending | None:
        return Ending("asked by a callback", True) if record.epoch == 2 else None

    bench = Bench([3.0, 2.0, 1.0], callback=callback)
    bench.loop.run()
    assert bench.progress.epoch == 2
    assert bench.progress.stop_reason == "asked by a callback"
    assert bench.progress.converged


def test_a_rule_ends_the_loop() -> None:
    bench = Bench([3.0, 2.0], rules=[TimeLimit(0.0)])
    bench.loop.run()
    assert bench.progress.epoch == 1
    assert bench.progress.stop_reason == "reached max_time=0 seconds"
    assert not bench.progress.converged


def test_the_weights_of_the_best_score_are_kept() -> None:
    bench = Bench([3.0, 2.0, 1.0, 0.5], scores=[0.1, 0.9, 0.8, 0.7], max_epochs=4)
    bench.loop.run()
    assert bench.theta.tolist() == [4, 4]
    kept, _ = bench.loop.runner.weights.selected
    assert kept.tolist() == [2, 2]


def test_a_divergence_ends_the_loop_with_an_error() -> None:
    bench = Bench([3.0, None, 1.0])
    with pytest.raises(DivergenceError, match=r"diverged in epoch 2 at a learning rate of 0\.5"):
        bench.loop.run()
    assert [r.finite for r in bench.records] == [True, False]


def test_a_divergence_keeps_the_weights_of_the_best_score() -> None:
    bench = Bench([3.0, None], scores=[0.9])
    with pytest.warns(RuntimeWarning, match="weights of the best validation score are kept"):
        bench.loop.run()
    assert bench.loop.runner.weights.selected[0].tolist() == [1, 1]
    assert bench.progress.stop_reason == "diverged in epoch 2"


def test_a_rollback_repeats_the_epoch_at_half_the_rate() -> None:
    bench = Bench([3.0, 2.0, None, 1.5, 1.0], rollback=Rollback(), max_epochs=4)
    with pytest.warns(RuntimeWarning, match=r"goes back .* at 0\.5 times the learning rate"):
        bench.loop.run()
    assert [r.epoch for r in bench.records] == [1, 2, 3, 4]
    assert [r.restores for r in bench.records] == [0, 0, 1, 0]
    assert [factors[0] for factors in bench.trainer.rates] == [1.0, 1.0, 1.0, 0.5, 0.5]
    # From what the first epoch left, which the second set out from and went well.
    assert bench.theta.tolist() == [3, 3]


def test_a_state_is_resumed_by_another_loop() -> None:
    whole = Bench([3.0, 2.0, 2.5, 2.5, 2.5], patience=1)
    whole.loop.run()
    first = Bench([3.0, 2.0, 2.5], patience=1)
    first.loop.run(until=3)
    second = Bench([2.5, 2.5], patience=1)
    second.theta[:] = first.theta
    second.loop.load_state_dict(first.loop.state_dict())
    second.loop.run()
    assert second.records[0].epoch == 4
    assert second.progress.epoch == whole.progress.epoch == 4
    assert second.progress.samples_seen == whole.progress.samples_seen
    assert second.progress.stop_reason == whole.progress.stop_reason


@pytest.mark.parametrize(("max_epochs", "finished"), [(2, True), (4, False)])
def test_a_finished_state_goes_on_under_a_higher_limit(max_epochs: int, finished: bool) -> None:
    first = Bench([3.0, 2.0], max_epochs=2)
    first.loop.run()
    second = Bench([1.5, 1.0], max_epochs=max_epochs)
    second.loop.load_state_dict(first.loop.state_dict())
    assert second.progress.finished == finished
    second.loop.run()
    assert second.progress.epoch == max_epochs


def test_an_interrupted_loop_keeps_its_results() -> None:
    bench = Bench([3.0, 2.0])
    bench.loop.run(until=2)
    with pytest.warns(UserWarning, match="interrupted by user"):
        bench.loop.interrupt()
    assert bench.progress.interrupted
    assert bench.progress.finished
    assert bench.progress.epoch == 2
