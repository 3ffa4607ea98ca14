"""Dense layers of the k members of an ensemble within one network (theory N8)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field, fields
from typing import final

from rosenblatt.activations import Activation, Elementwise, Identity
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.composed import Composed, register_composed
from rosenblatt.network.ensemble_affine import EnsembleAffine, PackedAffine
from rosenblatt.network.layer import Layer, NativeForm
from rosenblatt.network.random_layers import Dropout
from rosenblatt.network.sequential import Sequential
from rosenblatt.support.listing import brief

__all__ = ["EnsembleDense", "PackedDense"]


class MemberBlock(Composed):
    """A linear layer of every member, an activation and dropout."""

    n_members: int
    n_outputs: int
    activation: Activation
    dropout: float

    @abstractmethod
    def affine(self) -> Layer:
        """The linear layer."""

    def __post_init__(self) -> None:
        self.affine(), Dropout(self.dropout)  # they check the numbers
        if not isinstance(self.activation, Elementwise):
            raise ValueError(
                f"an ensemble's layer takes single numbers, and {brief(self.activation)} does not"
            )

    def composition(self) -> Layer:
        parts = [self.affine(), ActivationLayer(self.activation)]
        if self.dropout:
            parts.append(Dropout(self.dropout))
        return Sequential(tuple(parts), has_prefixes=False)

    @property
    def gives_members(self) -> bool:
        return True  # what follows the linear layer takes them as they are

    def native_form(self) -> NativeForm:
        given = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        for name in ("draws_signs", "input_groups"):  # of the initial weights alone
            given.pop(name, None)
        return NativeForm(type(self).__name__, given, frozenset({"dropout"}))


@final
@dataclass(frozen=True)
class EnsembleDense(MemberBlock):
    """g(((x ⊙ r) W) ⊙ s + b): the members share W and have r, s and b of their own (N8).

    BatchEnsemble (Wen, Tran & Ba 2020), and with a last layer that is a `PackedDense` TabM
    (Gorishniy, Kotelnikov & Babenko 2025). One pass trains all members, each by its own loss, and
    their mean predicts. A layer is one product of all members' rows; weights take the memory of
    one network.

    The first such layer takes samples of the shape (n,), which all members share, and later ones
    (k, n); both give (k, n_outputs). A network that ends with (k, n_outputs) has the mean of its
    members' losses, and of their predictions.

    Its parameters are `weight` of shape (n_in, n_outputs), `input_scale` r of shape (k, n_in),
    `output_scale` s and `bias`, both of shape (k, n_outputs). The members' biases begin alike. A
    penalty acts on W alone.

    - TabM: `draws_signs=True` in the first layer, or `input_groups` where features are embedded.
    - TabM-mini: `scales_output=False, shares_bias=True` in all layers, and `scales_input=False`
      in all but the first.

    Parameters
    ----------
    n_members : int
        k.
    n_outputs : int
        Units of each member.
    activation : Activation, default Identity()
        g, of single numbers.
    dropout : float, default 0.0
        Probability with which a unit's output is left out of a training step, in [0, 1).
    scales_input, scales_output : bool, default True
        Whether there is r, and s.
    shares_bias : bool, default False
        Whether all members have one b.
    draws_signs : bool, default False
        Whether r begins with random signs, and not at 1.
    input_groups : tuple of int, default ()
        Sizes of groups of inputs, such as the embeddings of features: r begins with one draw for
        each member and group, from N(0, 1), or of a sign with `draws_signs`.

    Raises
    ------
    ValueError
        For sizes below 1, an activation of several numbers, members that do not differ, and groups
        that do not fit the inputs.

    Examples
    --------
    >>> from rosenblatt.activations import ReLU
    >>> from rosenblatt.network import EnsembleDense, Network, PackedDense
    >>> first = EnsembleDense(8, 64, ReLU(), draws_signs=True)
    >>> network = Network(10, (first, EnsembleDense(8, 64, ReLU()), PackedDense(8, 1)))
    >>> network.n_members, network.n_outputs
    (8, 1)
    """

    n_members: int
    n_outputs: int
    activation: Activation = field(default_factory=Identity)
    dropout: float = 0.0
    scales_input: bool = True
    scales_output: bool = True
    shares_bias: bool = False
    draws_signs: bool = False
    input_groups: tuple[int, ...] = ()

    def affine(self) -> Layer:
        return EnsembleAffine(
            self.n_members,
            self.n_outputs,
            self.scales_input,
            self.scales_output,
            self.shares_bias,
            self.draws_signs,
            self.input_groups,
        )


@final
@dataclass(frozen=True)
class PackedDense(MemberBlock):
    """g(x W + b), with a W and a b for each member (N8): k networks side by side.

    The last layer of TabM, where it gives each member a head of its own; of all layers, the packed
    form of an ensemble (Gorishniy, Kotelnikov & Babenko 2025). Shapes are those of `EnsembleDense`;
    its parameters are `weight` of shape (k, n_in, n_outputs) and `bias` of shape (k, n_outputs).

    Parameters
    ----------
    n_members : int
        k.
    n_outputs : int
        Units of each member.
    activation : Activation, default Identity()
        g, of single numbers.
    dropout : float, default 0.0
        Probability with which a unit's output is left out of a training step, in [0, 1).
    """

    n_members: int
    n_outputs: int
    activation: Activation = field(default_factory=Identity)
    dropout: float = 0.0

    def affine(self) -> Layer:
        return PackedAffine(self.n_members, self.n_outputs)


register_composed(EnsembleDense)
register_composed(PackedDense)
