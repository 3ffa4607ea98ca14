"""How a training is spread over a cluster, and the fit by it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

from rosenblatt.cli.options import check, check_member
from rosenblatt.cli.screen import Screen
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.errors import InputError
from rosenblatt.support.listing import count

if TYPE_CHECKING:
    from rosenblatt.cluster import ClusterTraining

__all__ = ["COMPRESSIONS", "MODES", "ClusterOptions"]

MODES = ("sync", "async", "bounded")
COMPRESSIONS = ("top_k", "random_k", "sign", "int8", "low_rank", "auto")
MOST_LINES = 32  # of a table of workers


@contextmanager
def said_in_short() -> Iterator[None]:
    try:
        yield
    except (ConnectionError, ImportError) as error:
        raise InputError(str(error)) from error


@final
@dataclass(frozen=True)
class ClusterOptions:
    """Options of `ClusterTraining`, checked before any file is read."""

    workers: int
    servers: int
    mode: str
    staleness: int
    local_steps: int
    compression: str | None
    address: str | None
    report: ClusterReport = field(default_factory=ClusterReport, compare=False)

    def __post_init__(self) -> None:
        check("--workers", self.workers, self.workers >= 1, "at least 1", "2")
        check("--servers", self.servers, self.servers >= 1, "at least 1", "1")
        check_member("--mode", self.mode, MODES)
        check("--staleness", self.staleness, self.staleness >= 0, "0 or more", "3")
        check("--local-steps", self.local_steps, self.local_steps >= 1, "at least 1", "4")
        if self.compression is not None:
            check_member("--compression", self.compression, COMPRESSIONS)

    def fitted(self, network: Any, *rows: Any, **validation: Any) -> Any:
        """A fitted copy of the network.

        Raises
        ------
        InputError
            Where there is no Ray, or no cluster at the address.
        """
        with said_in_short():
            return self.training(network).fit(*rows, **validation)

    def fitted_to_files(self, network: Any, files: str, target: str, **given: Any) -> Any:
        """What a fit to Parquet files comes to; see `ClusterTraining.fit_files`.

        Raises
        ------
        InputError
            As `fitted`, and for files that cannot be learnt from.
        """
        with said_in_short():
            return self.training(network).fit_files(files, target, **given)

    def training(self, network: Any) -> ClusterTraining:
        from rosenblatt.cluster import ClusterTraining

        return ClusterTraining(
            network,
            workers=self.workers,
            servers=self.servers,
            mode=self.mode,
            staleness=self.staleness,
            local_steps=self.local_steps,
            compression=self.compression,
            address=self.address,
            report=self.report,
        )

    def notes(self, network: Any) -> tuple[str, ...]:
        """What the fit has used."""
        entries = [entry for entry in network.history_ if "bytes_sent" in entry]
        if not entries:  # all of them are a checkpoint's
            return ()
        megabytes = sum(entry["bytes_sent"] for entry in entries) / 1e6
        idle = sum(entry["idle"] for entry in entries) / len(entries)
        behind = max(entry["staleness_max"] for entry in entries)
        said = [
            f"{count(self.workers, 'worker')} and {count(self.servers, 'server')} sent"
            f" {megabytes:.1f} MB; the workers waited {idle:.0%} of their time"
        ]
        if self.report.compression:
            said.append(self.report.compression)
        if behind:
            said.append(f"gradients were {count(behind, 'step')} old at most")
        lost = sum(entry["workers_lost"] for entry in entries)
        if lost:
            said.append(f"{count(lost, 'worker')} died or stood still, and had a successor")
        cores = os.cpu_count() or 1
        if self.address is None and self.workers > cores:
            said.append(f"the workers shared {count(cores, 'core')}, so that more are no faster")
        return tuple(said)

    @property
    def before(self) -> tuple[str, ...]:
        """What is to be said before the cluster is joined."""
        from rosenblatt.parallel.ray_cluster import trust_note

        note = trust_note(self.address)
        return (note,) if note else ()

    def show_workers(self, screen: Screen) -> None:
        """A line for each worker, the first ones of very many."""
        workers = self.report.workers[:MOST_LINES]
        rows = [
            (
                str(k),
                f"{of.steps:,}",
                f"{of.bytes_sent / 1e6:,.1f}",
                f"{of.busy:.2f}",
                f"{of.idle:.0%}",
                f"{of.lost:,}",
            )
            for k, of in enumerate(workers)
        ]
        if rows:
            screen.say()
            headings = "worker", "steps", "MB", "seconds computing", "waited", "replaced"
            screen.lines(headings, rows, [False] * len(rows))
