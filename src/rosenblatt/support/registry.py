"""Registries: one record a member, with what the library needs of it beyond its mathematics.

Persistence, exports and option names read these records, so that a member of a user's own is known
to all of them once it is registered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, Generic, Protocol, TypeVar, final

from rosenblatt.support.listing import brief

__all__ = ["Record", "Registry", "Unsupported", "registered_classes"]


class Record(Protocol):
    """What every record has."""

    @property
    def cls(self) -> type[Any]:
        """The member's class, a frozen dataclass: its fields are what a model file stores."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names that stand for an object of the class with its defaults."""

    @property
    def is_saved(self) -> bool:
        """Whether a model file may hold it."""


R = TypeVar("R", bound=Record)


@final
class Unsupported:
    """Stands in a record for an export form that cannot exist, with the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@final
class Registry(Generic[R]):
    """The records of all members that derive from `base`, in the order of their registration.

    Parameters
    ----------
    base : type
        The abstract class of the members.
    what : str
        What a member is called in messages, such as 'activation'.
    """

    def __init__(self, base: type[Any], what: str) -> None:
        self.base, self.what = base, what
        self._records: dict[type[Any], R] = {}
        self._names: dict[str, R] = {}
        REGISTRIES[base] = self

    def add(self, record: R) -> None:
        """Register a member.

        Raises
        ------
        TypeError
            Where its class does not derive from the base, or is no dataclass.
        ValueError
            Where another class has its name. The same class, defined once more as in a notebook's
            cell, replaces its earlier self.
        """
        cls = record.cls
        if not (isinstance(cls, type) and issubclass(cls, self.base) and is_dataclass(cls)):
            raise TypeError(
                f"{brief(cls)} cannot be registered: a registered {self.what} is a dataclass that"
                f" derives from {self.base.__name__}."
            )
        if record.names:
            require_defaults(cls, record.names)
        for known in [other for other in self._records if other.__name__ == cls.__name__]:
            self._replace(known, cls)
        for name in record.names:
            if name in self._names:
                raise ValueError(
                    f"{brief(name)} already names {self._names[name].cls.__name__}: choose another"
                    f" name for {cls.__name__}."
                )
        self._records[cls] = record
        self._names |= dict.fromkeys(record.names, record)

    def of(self, member: object) -> R | None:
        """The record of a member's class; None where it is not registered."""
        return self._records.get(type(member))

    def __iter__(self) -> Iterator[R]:
        return iter(tuple(self._records.values()))

    @property
    def by_name(self) -> dict[str, R]:
        """The records by their members' names: the first name of each, then the others."""
        first = {record.names[0]: record for record in self if record.names}
        return first | self._names

    @property
    def saved_classes(self) -> tuple[type[Any], ...]:
        """The classes that a model file may hold, by the alphabet."""
        saved = (record.cls for record in self if record.is_saved)
        return tuple(sorted(saved, key=lambda cls: cls.__name__))

    def _replace(self, known: type[Any], cls: type[Any]) -> None:
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise ValueError(
                f"{known.__module__}.{known.__qualname__} is already registered as"
                f" {known.__name__}, the name that model files use: name the new class otherwise."
            )
        record = self._records.pop(known)
        for name in record.names:
            del self._names[name]


def require_defaults(cls: type[Any], names: tuple[str, ...]) -> None:
    try:
        cls()
    except TypeError as error:
        raise TypeError(
            f"{names[0]!r} stands for {cls.__name__}(), which takes arguments: give its fields"
            " defaults, or register it without a name."
        ) from error


REGISTRIES: dict[type[Any], Registry[Any]] = {}


def registered_classes(base: type[Any]) -> tuple[type[Any], ...] | None:
    """The classes that a model file may hold where `base` is declared; None without a registry."""
    registry = REGISTRIES.get(base)
    return None if registry is None else registry.saved_classes
