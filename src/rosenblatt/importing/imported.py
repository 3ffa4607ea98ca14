"""A network as an import gives it: what predicts, what its columns are, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from rosenblatt.model import Model

if TYPE_CHECKING:
    from rosenblatt.estimators import MLPClassifier, MLPRegressor
    from rosenblatt.persistence import SavedModel
    from rosenblatt.table.columns import AnyColumn

__all__ = ["Findings", "ImportedNetwork", "Unsaid"]


@final
@dataclass(frozen=True)
class Unsaid:
    """What a file cannot say, and the option that does."""

    what: str
    option: str


@final
@dataclass(frozen=True)
class Findings:
    """What an import did, in words.

    Attributes
    ----------
    read : tuple of str
        What was read.
    folded : tuple of str
        What became part of the weights.
    unsaid : tuple of Unsaid
        What the file cannot say.
    """

    read: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    unsaid: tuple[Unsaid, ...] = ()


@final
@dataclass(frozen=True)
class ImportedNetwork:
    """A network that another tool has trained.

    Attributes
    ----------
    format : str
        The tool and its format, such as 'FANN 2.1'.
    model : Model
        Network, parameters and loss; it takes the features of `columns`, and predicts numbers, or
        probabilities of `classes` (of two classes the second one's).
    names : tuple of str
        Of the inputs, in order.
    columns : tuple of column encodings, optional
        From the cells of a table to features; None where every input is a number as it stands.
    target : str
        Name of what is predicted.
    classes : tuple of str, optional
        The labels in sorted order; None where numbers are predicted.
    outputs : tuple of str
        Names of the numbers predicted, one for each output.
    findings : Findings
    has_names : bool
        Whether the file or the caller named the inputs.
    limits : pair of float, optional each
        What the one number predicted is held between, behind the model.
    """

    format: str
    model: Model
    names: tuple[str, ...]
    target: str
    outputs: tuple[str, ...]
    classes: tuple[str, ...] | None = None
    columns: tuple[AnyColumn, ...] | None = None
    findings: Findings = Findings()
    has_names: bool = False
    limits: tuple[float | None, float | None] = (None, None)

    @property
    def has_class_loss(self) -> bool:
        """Whether the loss is one of classes, whose link gives probabilities."""
        return isinstance(self.model.loss, BinaryCrossEntropy | CategoricalCrossEntropy)

    def estimator(self) -> MLPClassifier | MLPRegressor:
        """A fitted estimator of arrays, which `partial_fit` trains on.

        Raises
        ------
        InputError
            If the network takes a table, or is none that an estimator can have.
        """
        from rosenblatt.importing.estimator import estimator_of

        return estimator_of(self)

    def saved_model(self) -> SavedModel:
        """What `rosenblatt.persistence.save_model` writes, of one number or of classes.

        Raises
        ------
        InputError
            If it predicts several numbers.
        """
        from rosenblatt.importing.saved import saved_model_of

        return saved_model_of(self)
