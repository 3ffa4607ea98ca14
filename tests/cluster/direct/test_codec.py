"""Messages as bytes: all kinds come back as they were, and nothing else is read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.cluster.compression import COMPRESSORS
from rosenblatt.cluster.compression.messages import Dense, Message, Parts, Sparse
from rosenblatt.cluster.direct.codec import received, sent
from rosenblatt.cluster.direct.frames import (
    PREFIX_BYTES,
    ProtocolError,
    arrays_in,
    buffers,
    layout,
    lengths,
)
from rosenblatt.cluster.messages import Join, Push

SHAPES = [(13, 7), (7,), (1,)]
N = sum(math.prod(shape) for shape in SHAPES)


def carried(message: Join | Push, change: Callable[[Any], Any] = lambda whole: whole) -> Any:
    """The message after a journey, on which `change` may alter the header and list of arrays."""
    raw = b"".join(bytes(piece) for piece in buffers(*sent(message)))
    n_header, total, _ = lengths(raw[:PREFIX_BYTES], 1 << 20)
    text, behind = raw[PREFIX_BYTES:][:n_header], raw[PREFIX_BYTES + n_header :]
    found = layout(json.dumps(change(json.loads(text))).encode(), total)
    return received(found.header, arrays_in(found, memoryview(behind)))


def push(message: Message, **given: Any) -> Push:
    fields: dict[str, Any] = {"share": 0.5, "rows": 5, "loss": 0.25, "last": False, **given}
    return Push(1, 2, 3, 4, message, **fields)


def dense(n: int = 5, dtype: str = "f4") -> Dense:
    return Dense(np.arange(n).astype(dtype))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", [None, *COMPRESSORS])
def test_every_kind_comes_back_to_the_bit(name: str | None, dtype: str) -> None:
    x = np.random.default_rng(0).standard_normal(N).astype(dtype)
    message = Dense(x) if name is None else COMPRESSORS[name].encoder(SHAPES, 3).encode(x, 8)
    found = carried(push(message))
    assert found._replace(message=None) == push(message)._replace(message=None)
    assert type(found.message) is type(message)
    assert found.message.n_bytes == message.n_bytes
    np.testing.assert_array_equal(found.message.decoded(), message.decoded(), strict=True)


@given(
    st.floats(width=64),
    st.lists(st.floats(width=64), max_size=4),
    st.integers(0, 2**60),
    st.booleans(),
)
def test_numbers_beside_the_array(loss: float, norms: list[float], step: int, last: bool) -> None:
    message = push(dense(), loss=loss, norms=tuple(norms), last=last)._replace(step=step)
    found = carried(message)
    np.testing.assert_array_equal((found.loss, *found.norms), (loss, *norms))
    assert (found.step, found.last, found.worker) == (step, last, 1)
    assert carried(Join(1, step)) == Join(1, step)
    assert carried(Join(1, 0, step)) == Join(1, 0, step)


def replaced(position: int, value: Any) -> Callable[[Any], Any]:
    """A number of the push, replaced."""

    def change(whole: Any) -> Any:
        whole[0]["push"][position] = value
        return whole

    return change


def with_message(value: Any) -> Callable[[Any], Any]:
    return replaced(4, value)


def with_array(listed: Any) -> Callable[[Any], Any]:
    return lambda whole: [whole[0], listed]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (replaced(0, "1"), "other types"),
        (replaced(2, 1.5), "other types"),
        (replaced(8, 1), "other types"),
        (replaced(11, ["x"]), "cannot be read"),
        (with_message(["Pickle", [None]]), "cannot be read"),
        (with_message(["Dense", []]), "cannot be read"),
        (with_message(["Dense", [7]]), "do not fit each other"),
        (with_message(["Dense", [None, None]]), "cannot be read"),
        (with_message(["Parts", []]), "more arrays"),
        (with_message(["Parts", [["Parts", []], ["Dense", [None]]]]), "cannot be read"),
        (with_message(["Signs", [9, None, None]]), "cannot be read"),
        (with_message(["Seeded", [5, -1, 0, None]]), "do not fit each other"),
        (with_message(["Seeded", [4, 0, 0, None]]), "do not fit each other"),
        (with_message(["Sparse", [1 << 70, None, None]]), "cannot be read"),
        (with_array([["|O", [5]]]), "an array of type '|O'"),
        (with_array([["<f4", [-5]]]), "an array of type"),
        (with_array([["<f4", [5.0]]]), "an array of type"),
        (with_array([["<f4", [500]]]), "does not fit its arrays"),
        (with_array([["<f4", [1 << 62, 4]]]), "does not fit its arrays"),
        (with_array(7), "cannot be read"),
        (lambda whole: [7, whole[1]], "does not fit its arrays"),
        (lambda whole: [{}, whole[1]], "cannot be read"),
        (lambda _: None, "cannot be read"),
    ],
)
def test_what_no_worker_sends_is_refused(change: Callable[[Any], Any], why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        carried(push(dense()), change)


@pytest.mark.parametrize("at", [-1, 5])
def test_positions_beyond_the_vector_are_refused(at: int) -> None:
    message = Sparse(5, np.array([0, at], np.int32), np.ones(2))
    with pytest.raises(ProtocolError, match="do not fit each other"):
        carried(push(Parts((dense(), message))))


def test_the_length_of_a_message_is_bounded_before_memory_is_taken() -> None:
    (prefix, *_) = buffers(*sent(push(dense(1000))))
    assert lengths(bytes(prefix[:PREFIX_BYTES]), 4000)[1] == 4000
    with pytest.raises(ProtocolError, match="4000 bytes, of which 3999 are taken at most"):
        lengths(bytes(prefix[:PREFIX_BYTES]), 3999)
    with pytest.raises(ProtocolError, match="no message of a worker"):
        lengths(b"GET / HTTP/1.1\r\n"[:PREFIX_BYTES], 4000)


def test_large_arrays_are_not_copied() -> None:
    message = dense(1000)
    (_, piece, *_) = buffers(*sent(push(message)))
    assert np.shares_memory(np.frombuffer(piece, np.uint8), message.values)
