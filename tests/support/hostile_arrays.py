"""Arrays of every shape, stride, type and place in memory, for the compiled module to take or to
refuse. Whatever is written to lies between margins that tell whether more was written."""

from __future__ import annotations

import array
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided

MARGIN, MARK = 128, 0xA5
# No number of which a computation could make trouble is left out.
NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, 3.25, np.nan, np.inf, -np.inf, 1e30, -1e30, 1e-45]
WHOLE = [0, 1, 2, 3, 4, 5, -1, 7, 1000, 2**31 - 1, 2**31, -(2**31), 2**62, 2**63 - 1, -(2**63)]
# Of which not every one is a number that a call takes.
COUNTS = st.sampled_from([1, 2, 3, 4, 2, 3, *WHOLE, 2**63, 2**64, -(2**64), 1.5, None, "2"])
TYPES = ["f2", "f4", "f8", "g", ">f4", ">f8", "c8", "c16", "?", "i1", "i4", "u4", "i8", ">i8", "u8"]
TYPES += ["O", "U3", "S8", "M8[s]", "V8", "f8,i8"]


class Ground:
    """Memory in which arrays lie apart."""

    def __init__(self) -> None:
        self.lent: list[tuple[npt.NDArray[np.uint8], int, int]] = []

    def place(self, values: npt.NDArray[Any], shift: int = 0) -> npt.NDArray[Any]:
        """A copy, `shift` bytes beside an aligned address."""
        if values.dtype.hasobject:
            return values
        memory = np.full(2 * MARGIN + values.nbytes + 64, MARK, np.uint8)
        start = MARGIN + -memory.ctypes.data % 64 + shift
        stop = start + values.nbytes
        placed = memory[start:stop].view(values.dtype).reshape(values.shape)
        placed[...] = values
        self.lent.append((memory, start, stop))
        return placed

    def check(self) -> None:
        for memory, start, stop in self.lent:
            assert (memory[:start] == MARK).all()
            assert (memory[stop:] == MARK).all()


class Subclass(np.ndarray[Any, Any]):
    pass


def mapped(values: npt.NDArray[Any], mode: Any) -> Any:
    """The same in a file, mapped into memory."""
    with tempfile.TemporaryFile() as file:
        file.write(values.tobytes() or bytes(8))
        file.flush()
        return np.memmap(file, values.dtype, mode, shape=values.shape or (1,))


def locked(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    values.flags.writeable = False
    return values


def spread(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """One element as an array of any size, which may be written to."""
    return as_strided(np.ones(1, values.dtype), shape, (0,) * len(shape))


Make = Callable[[Ground, npt.NDArray[Any], np.random.Generator], Any]

ODDITIES: dict[str, Make] = {
    "type": lambda ground, a, rng: ground.place(np.zeros(a.shape, rng.choice(TYPES))),
    "byte order": lambda ground, a, rng: ground.place(a.astype(a.dtype.newbyteorder())),
    "shape": lambda ground, a, rng: ground.place(
        np.zeros(rng.choice([0, 1, 2, 3, 4, 5, 7, 8, 9, 64], rng.integers(4)), a.dtype)
    ),
    "one more": lambda ground, a, rng: ground.place(np.resize(a, (len(a) + 1, *a.shape[1:]))),
    "one less": lambda ground, a, rng: ground.place(a)[:-1],
    "flat": lambda ground, a, rng: ground.place(a.reshape(-1)),
    "deep": lambda ground, a, rng: ground.place(a)[None],
    "without dimensions": lambda ground, a, rng: ground.place(np.zeros((), a.dtype)),
    "reversed": lambda ground, a, rng: ground.place(a)[..., ::-1],
    "upside down": lambda ground, a, rng: ground.place(a)[::-1],
    "gaps": lambda ground, a, rng: ground.place(np.repeat(a, 2, -1))[..., ::2],
    "row gaps": lambda ground, a, rng: ground.place(np.repeat(a, 2, 0))[::2],
    "transposed": lambda ground, a, rng: ground.place(np.ascontiguousarray(a.T)).T,
    "broadcast": lambda ground, a, rng: np.broadcast_to(a.dtype.type(1), a.shape),
    "spread": lambda ground, a, rng: spread(a, a.shape),
    "misaligned": lambda ground, a, rng: ground.place(a, int(rng.integers(1, a.itemsize))),
    "read-only": lambda ground, a, rng: locked(ground.place(a)),
    "mapped": lambda ground, a, rng: mapped(a, "c"),
    "mapped for reading": lambda ground, a, rng: mapped(a, "r"),
    "huge": lambda ground, a, rng: spread(a, (2**40, *a.shape[1:])),
    "wide": lambda ground, a, rng: spread(a, (*a.shape[:-1], 2**40)),
    "huge and empty": lambda ground, a, rng: spread(a, (0, 2**40)),
    "empty": lambda ground, a, rng: ground.place(a)[:0],
    "subclass": lambda ground, a, rng: ground.place(a).view(Subclass),
    "masked": lambda ground, a, rng: np.ma.masked_array(ground.place(a)),
    "view": lambda ground, a, rng: memoryview(ground.place(a)),
    "bytes": lambda ground, a, rng: a.tobytes(),
    "list": lambda ground, a, rng: a.tolist(),
    "array.array": lambda ground, a, rng: array.array("d", [0.0] * a.size),
    "capsule": lambda ground, a, rng: np.random.MT19937(0).capsule,
    "None": lambda ground, a, rng: None,
    "number": lambda ground, a, rng: 3,
    "text": lambda ground, a, rng: "text",
    "thing": lambda ground, a, rng: object(),
}


@st.composite
def arrays(draw: Any, ground: Ground, dtype: npt.DTypeLike, *shape: int, tame: bool = False) -> Any:
    """An array as it ought to be, or one of the oddities over it; the numbers of one that is not
    tame are any."""
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    whole = np.issubdtype(dtype, np.integer)
    low, high = np.iinfo(dtype).min if whole else 0, np.iinfo(dtype).max if whole else 0
    values: list[Any] = [n for n in WHOLE if low <= n <= high] if whole else NUMBERS
    if tame:
        values = [0, 1]
    a = rng.choice(values, shape).astype(dtype)
    odd = draw(st.sampled_from([None] * len(ODDITIES) + list(ODDITIES)))
    return ground.place(a) if odd is None else ODDITIES[odd](ground, a, rng)
