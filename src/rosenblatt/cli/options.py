"""The options of a training, checked before any file is read."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.options.activations import activations
from rosenblatt.options.features import LEARNING_RATE, ON_DIVERGENCE, Feature
from rosenblatt.options.names import known_name, unknown
from rosenblatt.options.schedules import OF_SGD, RATE_RULES
from rosenblatt.options.solvers import SOLVERS, solver_of

TASKS = ("auto", "classification", "regression")
# Solvers that are limited to small networks are left out.
SOLVER_NAMES = tuple(solver.name for solver in SOLVERS if solver.family.limit is None)
DIVERGENCE_ACTIONS = ("raise", "restore")
SCHEDULES = tuple(name for name in RATE_RULES if name not in OF_SGD)

DEFAULT_HIDDEN = "128,64"
NO_HIDDEN = "none"


@final
@dataclass(frozen=True)
class TrainingOptions:
    """Options of a training; None means a default that depends on the data or the machine."""

    task: str
    hidden: tuple[int, ...]
    activation: str
    solver: str
    alpha: float
    batch_size: int | None
    learning_rate: float
    schedule: str
    epochs: int
    validation_fraction: float
    test_fraction: float
    patience: int
    seed: int
    jobs: int | None
    deterministic: bool
    on_divergence: str

    def __post_init__(self) -> None:
        check_member("--task", self.task, TASKS)
        check_name("--activation", self.activation, activations())
        check_name("--solver", self.solver, SOLVER_NAMES)
        check_name("--schedule", self.schedule, SCHEDULES)
        if self.schedule != "constant":
            self.check_solver(f"--schedule {self.schedule}", LEARNING_RATE)
        check_member("--on-divergence", self.on_divergence, DIVERGENCE_ACTIONS)
        if self.on_divergence != "raise":
            self.check_solver(f"--on-divergence {self.on_divergence}", ON_DIVERGENCE)
        check("--alpha", self.alpha, self.alpha >= 0, "0 or more", "0.0001")
        check("--learning-rate", self.learning_rate, self.learning_rate > 0, "above 0", "0.001")
        check("--epochs", self.epochs, self.epochs >= 1, "at least 1", "200")
        check("--patience", self.patience, self.patience >= 1, "at least 1", "20")
        check("--seed", self.seed, 0 <= self.seed < 2**32, "from 0 to 4294967295", "0")
        if self.batch_size is not None:
            check("--batch-size", self.batch_size, self.batch_size >= 1, "at least 1", "128")
        if self.jobs is not None:
            check("--jobs", self.jobs, self.jobs >= 1, "at least 1", "2")
        fractions = (self.validation_fraction, self.test_fraction)
        for name, value in zip(
            ("--validation-fraction", "--test-fraction"), fractions, strict=True
        ):
            check(name, value, 0 <= value < 1, "from 0 to below 1", "0.2")
        if sum(fractions) >= 1:
            raise InputError(
                f"--validation-fraction and --test-fraction add up to {sum(fractions):g}, which "
                f"leaves no rows to train on; make their sum less than 1"
            )

    def check_solver(self, option: str, feature: Feature, instead: str = "leave it out") -> None:
        """InputError if the solver does not support a feature that an option needs."""
        if not self.supports(feature):
            raise InputError(
                f"{option} does not go with --solver {self.solver}: it needs {feature.need};"
                f" {instead}, or choose --solver adam"
            )

    def supports(self, feature: Feature) -> bool:
        return solver_of(self.solver).supports(feature)

    def batch_size_for(self, rows: int) -> int:
        """The batch size given, or one that gives small tables enough steps per epoch."""
        if self.batch_size is not None:
            return min(self.batch_size, rows)
        return min(rows, 32 if rows < 5_000 else 128 if rows < 50_000 else 256)


def parse_hidden(text: str, option: str = "--hidden") -> tuple[int, ...]:
    """'64,32' → (64, 32), 'none' → (); messages name the option."""
    if text == NO_HIDDEN:
        return ()
    try:
        sizes = tuple(int(size) for size in text.split(","))
    except ValueError as error:
        raise InputError(
            f"{option} {text!r} is not a list of layer sizes; write it like {option} 64,32"
        ) from error
    if min(sizes) < 1:
        raise InputError(
            f"{option} has a layer of size {min(sizes)}; every hidden layer needs at least one"
            f" unit, for example {option} 64,32"
        )
    return sizes


def hidden_text(sizes: tuple[int, ...]) -> str:
    """The sizes as the option `--hidden` takes them."""
    return ",".join(map(str, sizes)) or NO_HIDDEN


def check_member(option: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise InputError(unknown(f"{option} {value!r}", value, known))


def check_name(option: str, value: str, known: Collection[str]) -> None:
    """The same for a name of the estimators, in which underscores do not count."""
    if known_name(known, value) is None:
        raise InputError(unknown(f"{option} {value!r}", value, known))


def check(option: str, value: float, valid: bool, expected: str, example: str) -> None:
    if not (valid and math.isfinite(value)):
        raise InputError(
            f"{option} is {value:g}; it must be {expected}, for example {option} {example}"
        )
