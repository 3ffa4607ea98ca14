"""Prints the two tables of docs/solvers.md from the registry of solvers.

python docs/solver_table.py
python docs/solver_table.py --write    # into the pages, in both languages
"""

from __future__ import annotations

import argparse
import re
from itertools import groupby
from pathlib import Path

from rosenblatt.options.features import FEATURES, Feature
from rosenblatt.options.solver import Family, Solver
from rosenblatt.options.solvers import FAMILIES, SOLVERS

PAGES = [Path(__file__).with_name(name) for name in ("solvers.md", "solvers.zh-CN.md")]
SUPPORTED, IGNORED, REFUSED = "✓", "(✓)", "–"


def code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def table(rows: list[list[str]]) -> str:
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body])


def solvers() -> str:
    rows = [["solver", "aliases", "family", "reads"]]
    for solver in SOLVERS:
        names = [[solver.name], list(solver.aliases), sorted(solver.reads)]
        own, aliases, reads = map(code, names)
        rows.append([own, aliases, solver.family.name, reads])
    return table(rows)


def support(solver: Solver, feature: Feature) -> str:
    if solver.supports(feature):
        return SUPPORTED
    return IGNORED if feature in solver.ignores else REFUSED


def cell(family: Family, feature: Feature) -> str:
    """What the family's solvers have in common, and the exceptions by name."""
    found = [(support(s, feature), s.name) for s in SOLVERS if s.family is family]
    marks = [mark for mark, _ in found]
    common = max(marks, key=marks.count)
    others = sorted((mark, name) for mark, name in found if mark != common)
    grouped = groupby(others, key=lambda pair: pair[0])
    exceptions = [f"{code([name for _, name in pairs])} {mark}" for mark, pairs in grouped]
    return "; ".join([common, *exceptions])


def features() -> str:
    rows = [["", *(family.name for family in FAMILIES)]]
    rows += [[f.name, *(cell(family, f) for family in FAMILIES)] for f in FEATURES]
    rows.append(["losses", *(family.losses() for family in FAMILIES)])
    return table(rows)


def written(page: str) -> str:
    """The text of a page with the tables of today between its marks."""
    for name, made in (("solvers", solvers()), ("features", features())):
        begin, end = f"<!-- {name} -->\n", "\n<!-- end -->"
        marks = re.compile(f"({begin})(?:.*?)({end})", flags=re.DOTALL)
        page, found = marks.subn(lambda marked, made=made: marked[1] + made + marked[2], page)
        if found != 1:
            raise ValueError(f"the page needs the mark {begin!r} once, and has it {found} times")
    return page


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="replace the tables in the pages")
    if not parser.parse_args().write:
        print(solvers(), features(), sep="\n\n")
        return
    for page in PAGES:
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
