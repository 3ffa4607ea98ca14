"""A trained network as a function of R that needs no package."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rosenblatt.export.characters import BLANKS, NO_C, check_characters
from rosenblatt.export.expression import Notation
from rosenblatt.export.procedure import Dialect, Procedure
from rosenblatt.export.trained import Trained
from rosenblatt.model import OutputFormat
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray

__all__ = ["DIALECT", "R", "constant", "definition", "r_function"]

WORDS = {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"}


def constant(value: float | str) -> str:
    """A number in hexadecimal, which R reads exactly, or a text of ASCII."""
    if isinstance(value, str):
        return '"' + "".join(map(character, check_characters(value, NO_C, "R"))) + '"'
    x = float(value)
    return repr(int(x)) if x.is_integer() and abs(x) < 1e6 else x.hex()


def character(c: str) -> str:
    if 32 <= ord(c) < 127 and c not in '"\\\\':
        return c
    return f"\\U{ord(c):08x}" if ord(c) > 0xFFFF else f"\\u{ord(c):04x}"


R = Notation(
    "R",
    constant,
    {
        "+": "({} + {})",
        "-": "({} - {})",
        "*": "({} * {})",
        "/": "({} / {})",
        "<": "{} < {}",
        ">": "{} > {}",
        ">=": "{} >= {}",
        "is": "({} %in% {})",
        "is_empty": '{} == ""',
        "is_missing": "is.na({})",
        "where": "ifelse({}, {}, {})",
        "max": "pmax({}, {})",
        "min": "pmin({}, {})",
        "single": "single_precision({})",
        "abs": "abs({})",
        "exp": "exp({})",
        "expm1": "expm1({})",
        "ln": "log({})",
        "log1p": "log1p({})",
        "sin": "sin({})",
        "cos": "cos({})",
        "tanh": "tanh({})",
        "floor": "floor({})",
        "erfc": "(2 * pnorm(-sqrt(2) * {}))",
    },
)


def array(a: FloatArray) -> str:
    """A vector, or a matrix by its columns."""
    numbers = [constant(x) for x in a.ravel(order="F").tolist()]
    lines = ",\n  ".join(", ".join(numbers[i : i + 4]) for i in range(0, len(numbers), 4))
    return f"c(\n  {lines}\n)" if a.ndim == 1 else f"matrix(c(\n  {lines}\n), {len(a)})"


DIALECT = Dialect(
    R,
    array,
    {
        "let": "{} <- {}",
        "set": "{} <- {}",
        "function": "{} <- function({}) {{\n{}\n}}",
        "value": "{}",
        "element": "h[, {}]",
        "row": "cbind({})",
        "sums": "sweep({} %*% {}, 2, {}, `+`)",
        "product": "({} %*% {})",
        "scaled": "sweep(sweep({}, 2, {}, `*`), 2, {}, `+`)",
        "normal": "standardised(h, {})",
        "softmax": "softmax({})",
        "each": "{}(h)",
        "added": "h + {}",
        "bent": "bent(h, {})",
        "gated": "gated(h, {})",
        "appended": "cbind(h, {0}[, seq_len(ncol({0})) > {1}, drop = FALSE])",
        "mean": "Reduce(`+`, list({})) / {}",
        "both": "both_classes({})",
    },
    first=1,
)


def r_function(trained: Trained, inputs: Sequence[str], name: str = "network") -> str:
    """The text of a function that takes a matrix with these columns of numbers."""
    procedure = Procedure(DIALECT)
    value = procedure.network(trained)
    n = len(inputs)
    what = f"takes a matrix or a data frame with {n} columns of numbers"
    names = f"columns <- c({', '.join(map(constant, inputs))})"
    start = [
        "x <- as.matrix(data)",
        f"if (ncol(x) != {n}) x <- x[, columns, drop = FALSE]",
        f"if (ncol(x) != {n}) stop({constant(f'it takes {n} columns')})",
        "dimnames(x) <- NULL",
    ]
    return definition(trained, name, what, names, procedure, start, value)


def checked(name: str) -> str:
    """A name that a function of R may have; ValueError for another."""
    is_name = isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9._]*", name, re.ASCII)
    if not is_name or name in WORDS:
        raise ValueError(
            f"name={brief(name)} cannot name a function of R: take letters, digits, points and"
            " underscores, a letter first, such as 'network'."
        )
    return name


def definition(
    trained: Trained,
    name: str,
    what: str,
    names: str,
    procedure: Procedure,
    start: list[str],
    value: str,
) -> str:
    name, n = checked(name), trained.n_outputs
    outputs = "the probabilities of the classes" if trained.classes else "the predictions"
    is_vector = n == 1 and trained.form in (OutputFormat.FLAT, OutputFormat.COLUMNS)
    end = [f"p <- {value}"]
    if trained.classes:
        end.append(f"colnames(p) <- c({', '.join(map(constant, trained.classes))})")
    last = "as.vector(p)" if is_vector else "p"
    main = procedure.function("main", "data", [*start, *end], last).removeprefix("main <- ")
    used = "\n".join([*procedure.functions, main])
    helpers = [text for helper, text in HELPERS.items() if f"{helper}(" in used]
    parts = [
        f"# {trained}, written by rosenblatt.\n# {name}(data) {what} and gives {outputs}.",
        f"{name} <- local({{",
        names,
        *procedure.constants,
        *helpers,
        *procedure.functions,
        main,
        "})\n",
    ]
    return "\n".join(parts)


TEXT = f"""\
text <- function(data, name) {{
  x <- data[[name]]
  if (is.null(x)) stop("there is no column ", name)
  x <- trimws(enc2utf8(as.character(x)), whitespace = "[{BLANKS}]")
  ifelse(is.na(x), "", x)
}}"""

HELPERS = {
    "number": """\
# Days of a date or a time.
number <- function(data, name) {
  x <- data[[name]]
  if (is.null(x)) stop("there is no column ", name)
  if (inherits(x, "POSIXct")) as.numeric(x) / 86400 else as.numeric(x)
}""",
    "text": TEXT,
    "single_precision": """\
single_precision <- function(x) {
  readBin(writeBin(as.numeric(x), raw(), size = 4), "numeric", length(x), size = 4)
}""",
    "standardised": """\
standardised <- function(h, epsilon) {
  h <- h - rowMeans(h)
  h / sqrt(rowMeans(h^2) + epsilon)
}""",
    "softmax": """\
softmax <- function(z) {
  e <- exp(z - do.call(pmax, as.data.frame(z)))
  e / rowSums(e)
}""",
    "bent": """\
bent <- function(h, slope) ifelse(h > 0, h, sweep(h, 2, slope, `*`))""",
    "gated": """\
gated <- function(h, g) {
  n <- ncol(h) / 2
  h[, seq_len(n), drop = FALSE] * g(h[, n + seq_len(n), drop = FALSE])
}""",
    "both_classes": """\
both_classes <- function(p) cbind(1 - p, p)""",
}
