"""K-FAC: natural-gradient steps with Kronecker-factored curvature, batch by batch (theory G16)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import scipy.linalg

from rosenblatt.engine import Epoch, EpochPlan, Trainer
from rosenblatt.engine.diagnosis import examined, layer_name
from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.engine.epoch_plan import one_by_one
from rosenblatt.initializers import Rng
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order.batch import BatchObjective
from rosenblatt.second_order.checks import positive
from rosenblatt.second_order.kronecker import KroneckerFisher
from rosenblatt.second_order.likelihood import likelihood_of
from rosenblatt.support.field_types import check_fields
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

__all__ = ["KFAC", "KFACTrainer"]

# The reduction ratios between which the damping stays as it is (Martens & Grosse 2015, eq. 6.5).
POOR, GOOD = 0.25, 0.75
# Batches that begin with factors of their own.
FIRST = 3
# What a refused step multiplies the damping by.
REFUSED = 2.0
# Dampings that are as good as none, and that leave nothing of a step.
LEAST, MOST = 1e-12, 1e12


@final
@dataclass(frozen=True)
class KFAC:
    """Natural gradient with F_l ≈ A_{l-1} ⊗ G_l, for networks of any size (G16).

    Martens & Grosse (2015), "Optimizing neural networks with Kronecker-factored approximate
    curvature". Of each batch, with h its objective and λ the damping:

    1. A and G are averaged over the batches, G with targets drawn from the model.
    2. Δ = -F̃⁻¹∇h, F̃ damped by γ = √(λ + the penalty's curvature), shared out between A and G.
    3. δ = αΔ + βδ₀, δ₀ the last step: α and β minimise the quadratic model
       h + ∇hᵀδ + ½ δᵀ(F + λI)δ, with the batch's own F, which costs two products with J. So there
       is neither a learning rate nor a momentum to set.
    4. A step that raises h is refused: λ ← 2λ. Otherwise, when the next batch is there, and ρ is
       the fall of h over that of the model: λ ← λ/ω where ρ < ¼, or where the step has raised the
       next batch's objective; else λ ← ωλ where ρ > ¾.

    The paper uses ρ alone, which is measured on the rows that the step was computed from: in small
    batches it accepts every step and lowers the damping until training diverges. Hence the check on
    the next batch; in full batch the two rules agree. The paper's greedy search for γ, growing
    batches and averaged iterates are left out. One target is drawn for every row: a row of weight 2
    equals two rows in expectation only.

    Parameters
    ----------
    damping : float, default 0.03
        λ of the first batch.
    decay : float, default 0.95
        Weight of the past in the averages of A and G, at most.
    refresh : int, default 5
        Batches between two factorisations of A and G; each of the first three batches has one.
    adaptation : float, default 0.95
        ω, below 1.
    max_width : int, default 10_000
        The widest layer or input taken: the factors of one of n units are matrices of n² numbers.
    """

    damping: float = 0.03
    decay: float = 0.95
    refresh: int = 5
    adaptation: float = 0.95
    max_width: int = 10_000

    def __post_init__(self) -> None:
        check_fields(self)
        positive(self, "damping", "refresh", "adaptation", "max_width")
        positive(self, "decay", or_zero=True)
        if self.decay >= 1 or self.adaptation >= 1:
            raise ValueError(
                f"KFAC: decay and adaptation must be below 1, got {self.decay} and"
                f" {self.adaptation}."
            )


@final
class KFACTrainer(Trainer):
    """Trains by K-FAC. Learning-rate factors multiply the steps; `rng` draws the targets.

    Attributes
    ----------
    damping : float
        The current λ.
    last_step : array (n_parameters,)
        δ₀; zeros after a step that was refused.
    ratio : float
        ρ of the last step.
    """

    def __init__(
        self,
        method: KFAC,
        network: Network,
        loss: Loss,
        penalty: L2,
        arrays: Arrays,
        theta: FloatArray,
        rng: Rng,
    ) -> None:
        self.network, self.loss, self.penalty, self.arrays = network, loss, penalty, arrays
        self.method, self.theta, self.rng = method, theta, rng
        self.likelihood = likelihood_of(loss)
        self.fisher = KroneckerFisher(network, method.decay)
        self.damping = method.damping
        self.last_step = np.zeros_like(theta)
        self.ratio = 1.0
        self.batches = 0

    def epochs(self, plan: EpochPlan) -> Iterator[Epoch]:
        return one_by_one(self._epoch, plan)

    def _epoch(self, plan: EpochPlan) -> Epoch:
        end = time.perf_counter() + plan.seconds
        order = self.arrays.order if plan.order is None else plan.order
        seen = steps = 0
        losses, squares, divergence = np.zeros(2), np.zeros(len(self.network.layers)), None
        with np.errstate(all="ignore"):  # a divergence is reported once, by its epoch
            for step, factor in enumerate(plan.lr_factors):
                rows = order[step * plan.batch_size :][: plan.batch_size]
                batch = BatchObjective(
                    self.network, self.loss, self.penalty, self.arrays, rows, self.theta
                )
                losses += np.multiply(batch.losses, len(rows))
                squares += self.network.squared_norms(batch.gradient)
                seen, steps = seen + len(rows), steps + 1
                if not batch.is_finite:
                    divergence = Divergence(steps, self._finding(rows))
                elif len(batch.shares) and (found := self._step(batch, factor)):
                    divergence = Divergence(steps, found)
                if divergence is not None or time.perf_counter() >= end:
                    break
        data_loss, penalty = (losses / seen).tolist()
        return Epoch(
            data_loss,
            penalty,
            tuple(np.sqrt(squares / steps).tolist()),
            steps - (divergence is not None),
            divergence,
            self.damping,
        )

    def state_dict(self) -> StateDict:
        own = {"damping": self.damping, "ratio": self.ratio, "batches": self.batches}
        parts = StateDict.of_parts(fisher=self.fisher.state_dict())
        return StateDict(own | parts.values, {"last_step": self.last_step} | parts.arrays)

    def load_state_dict(self, state: StateDict) -> None:
        self.damping, self.ratio = state.number("damping"), state.number("ratio")
        self.batches = state.whole("batches")
        self.last_step = np.empty_like(self.theta)
        state.copy_to(self.last_step, "last_step")
        self.fisher.load_state_dict(state.part("fisher"))

    def _finding(self, rows: npt.NDArray[np.int64]) -> Diagnosis:
        """Where a batch's objective or its gradient overflows."""
        network, moved = self.network, self.batches > 0
        return examined(network, self.loss, self.penalty, self.arrays, self.theta, moved, rows)

    def _step(self, batch: BatchObjective, factor: float) -> Diagnosis | None:
        """Take or refuse a step; returns an overflow that leaves no direction, if any."""
        if self.last_step.any():
            self._judge(batch)
        if (overflow := self._observe(batch)) is not None:
            return overflow
        natural = -self.fisher.solve(batch.gradient)
        directions = (natural, self.last_step) if self.last_step.any() else (natural,)
        C = batch.curvature(self.likelihood, directions, self.damping)
        slopes = np.array([float(batch.gradient @ v) for v in directions])
        if not (np.isfinite(C).all() and np.isfinite(slopes).all()):
            self._refuse()
            return None
        sizes = -scipy.linalg.lstsq(C, slopes, check_finite=False)[0]
        step = (factor * sizes @ np.stack(directions)).astype(self.theta.dtype)
        after = self.theta + step
        fall = sum(batch.losses) - sum(batch.losses_at(after))
        if fall > 0 and np.isfinite(after).all():  # which NaN is not
            # The model falls by -½∇hᵀδ to its minimum, and so far where a share of δ is taken.
            predicted = -(factor - 0.5 * factor**2) * float(slopes @ sizes)
            self.theta[:] = after
            self.last_step, self.ratio = step, fall / predicted if predicted > 0 else 0.0
        else:
            self._refuse()
        return None

    def _refuse(self) -> None:
        self.last_step = np.zeros_like(self.theta)
        self._damp(REFUSED)

    def _judge(self, batch: BatchObjective) -> None:
        """Adapt λ to the effect of the last step on its own rows and on these."""
        before = sum(batch.losses_at(self.theta - self.last_step))
        if self.ratio < POOR or not sum(batch.losses) <= before:
            self._damp(1 / self.method.adaptation)
        elif self.ratio > GOOD:
            self._damp(self.method.adaptation)

    def _damp(self, factor: float) -> None:
        self.damping = float(np.clip(self.damping * factor, LEAST, MOST))

    def _observe(self, batch: BatchObjective) -> Diagnosis | None:
        """Update the factors, with targets drawn from the model; returns an overflow, if any."""
        # By the loss -ln p: with label smoothing the second moment of δ would not be F.
        y = self.likelihood.draw(self.rng, batch.passed.scores)
        drawn = batch.deltas_of(self.likelihood.loss, y)
        self.fisher.observe(batch.passed.a[:-1], drawn, batch.shares / batch.shares.sum())
        layer = self.fisher.first_overflow()
        if layer is not None:
            return Diagnosis(
                layer + 1,
                f"the squares of the inputs or of the errors of {layer_name(self.network, layer)}"
                " overflow float64",
                Cause.DATA,
                "the inputs or the targets are not scaled",
            )
        if self.batches < FIRST or self.batches % self.method.refresh == 0:
            self.fisher.invert(np.sqrt(self.damping + batch.ridge))
        self.batches += 1
        return None
