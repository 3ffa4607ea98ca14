"""Counts the multiplications of matrix products, whoever takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np

from rosenblatt.support.types import FloatArray

__all__ = ["multiplications"]


def multiplications(work: Callable[..., object], *arrays: FloatArray) -> int:
    """How many `work(*arrays)` takes, in products of matrices of what follows from the arrays."""
    Tallied.count = 0
    work(*(array.view(Tallied) for array in arrays))
    return Tallied.count


@final
class Tallied(np.ndarray):
    """An array whose products are counted, and whose results are such arrays."""

    count = 0

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **given: Any) -> Any:
        plain = [x.view(np.ndarray) if isinstance(x, Tallied) else x for x in inputs]
        if "out" in given:
            given["out"] = tuple(
                x.view(np.ndarray) if isinstance(x, Tallied) else x for x in given["out"]
            )
        result = getattr(ufunc, method)(*plain, **given)
        if ufunc is np.matmul:
            # Each number of the result is a sum over the columns of the first factor.
            Tallied.count += int(np.size(result)) * int(np.shape(plain[0])[-1])
        return result.view(Tallied) if isinstance(result, np.ndarray) else result
