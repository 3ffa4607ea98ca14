"""A network with what was learnt about a table's columns, as one C99 file that takes raw cells.

The network is as in `c_source`; before it, a structure with a member for each column becomes the
features that the columns' encoding makes of them, in double precision as there.
"""

from __future__ import annotations

import math
import re
import sys
from typing import final

import numpy.typing as npt

from rosenblatt.export.c_number import DOUBLE, c_number
from rosenblatt.export.c_source import c_source
from rosenblatt.export.c_text import TAKEN, checked_name, comment, string
from rosenblatt.export.raw_cells import meaning_of
from rosenblatt.export.trained import Trained
from rosenblatt.model import AnyModel, OutputFormat
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.table.columns import AnyColumn, Boolean, Category, Dropped, Number
from rosenblatt.table.dates import Date
from rosenblatt.table.scaling import FARTHEST, Scaling
from rosenblatt.table.target import LOG_STEPS

__all__ = ["c_table_source"]


def c_table_source(
    model: AnyModel,
    encoding: TableEncoding,
    name: str = "predict",
    dtype: npt.DTypeLike | None = None,
) -> str:
    """The file's text; `name` is the function's, and what every other name begins with.

    The network computes in the parameters' type, or in `dtype`.
    """
    return Writer(model, encoding, checked_name(name), dtype).text()


