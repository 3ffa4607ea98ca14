"""The update rules of first-order solvers as formulas: what the step of a trace is made of.

A trace shows the first step of a fit, t = 1, before which every slot is 0. The last formula is the
update Δ; the numbers are those of the optimiser itself (theory G1, G7-G10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np

from rosenblatt.optimizers import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
)
from rosenblatt.optimizers.base import DecoupledDecay
from rosenblatt.support.types import FloatArray

__all__ = ["Line", "Rule", "rule_of"]

FIRST = "β₁·m + (1 − β₁)·g"
SECOND = "β₂·v + (1 − β₂)·g²"
SQUARES = "ρ·v + (1 − ρ)·g²"
# Symbol and number of a rule's settings.
Constants: TypeAlias = Mapping[str, float]


@final
@dataclass(frozen=True)
class Line:
    """symbol ← formula.

    Attributes
    ----------
    symbol : str
    formula : str
        Of constants, slots, g and the symbols of lines before.
    slot : int, optional
        The state of the optimiser that the line sets.
    value : callable, optional
        From the constants and the numbers of the lines before to this one's, where it is neither a
        slot nor Δ.
    """

    symbol: str
    formula: str
    slot: int | None = None
    value: Callable[[Mapping[str, Any]], FloatArray] | None = None


PLAIN = (Line("Δ", "−η·g"),)


@final
@dataclass(frozen=True)
class Rule:
    """An optimiser's step: settings, lines of which the last is Δ, and how θ moves by it."""

    name: str
    constants: Constants
    lines: tuple[Line, ...]
    move: str = "θ + Δ"

    @property
    def is_plain(self) -> bool:
        """Whether the step is -η g and nothing else."""
        return self.lines == PLAIN and self.move == "θ + Δ"

    @property
    def slots(self) -> tuple[str, ...]:
        """Symbols of the optimiser's state."""
        return tuple(line.symbol for line in self.lines if line.slot is not None)

    def numbers(self, optimizer: Optimizer, g: FloatArray) -> tuple[FloatArray, ...]:
        """Those of each line in the first step along g."""
        slots = np.zeros((optimizer.n_slots, len(g)), g.dtype)
        update = optimizer.update(g, slots, 1, 1.0)
        known: dict[str, Any] = {**self.constants, "g": g}
        found = []
        for line in self.lines:
            if line.value is not None:
                known[line.symbol] = line.value(known)
            else:
                known[line.symbol] = update if line.slot is None else slots[line.slot]
            found.append(known[line.symbol])
        return tuple(found)


def of_sgd(o: SGD) -> tuple[Constants, tuple[Line, ...]]:
    if not o.momentum:
        return {"η": o.lr}, PLAIN
    constants = {"η": o.lr, "γ": o.momentum}
    if o.lr_in_velocity:
        velocity, ahead, plain = "γ·v − η·g", "γ·v − η·g", "v"
    else:
        velocity, ahead, plain = "γ·v + g", "−η·(g + γ·v)", "−η·v"
    return constants, (Line("v", velocity, 0), Line("Δ", ahead if o.nesterov else plain))


def of_adagrad(o: AdaGrad) -> tuple[Constants, tuple[Line, ...]]:
    constants = {"η": o.lr, "ε": o.epsilon}
    if o.initial_accumulator_value:
        constants["G₀"] = o.initial_accumulator_value
    root = "√(G₀ + G)" if o.initial_accumulator_value else "√G"
    return constants, (Line("G", "G + g²", 0), Line("Δ", f"−η·g / ({root} + ε)"))


def of_rmsprop(o: RMSProp) -> tuple[Constants, tuple[Line, ...]]:
    constants = {"η": o.lr, "ρ": o.rho, "ε": o.epsilon}
    lines = [Line("v", SQUARES, 0)]
    square: Callable[[Mapping[str, Any]], Any] = lambda k: k["v"]  # noqa: E731
    root = "√v"
    if o.centered:
        lines.append(Line("m", "ρ·m + (1 − ρ)·g", 1))
        square, root = lambda k: np.maximum(k["v"] - k["m"] ** 2, 0), "√(v − m²)"
    lines.append(
        Line("d", f"g / ({root} + ε)", value=lambda k: k["g"] / (np.sqrt(square(k)) + o.epsilon))
    )
    if o.momentum:
        constants["γ"] = o.momentum
        lines.append(Line("b", "γ·b + d", 2 if o.centered else 1))
    return constants, (*lines, Line("Δ", "−η·b" if o.momentum else "−η·d"))


