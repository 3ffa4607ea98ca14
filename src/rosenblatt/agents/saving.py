"""Agents in files: what they have learnt, in the container of the library's model files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.agents.actions import FLOATS, Actions, Choices, Numbers
from rosenblatt.errors import InputError
from rosenblatt.persistence import container
from rosenblatt.persistence.json_text import parse_json
from rosenblatt.support.atomic import replaced_file
from rosenblatt.support.listing import brief
from rosenblatt.support.paths import file_path
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.agents.base import Agent

__all__ = ["read_agent", "write_agent"]

FORMAT = 1
ACTIONS: dict[str, type[Actions]] = {"choices": Choices, "numbers": Numbers}


def write_agent(agent: Agent, path: str | PathLike[str]) -> None:
    """Write an agent's file in one atomic step.

    Raises
    ------
    InputError
        Where a parameter is an object, which no file holds, or the file cannot be written.
    """
    parameters = {name: plain(value) for name, value in agent.get_params(deep=False).items()}
    for name, value in parameters.items():
        if not is_plain(value):
            raise InputError(
                f"{path} was not written: {name}={brief(value)} is an object, and a file holds"
                f" numbers and names; set {name} to one of them."
            )
    actions = agent.actions_
    metadata = {
        "agent_format": FORMAT,
        "agent": type(agent).__name__,
        "parameters": parameters,
        "actions": {
            "kind": next(name for name, kind in ACTIONS.items() if isinstance(actions, kind)),
            # JSON has no infinities, which an unbounded action has.
            **{k: texts(v) for k, v in asdict(actions).items()},  # type: ignore[call-overload]
        },
        "n_steps": agent.n_steps_,
    }
    tensors = {name: trained.model.parameters for name, trained in agent._trained.items()}
    tensors |= {"center": agent.center_, "scale": agent.scale_}
    if agent.value_scale_ is not None:
        tensors["value_scale"] = np.array([agent.value_scale_])
    text = json.dumps(metadata, allow_nan=False)
    with replaced_file(file_path(path)) as file:
        file.write(container.pack(text, tensors))


def read_agent(path: str | PathLike[str], kinds: Mapping[str, type[Agent]]) -> Agent:
    """The agent in a file, which is read as untrusted input.

    Raises
    ------
    InputError
        For every file that is not a whole agent of one of these kinds.
    """
    path = file_path(path)
    try:
        content = container.read(path)
        metadata = parse_json(content.metadata, "its description of the agent", content.allowed)
        return agent_of(metadata, content.tensors, kinds)
    except InputError as error:
        raise InputError(f"cannot load the agent {path}: {error}") from error
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise InputError(
            f"cannot load the agent {path}: it is not the file of an agent; give one that"
            " agent.save wrote"
        ) from error


def agent_of(
    metadata: Any, tensors: Mapping[str, FloatArray], kinds: Mapping[str, type[Agent]]
) -> Agent:
    if metadata["agent_format"] != FORMAT:
        raise InputError(
            f"it has format {brief(metadata['agent_format'])}, and this rosenblatt reads {FORMAT};"
            " upgrade rosenblatt"
        )
    parameters = metadata["parameters"].items()
    agent = kinds[metadata["agent"]](
        **{name: tuple(v) if isinstance(v, list) else v for name, v in parameters}
    )
    agent._validate_params()
    left = dict(tensors)
    center, scale = left.pop("center"), left.pop("scale")
    value_scale = left.pop("value_scale", None)
    require(center.shape == scale.shape == (len(center),) and bool(np.isfinite(center).all()))
    require(bool(np.isfinite(scale).all() and (scale > 0).all()))
    require(is_whole(metadata["n_steps"], 0))
    # The sizes that the description states are held against the arrays before anything is built.
    agent._restore(
        actions_of(**metadata["actions"]),
        center.astype(np.float32),
        scale.astype(np.float32),
        left,
    )
    agent.n_steps_ = metadata["n_steps"]
    if value_scale is not None:
        agent.value_scale_ = float(value_scale[0])
        require(0 < agent.value_scale_ < math.inf)
    return agent


def actions_of(kind: str, **given: Any) -> Actions:
    """Actions of a description; ValueError or TypeError where it has others than they take."""
    read = {name: v if name == "dtype" else numbers(v) for name, v in given.items()}
    made = ACTIONS[kind](**read)
    if isinstance(made, Choices):
        require(is_whole(made.n, 1) and is_whole(made.start, -(2**63)))
    elif isinstance(made, Numbers):
        require(type(made.shape) is tuple and all(is_whole(side, 1) for side in made.shape))
        require(made.dtype in FLOATS)
        require(type(made.low) is type(made.high) is tuple)
        require(all(type(end) is float for end in made.low + made.high))
        low, high = ends = np.array([made.low, made.high])
        require(ends.shape == (2, math.prod(made.shape)))
        require(bool(((low <= high) & (low < np.inf) & (high > -np.inf)).all()))
        with np.errstate(over="ignore"):
            require(bool((ends.astype(made.dtype) == ends).all()))
    return made


def is_whole(value: Any, least: int) -> bool:
    return type(value) is int and least <= value <= 2**62


def require(fits: bool) -> None:
    if not fits:
        raise ValueError("the parts do not fit together")


def is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, str | int | float)


def plain(value: Any) -> Any:
    """Numbers of NumPy, and arrays of them, as those of Python."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def texts(value: Any) -> Any:
    """Floats as texts, in tuples as well."""
    if isinstance(value, tuple):
        return [texts(v) for v in value]
    return repr(value) if isinstance(value, float) else value


def numbers(value: Any) -> Any:
    """The inverse of `texts`."""
    if isinstance(value, list):
        return tuple(numbers(v) for v in value)
    return float(value) if isinstance(value, str) else value
