"""What a measurement must be for a prediction to have come true."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from rosenblatt.lab.estimate import Estimate

__all__ = ["AtLeast", "AtMost", "Between", "Criterion", "Near"]


class Criterion(ABC):
    """A prediction as a number and a relation, declared before anything is measured."""

    @abstractmethod
    def is_met(self, measured: Estimate) -> bool:
        """Whether the mean is as predicted; never of NaN."""

    @property
    @abstractmethod
    def described(self) -> str:
        """In signs, such as '≤ 0.25'."""

    @property
    @abstractmethod
    def drawn(self) -> tuple[float, ...]:
        """The numbers that a figure draws."""


@final
@dataclass(frozen=True)
class Near(Criterion):
    """The value, up to a tolerance: absolute, or in units of the value."""

    value: float
    relative: float = 0.0
    absolute: float = 0.0

    @property
    def tolerance(self) -> float:
        return max(self.absolute, self.relative * abs(self.value))

    def is_met(self, measured: Estimate) -> bool:
        return abs(measured.mean - self.value) <= self.tolerance

    @property
    def described(self) -> str:
        return (
            f"{self.value:.4g} ± {self.tolerance:.2g}" if self.tolerance else f"{self.value:.10g}"
        )

    @property
    def drawn(self) -> tuple[float, ...]:
        return (self.value,)


@final
@dataclass(frozen=True)
class AtMost(Criterion):
    value: float

    def is_met(self, measured: Estimate) -> bool:
        return measured.mean <= self.value

    @property
    def described(self) -> str:
        return f"≤ {self.value:.4g}"

    @property
    def drawn(self) -> tuple[float, ...]:
        return (self.value,)


@final
@dataclass(frozen=True)
class AtLeast(Criterion):
    value: float

    def is_met(self, measured: Estimate) -> bool:
        return measured.mean >= self.value

    @property
    def described(self) -> str:
        return f"≥ {self.value:.4g}"

    @property
    def drawn(self) -> tuple[float, ...]:
        return (self.value,)


@final
@dataclass(frozen=True)
class Between(Criterion):
    low: float
    high: float

    def is_met(self, measured: Estimate) -> bool:
        return self.low <= measured.mean <= self.high

    @property
    def described(self) -> str:
        return f"{self.low:.4g} … {self.high:.4g}"

    @property
    def drawn(self) -> tuple[float, ...]:
        return (self.low, self.high)
