"""Schedules and controllers: closed forms, and the rates of PyTorch and scikit-learn (G13)."""

from __future__ import annotations

import json
import math
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import pytest
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

from rosenblatt import schedules
from rosenblatt.schedules import (
    Constant,
    CosineAnnealing,
    CosLog,
    DivideOnStall,
    ExponentialDecay,
    FlatCosine,
    InverseScaling,
    InverseTimeDecay,
    MultiStepDecay,
    OneCycle,
    PerEpoch,
    PolynomialDecay,
    RateControl,
    RateRule,
    ReduceOnPlateau,
    Run,
    Schedule,
    StepDecay,
    WarmRestarts,
    WarmUp,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "schedules.json").read_text())
RUN = Run(lr=0.3, steps=100, steps_per_epoch=10)


def rates(rule: RateRule, run: Run, epochs: int, losses: Any = None) -> list[float]:
    """The factors of a run, epoch by epoch, step by step."""
    control = rule.control(run)
    found: list[float] = []
    for epoch in range(epochs):
        found.extend(control.lr_factors(run.steps_per_epoch).tolist())
        control.epoch_ended(run.steps_per_epoch, 0, losses[epoch] if losses else math.nan)
    return found


@pytest.mark.parametrize(
    ("schedule", "t", "factor"),
    [
        (Constant(), 99, 1),
        (StepDecay(30, 0.5), 29, 1),
        (StepDecay(30, 0.5), 90, 1 / 8),
        (StepDecay(), 67, 0.01),  # thirds of 100 steps: 33
        (MultiStepDecay((10, 20), 0.5), 10, 0.5),
        (MultiStepDecay((20, 10), 0.5), 99, 0.25),
        (MultiStepDecay(), 74, 0.1),
        (MultiStepDecay(), 75, 0.01),
        (ExponentialDecay(0.5), 3, 1 / 8),
        (ExponentialDecay(), 50, 0.1),
        (InverseTimeDecay(0.5), 6, 1 / 4),
        (InverseTimeDecay(), 0, 1),
        (InverseTimeDecay(), 100, 0.1),
        (PolynomialDecay(), 25, 0.75),
        (PolynomialDecay(2.0, 20, 0.2), 10, 0.2 + 0.8 / 4),
        (PolynomialDecay(2.0, 20, 0.2), 50, 0.2),
        (WarmUp(4, 0.2), 0, 0.2),
        (WarmUp(4, 0.2), 1, 0.4),
        (WarmUp(4, 0.2), 4, 1),
        (WarmUp(), 5, 1),
        (WarmUp(20, 0.5, ExponentialDecay(0.5)), 10, 0.75),
        (WarmUp(20, 0.5, ExponentialDecay(0.5)), 23, 1 / 8),
        (WarmUp(20, 0.5, PolynomialDecay()), 60, 0.5),  # over the 80 steps that are left
        (FlatCosine(), 50, 1),
        (FlatCosine(), 75, 0.5),
        (FlatCosine(), 100, 0),
        (FlatCosine(60, 0.25), 30, 0.75),  # a third of the way, cos π/3 = ½
        (FlatCosine(60, 0.25), 99, 0),
        (CosLog(), 0, 0),
        (CosLog(1), 25, (1 - math.cos(2 * math.pi * math.log2(1.25))) / 2),
        (CosLog(4, 75), 5, 0),  # 1 + 15·5/75 = 2: the second cycle begins
        (CosLog(4, 75), 15, 0),  # and the third
        (CosLog(4, 75), 35, 0),  # and the last
        (CosLog(4, 75), 10, (1 - math.cos(2 * math.pi * math.log2(3))) / 2),
        (CosLog(4, 75), 90, 0),
        (CosineAnnealing(), 0, 1),
        (CosineAnnealing(), 50, 0.5),
        (CosineAnnealing(60, 0.2), 20, 0.2 + 0.4 * 1.5),  # cos π/3 = ½
        (CosineAnnealing(60, 0.2), 99, 0.2),
        (WarmRestarts(12), 4, 0.75),
        (WarmRestarts(12), 12, 1),
        (WarmRestarts(12, 2), 36, 1),  # 12 + 24
        (WarmRestarts(12, 2), 20, 0.75),  # a third of the second
        (WarmRestarts(), 25, 0.5),
        (OneCycle(), 29, 1),  # 0.3 of 100 steps, the first being step 0
        (OneCycle(), 0, 1 / 25),
        (OneCycle(), 99, 1 / 250_000),
        (OneCycle(), 500, 1 / 250_000),
        (PerEpoch(StepDecay(3, 0.5)), 29, 1),
        (PerEpoch(StepDecay(3, 0.5)), 30, 0.5),
        (PerEpoch(CosineAnnealing()), 59, 0.5),  # in the fifth of ten epochs, counted from 0
    ],
    ids=repr,
)
def test_closed_forms(schedule: Schedule, t: int, factor: float) -> None:
    assert schedule.lr_factors(np.array([t]), RUN).item() == pytest.approx(factor, rel=1e-14)


