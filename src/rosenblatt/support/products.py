"""Products and norms by BLAS, without its floating-point warnings.

Which warnings NumPy gives of one follows from the kernel that BLAS has for a processor: a fused
multiply-add to a sum that is infinite raises no flag where a product by itself overflows, and lanes
that pad a vector may raise some of their own. The numbers are what callers check.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["matmul", "norm"]


def matmul(a: Any, b: Any) -> Any:
    """a @ b."""
    with np.errstate(all="ignore"):
        return a @ b


def norm(x: Any) -> float:
    """‖x‖ of all numbers of x together; infinite where its square overflows."""
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(x))
