"""Serialisable state of a running object; loading it resumes bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, Self, final

import numpy as np
import numpy.typing as npt

__all__ = ["StateDict", "Stateful", "generator_state", "load_generator_state", "plain_numbers"]

# The field that indexes a generator's buffer, and the buffer's length. NumPy reads it unchecked.
PLACES = {"MT19937": ("pos", 624), "Philox": ("buffer_pos", 4)}


@final
@dataclass(frozen=True)
class StateDict:
    """Values and arrays by name; the entries of a part are prefixed with its name and a dot.

    Attributes
    ----------
    values : dict
        Numbers, strings, None, and lists of them.
    arrays : dict
        Not copied: they change with the object whose state they are.
    """

    values: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def of_parts(cls, **parts: StateDict) -> Self:
        return cls(
            {f"{part}.{k}": v for part, s in parts.items() for k, v in s.values.items()},
            {f"{part}.{k}": v for part, s in parts.items() for k, v in s.arrays.items()},
        )

    @classmethod
    def merged(cls, *states: StateDict) -> Self:
        """The entries of several states side by side, under the names they have."""
        values = {k: v for state in states for k, v in state.values.items()}
        return cls(values, {k: v for state in states for k, v in state.arrays.items()})

    def part(self, name: str) -> StateDict:
        prefix = f"{name}."
        return StateDict(
            {k.removeprefix(prefix): v for k, v in self.values.items() if k.startswith(prefix)},
            {k.removeprefix(prefix): v for k, v in self.arrays.items() if k.startswith(prefix)},
        )

    # A state that was loaded from a file may have been made up.

    def whole(self, name: str) -> int:
        """The value of that name; ValueError unless it is a whole number of 64 bits, 0 or more."""
        value = self.values[name]
        if type(value) is not int or not 0 <= value < 2**63:
            raise ValueError(f"{name} is no whole number from 0 on")
        return value

    def number(self, name: str) -> float:
        """The value of that name; ValueError unless it is a number, perhaps NaN or infinite."""
        return plain_numbers([self.values[name]], name)[0]

    def number_or_none(self, name: str) -> float | None:
        return None if self.values[name] is None else self.number(name)

    def numbers(self, name: str) -> list[float]:
        """The value of that name; ValueError unless it is a list of numbers."""
        return plain_numbers(self.values[name], name)

    def numbers_or_none(self, name: str) -> list[float] | None:
        return None if self.values[name] is None else self.numbers(name)

    def copy_to(self, array: npt.NDArray[Any], name: str) -> None:
        """Copy an array into another one.

        Raises
        ------
        KeyError
            If there is no array of that name.
        ValueError
            If its shape or type differ.
        """
        found = self.arrays[name]
        if found.shape != array.shape or found.dtype != array.dtype:
            raise ValueError(
                f"{name} has the shape {found.shape} in {found.dtype}, not {array.shape} in"
                f" {array.dtype}"
            )
        array[...] = found


def plain_numbers(values: Any, name: str) -> list[float]:
    """The list that was given; ValueError unless it is one of numbers that a float can be."""
    if type(values) is not list or not all(type(x) in (int, float) for x in values):
        raise ValueError(f"{name} holds something else than numbers")
    for x in values:
        float(x)  # OverflowError for whole numbers of more digits than a float has room for
    return values


class Stateful(Protocol):
    """An object whose state can be stored and loaded."""

    def state_dict(self) -> StateDict: ...

    def load_state_dict(self, state: StateDict) -> None: ...


def generator_state(rng: np.random.RandomState) -> StateDict:
    """The state of a NumPy generator of any kind."""
    return StateDict({"state": without_arrays(rng.get_state(legacy=False))})


def load_generator_state(rng: np.random.RandomState, saved: StateDict) -> None:
    """Load the state of a generator of the same kind.

    Raises
    ------
    ValueError
        If it is no state of that kind.
    """
    state, own = saved.values["state"], rng.get_state(legacy=False)
    kind = own["bit_generator"]
    name, end = PLACES.get(kind, ("", 0))
    places = [part[name] for part in (state, state["state"]) if name in part]
    if state["bit_generator"] != kind or not all(0 <= place <= end for place in places):
        raise ValueError(f"no state of the generator {kind}")
    rng.set_state(state)


def without_arrays(state: Any) -> Any:
    """The same with lists in place of arrays."""
    if isinstance(state, dict):
        return {name: without_arrays(value) for name, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray | np.generic) else state
