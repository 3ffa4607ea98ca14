"""One step of an optimiser, where the gradient has come from elsewhere."""

from __future__ import annotations

from typing import Any

from rosenblatt.engine.compiled import module
from rosenblatt.engine.kernels import has_kernel, kernel
from rosenblatt.optimizers import DecoupledDecay, Optimizer
from rosenblatt.support.types import FloatArray

__all__ = ["optimizer_step"]

# Parameters that NumPy code moves at once, so that its temporaries stay in the cache.
STRIP = 1 << 15


def optimizer_step(
    optimizer: Optimizer,
    g: FloatArray,
    theta: FloatArray,
    slots: FloatArray,
    t: int,
    lr_factor: float = 1.0,
    decay_factor: float = 1.0,
) -> None:
    """Move θ by the optimiser's rule, its decoupled decay included.

    Parameters
    ----------
    optimizer : Optimizer
    g, theta : array (n,)
    slots : array (n_slots, n)
        The optimiser's memory; changed in place, as θ is.
    t : int
        Number of the step, from 1.
    lr_factor, decay_factor : float
        Factors on the rate and on the decay.
    """
    if has_kernel(optimizer):
        move: Any = getattr(module(), f"move{8 * theta.itemsize}")
        move(kernel(optimizer), g, theta, slots, t, lr_factor, decay_factor)
        return
    for begin in range(0, len(theta), STRIP):
        run = slice(begin, begin + STRIP)
        if isinstance(optimizer, DecoupledDecay):
            theta[run] *= optimizer.kept(lr_factor, decay_factor)
        theta[run] += optimizer.update(g[run], slots[:, run], t, lr_factor)