@pytest.mark.parametrize("golden", GOLDEN["runs"], ids=lambda g: f"{g['schedule']}{g['fields']}")
def test_rates_are_pytorchs(golden: dict[str, Any]) -> None:
    rule = getattr(schedules, golden["schedule"])(**golden["fields"])
    losses, expected = GOLDEN["losses"], golden["rates"]
    run = Run(1.0, len(expected), 1)
    assert len(set(expected)) > 2
    np.testing.assert_allclose(rates(rule, run, len(expected), losses), expected, rtol=1e-10)


@pytest.mark.parametrize("steps_per_epoch", [1, 7, 1000, 20_000])
def test_a_control_follows_its_schedule_from_epoch_to_epoch(steps_per_epoch: int) -> None:
    schedule, run = ExponentialDecay(0.9999), Run(0.1, 3 * steps_per_epoch, steps_per_epoch)
    # Longer than the run that was announced, as `partial_fit` may be.
    expected = 0.9999 ** np.arange(5 * steps_per_epoch)
    np.testing.assert_allclose(rates(schedule, run, 5), expected, rtol=1e-12)


def test_a_control_goes_on_after_pickling() -> None:
    control = ExponentialDecay(0.5).control(RUN)
    control.epoch_ended(3, 0, 0.0)
    assert len(pickle.dumps(control)) < 1000
    assert pickle.loads(pickle.dumps(control)).lr_factors(2).tolist() == [1 / 8, 1 / 16]