@final
class Writer:
    """The structure's members and the statements of one file, gathered column by column."""

    def __init__(
        self, model: AnyModel, encoding: TableEncoding, name: str, dtype: npt.DTypeLike | None
    ) -> None:
        self.name, self.target = name, encoding.target
        classes = isinstance(self.target, ClassTarget)
        both = classes and model.n_outputs == 1
        self.trained = Trained(model, OutputFormat.BOTH_CLASSES if both else OutputFormat.COLUMNS)
        self.network = f"{name}_network"
        self.source = c_source(self.trained, self.network, dtype)
        self.real = c_number(model.dtype if dtype is None else dtype).real
        self.feature = c_number(model.dtype).real
        self.members: list[str] = []
        self.helpers: dict[str, str] = {}
        self.constants: list[str] = []
        self.statements: list[str] = []
        self.names: set[str] = set()
        self.n_features = 0
        for column in encoding.columns:
            self._column(column)

    def text(self) -> str:
        return "\n".join(
            [
                self.source,
                self._interface(),
                *self.helpers.values(),
                *self.constants,
                self._function(),
            ]
        )

    # Columns.

    def _column(self, column: AnyColumn) -> None:
        match column:
            case Dropped():
                pass
            case Category():
                self._category(column)
            case Boolean():
                self._truth(column)
            case Number() | Date():
                self._number(column)

    def _number(self, column: Number | Date) -> None:
        x = self._member("double", column)
        own = column.scaling_of_values
        center = DOUBLE.literal(own.center)
        self._say(f"missing = {x} != {x};")
        self._say(f"value = missing ? {center} : {x};")
        self._feature(f"{self._helper('scaled', SCALED)}(value, {scaling(own)})")
        for cycle in column.cycles if isinstance(column, Date) else ():
            # The constant is 2π, which the table's encoding multiplies by first.
            angle = f"{DOUBLE.literal(TURN)} * value / {DOUBLE.literal(cycle.days)}"
            for wave in ("sin", "cos"):
                self._feature(f"missing ? 0 : {wave}({angle})")
        if column.indicator:
            self._feature("missing")

    def _truth(self, column: Boolean) -> None:
        x = self._member("double", column)
        instead = int(column.often_true and not column.indicator)
        self._say(f"missing = {x} != 0 && {x} != 1;")
        self._feature(f"missing ? {instead} : {x}")
        if column.indicator:
            self._feature("missing")

    def _category(self, column: Category) -> None:
        x = self._member("const char *", column)
        n, start = len(column.categories), self.n_features
        if column.coded:
            self._code(column, x)
            return
        self._say(f"missing = !{x} || !*{x};")
        if n:
            known = self._texts(column.categories)
            place = self._helper("place", PLACE)
            self._say(f"place = missing ? {n} : {place}({x}, {known}, {n});")
            self._say(f"for (i = 0; i < {n}; i++) x[{start} + i] = i == place;")
            self.n_features += n
        if column.others:
            self._feature(f"!missing && place == {n}" if n else "!missing")
        if column.indicator:
            self._feature("missing")
        if column.mean_of:
            self._means(column, x)

    def _texts(self, texts: tuple[str, ...]) -> str:
        """A constant array of them; its name."""
        name = f"{self.name}_texts_{len(self.constants) + 1}"
        listed = ",\n    ".join(map(string, texts))
        self.constants.append(
            f"static const char *const {name}[{len(texts)}] = {{\n    {listed}\n}};\n"
        )
        return name

    def _code(self, column: Category, x: str) -> None:
        """0 for what is none of the categories."""
        n = len(column.categories)
        if not n:
            self._feature("0")
            return
        place, known = self._helper("place", PLACE), self._texts(column.categories)
        self._say(f'place = {place}({x} ? {x} : "", {known}, {n});')
        self._feature(f"place == {n} ? 0 : place + 1")

    def _means(self, column: Category, x: str) -> None:
        """Behind the indicators: of each known text, then of a missing cell; 0 of any other."""
        n, m, start = len(column.known), len(column.mean_of), self.n_features
        number = len(self.constants) + 1
        known, means = f"{self.name}_known_{number}", f"{self.name}_means_{number}"
        texts = ",\n    ".join(map(string, column.known))
        self.constants.append(f"static const char *const {known}[{n}] = {{\n    {texts}\n}};\n")
        # Without an indicator a missing cell has the mean of all rows, as one never seen has.
        rows = (*column.means, *((0.0,) * m for _ in range(n + 2 - len(column.means))))
        numbers = ",\n    ".join(", ".join(map(DOUBLE.literal, row)) for row in rows)
        self.constants.append(
            f"static const double {means}[{(n + 2) * m}] = {{\n    {numbers}\n}};\n"
        )
        self._say(f"place = missing ? {n} : {self._helper('place', PLACE)}({x}, {known}, {n});")
        self._say(f"if (!missing && place == {n}) place = {n + 1};")
        self._say(
            f"for (i = 0; i < {m}; i++) x[{start} + i] = ({self.feature}){means}[place * {m} + i];"
        )
        self.n_features += m

    # What they consist of.

    def _say(self, statement: str) -> None:
        self.statements.append(statement)

    def _feature(self, value: str) -> None:
        """The features are of the model's type, whatever type the network computes in here."""
        self._say(f"x[{self.n_features}] = ({self.feature})({value});")
        self.n_features += 1

    def _member(self, kind: str, column: AnyColumn) -> str:
        member = base = member_name(column.name, len(self.members) + 1)
        alike = 1
        while member in self.names:
            alike += 1
            member = f"{base}_{alike}"
        self.names.add(member)
        space = "" if kind.endswith("*") else " "
        what = meaning_of(column, empty='NULL or ""', quoted=comment)
        self.members.append(f"    {kind}{space}{member}; /* {comment(column.name)}: {what} */")
        return f"row->{member}"

    def _helper(self, name: str, text: str) -> str:
        full = f"{self.name}_{name}"
        self.helpers[name] = text.replace("NAME", full)
        for constant, x in (("LARGEST", LARGEST), ("FARTHEST", FARTHEST)):
            self.helpers[name] = self.helpers[name].replace(constant, DOUBLE.literal(x))
        return full

    def _interface(self) -> str:
        name, n = self.name, self.trained.n_outputs
        members = "\n".join(self.members)
        outputs = f"{n} of {comment(self.target.name)}, in its own units"
        classes = ""
        if isinstance(self.target, ClassTarget):
            outputs = f"the {n} probabilities of {name}_classes, in this order"
            labels = ",\n    ".join(string(str(label)) for label in self.target.classes)
            declared = f"const char *const {name}_classes[{n}]"
            classes = f"extern {declared};\n{declared} = {{\n    {labels}\n}};\n"
        return (
            f"/* {name}(row, out) predicts one row of the table from its raw cells, and writes to\n"
            f" * out {outputs}.\n"
            " */\n"
            f"typedef struct {{\n{members}\n}} {name}_row;\n\n"
            f"enum {{ {name}_n_outputs = {n} }};\n"
            f"void {name}(const {name}_row *row, double *out);\n{classes}"
        )

    def _function(self) -> str:
        n = self.trained.n_outputs
        used = " ".join(self.statements)
        declared = [f"{self.real} x[{self.n_features}], y[{n}];", "long i;"]
        for variable, kind in (("value", "double"), ("place", "long"), ("missing", "int")):
            if re.search(rf"\b{variable} =", used):
                declared.append(f"{kind} {variable};")
        last = f"for (i = 0; i < {n}; i++) out[i] = "
        if isinstance(self.target, ClassTarget):
            endings = [f"{last}y[i];"]
        else:
            scale, mean = (DOUBLE.literal(x) for x in (self.target.scale, self.target.mean))
            endings = [f"{last}y[i] * {scale} + {mean};"]
            if self.target.log:
                steps = DOUBLE.literal(LOG_STEPS)
                endings.append(f"{last}exp(floor(out[i] * {steps} + 0.5) / {steps});")
            for sign, limit in (("<", self.target.low), (">", self.target.high)):
                if limit is not None:
                    edge = DOUBLE.literal(limit)
                    endings.append(f"{last}out[i] {sign} {edge} ? {edge} : out[i];")
        lines = [*declared, *self.statements, f"{self.network}(x, y);", *endings]
        body = "\n".join(f"    {line}" for line in lines)
        return f"void {self.name}(const {self.name}_row *row, double *out)\n{{\n{body}\n}}\n"


