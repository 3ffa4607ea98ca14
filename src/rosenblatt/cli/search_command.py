"""The command `search`: tries many sizes, trains the one chosen as `train` does, and saves it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rosenblatt.cli.json_output import Json, candidates_as_json
from rosenblatt.cli.options import hidden_text
from rosenblatt.cli.plot_file import draw, picture_for
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.search_options import SearchOptions
from rosenblatt.cli.searching import Searched, search_structure
from rosenblatt.cli.source import Source
from rosenblatt.cli.train_and_save import place_for, saved_and_shown, shown_table
from rosenblatt.cli.training import train_network
from rosenblatt.errors import InputError
from rosenblatt.parallel.ray_cluster import trust_note
from rosenblatt.search.results import sizes_of
from rosenblatt.search.summary import summary_of
from rosenblatt.support.listing import count
from rosenblatt.support.optional_dependencies import install_command

# The widest useful plot.
WIDEST_PLOT = 100


def run_search(
    source: Source,
    screen: Screen,
    *,
    target: str | None,
    weight_column: str | None,
    options: SearchOptions,
    out: Path | None,
    plot: Path | None,
    force: bool = False,
) -> Json:
    """Search on a table, train the chosen network and save it; output files are checked first.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C ended the search, once what it had found is shown.
    """
    place = place_for(source, out, force=force)
    picture = picture_for(source, plot, place.path, force=force)
    table = shown_table(
        source, screen, place, options.training, target=target, weight_column=weight_column
    )
    screen.notes(filter(None, [trust_note(options.address)]))
    searched = search_structure(table.prepared, options, progress=screen.shows_progress)
    n_rows = len(table.prepared.parts["train"].y)
    screen.say(
        f"\n{count(len(searched.found.sizes), 'candidate')} on {searched.found.n_folds} folds of"
        f" {count(n_rows, 'row')} in {searched.search.search_time_:.1f} s; ended, because"
        f" {searched.ended}\n"
    )
    screen.say(summary_of(searched.found, width=min(screen.width, WIDEST_PLOT)))
    notes = list(searched.notes)
    if searched.interrupted:
        hidden = hidden_text(searched.hidden)
        notes.append(
            f"the best so far was not trained on all rows: train {source.arguments} --hidden"
            f" {hidden} does that, with the other options of this search"
        )
        screen.notes(notes)
        raise KeyboardInterrupt
    drawn = None
    try:
        if picture is None:
            notes.append(f"no picture was drawn: {install_command('matplotlib')}")
        else:
            draw(searched.search, picture)
            drawn = str(picture)
            screen.say(f"\ndrew {drawn}")
    except InputError as error:  # must not lose the model of a long search
        screen.warnings([str(error)])
        screen.notes(notes)
        notes.append(str(error))
    else:
        screen.notes(notes)
    trained = train_network(
        table.prepared,
        replace(options.training, hidden=searched.hidden),
        progress=screen.shows_progress,
    )
    made = saved_and_shown(source, screen, place, trained, [*table.notes, *notes])
    return {**made, "search": _as_json(searched, options), "plot": drawn}


def _as_json(searched: Searched, options: SearchOptions) -> Json:
    search, found = searched.search, searched.found
    return {
        "strategy": options.strategy,
        "select": options.select,
        "folds": found.n_folds,
        "metric": found.metric,
        "chosen": list(searched.hidden),
        "highest": list(found.sizes[found.highest]),
        "one_standard_error": list(found.sizes[found.smallest]),
        "candidates": candidates_as_json(found),
        "not_reached": [list(sizes_of(parameters)) for parameters in search.not_reached_],
        "stop_reason": searched.ended,
        "seconds": search.search_time_,
    }
