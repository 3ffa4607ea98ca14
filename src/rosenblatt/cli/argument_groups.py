"""Groups of options: one declaration for several commands."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import Any

__all__ = ["expand_groups"]


def expand_groups(command: Callable[..., Any]) -> Callable[..., Any]:
    """Expand a command's parameters whose types are dataclasses into the fields of these.

    typer reads a command's options from its signature, and has no groups of them.
    """
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[Any, Mapping[str, inspect.Parameter]]] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        group = parameter.annotation
        if isinstance(group, type) and is_dataclass(group):
            fields = inspect.signature(group, eval_str=True).parameters
            groups[parameter.name] = group, fields
            parameters += fields.values()
        else:
            parameters.append(parameter)

    @functools.wraps(command)
    def expanded(**given: Any) -> Any:
        values = {
            name: group(**{field: given.pop(field) for field in fields})
            for name, (group, fields) in groups.items()
        }
        return command(**given, **values)

    expanded.__annotations__ = {p.name: p.annotation for p in parameters}
    expanded.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return expanded
