"""The command `import`: a network that another tool has trained becomes a model file."""

from __future__ import annotations

from pathlib import Path

from rosenblatt.cli.import_check import Comparison, compared
from rosenblatt.cli.json_output import Json
from rosenblatt.cli.replacing import check_not_read, check_replaceable
from rosenblatt.cli.screen import Screen
from rosenblatt.importing import ImportedNetwork
from rosenblatt.importing.given import Given
from rosenblatt.importing.registry import read_network
from rosenblatt.persistence import is_model_file, save_model
from rosenblatt.support.atomic import check_writable
from rosenblatt.table import TableFormat

__all__ = ["run_import"]


def run_import(
    file: Path,
    screen: Screen,
    *,
    given: Given,
    out: Path,
    check: Path | None = None,
    fmt: TableFormat | None = None,
    force: bool = False,
) -> Json:
    """Read another tool's file, compare its predictions if there are any, and write the model.

    Parameters
    ----------
    file : Path
    screen : Screen
    given : Given
        What the file cannot say.
    out : Path
    check : Path, optional
        A table of the tool's own predictions.
    fmt : TableFormat, optional
        How that table is written.
    force : bool
        Whether another file at `out` is replaced.
    """
    check_not_read("--out", out, (file, given.data, check))
    check_replaceable(out, is_model_file, "model of rosenblatt", force=force)
    check_writable(out)
    imported = read_network(file, given)
    saved = imported.saved_model()
    comparison = None if check is None else compared(saved, imported, check, given.data, fmt)
    save_model(out, saved)
    screen.saved(out)
    show(imported, screen)
    if comparison is not None:
        screen.say(comparison.words)
    screen.say(f"wrote {out}: {imported.format}")
    return {"out": str(out), **as_json(imported, comparison)}


def show(imported: ImportedNetwork, screen: Screen) -> None:
    findings = imported.findings
    screen.say(f"{imported.format}:")
    for text in findings.read:
        screen.say(text)
    for text in findings.folded:
        screen.say(f"taken into the weights: {text}")
    screen.notes(f"the file does not say {one.what}: {one.option} does" for one in findings.unsaid)


def as_json(imported: ImportedNetwork, comparison: Comparison | None) -> Json:
    findings = imported.findings
    return {
        "format": imported.format,
        "inputs": list(imported.names),
        "target": imported.target,
        "classes": None if imported.classes is None else list(imported.classes),
        "read": list(findings.read),
        "folded": list(findings.folded),
        "unsaid": [{"what": one.what, "option": one.option} for one in findings.unsaid],
        "check": None if comparison is None else comparison.as_json(),
    }
