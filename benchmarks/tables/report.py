"""A leaderboard's records as lines of at most 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.tables.compare import compare, geometric_mean
from benchmarks.tables.contenders import CONTENDERS
from benchmarks.tables.means import mean, of_table, seeds
from benchmarks.tables.results import Record

__all__ = ["line", "lines"]

REFERENCES = ("LightGBM", "CatBoost", "RealMLP-TD")


def line(record: Record) -> str:
    """A run as it ends."""
    loss = "" if record["log_loss"] is None else f", log loss {record['log_loss']:.4f}"
    return (
        f"{record['contender']}, {record['table']}, seed {record['seed']}: "
        f"error {record['error']:.4f}{loss}, {record['fit_seconds']['cpu']:.2f} s of CPU"
    )


def lines(records: Sequence[Record]) -> list[str]:
    """Errors by table, costs, and every contender beside each of the references."""
    there = {record["contender"] for record in records}
    names = [name for name in CONTENDERS if name in there]
    if not names:
        return ["no runs"]
    told = [*_errors(records, names), "", *_costs(records, names)]
    for reference in REFERENCES:
        others = [name for name in names if name != reference]
        if reference in there and others:
            told += ["", *_beside(records, others, reference)]
    return told


def _errors(records: Sequence[Record], names: Sequence[str]) -> list[str]:
    wanted = seeds(records)
    heads = "".join(f"{CONTENDERS[name].short:>6}" for name in names)
    told = [
        f"error in %, 100 (1 - accuracy) or 100 (1 - R²), seeds: {len(wanted)}; * lowest mean",
        f"{'':20}{heads}",
    ]
    partial = False
    for table in dict.fromkeys(record["table"] for record in records):
        found = {name: of_table(records, name, table) for name in names}
        means = {name: mean(runs, wanted).error for name, runs in found.items() if runs}
        whole = {name: error for name, error in means.items() if seeds(found[name]) == wanted}
        partial |= len(whole) < len(means)
        least = min(whole.values(), default=None)
        cells = "".join(
            f"{100 * means[name]:5.2f}{_mark(whole.get(name), least)}"
            if name in means
            else f"{'-':>5} "
            for name in names
        )
        told.append(f"{table[:20]:20}{cells}".rstrip())
    return [*told, *(["~ some seeds only"] if partial else [])]


def _mark(error: float | None, least: float | None) -> str:
    if error is None:
        return "~"
    return "*" if error == least else " "


def _costs(records: Sequence[Record], names: Sequence[str]) -> list[str]:
    """Geometric means over all runs; the memory is the largest."""
    told = [
        f"{'geometric means; largest memory':34}{'runs':>5}{'fit s':>9}{'fit s':>9}"
        f"{'predict s':>11}{'MiB':>9}",
        f"{'':34}{'':>5}{'CPU':>9}{'wall':>9}{'CPU':>11}{'peak':>9}",
    ]
    for name in names:
        runs = [record for record in records if record["contender"] == name]
        fit_cpu, fit_wall, predict = (
            geometric_mean(max(run[step][clock], 1e-6) for run in runs)
            for step, clock in (
                ("fit_seconds", "cpu"),
                ("fit_seconds", "wall"),
                ("predict_seconds", "cpu"),
            )
        )
        most = max(run["memory_mib"] for run in runs)
        told.append(
            f"{name:34}{len(runs):5}{fit_cpu:9.3g}{fit_wall:9.3g}{predict:11.2g}{most:9.0f}"
        )
    return told


def _beside(records: Sequence[Record], names: Sequence[str], reference: str) -> list[str]:
    told = [
        f"{'beside ' + reference:22}{'error':>9}{'plain':>9}{'ahead':>9}"
        f"{'log loss':>11}{'ahead':>9}{'CPU':>11}",
    ]
    for name in names:
        found = compare(records, name, reference)
        if found is None:
            continue
        told.append(
            f"{name:22}{found.ratio:9.3f}{_number(found.plain):>9}"
            f"{f'{found.ahead}/{found.tables}':>9}{_number(found.loss_ratio):>11}"
            f"{f'{found.loss_ahead}/{found.loss_tables}':>9}{found.cpu_ratio:11.3g}"
        )
    return told


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