@final
@dataclass(frozen=True)
class Falling(Schedule):
    """A user's own: a straight line that does not stop at 0."""

    per_step: float

    def lr_factors(self, t: Any, run: Run) -> Any:
        return 1 - self.per_step * t


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Falling(0.011), r"Falling\(per_step=0.011\) gives the factor -0.001 in step 91 of 100"),
        (PolynomialDecay(minimum=-0.1), "finite and 0 or more"),
        (ExponentialDecay(-0.5), "factor -0.5 in step 1"),
        (ExponentialDecay(1e9), "factor inf"),
        (InverseTimeDecay(-0.05), "factor inf in step 20"),
        (StepDecay(0), "every must be at least 1 step, got 0"),
        (MultiStepDecay((5, -1)), "a milestone must be at least 1"),
        (CosineAnnealing(-3), "steps must be at least 1"),
        (WarmRestarts(growth=0), "growth must be"),
        (OneCycle(div_factor=0), "both divisors positive"),
        (OneCycle(pct_start=1.5), "pct_start must be in"),
        (ReduceOnPlateau(factor=1.0), "factor must be between 0 and 1"),
        (ReduceOnPlateau(patience=-1), "patience"),
        (DivideOnStall(divisor=1.0), "divisor must be above 1"),
    ],
    ids=repr,
)
def test_rates_that_cannot_serve_are_refused_beforehand(rule: RateRule, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rule.control(RUN)


@pytest.mark.parametrize("rule", [WarmUp(then=ReduceOnPlateau()), PerEpoch(DivideOnStall())])  # type: ignore[arg-type]
def test_a_controller_is_no_schedule(rule: RateRule) -> None:
    with pytest.raises(TypeError, match="schedule"):
        rule.control(RUN)


def test_a_rate_that_turns_negative_beyond_the_run_is_refused_there() -> None:
    control = Falling(0.01).control(RUN)
    control.epoch_ended(100, 0, 0.0)
    with pytest.raises(ValueError, match="step 101"):
        control.lr_factors(10)


def test_very_long_runs_are_looked_at_here_and_there() -> None:
    run = Run(0.1, 10**12, 10**6)
    CosineAnnealing().control(run)
    with pytest.raises(ValueError, match="finite and 0 or more"):
        Falling(1.001e-12).control(run)


def test_a_plateau_that_is_no_better_than_the_threshold_is_one() -> None:
    """Negative values too: a score of 0.9 is watched as -0.9, and -0.905 is no 1 % better."""
    rule = ReduceOnPlateau(factor=0.5, patience=1, threshold=0.01)
    run = Run(1.0, 100, 1)
    assert rates(rule, run, 4, [-0.9, -0.905, -0.9, -0.9]) == [1, 1, 1, 0.5]
    assert rates(rule, run, 4, [-0.9, -0.91, -0.93, -0.95]) == [1, 1, 1, 1]


def test_a_fit_goes_on_while_a_plateaus_rate_can_fall() -> None:
    control = ReduceOnPlateau(factor=0.1, patience=100, minimum=0.01).control(RUN)
    assert control.stalled()
    assert control.lr_factors(1).item() == pytest.approx(0.1)
    assert control.stalled()
    assert control.lr_factors(1).item() == pytest.approx(0.01)
    assert not control.stalled()


# scikit-learn's own.


@pytest.mark.parametrize(
    ("power", "samples", "factor"), [(0.5, 3, 0.5), (0.5, 99, 0.1), (1.0, 99, 0.01), (0.0, 99, 1.0)]
)
def test_inverse_scaling(power: float, samples: int, factor: float) -> None:
    control = InverseScaling(power).control(RUN)
    assert control.lr_factors(3).tolist() == [1, 1, 1]
    control.epoch_ended(3, samples, 0.0)
    np.testing.assert_allclose(control.lr_factors(2), [factor] * 2, rtol=1e-15)
    assert not control.stalled()


def test_divide_on_stall() -> None:
    control = DivideOnStall(smallest=0.01, divisor=4).control(Run(1.0, 100, 10))
    factors = []
    while control.stalled():
        control.epoch_ended(10, 10, 0.0)
        factors.append(control.lr_factors(1).item())
    # The first rate at or below the smallest is still used, and is the last.
    assert factors == [1 / 4, 1 / 16, 1 / 64, 1 / 256]


@pytest.mark.parametrize("power", [0.1, 0.5, 1.0, 2.0])
def test_inverse_scaling_is_scikit_learns(power: float) -> None:
    theirs = SGDOptimizer([np.zeros(1)], 0.3, "invscaling", power_t=power)
    ours = InverseScaling(power).control(RUN)
    for samples in (50, 100, 150, 10_000):
        theirs.iteration_ends(samples)
        ours.epoch_ended(1, samples, 0.0)
        assert 0.3 * ours.lr_factors(1)[0] == pytest.approx(theirs.learning_rate, rel=1e-14)


@pytest.mark.parametrize(
    "lr", [0.1, 0.001, 0.2, 1e-6, 5e-7, 5e-6, 2.5e-5, 1.25e-4, 6.25e-4, 3.125e-3, 0.015625]
)
def test_divide_on_stall_is_scikit_learns(lr: float) -> None:
    """Down to the stall that ends training; some of the rates meet 1e-6 but for their rounding."""
    theirs = SGDOptimizer([np.zeros(1)], lr, "adaptive")
    ours = DivideOnStall().control(Run(lr, 100, 10))
    for _ in range(30):
        goes_on = ours.stalled()
        assert goes_on is not theirs.trigger_stopping("", False)
        assert lr * ours.lr_factors(1)[0] == pytest.approx(theirs.learning_rate, rel=1e-13)
        if not goes_on:
            return
    pytest.fail("the rate never became small enough")


@pytest.mark.parametrize("schedule", ["constant", "invscaling"])
def test_constant_and_invscaling_stop_at_the_first_stall(schedule: str) -> None:
    theirs = SGDOptimizer([np.zeros(1)], 0.1, schedule)
    ours = {"constant": Constant(), "invscaling": InverseScaling()}[schedule].control(RUN)
    assert ours.stalled() is not theirs.trigger_stopping("", False)


# Methods by the names they had in 0.1.0.


def test_a_schedule_that_defines_factors_is_accepted_with_a_warning() -> None:
    with pytest.warns(FutureWarning, match=r"Halving\.factors is now called lr_factors") as warned:

        class Halving(Schedule):
            def factors(self, t: Any, run: Run) -> Any:
                return 0.5**t

    assert warned[0].filename == __file__
    assert Halving().control(RUN).lr_factors(3).tolist() == [1, 0.5, 0.25]


def test_a_control_that_defines_factors_is_accepted_with_a_warning() -> None:
    with pytest.warns(FutureWarning, match=r"Half\.factors is now called lr_factors"):

        class Half(RateControl):
            def factors(self, steps: int) -> Any:
                return np.full(steps, 0.5)

            def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
                pass

            def stalled(self) -> bool:
                return False

    assert Half().lr_factors(2).tolist() == [0.5, 0.5]


def test_factors_of_a_schedule_and_of_a_control_warn() -> None:
    schedule, t = ExponentialDecay(0.5), np.arange(3)
    with pytest.warns(FutureWarning, match=r"ExponentialDecay\.factors is now called lr_factors"):
        assert schedule.factors(t, RUN).tolist() == [1, 0.5, 0.25]
    with pytest.warns(FutureWarning, match=r"ScheduleState\.factors is now called lr_factors"):
        assert schedule.control(RUN).factors(2).tolist() == [1, 0.5]
