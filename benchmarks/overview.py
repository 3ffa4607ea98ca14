"""One line a race: our time, the ratio to each peer, our share of the limit, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.races import OURS

__all__ = ["missed", "overview"]

PEERS = ("scikit-learn", "PyTorch", "torch.compile", "JAX")
Record = dict[str, Any]


def missed(record: Record) -> list[str]:
    """Who or what was not reached, by name; empty where everything demanded was."""
    return [
        *(ratio["peer"] for ratio in record["ratios"] if not ratio["reached"]),
        *(bound["name"] for bound in record.get("bounds", ()) if not bound["reached"]),
        *(["share"] if record.get("limit") and not record["limit"]["reached"] else []),
        *("check" for check in record["checks"] if not check["holds"]),
    ]


def overview(records: Sequence[Record]) -> list[str]:
    """The races in which we run beside others or the limit. Times are medians, ratios theirs."""
    told = [record for record in records if record["kind"] != "memory"]
    if not told:
        return []
    names = "".join(f"{'x ' + peer:>16}" for peer in PEERS)
    table = ["", f"{'':30} {'ours':>14}{names} {'of the limit':>13}"]
    for record in told:
        if record["kind"] in ("whole fit", "many fits"):
            table += [_pair_line(record, ratio) for ratio in record["ratios"]]
            continue
        ratios = {ratio["peer"]: f"{ratio['ratio']:.2f}" for ratio in record["ratios"]}
        cells = "".join(f"{ratios.get(peer, '-'):>16}" for peer in PEERS)
        limit = record["limit"]
        share = "-" if limit is None else f"{limit['share']:.0%}"
        table.append(
            f"{record['name']:30} {_ours(record):>14}{cells} {share:>13}  {_verdict(record)}"
        )
    return table


def _pair_line(record: Record, ratio: Record) -> str:
    verdict = "REACHED" if ratio["reached"] else "MISSED"
    pair = f"{ratio['ours']} / {ratio['peer']}"
    return f"{record['name']:30} {pair}: {ratio['ratio']:.2f}  {verdict}"


def _ours(record: Record) -> str:
    for contender in record["contenders"]:
        if contender["name"] == OURS and contender["best_of_its_name"]:
            micro = contender["step_microseconds"]["median"]
            if record["unit"] == "start":
                return f"{micro / 1e3:.0f} ms"
            return f"{micro:.2f} µs" if micro < 100 else f"{micro:.0f} µs"
    return "-"


def _verdict(record: Record) -> str:
    demanded = (
        any(ratio["at_least"] is not None for ratio in record["ratios"])
        or record["bounds"]
        or (record["limit"] and record["limit"]["wanted"] is not None)
    )
    not_reached = missed(record)
    if not_reached:
        return f"MISSED: {', '.join(not_reached)}"
    return "REACHED" if demanded else ""
