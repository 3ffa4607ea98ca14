"""From the parameter `normalization` to an object of rosenblatt.normalizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rosenblatt.options.names import member
from rosenblatt.support.late import late

if TYPE_CHECKING:
    from rosenblatt.normalizations import Normalization, registration
else:
    registration = late("rosenblatt.normalizations.registration")

__all__ = ["normalization"]


def normalization(given: str | Normalization | None) -> Normalization | None:
    """The normalisation of the hidden layers, or None.

    Raises
    ------
    ValueError
        If the name is not known.
    """
    if not isinstance(given, str):
        return given
    otherwise = "None, or an object of rosenblatt.normalizations"
    known = {name: record.cls for name, record in registration.REGISTRY.by_name.items()}
    return member(known, given, "normalization", otherwise)()
