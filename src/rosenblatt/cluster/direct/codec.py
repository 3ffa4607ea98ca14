"""Joins, pushes and replies as headers and arrays, and back; nothing is taken on trust."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from rosenblatt.cluster.compression.messages import (
    Dense,
    Message,
    Parts,
    Product,
    Quantised,
    Seeded,
    Signs,
    Sparse,
)
from rosenblatt.cluster.direct.frames import Array, ProtocolError
from rosenblatt.cluster.messages import Join, Push

__all__ = ["received", "sent"]


def is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 62


def is_vector(a: Any, kinds: str = "f") -> bool:
    return isinstance(a, np.ndarray) and a.ndim == 1 and a.dtype.kind in kinds


def is_matrix(a: Any, kinds: str = "f") -> bool:
    return isinstance(a, np.ndarray) and a.ndim == 2 and a.dtype.kind in kinds


def is_sparse(m: Sparse) -> bool:
    at = m.positions
    return (
        is_whole(m.size)
        and is_vector(at, "i")
        and is_vector(m.values)
        and len(at) == len(m.values)
        and (not len(at) or (at.min() >= 0 and at.max() < m.size))
    )


def is_seeded(m: Seeded) -> bool:
    numbers = all(is_whole(n) for n in (m.size, m.seed, m.step))
    return numbers and is_vector(m.values) and len(m.values) <= m.size


def is_signs(m: Signs) -> bool:
    one = isinstance(m.magnitude, np.ndarray) and m.magnitude.shape == ()
    return one and is_whole(m.size) and is_vector(m.bits, "u") and len(m.bits) == -(-m.size // 8)


def is_quantised(m: Quantised) -> bool:
    return (
        is_whole(m.size)
        and is_matrix(m.levels, "i")
        and is_vector(m.scales)
        and len(m.levels) == len(m.scales)
        and m.levels.size >= m.size
    )


def is_product(m: Product) -> bool:
    return is_matrix(m.P) and is_matrix(m.Q) and m.P.shape[1] == m.Q.shape[1]


# What a message consists of is the fields of its class, in their order.
KINDS: dict[str, tuple[type[Any], Callable[[Any], bool]]] = {
    "Dense": (Dense, lambda m: is_vector(m.values)),
    "Sparse": (Sparse, is_sparse),
    "Seeded": (Seeded, is_seeded),
    "Signs": (Signs, is_signs),
    "Quantised": (Quantised, is_quantised),
    "Product": (Product, is_product),
}


def described(message: Message, arrays: list[Array]) -> list[Any]:
    """The kind and its whole numbers, None for each array, which is appended to `arrays`."""
    if isinstance(message, Parts):
        return ["Parts", [described(part, arrays) for part in message.parts]]
    found: list[Any] = []
    for field in fields(message):  # type: ignore[arg-type]
        value = getattr(message, field.name)
        if isinstance(value, np.ndarray | np.generic):
            arrays.append(np.asarray(value))
            found.append(None)
        else:
            found.append(int(value))
    return [type(message).__name__, found]


def restored(description: Any, arrays: list[Array], within: bool = False) -> Message:
    """The message of a description, by the first of the arrays, which are taken away."""
    kind, given = description
    if kind == "Parts" and not within:
        return Parts(tuple(restored(part, arrays, True) for part in given))
    cls, is_valid = KINDS[kind]
    message = cls(*(arrays.pop(0) if value is None else value for value in given))
    if not is_valid(message):
        raise ProtocolError(f"a message of kind {kind} whose arrays do not fit each other")
    if isinstance(message, Signs):
        message = Signs(message.size, message.bits, message.magnitude[()])  # type: ignore[index]
    restored_message: Message = message
    return restored_message


def sent(message: Join | Push) -> tuple[dict[str, Any], Sequence[Array]]:
    """Header and arrays."""
    if isinstance(message, Join):
        return {"join": list(message)}, ()
    arrays: list[Array] = []
    plain = message._replace(
        message=described(message.message, arrays),  # type: ignore[arg-type]
        share=float(message.share),
        loss=float(message.loss),
        penalty=float(message.penalty),
        norms=tuple(map(float, message.norms)),
    )
    return {"push": plain}, arrays


# What a push has beside its message, and the types that its fields may have.
PUSH_TYPES = (int, int, int, int, list, float, int, float, bool, bool, float, list)


def received(header: dict[str, Any], arrays: Sequence[Array]) -> Join | Push:
    """The message of a header and its arrays.

    Raises
    ------
    ProtocolError
        For anything that `sent` does not write.
    """
    try:
        if "join" in header:
            worker, incarnation, step = header["join"]
            if is_whole(worker) and is_whole(incarnation) and (step is None or is_whole(step)):
                return Join(worker, incarnation, step)
            raise ProtocolError("a request whose numbers are none")
        given, rest = header["push"], list(arrays)
        if [type(value) for value in given] != list(PUSH_TYPES):
            raise ProtocolError("a push whose numbers are of other types")
        push = Push(*given)
        norms = tuple(map(float, push.norms))
        message = restored(push.message, rest)
    except ProtocolError:
        raise
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise ProtocolError(f"a message that cannot be read: {error!r}") from None
    if rest:
        raise ProtocolError("a push with more arrays than its message has")
    return push._replace(message=message, norms=norms)
