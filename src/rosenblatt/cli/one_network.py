"""Whether a command line describes one network: any option of its training does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import typer

from rosenblatt.cli.cluster_arguments import CLUSTER_NAMES
from rosenblatt.cli.fit_arguments import NetworkArguments
from rosenblatt.cli.learner_arguments import LearnerArguments
from rosenblatt.cli.options import DEFAULT_HIDDEN, parse_hidden
from rosenblatt.errors import InputError
from rosenblatt.tabular.preset import NETWORK_NAMES

__all__ = [
    "check_goes_on",
    "describes_one_network",
    "given",
    "hidden_layers",
    "published_network",
]

ONE_NETWORK = (
    "network",
    "hidden",
    "checkpoint",
    "from_",
    *(field.name for field in fields(NetworkArguments)),
    *CLUSTER_NAMES,
)
LEARNER = tuple(field.name for field in fields(LearnerArguments))
OF_OTHER_NETWORKS = ("network", "hidden", "activation", "task", *CLUSTER_NAMES)
OF_RECIPES = ("preset", "ensemble")  # those of the learner's that say what it trains


def describes_one_network(context: typer.Context) -> bool:
    """Whether an option of one network was given; InputError beside one of the table learner."""
    of_network, of_learner = given(context, ONE_NETWORK), given(context, LEARNER)
    if of_network and of_learner:
        raise InputError(
            f"{of_learner[0]} is for the table learner, and {of_network[0]} trains one network:"
            " leave one of them out"
        )
    return bool(of_network)


def published_network(context: typer.Context, network: str | None) -> str | None:
    """The published network that --network names; InputError beside options that describe one."""
    if network not in NETWORK_NAMES:
        return None
    others = given(context, (*OF_RECIPES, *(name for name in ONE_NETWORK if name != "network")))
    if others:
        raise InputError(
            f"--network {network} is trained as it was published, and {others[0]} says otherwise:"
            " leave one of them out"
        )
    return network


def check_goes_on(context: typer.Context) -> None:
    """InputError where an option beside --from says what the model has decided."""
    others = given(context, OF_OTHER_NETWORKS)
    if others:
        raise InputError(
            f"--from goes on training a model as it is, in this process, and {others[0]} says"
            " otherwise: leave one of them out"
        )


def hidden_layers(network: str | None, hidden: str | None) -> tuple[int, ...]:
    """The layers that one of two options of the same meaning gives."""
    if hidden is None:
        return parse_hidden(network or DEFAULT_HIDDEN, "--network")
    if network is not None:
        raise InputError("--network and --hidden mean the same: leave one of them out")
    return parse_hidden(hidden, "--hidden")


def given(context: typer.Context, names: Sequence[str]) -> list[str]:
    """Those of the options that stand on the command line, as they are written there."""
    sources = {name: context.get_parameter_source(name) for name in names}
    return [
        f"--{name.strip('_').replace('_', '-')}"
        for name, source in sources.items()
        if source is not None and source.name == "COMMANDLINE"
    ]
