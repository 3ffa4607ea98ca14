"""The texts that the command line may show: its own, and those of the rooms below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import rosenblatt
from tests.support.messages import Text, is_prose, texts_of

__all__ = ["all_texts", "shown_texts"]

ROOT = Path(rosenblatt.__file__).parent
SHOWN = (
    "checkpoints",
    "cli",
    "cluster/choice.py",
    "parallel/ray_cluster.py",
    "cluster/refusals.py",
    "cluster/shards",
    "distributions",
    "engine/diagnosis.py",
    "engine/divergence.py",
    "fitting/divergence_handling.py",
    "fitting/first_order.py",
    "fitting/input_scale.py",
    "fitting/kfac.py",
    "fitting/progress_bar.py",
    "fitting/resume/session.py",
    "importing",
    "losses/quantile.py",
    "options/features.py",
    "options/names.py",
    "persistence",
    "search/conclusion.py",
    "search/messages.py",
    "search/progress.py",
    "search/structure_search.py",
    "search/summary.py",
    "search/terminal.py",
    "serving/server.py",
    "serving/settings.py",
    "support/atomic.py",
    "support/coverage.py",
    "support/fixed_files.py",
    "support/listing.py",
    "support/output_place.py",
    "support/paths.py",
    "table",
    "tabular/class_weights.py",
    "tabular/decision_text.py",
    "tabular/decisions.py",
    "tabular/folds.py",
    "tabular/splits.py",
    "tabular/networks/memory.py",
    "tabular/number_losses.py",
    "tracing/model_trace.py",
    "uncertainty",
    "tabular/shape.py",
)
# Words of tables, and of errors of JSON, which no screen shows.
VOCABULARY = {
    "date_words.py",
    "duration_units.py",
    "footer.py",
    "json_blocks.py",
    "months.py",
    "multipliers.py",
    "units.py",
    "weekdays.py",
}


def files_of(places: tuple[str, ...]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def shown_texts() -> dict[str, Text]:
    """By template: what reads as prose, which is all that can be told from names of things."""
    return {
        text.one: text
        for path in files_of(SHOWN)
        if path.name not in VOCABULARY
        for text in texts_of(path)
        if is_prose(text.one)
    }


def all_texts() -> set[str]:
    """The templates of all sources, single words among them."""
    return {
        template
        for path in sorted(ROOT.rglob("*.py"))
        for text in texts_of(path)
        for template in (text.one, text.many)
    }
