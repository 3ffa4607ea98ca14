"""A race's timings as plain data, for JSON, and as the lines of a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.races import Demand, Race
from benchmarks.timing import Spread, Timing

__all__ = ["heading", "lines", "summary", "write"]

Record = dict[str, Any]


def summary(race: Race, timings: Sequence[Timing]) -> Record:
    """The race's facts, every repetition of every contender, ratios of the best ones, checks."""
    best = _best(timings)
    return {
        "name": race.name,
        **race.facts,
        "contenders": [_contender(timing, timing in best.values()) for timing in timings],
        "ratios": [_ratio(demand, best) for demand in race.demands],
        "checks": [asdict(check) | {"holds": check.holds} for check in race.checks(timings)],
    }


def _best(timings: Sequence[Timing]) -> dict[str, Timing]:
    best: dict[str, Timing] = {}
    for timing in sorted(timings, key=lambda timing: timing.per_job.median):
        best.setdefault(timing.contender.name, timing)
    return best


def _contender(timing: Timing, is_best: bool) -> Record:
    return {
        "name": timing.contender.name,
        "threads": timing.contender.threads,
        "dtype": timing.contender.dtype,
        "best_of_its_name": is_best,
        "repetitions": len(timing.seconds),
        "jobs_per_repetition": timing.jobs,
        "steps_per_job": timing.steps,
        "final_loss": timing.loss,
        "job_seconds": timing.seconds,
        "job_milliseconds": _scaled(timing.per_job, 1e3),
        "step_microseconds": _scaled(timing.per_job, 1e6 / timing.steps),
    }


def _scaled(spread: Spread, factor: float) -> dict[str, float]:
    return {name: value * factor for name, value in asdict(spread).items()}


def _ratio(demand: Demand, best: dict[str, Timing]) -> Record:
    """Of the medians; `within_repetitions` are the quartiles of the ratio in each repetition,
    whose turns stand close in time and so shared the same load."""
    ours, peer = best[demand.ours], best[demand.peer]
    ratio = peer.per_job.median / ours.per_job.median
    pairs = [theirs / mine for theirs, mine in zip(peer.seconds, ours.seconds, strict=True)]
    return asdict(demand) | {
        "ratio": ratio,
        "within_repetitions": asdict(Spread.of(pairs)),
        "reached": ratio >= demand.at_least,
    }


def heading(machine: Record, load: float | None) -> list[str]:
    """The machine in a few lines, with whatever in the environment steers BLAS or threads."""
    versions = ", ".join(f"{name} {found}" for name, found in machine["versions"].items() if found)
    settings = [f"  {name}={value}" for name, value in machine["environment"].items()]
    return [
        f"{machine['cpu']}, {machine['cores_usable']} cores usable, load average {load}",
        f"Python {machine['python']}, {versions}",
        *settings,
    ]


def lines(record: Record) -> list[str]:
    """The race's part of the table; `*` marks the contender that speaks for its name."""
    shape = (
        f"{record['rows']} x {record['features']}, hidden {record['hidden']},"
        f" batch {record['batch']}, {record['classes']} classes"
    )
    table = [
        "",
        f"{record['name']}: {shape}",
        f"  {record['job']}; {record['data']}",
        f"  {'':28} {'threads':>7} {'µs a step':>10} {'quartiles':>19} {'ms a job':>9} {'loss':>8}",
    ]
    for contender in record["contenders"]:
        step, job = contender["step_microseconds"], contender["job_milliseconds"]
        mark = "*" if contender["best_of_its_name"] else " "
        threads = "auto" if contender["threads"] is None else contender["threads"]
        quartiles = f"{step['q1']:.1f} to {step['q3']:.1f}"
        table.append(
            f"{mark} {contender['name']:28} {threads!s:>7} {step['median']:10.1f} {quartiles:>19}"
            f" {job['median']:9.1f} {contender['final_loss']:8.5f}"
        )
    for ratio in record["ratios"]:
        spread, verdict = ratio["within_repetitions"], "reached" if ratio["reached"] else "MISSED"
        table.append(
            f"  {ratio['ours']} is {ratio['ratio']:.2f} times as fast as {ratio['peer']}"
            f" ({spread['q1']:.2f} to {spread['q3']:.2f});"
            f" wanted {ratio['at_least']:g}: {verdict}"
        )
    for check in record["checks"]:
        verdict = "holds" if check["holds"] else "FAILS"
        table.append(
            f"  {check['what']}: {check['value']:.3g}, limit {check['limit']:g}: {verdict}"
        )
    return table


def write(report: Record, path: Path) -> None:
    """Writes JSON, making the folder if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
