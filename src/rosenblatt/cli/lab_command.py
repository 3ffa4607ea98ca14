"""The command `lab`: claims about neural networks, put to the test."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.lab_verdicts import last_verdicts, remember
from rosenblatt.cli.late_progress import LateProgress
from rosenblatt.cli.plot_file import check_drawable, form_of
from rosenblatt.cli.replacing import check_replaceable, holds
from rosenblatt.cli.screen import Screen
from rosenblatt.errors import InputError
from rosenblatt.fitting.progress_bar import bar
from rosenblatt.lab.drawing import draw, import_drawing
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.registry import experiment_of, experiments
from rosenblatt.lab.report import report
from rosenblatt.lab.result import Result
from rosenblatt.lab.running import perform
from rosenblatt.lab.words import IN_SHORT
from rosenblatt.support.atomic import check_writable, replaced_file
from rosenblatt.support.finite_json import finite_json
from rosenblatt.support.wording import is_english


def list_lab(screen: Screen) -> Json:
    """A line for each experiment: id, claim, the verdict of its last run here."""
    known, language = last_verdicts(), shown_language()
    rows = [
        (one.id, one.claim.in_language(language), IN_SHORT[known.get(one.id)].in_language(language))
        for one in experiments().values()
    ]
    screen.lines(("id", "claim", "last verdict"), rows, dim=[False] * len(rows))
    return {
        "experiments": [
            {
                "id": one.id,
                "title": str(one.title),
                "claim": str(one.claim),
                "last_verdict": known.get(one.id),
            }
            for one in experiments().values()
        ]
    }


def run_one(
    id: str, screen: Screen, *, quick: bool, seed: int, plot: Path | None, force: bool
) -> Json:
    """Run one experiment and show what it came to."""
    experiment = experiment_of(id)
    if plot is not None:
        check_drawable(plot, force=force)
    result = performed(experiment, Conditions(seed, quick), screen)
    if screen.shows_results:
        screen.say(report(result, shown_language(), screen.width))
    notes = []
    if plot is not None:
        if result.figures:
            with replaced_file(plot) as file:
                draw(result, file, form_of(plot), shown_language())
            screen.saved(plot)
        else:
            notes.append(f"{experiment.id} has no figure to draw: nothing is written to {plot}")
    screen.warnings(notes)
    return {**result.as_dict(), "notes": notes}


def run_all(folder: Path, screen: Screen, *, quick: bool, seed: int, force: bool) -> Json:
    """Run all experiments; ID.json and ID.png of each into a folder."""
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"--out {folder} is a file, and --all writes a folder: choose another name"
        )
    folder.mkdir(parents=True, exist_ok=True)
    import_drawing()
    check_free(folder, force=force)
    verdicts: dict[str, str | None] = {}
    rows, language = [], shown_language()
    with suppress(KeyboardInterrupt):
        for experiment in experiments().values():
            result = performed(experiment, Conditions(seed, quick), screen)
            with replaced_file(folder / f"{experiment.id}.json") as file:
                file.write(finite_json(result.as_dict(), indent=2).encode())
            screen.saved(folder)
            if result.figures:
                with replaced_file(folder / f"{experiment.id}.png") as file:
                    draw(result, file, "png", language)
            verdicts[experiment.id] = result.verdict
            word = IN_SHORT[result.judgement.verdict if result.judgement else None]
            rows.append(
                (experiment.id, experiment.title.in_language(language), word.in_language(language))
            )
            if result.is_partial:
                break
    screen.lines(("id", "experiment", "verdict"), rows, dim=[False] * len(rows))
    summary = {"seed": seed, "quick": quick, "verdicts": verdicts}
    with replaced_file(folder / "lab.json") as file:
        file.write(finite_json(summary, indent=2).encode())
    screen.saved(folder)
    if len(verdicts) < len(experiments()) or None in verdicts.values():
        raise KeyboardInterrupt(f"interrupted: {folder} has what was measured until then")
    return {"out": str(folder), **summary}


def check_free(folder: Path, *, force: bool) -> None:
    """InputError if a file of the folder that is to be written holds something else."""
    for name in experiments():
        check_drawable(folder / f"{name}.png", force=force)
    for name in (*experiments(), "lab"):
        path = folder / f"{name}.json"
        check_replaceable(path, is_measurement, "measurements of the lab", force=force)
        check_writable(path)


def is_measurement(path: Path) -> bool:
    """Whether a file begins as those of an experiment, or as the list of verdicts."""
    return holds(path, b'"title": {') or holds(path, b'"verdicts": {')


def performed(experiment: Experiment, conditions: Conditions, screen: Screen) -> Result:
    progress = None
    if screen.shows_progress:
        progress = LateProgress(lambda done, total: f"{experiment.id} {bar(done, total)}")
    result = perform(experiment, conditions, progress and progress.show)
    if progress is not None:
        progress.line.close()
    if result.verdict is not None:
        remember(experiment.id, result.verdict)
    return result


def shown_language() -> str:
    return "en" if is_english() else "zh"
