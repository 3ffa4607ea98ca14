"""compression='auto': what a step costs with each compressor on the connections that there are."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, final

import numpy as np

from rosenblatt.cluster.compression import COMPRESSORS
from rosenblatt.cluster.cost import StepCost
from rosenblatt.cluster.hardware import Link
from rosenblatt.cluster.plan import Automatic
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.cluster.sites import Job

__all__ = ["Price", "decided", "prices_of"]

# Those that needed no more epochs than dense gradients in the simulator's table (docs/cluster.md).
CANDIDATES = ("int8", "top_k")

# A step has to become so much shorter; below it, what feedback delays is not worth it.
LEAST_SAVING = 0.1


@final
class Price(NamedTuple):
    """A compressed gradient: its bytes, and the seconds of compressing and of decoding it."""

    n_bytes: int
    encode: float
    decode: float


def prices_of(job: Job, *, timed: bool) -> dict[str, Price]:
    """What each candidate makes of a gradient, in this process; {} unless the plan is automatic."""
    if not isinstance(job.plan.compression, Automatic):
        return {}
    network = job.problem.network
    x = np.random.default_rng(0).standard_normal(network.n_parameters).astype(job.dtype)
    shapes = [shape for shapes in network.parameter_shapes for shape in shapes.values()]
    found = {}
    for name in CANDIDATES:
        encoder = COMPRESSORS[name].encoder(shapes, 0)
        encoder.encode(x, 0)
        begun = time.perf_counter()
        message = encoder.encode(x, 1)
        encoded = time.perf_counter()
        message.decoded()
        ended = time.perf_counter()
        seconds = (encoded - begun, ended - encoded) if timed else (0.0, 0.0)
        found[name] = Price(message.n_bytes, *seconds)
    return found


def decided(
    job: Job,
    link: Link | None,
    compute: float,
    prices: Mapping[str, Price],
    report: ClusterReport,
) -> Job:
    """The job with a compressor, or without one, and the reason in the report.

    Parameters
    ----------
    job : Job
        As it is if its plan is not automatic.
    link : Link, optional
        As measured; None where no connection could be.
    compute : float
        Seconds that a worker computes for a push.
    prices : mapping
    report : ClusterReport
    """
    plan = job.plan
    if not isinstance(plan.compression, Automatic):
        return job
    dense = np.dtype(job.dtype).itemsize * job.problem.network.n_parameters

    def seconds(price: Price) -> float:
        assert link is not None
        own = compute + price.encode + plan.workers * price.decode
        # Servers divide what a connection carries.
        up, down = (math.ceil(n / plan.servers) for n in (price.n_bytes, dense))
        cost = StepCost(own, up, down, link, plan.workers)
        return cost.synchronous if plan.mode.summed else cost.asynchronous

    name = ""
    if link is None:
        report.compression = "no compression: the connections could not be measured"
    else:
        plain = seconds(Price(dense, 0.0, 0.0))
        steps = {name: seconds(price) for name, price in prices.items()}
        best = min(steps, key=steps.__getitem__)
        speed = f"{link.bandwidth / 1e6:,.0f}" if math.isfinite(link.bandwidth) else "∞"
        if steps[best] < (1 - LEAST_SAVING) * plain:
            name = best
            report.compression = (
                f"compression {best}: at {speed} Mbit/s a step takes {1e3 * steps[best]:.3g} ms"
                f" with it, and {1e3 * plain:.3g} ms without"
            )
        else:
            report.compression = (
                f"no compression: at {speed} Mbit/s a step takes {1e3 * plain:.3g} ms without, and"
                f" {1e3 * steps[best]:.3g} ms with {best}"
            )
    return replace(job, plan=replace(plan, compression=COMPRESSORS.get(name)))
