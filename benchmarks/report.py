"""A race's timings as plain data, for JSON, and as the lines of a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.races import OURS, Demand, Held
from benchmarks.timing import Spread, Timing

__all__ = ["heading", "lines", "summary", "write"]

Record = dict[str, Any]


def summary(held: Held) -> Record:
    """The race's facts, every repetition of every contender, ratios of the best ones, the limit,
    checks."""
    race, timings = held.race, held.outcome.timings
    best = _best(timings)
    return {
        "name": race.name,
        "kind": race.kind,
        "unit": race.unit,
        **held.facts,
        "contenders": [_contender(timing, timing in best.values(), held) for timing in timings],
        "left_out": [asdict(one) for one in held.outcome.left_out],
        "ratios": [
            _ratio(demand, best)
            for demand in race.demands
            if {demand.ours, demand.peer} <= best.keys()
        ],
        "bounds": [
            _bound(name, at_most, best[name])
            for name, at_most in race.at_most.items()
            if name in best
        ],
        "limit": _limit(held, best),
        "checks": [asdict(check) | {"holds": check.holds} for check in race.checks(timings)],
    }


def _best(timings: Sequence[Timing]) -> dict[str, Timing]:
    best: dict[str, Timing] = {}
    for timing in sorted(timings, key=lambda timing: timing.per_job.median):
        best.setdefault(timing.contender.name, timing)
    return best


def _contender(timing: Timing, is_best: bool, held: Held) -> Record:
    contender = timing.contender
    return {
        "name": contender.name,
        "threads": contender.threads,
        "dtype": contender.dtype,
        "best_of_its_name": is_best,
        "setup": held.setups.get((contender.name, contender.threads), {}),
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
        "reached": demand.at_least is None or ratio >= demand.at_least,
    }


def _bound(name: str, at_most: float, timing: Timing) -> Record:
    median = timing.per_job.median * 1e6 / timing.steps
    return {
        "name": name,
        "microseconds": median,
        "at_most": at_most,
        "reached": median <= at_most,
    }


def _limit(held: Held, best: dict[str, Timing]) -> Record | None:
    """The limit, at the number of threads that our engine used, and our share of it."""
    limit, rates, work = held.limit, held.rates, held.work
    if limit is None or rates is None or work is None or OURS not in best:
        return None
    ours = best[OURS]
    share = limit.seconds / (ours.per_job.median / ours.steps)
    wanted = held.race.share
    return {
        "threads": rates.threads,
        "gigaflops_per_second": rates.flops / 1e9,
        "gigabytes_per_second": rates.bytes / 1e9,
        "flops": work.flops,
        "bytes": work.bytes,
        "arithmetic_microseconds": limit.arithmetic * 1e6,
        "traffic_microseconds": limit.traffic * 1e6,
        "microseconds": limit.seconds * 1e6,
        "bound_by": limit.bound_by,
        "share": share,
        "wanted": wanted,
        "reached": wanted is None or share >= wanted,
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
    if record["kind"] == "memory":
        return _memory_lines(record)
    unit = record["unit"]
    table = ["", _title(record), f"  {record['job']}; {record.get('data', '')}"]
    a_step = unit in ("step", "call")
    short, of = ("µs", "step_microseconds") if a_step else ("ms", "job_milliseconds")
    column = f"{short} a {unit}"
    table.append(f"  {'':28} {'threads':>7} {column:>11} {'quartiles':>21} {'loss':>9}")
    for contender in record["contenders"]:
        step = contender[of]
        mark = "*" if contender["best_of_its_name"] else " "
        threads = "auto" if contender["threads"] is None else contender["threads"]
        digits = 2 if step["median"] < 100 else 1
        quartiles = f"{step['q1']:.{digits}f} to {step['q3']:.{digits}f}"
        loss = "" if contender["final_loss"] is None else f"{contender['final_loss']:.5f}"
        table.append(
            f"{mark} {contender['name']:28} {threads!s:>7} {step['median']:11.{digits}f}"
            f" {quartiles:>21} {loss:>9}{_setup(contender['setup'])}"
        )
    return [*table, *_left_out(record), *_verdicts(record)]


def _title(record: Record) -> str:
    return (
        f"{record['name']}: {record['rows']} x {record['features']}, hidden {record['hidden']},"
        f" batch {record['batch']}, {record['classes']} classes"
    )


def _setup(setup: Record) -> str:
    said = []
    if "compile_seconds" in setup:
        said.append(f"compiled in {setup['compile_seconds']:.1f} s")
    if "unrolled" in setup:
        said.append(f"unrolled {setup['unrolled']}")
    if "threads_used" in setup:
        said.append(f"used {setup['threads_used']}")
    return f"  ({', '.join(said)})" if said else ""


def _left_out(record: Record) -> list[str]:
    return [
        f"  {one['name']:28} {'auto' if one['threads'] is None else one['threads']!s:>7}"
        f"   {'does not work here' if one['failed'] else 'left out'}: {one['reason']}"
        for one in record["left_out"]
    ]


def _verdicts(record: Record) -> list[str]:
    table = []
    for ratio in record["ratios"]:
        spread = ratio["within_repetitions"]
        wanted = ""
        if ratio["at_least"] is not None:
            verdict = "reached" if ratio["reached"] else "MISSED"
            wanted = f"; wanted {ratio['at_least']:g}: {verdict}"
        table.append(
            f"  {ratio['ours']} is {ratio['ratio']:.2f} times as fast as {ratio['peer']}"
            f" ({spread['q1']:.2f} to {spread['q3']:.2f}){wanted}"
        )
    for bound in record["bounds"]:
        verdict = "reached" if bound["reached"] else "MISSED"
        table.append(
            f"  {bound['name']} needs {bound['microseconds']:.2f} µs;"
            f" wanted at most {bound['at_most']:g}: {verdict}"
        )
    limit = record["limit"]
    if limit is not None:
        wanted = ""
        if limit["wanted"] is not None:
            wanted = (
                f"; wanted {limit['wanted']:.0%}: {'reached' if limit['reached'] else 'MISSED'}"
            )
        table.append(
            f"  limit {_micro(limit['microseconds'])} µs by {limit['bound_by']}"
            f" (arithmetic {_micro(limit['arithmetic_microseconds'])} at"
            f" {limit['gigaflops_per_second']:.0f} GFLOP/s,"
            f" traffic {_micro(limit['traffic_microseconds'])} at"
            f" {limit['gigabytes_per_second']:.0f} GB/s, threads: {limit['threads']});"
            f" share {limit['share']:.0%}{wanted}"
        )
    for check in record["checks"]:
        verdict = "holds" if check["holds"] else "FAILS"
        table.append(
            f"  {check['what']}: {check['value']:.3g}, limit {check['limit']:g}: {verdict}"
        )
    return table


def _micro(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"


def _memory_lines(record: Record) -> list[str]:
    table = ["", f"{record['name']}: peak memory in MiB, {record['job']}"]
    table.append(f"  {'':28} {'threads':>7} {'imported':>10} {'with data':>10} {'peak':>10}")
    for contender in record["contenders"]:
        found = contender["mebibytes"]
        table.append(
            f"  {contender['name']:28} {contender['threads']!s:>7} {found['imported']:10.0f}"
            f" {found['data']:10.0f} {found['peak']:10.0f}"
        )
    return [*table, *_left_out(record)]


def write(report: Record, path: Path) -> None:
    """Writes JSON, making the folder if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
