"""One step of an optimiser, where the gradient has come from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.engine.compiled import module
from rosenblatt.engine.kernels import has_kernel, kernel
from rosenblatt.optimizers import DecoupledDecay, Optimizer
from rosenblatt.support.types import FloatArray

__all__ = ["step_of"]

# Parameters that NumPy code moves at once, so that its temporaries stay in the cache.
STRIP = 1 << 15


def step_of(optimizer: Optimizer, dtype: npt.DTypeLike) -> Callable[..., None]:
    """A function that moves θ by the optimiser's rule, its decoupled decay included.

    Its arguments are g and θ, arrays (n,); slots, array (n_slots, n), the optimiser's memory, which
    is changed in place as θ is; the number of the step, from 1; factors on the rate and the decay.

    Parameters
    ----------
    optimizer : Optimizer
    dtype : data type
        Of the parameters.
    """
    if has_kernel(optimizer):
        move: Any = getattr(module(), f"move{8 * np.dtype(dtype).itemsize}")
        return partial(move, kernel(optimizer))
    return partial(step_in_strips, optimizer)


def step_in_strips(
    optimizer: Optimizer,
    g: FloatArray,
    theta: FloatArray,
    slots: FloatArray,
    t: int,
    lr_factor: float,
    decay_factor: float,
) -> None:
    for begin in range(0, len(theta), STRIP):
        run = slice(begin, begin + STRIP)
        if isinstance(optimizer, DecoupledDecay):
            theta[run] *= optimizer.kept(lr_factor, decay_factor)
        theta[run] += optimizer.update(g[run], slots[:, run], t, lr_factor)
