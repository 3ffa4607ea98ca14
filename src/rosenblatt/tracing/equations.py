"""The equations of a trace, each a symbol, what it is made of, and its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.support.types import FloatArray
from rosenblatt.tracing.formula import Equation, Formula, Symbol, number, signed, weight
from rosenblatt.tracing.rule_equations import of_rule, step
from rosenblatt.tracing.values import LayerTrace, SampleNumbers
from rosenblatt.tracing.words import note_in, said

__all__ = ["Section", "sections"]

FUNCTIONS = {"Sigmoid": "σ", "Identity": "", "Step": "f", "Softmax": "softmax"}


@final
@dataclass(frozen=True)
class Section:
    """A heading, equations, and remarks."""

    title: str
    equations: tuple[Equation, ...]
    remarks: tuple[str, ...] = ()


def sections(trace: SampleNumbers, language: str, most: int) -> tuple[Section, ...]:
    """What was computed, in its order: forward, loss, back from the last layer, and the step."""
    made = [of_sample(trace, language, most)]
    inputs = [trace.x, *(layer.a for layer in trace.layers)]
    for at, layer in enumerate(trace.layers, 1):
        title = said("forward", language, layer=at, n=len(layer.z), activation=layer.activation)
        equations = tuple(forward(layer, at, inputs[at - 1], most))
        made.append(Section(title, equations, hidden(layer, language, most)))
    made.append(of_loss(trace, language, most))
    for at in reversed(range(1, len(trace.layers) + 1)):
        layer = trace.layers[at - 1]
        above = trace.layers[at] if at < len(trace.layers) else None
        equations = tuple(backward(trace, layer, above, at, inputs[at - 1], most))
        title = said("backward", language, layer=at)
        made.append(Section(title, equations, hidden(layer, language, most)))
    if not trace.rule.is_plain:
        slots = " = ".join(trace.rule.slots)
        key = "solver_from_rest" if slots else "solver"
        title = said(key, language, solver=trace.rule.name, slots=slots)
        made.append(Section(title, tuple(of_rule(trace.rule))))
    for at, layer in enumerate(trace.layers, 1):
        key = "rule" if trace.is_threshold else "plain" if trace.rule.is_plain else "step"
        rate = number(trace.learning_rate)
        title = said(key, language, layer=at, rate=rate, move=trace.rule.move)
        equations = tuple(step(trace.rule, layer, at, most))
        made.append(Section(title, equations, hidden(layer, language, most)))
    closing = [note_in(trace.note, language)] if trace.note else []
    if not trace.is_finite:
        closing.append(said("not_finite", language))
    last = made[-1]
    made[-1] = Section(last.title, last.equations, (*last.remarks, *closing))
    return tuple(made)


def activity(unit: int, layer: int) -> Symbol:
    """a of a unit, from 1; of layer 0 an input."""
    return Symbol("x", str(unit)) if layer == 0 else Symbol("a", str(unit), layer)


def joined(terms: Sequence[Formula]) -> Formula:
    return tuple(part for i, term in enumerate(terms) for part in ((" + ", *term) if i else term))


def hidden(layer: LayerTrace, language: str, most: int) -> tuple[str, ...]:
    n_in, n_out = layer.weight.shape
    remarks = []
    if n_in > most:
        remarks.append(said("hidden_inputs", language, n=n_in - most))
    if n_out > most:
        remarks.append(said("hidden_units", language, n=n_out - most))
    return tuple(remarks)


def of_sample(trace: SampleNumbers, language: str, most: int) -> Section:
    equations = [
        Equation((Symbol("x", str(i)),), ((number(value),),))
        for i, value in enumerate(trace.x[:most], 1)
    ]
    equations += [
        Equation((Symbol("y", str(j)),), ((number(value),),))
        for j, value in enumerate(trace.y[:most], 1)
    ]
    n = len(trace.x) - most
    remarks = (said("hidden_x", language, n=n),) if n > 0 else ()
    return Section(said("sample", language), tuple(equations), remarks)


def forward(layer: LayerTrace, at: int, inputs: FloatArray, most: int) -> Iterator[Equation]:
    name = FUNCTIONS.get(layer.activation, layer.activation.lower())
    n_in, n_out = layer.weight.shape
    more: list[Formula] = [("…",)] if n_in > most else []
    for j in range(min(n_out, most)):
        symbols = [(weight(j + 1, i + 1, at), " ", activity(i + 1, at - 1)) for i in range(n_in)]
        values = [
            (f"{signed(layer.weight[i, j])}·{signed(inputs[i])}",) for i in range(min(n_in, most))
        ]
        z, bias = Symbol("z", str(j + 1), at), Symbol("b", str(j + 1), at)
        yield Equation(
            (z,),
            (
                joined([*symbols[:most], *more, (bias,)]),
                joined([*values, *more, (signed(layer.bias[j]),)]),
                (number(layer.z[j]),),
            ),
        )
        of = (name, "(", z, ")") if name else (z,)
        yield Equation((activity(j + 1, at),), (of, (number(layer.a[j]),)))


def of_loss(trace: SampleNumbers, language: str, most: int) -> Section:
    equations = [
        Equation((Symbol("ŷ", str(j)),), ((number(value),),))
        for j, value in enumerate(trace.prediction[:most], 1)
    ]
    if not trace.is_threshold:
        equations.append(Equation(("L",), ((number(trace.loss),),)))
    if trace.penalty:
        sums = (f"{number(trace.loss)} + {number(trace.penalty)}",)
        equations.append(Equation(("J",), (("L + Ω",), sums, (number(trace.objective),))))
    remarks = (said("penalty", language),) if trace.penalty else ()
    return Section(said("loss", language, loss=trace.loss_name), tuple(equations), remarks)


def backward(
    trace: SampleNumbers,
    layer: LayerTrace,
    above: LayerTrace | None,
    at: int,
    inputs: FloatArray,
    most: int,
) -> Iterator[Equation]:
    n_in, n_out = layer.weight.shape
    has_penalty = bool(layer.penalty_gradient.any())
    for j in range(min(n_out, most)):
        delta = Symbol("δ", str(j + 1), at)
        yield Equation(
            (delta,), (*of_delta(trace, layer, above, at, j, most), (number(layer.delta[j]),))
        )
        if trace.is_threshold:
            continue
        for i in range(min(n_in, most)):
            made: Formula = (delta, " ", activity(i + 1, at - 1))
            values = f"{signed(layer.delta[j])}·{signed(inputs[i])}"
            if has_penalty:
                made = (*made, " + ", weight(j + 1, i + 1, at, "∂Ω/∂"))
                values += f" + {signed(layer.penalty_gradient[i, j])}"
            total = number(layer.weight_gradient[i, j])
            yield Equation((weight(j + 1, i + 1, at, "∂J/∂"),), (made, (values,), (total,)))
        bias = Symbol("b", str(j + 1), at, "∂J/∂")
        yield Equation((bias,), ((delta,), (number(layer.bias_gradient[j]),)))


def of_delta(
    trace: SampleNumbers,
    layer: LayerTrace,
    above: LayerTrace | None,
    at: int,
    j: int,
    most: int,
) -> tuple[Formula, ...]:
    """What δ is: of a hidden unit the sum over the paths to the next layer, times g'(z) (B8)."""
    if above is None:
        if trace.error_is_difference:
            made: Formula = (Symbol("ŷ", str(j + 1)), " − ", Symbol("y", str(j + 1)))
            return made, (f"{number(trace.prediction[j])} − {signed(trace.y[j])}",)
        return (("∂L/∂", Symbol("z", str(j + 1), at)),)
    n_above = above.weight.shape[1]
    more: list[Formula] = [("…",)] if n_above > most else []
    paths: list[Formula] = [
        (weight(k + 1, j + 1, at + 1), " ", Symbol("δ", str(k + 1), at + 1))
        for k in range(min(n_above, most))
    ]
    values: list[Formula] = [
        (f"{signed(above.weight[j, k])}·{signed(above.delta[k])}",)
        for k in range(min(n_above, most))
    ]
    if layer.activation == "Softmax":
        return (("∂L/∂", Symbol("z", str(j + 1), at)),)
    slope = Symbol("g", "", at, primed=True)
    z = Symbol("z", str(j + 1), at)
    summed, numbers = joined([*paths, *more]), joined([*values, *more])
    return (
        ("(", *summed, ") ", slope, "(", z, ")"),
        ("(", *numbers, f")·{signed(layer.slope[j])}"),
    )
