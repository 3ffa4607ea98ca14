"""The value that `trace` returns: every number of one sample's way forward, back and on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from rosenblatt.tracing.equations import Section, sections
from rosenblatt.tracing.html import html
from rosenblatt.tracing.latex import latex
from rosenblatt.tracing.text import text
from rosenblatt.tracing.values import SampleNumbers

__all__ = ["SampleTrace"]


@final
@dataclass(frozen=True, eq=False)
class SampleTrace(SampleNumbers):
    """Forward pass, back-propagation and one step of a single sample (theory B1, B2, B7-B11, B13).

    `str(trace)` is readable in 80 columns, `to_html` and `to_latex` are the same equations, and a
    notebook shows them. In them w_24^(2) is the weight from neuron 4 of layer 1 to neuron 2 of
    layer 2. The arrays hold it at [3, 1], as `coefs_` does.

    Attributes
    ----------
    x : array (n_inputs,)
    y : array (n_outputs,)
        The target at each output: 1 at the class and 0 elsewhere, or numbers.
    label : object
        The target as it was given.
    layers : tuple of LayerTrace
        Layers 1 … L.
    prediction : array (n_outputs,)
        ŷ, the last activations through the loss's inverse link.
    loss_name : str
        The loss's class, or 'perceptron' for a neuron that learns by the rule of 1958 (P1).
    loss : float
        L of the sample.
    penalty : float
        Of all weights.
    rule : Rule
        The solver's: its `name`, its `constants`, and a line with symbol and formula of each
        quantity in `LayerTrace.step`. It is the first step of a fit, before which the solver's
        state is 0; of the rates that a schedule gives, it has the base rate.
    learning_rate : float
        η of the step.
    note : str
        What the step is not; empty where it is the solver's own.
    is_finite : bool
        False where numbers are beyond the float type, and infinite or NaN.
    """

    def sections(self, language: str = "en", most: int = 8) -> tuple[Section, ...]:
        """The equations, in the order in which they are computed.

        Parameters
        ----------
        language : {'en', 'zh'}, default 'en'
            Of the headings.
        most : int, default 8
            Inputs and units that are shown of each layer.
        """
        return sections(self, language, most)

    def to_text(self, language: str = "en", most: int = 8) -> str:
        """Plain text of 80 columns; parameters as in `sections`."""
        return text(self.sections(language, most))

    def to_html(self, language: str = "en", most: int = 8) -> str:
        """A fragment of HTML that needs neither scripts nor other files."""
        return html(self.sections(language, most))

    def to_latex(self, language: str = "en", most: int = 8) -> str:
        """Headings and `align*` environments, for a document with amsmath.

        Headings in Chinese need a class such as ctexart.
        """
        return latex(self.sections(language, most))

    def as_dict(self) -> dict[str, Any]:
        """All numbers as plain data, ready for JSON."""
        return {
            "x": self.x.tolist(),
            "y": self.y.tolist(),
            "label": self.label.item() if hasattr(self.label, "item") else self.label,
            "layers": [layer.as_dict() for layer in self.layers],
            "prediction": self.prediction.tolist(),
            "loss_name": self.loss_name,
            "loss": self.loss,
            "penalty": self.penalty,
            "objective": self.objective,
            "learning_rate": self.learning_rate,
            "solver": self.rule.name,
            "constants": dict(self.rule.constants),
            "note": self.note,
            "is_finite": self.is_finite,
        }

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        units = " → ".join(str(len(a)) for a in (self.x, *(layer.a for layer in self.layers)))
        return f"<SampleTrace of {units}, L = {self.loss:.6g}>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_latex_(self) -> str:
        return self.to_latex()
