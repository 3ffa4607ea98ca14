"""The identity of a fit: its parameters, its data and its initial weights, as texts."""

from __future__ import annotations

import functools
import hashlib
import types
from numbers import Real
from typing import Any

import numpy as np

from rosenblatt.fitting.data import Columns
from rosenblatt.fitting.fits import Fit
from rosenblatt.fitting.resume.code_fingerprint import does, is_own
from rosenblatt.fitting.train_validation import fingerprint
from rosenblatt.options.parameters import NAMES
from rosenblatt.support.listing import brief
from rosenblatt.support.plain_text import printable
from rosenblatt.support.state_dict import generator_state

__all__ = ["differences", "identity"]

# Parameters that a resumed fit may change: limits, and what affects numbers by rounding alone.
FREE = {"callbacks", "checkpoint", "max_fun", "max_iter", "max_time", "n_jobs", "verbose"}
# Characters of a text that a message quotes.
QUOTED = 60
READABLE = ("the estimator", "the float type")
# Up to here floats represent every whole number.
WHOLE = 2**53


def identity(fit: Fit, owner: str, columns: Columns) -> dict[str, str]:
    """A text for each thing in which two fits may differ.

    Parameters
    ----------
    fit : Fit
        Before its first step.
    owner : str
        The class of the estimator.
    columns : Columns
        Those of X.

    Raises
    ------
    TypeError
        For a parameter without a representation that is the same in every process.
    """
    context = fit.context
    parameters = {name: getattr(context.parameters, name) for name in NAMES if name not in FREE}
    parameters |= context.targets.options
    if context.autoencoding is not None:
        parameters |= context.autoencoding.options
    validation = context.validation
    begins_from = hashlib.blake2b(context.theta.data, digest_size=16)
    begins_from.update(context.state.data)
    return {
        "the estimator": owner,
        **{name: fingerprint_text(value) for name, value in sorted(parameters.items())},
        "the float type": context.theta.dtype.name,
        "X, y or sample_weight": fingerprint(context.train).hex(),
        "the names of the columns": fingerprint_text(columns.names),
        "the classes": fingerprint_text(context.targets.attributes.get("classes_")),
        "the validation rows": "" if validation is None else fingerprint(validation).hex(),
        "the rows to learn from": hashed("", fit.rows.tobytes()),
        "the weights to begin from": begins_from.hexdigest(),
    }


def differences(there: dict[str, str], here: dict[str, str]) -> str:
    """The differences in words; empty without any."""
    differing = [name for name in here if there.get(name) != here[name]]
    parameters = [name for name in differing if name.isidentifier()]
    if parameters:  # the rest may follow from them
        differing = parameters
    return " and ".join(
        f"{name} is {quoted(here[name])} and was {quoted(there.get(name, 'unknown'))}"
        if name in parameters or name in READABLE
        else f"{name} differ"
        for name in differing
    )


def quoted(value: str) -> str:
    """The beginning, without control characters, which a forged checkpoint may have."""
    return printable(value[:QUOTED])


def fingerprint_text(value: Any, within: tuple[int, ...] = ()) -> str:
    """The same text for the same value, in any process.

    A function is its name and what it does, as is a class of the user's own; an object its type and
    what it would be copied from.
    """
    if id(value) in within:
        return f"itself {within.index(id(value))}"
    text_of = functools.partial(fingerprint_text, within=(*within, id(value)))
    match value:
        case None | bool() | bytes():
            return repr(value)
        case str():
            return repr(str(value))
        case types.ModuleType():
            return value.__name__
        case np.random.RandomState():
            return f"RandomState {hashed(text_of(generator_state(value).values))}"
        case np.ndarray() if value.dtype != object and value.size > 100:
            return f"array {hashed(text_of(value.shape) + value.dtype.str, value.tobytes())}"
        case np.ndarray():
            return text_of(value.tolist())
        case np.dtype():
            return repr(value.name)
        case np.bool_():
            return repr(bool(value))
        case Real():
            number = float(value)
            return repr(int(number) if abs(number) < WHOLE and number.is_integer() else number)
        case dict():
            entries = sorted(f"{text_of(k)}: {text_of(v)}" for k, v in value.items())
            return f"{{{', '.join(entries)}}}"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(text_of, value)))}}}"
        case list() | tuple() | range():
            return f"[{', '.join(map(text_of, value))}]"
        case types.MethodType():
            return f"{text_of(value.__func__)} of {text_of(value.__self__)}"
        case types.FunctionType():
            return f"{value.__module__}.{value.__qualname__} {hashed(does(value, text_of))}"
        case types.CodeType():
            return text_of([value.co_code, value.co_consts, value.co_names])
        case type() if issubclass(value, np.generic):
            return repr(np.dtype(value).name)
        case type() if is_own(value):
            return f"{value.__module__}.{value.__qualname__} {hashed(does(value, text_of))}"
        case type() | types.BuiltinFunctionType():
            return f"{value.__module__}.{value.__qualname__}"
    kind = type(value)
    code = f" {hashed(does(kind, text_of))} " if is_own(kind) else ""
    return f"{kind.__qualname__}{code}({text_of(copied_from(value))})"


def copied_from(value: Any) -> Any:
    """What an object says that a copy of it is made of, whatever it keeps it in."""
    try:
        made = value.__reduce_ex__(2)
    except (AttributeError, TypeError) as error:
        raise TypeError(
            f"{brief(value)} cannot be known again in another process, which a checkpoint needs:"
            f" {error}"
        ) from error
    if isinstance(made, str):  # the name of one of a kind
        return made
    _, arguments, *rest = made
    state = [part if part is None else entries(part) for part in rest]
    return [arguments, *state]


def entries(part: Any) -> Any:
    """A state as it is, and what comes one by one as a list."""
    return list(part) if hasattr(part, "__next__") else part


def hashed(text: str, data: bytes = b"") -> str:
    return hashlib.blake2b(text.encode() + data, digest_size=16).hexdigest()
