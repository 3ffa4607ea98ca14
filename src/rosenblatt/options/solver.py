"""What a solver is to the estimators: a record of its name, its parameters and its features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from rosenblatt.options.features import Feature

if TYPE_CHECKING:
    from rosenblatt.losses import Loss
    from rosenblatt.network import Network

__all__ = ["Family", "SizeLimit", "Solver"]


@final
@dataclass(frozen=True)
class SizeLimit:
    """The largest network that a method takes, which is an attribute of the method.

    Attributes
    ----------
    attribute : str
    size : callable (network) -> int
    work : str
        Why there is a limit; completes a sentence about the solver.
    unit : str
        What is counted, in the plural.
    """

    attribute: str
    size: Callable[[Network], int]
    work: str
    unit: str


@final
@dataclass(frozen=True)
class Family:
    """Solvers whose fits begin in the same way; `rosenblatt.fitting.solvers` maps it to how.

    Attributes
    ----------
    name : str
    nature : str
        What sets it apart; completes "this solver".
    objects : callable () -> tuple of types
        Of the objects that the parameter `solver` takes in place of a name.
    reads : frozenset of str
        Parameters that every solver of the family reads, of those that not all solvers do.
    supports : frozenset of Feature
    losses : callable () -> str
        What it minimises, in words.
    minimizes : callable (loss) -> bool
        Whether it minimises a loss.
    limit : SizeLimit, optional
    """

    name: str
    nature: str
    objects: Callable[[], tuple[type, ...]]
    reads: frozenset[str]
    supports: frozenset[Feature]
    losses: Callable[[], str] = lambda: "any loss"
    minimizes: Callable[[Loss], bool] = lambda loss: True
    limit: SizeLimit | None = None


@final
@dataclass(frozen=True)
class Solver:
    """One solver.

    Attributes
    ----------
    name : str
    family : Family
    make : callable (parameters) -> object or None
        Its optimiser or method, from an estimator's parameters. None if it has no object.
    own_reads : frozenset of str
        The parameters that `make` reads.
    aliases : tuple of str
        Other names.
    own_features : frozenset of Feature
        What it supports beyond its family.
    ignores : frozenset of Feature
        What it may be asked for in vain, as in scikit-learn.
    ignores_unread : bool
        Whether the same holds for parameters that it does not read.
    """

    name: str
    family: Family
    make: Callable[[Any], Any]
    own_reads: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()
    own_features: frozenset[Feature] = frozenset()
    ignores: frozenset[Feature] = frozenset()
    ignores_unread: bool = False

    @property
    def reads(self) -> frozenset[str]:
        return self.family.reads | self.own_reads

    def supports(self, feature: Feature) -> bool:
        return feature in self.family.supports or feature in self.own_features

    def refuses(self, feature: Feature) -> bool:
        return not self.supports(feature) and feature not in self.ignores
