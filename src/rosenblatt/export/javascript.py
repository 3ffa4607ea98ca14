"""A trained network as an ES module of JavaScript that imports nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rosenblatt.export.characters import BLANKS
from rosenblatt.export.expression import Notation
from rosenblatt.export.procedure import Dialect, Procedure
from rosenblatt.export.trained import Trained
from rosenblatt.support.types import FloatArray

__all__ = ["DIALECT", "JAVASCRIPT", "given", "javascript_module", "module"]

JAVASCRIPT = Notation(
    "JavaScript",
    json.dumps,
    {
        "+": "({} + {})",
        "-": "({} - {})",
        "*": "({} * {})",
        "/": "({} / {})",
        "<": "{} < {}",
        ">": "{} > {}",
        ">=": "{} >= {}",
        "is": "{} === {}",
        "is_empty": '{} === ""',
        "is_missing": "Number.isNaN({})",
        "where": "({} ? {} : {})",
        "max": "Math.max({}, {})",
        "min": "Math.min({}, {})",
        "single": "Math.fround({})",
        "abs": "Math.abs({})",
        "exp": "Math.exp({})",
        "expm1": "Math.expm1({})",
        "ln": "Math.log({})",
        "log1p": "Math.log1p({})",
        "sin": "Math.sin({})",
        "cos": "Math.cos({})",
        "tanh": "Math.tanh({})",
        "floor": "Math.floor({})",
        "erfc": "erfc({})",
    },
)


def array(a: FloatArray) -> str:
    """A vector; a matrix by its columns, one line each."""
    if a.ndim == 1:
        return json.dumps(a.tolist())
    lines = ",\n  ".join(json.dumps(column) for column in a.T.tolist())
    return f"[\n  {lines}\n]"


DIALECT = Dialect(
    JAVASCRIPT,
    array,
    {
        "let": "const {} = {};",
        "set": "{} = {};",
        "function": "function {}({}) {{\n{}\n}}",
        "value": "return {};",
        "element": "h[{}]",
        "row": "[{}]",
        "sums": "sums({}, {}, {})",
        "product": "sums({}, {})",
        "scaled": "scaled({}, {}, {})",
        "normal": "standardised(h, {})",
        "softmax": "softmax({})",
        "each": "h.map({})",
        "added": "added(h, {})",
        "bent": "bent(h, {})",
        "gated": "gated(h, {})",
        "appended": "[...h, ...{}.slice({})]",
        "mean": "mean([{}])",
        "both": "both({})",
    },
    first=0,
)


def javascript_module(trained: Trained, inputs: Sequence[str]) -> str:
    """The text of a module whose `predict` takes an array of numbers."""
    procedure = Procedure(DIALECT)
    value = procedure.network(trained)
    what = f"// predict(x) takes an array of {len(inputs)} numbers and gives {given(trained)}.\n"
    names = f"export const columns = {json.dumps(list(inputs))};\n"
    return module(trained, what, names, procedure, [], "x", value)


def given(trained: Trained) -> str:
    if trained.classes:
        return "the probabilities\n// of `classes`, in this order"
    n = trained.n_outputs
    return "an array with the prediction" if n == 1 else f"an array of {n} predictions"


def module(
    trained: Trained,
    what: str,
    names: str,
    procedure: Procedure,
    statements: list[str],
    argument: str,
    value: str,
) -> str:
    head = f"// {trained}, written by rosenblatt.\n{what}"
    if trained.classes:
        names += f"export const classes = {json.dumps(list(trained.classes))};\n"
    predict = f"export {procedure.function('predict', argument, statements, value)}\n"
    used = "\n".join([*procedure.functions, predict])
    helpers = [text for name, text in HELPERS.items() if f"{name}(" in used]
    return "\n".join([head + names, *procedure.constants, *helpers, *procedure.functions, predict])


# `trim` takes U+FEFF for a blank as well, and three controls and U+0085 for none.
TEXT = f"""\
const blanks = /^[{BLANKS}]+|[{BLANKS}]+$/g;
function text(cell) {{
  if (cell === null || cell === undefined || Number.isNaN(cell)) return "";
  return String(cell).replace(blanks, "");
}}
"""

HELPERS = {
    "number": """\
// Days of a Date; NaN of what is no number.
function number(cell) {
  if (cell === null || cell === undefined || cell === "") return NaN;
  return cell instanceof Date ? cell.getTime() / 86400000 : Number(cell);
}
""",
    "text": TEXT,
    "sums": """\
function sums(x, columns, bias) {
  return columns.map((w, j) => w.reduce((sum, v, i) => sum + v * x[i], bias ? bias[j] : 0));
}
""",
    "scaled": """\
function scaled(x, factor, shift) {
  return x.map((v, i) => v * factor[i] + shift[i]);
}
""",
    "standardised": """\
function standardised(x, epsilon) {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
  return x.map((v) => (v - mean) / Math.sqrt(variance + epsilon));
}
""",
    "softmax": """\
function softmax(z) {
  const largest = Math.max(...z), powers = z.map((v) => Math.exp(v - largest));
  const sum = powers.reduce((s, e) => s + e, 0);
  return powers.map((e) => e / sum);
}
""",
    "bent": """\
function bent(x, slope) {
  return x.map((v, i) => (v > 0 ? v : slope[i] * v));
}
""",
    "gated": """\
function gated(x, g) {
  const n = x.length / 2;
  return x.slice(0, n).map((v, i) => v * g(x[n + i]));
}
""",
    "added": """\
function added(x, y) {
  return x.map((v, i) => v + y[i]);
}
""",
    "mean": """\
function mean(rows) {
  return rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
}
""",
    "both": """\
function both([p]) {
  return [1 - p, p];
}
""",
    "erfc": """\
// By the series of Abramowitz & Stegun 7.1.6 and, from 2 on, the continued fraction 7.1.14.
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  const power = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let term = x, sum = x;
    for (let n = 1; term > 1e-18 * sum; n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return 1 - 2 * power * sum;
  }
  let fraction = 0;
  for (let n = 150; n > 0; n--) fraction = n / 2 / (x + fraction);
  return power / (x + fraction);
}
""",
}