def member_name(column: str, number: int) -> str:
    """A column's name in small letters and digits, as far as it consists of such."""
    name = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")[:40]
    if not name or not name[0].isalpha():
        name = f"column_{number}" if not name else f"column_{name}"
    return f"{name}_" if name in TAKEN | PREDEFINED else name


def scaling(s: Scaling) -> str:
    return ", ".join(DOUBLE.literal(x) for x in (s.center, s.spread, s.mean, s.std, s.tail))


TURN = 2 * math.pi
LARGEST = sys.float_info.max
# Names that compilers for some systems define when they are not held to the standard.
PREDEFINED = {"linux", "unix", "i386", "sun", "vax"}

SCALED = """\
/* z within the tails, growing like its logarithm beyond. Sizes are rounded to float first:
 * those that differ do so by more than the error of a logarithm. */
static double NAME_tails(double z, double tail)
{
    double size = fabs(z);
    float rounded = (float)(size > FARTHEST ? FARTHEST : size);
    return size > tail ? copysign(tail * (1 + log(rounded / tail)), z) : z;
}

/* Standardised, with logarithmic tails, in units of the bulk and then of what comes out. */
static double NAME(double x, double center, double spread, double mean, double std, double tail)
{
    double z = (x - center) / spread;
    z = z > LARGEST ? LARGEST : z < -LARGEST ? -LARGEST : z;
    return NAME_tails((NAME_tails(z, tail) - mean) / std, tail);
}
"""
PLACE = """\
/* Which of n texts this one is; n where it is none of them. */
static long NAME(const char *text, const char *const *texts, long n)
{
    long i, k;
    for (i = 0; i < n; i++) {
        for (k = 0; text[k] && text[k] == texts[i][k];) k++;
        if (text[k] == texts[i][k]) break;
    }
    return i;
}
"""
