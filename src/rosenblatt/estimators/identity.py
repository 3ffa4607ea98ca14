"""By what a fit is known again: its parameters, its data and the weights that it begins from."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

import numpy as np

from rosenblatt.estimators.fits import Fit
from rosenblatt.estimators.rows import fingerprint
from rosenblatt.snapshot import generator_snapshot

__all__ = ["differences", "identity"]

# What may differ between the beginning of a fit and its going on: limits, and what leaves the
# numbers alone.
FREE = {"callbacks", "checkpoint", "max_fun", "max_iter", "max_time", "n_jobs", "verbose"}
# So much of a text is told.
TOLD = 60


def identity(fit: Fit) -> dict[str, str]:
    """A text for each thing in which two fits may differ."""
    est, start = fit.start.est, fit.start
    parameters = est.get_params(deep=False)
    begins_from = hashlib.blake2b(start.theta.tobytes(), digest_size=16)
    begins_from.update(start.state.tobytes())
    return {
        "the estimator": type(est).__name__,
        **{name: told(value) for name, value in parameters.items() if name not in FREE},
        "the float type": start.theta.dtype.name,
        "X, y or sample_weight": fingerprint(start.train).hex(),
        "the classes": told(getattr(est, "classes_", None)),
        "the validation rows": ""
        if start.validation is None
        else fingerprint(start.validation).hex(),
        "the weights to begin from": begins_from.hexdigest(),
    }


def differences(there: dict[str, str], here: dict[str, str]) -> str:
    """In words; empty where there is none."""
    differing = [name for name in here if there.get(name) != here[name]]
    parameters = [name for name in differing if name.isidentifier()]
    if parameters:  # the rest may follow from them
        differing = parameters
    return " and ".join(
        f"{name} is {here[name]:.{TOLD}} and was {there.get(name, 'unknown'):.{TOLD}}"
        if name in parameters
        else f"{name} differ"
        for name in differing
    )


def told(value: Any) -> str:
    """The same text for the same value in any process, where it is what its attributes are."""
    match value:
        case np.random.RandomState():
            return f"RandomState {hashed(told(generator_snapshot(value).values))}"
        case np.ndarray() if value.dtype != object and value.size > 100:
            return f"array {hashed(told(value.shape) + value.dtype.str, value.tobytes())}"
        case np.ndarray():
            return told(value.tolist())
        case np.generic():
            return told(value.item())
        case None | bool() | int() | float() | str() | bytes():
            return repr(value)
        case dict():
            entries = sorted(f"{told(k)}: {told(v)}" for k, v in value.items())
            return f"{{{', '.join(entries)}}}"
        case list() | tuple():
            return f"[{', '.join(map(told, value))}]"
        case functools.partial():
            return f"partial({told([value.func, *value.args, value.keywords])})"
    if hasattr(value, "__qualname__"):  # a class or a function
        return f"{value.__module__}.{value.__qualname__}"
    return f"{type(value).__qualname__}({told(getattr(value, '__dict__', {}))})"


def hashed(text: str, data: bytes = b"") -> str:
    return hashlib.blake2b(text.encode() + data, digest_size=16).hexdigest()