def of_adadelta(o: AdaDelta) -> tuple[Constants, tuple[Line, ...]]:
    return {"η": o.lr, "ρ": o.rho, "ε": o.epsilon}, (
        Line("v", SQUARES, 0),
        Line(
            "d",
            "√(u + ε) / √(v + ε)·g",
            value=lambda k: np.sqrt(o.epsilon / (k["v"] + o.epsilon)) * k["g"],
        ),
        Line("u", "ρ·u + (1 − ρ)·d²", 1),
        Line("Δ", "−η·d"),
    )


def betas(o: Any) -> dict[str, float]:
    return {"η": o.lr, "β₁": o.beta_1, "β₂": o.beta_2, "ε": o.epsilon}


def corrected(symbol: str, of: str, beta: str) -> Line:
    """Without the pull of the zeros at the beginning: β^t is β in the first step."""
    return Line(symbol, f"{of} / (1 − {beta})", value=lambda k: k[of] / (1 - k[beta]))


MEANS = (Line("m", FIRST, 0), Line("v", SECOND, 1))
CORRECTED = (*MEANS, corrected("m̂", "m", "β₁"), corrected("v̂", "v", "β₂"))
OF_ROOT = Line("Δ", "−η·m̂ / (√v̂ + ε)")


def of_adam(o: Adam) -> tuple[Constants, tuple[Line, ...]]:
    if o.epsilon_hat:
        update = Line("Δ", "−η·√(1 − β₂) / (1 − β₁)·m / (√v + ε)")
        return betas(o), (*MEANS, update)
    return betas(o), (*CORRECTED, OF_ROOT)


def of_adamw(o: AdamW) -> tuple[Constants, tuple[Line, ...]]:
    return betas(o), (*CORRECTED, OF_ROOT)


def of_amsgrad(o: AMSGrad) -> tuple[Constants, tuple[Line, ...]]:
    largest = (Line("u", "max(u, v)", 2), corrected("û", "u", "β₂"))
    return betas(o), (*CORRECTED[:3], *largest, Line("Δ", "−η·m̂ / (√û + ε)"))


def of_nadam(o: NAdam) -> tuple[Constants, tuple[Line, ...]]:
    constants = {**betas(o), "μ₁": o.mu(1), "μ₂": o.mu(2)}
    ahead = Line(
        "d",
        "g + μ₂·m / (1 − μ₁·μ₂)",
        value=lambda k: k["g"] + k["μ₂"] / (1 - k["μ₁"] * k["μ₂"]) * k["m"],
    )
    return constants, (*MEANS, ahead, CORRECTED[3], Line("Δ", "−η·d / (√v̂ + ε)"))


def of_radam(o: RAdam) -> tuple[Constants, tuple[Line, ...]]:
    # One gradient is too few for v: the first steps do without it.
    return betas(o), (*CORRECTED[:3], Line("Δ", "−η·m̂"))


def of_lion(o: Lion) -> tuple[Constants, tuple[Line, ...]]:
    constants = {"η": o.lr, "β₁": o.beta_1, "β₂": o.beta_2}
    sign = Line("s", f"sign({FIRST})", value=lambda k: np.sign((1 - o.beta_1) * k["g"]))
    return constants, (sign, Line("m", "β₂·m + (1 − β₂)·g", 0), Line("Δ", "−η·s"))


FORMULAS: Mapping[type[Optimizer], Callable[[Any], tuple[Constants, tuple[Line, ...]]]] = {
    SGD: of_sgd,
    AdaGrad: of_adagrad,
    RMSProp: of_rmsprop,
    AdaDelta: of_adadelta,
    Adam: of_adam,
    AdamW: of_adamw,
    AMSGrad: of_amsgrad,
    NAdam: of_nadam,
    RAdam: of_radam,
    Lion: of_lion,
}


def rule_of(optimizer: Optimizer) -> Rule:
    """The formulas of its step; of a user's own optimiser Δ alone."""
    make = FORMULAS.get(type(optimizer))
    name = type(optimizer).__name__
    if make is None:
        return Rule(name, {"η": optimizer.lr}, (Line("Δ", ""),))
    constants, lines = make(optimizer)
    if isinstance(optimizer, DecoupledDecay) and optimizer.weight_decay:
        decay = {"λ": optimizer.weight_decay}
        return Rule(name, {**constants, **decay}, lines, "θ·(1 − η·λ) + Δ")
    return Rule(name, constants, lines)
