"""How long a server takes for one row: a client, a connection that stays, one request at a time.

    python -m benchmarks.serve_http                  # 5,000 requests
    python -m benchmarks.serve_http --clients 4      # as many connections at once

The model is of 15 columns: numbers with gaps, whole numbers, categories, a truth value, dates of
two kinds and prices with a currency. Server and client are processes of their own; the time is the
client's, from the first byte sent to the last one received.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import machine

N_ROWS = 1200
URL = re.compile(r"http://([\d.]+):(\d+)")
WARM_UP = 200


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=5000, help="of each client")
    parser.add_argument("--clients", type=int, default=1)
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as name:
        folder = Path(name)
        rows = mixed_rows()
        write(folder / "mixed.csv", rows)
        out = ["--epochs", "20", "--quiet", "--out", "m.safetensors"]
        command = [sys.executable, "-m", "rosenblatt"]
        subprocess.run([*command, "train", "mixed.csv", *out], cwd=folder, check=True)
        serve = [*command, "serve", "m.safetensors", "--port", "0"]
        server = subprocess.Popen(serve, cwd=folder, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            found = URL.search(server.stdout.readline())
            assert found is not None
            bodies = [json.dumps(without_target(row)).encode() for row in rows]
            before, cpu_before = machine.load_average(), cpu_seconds(server.pid)
            times = measured(found[1], int(found[2]), bodies, options.requests, options.clients)
            cpu = cpu_seconds(server.pid) - cpu_before
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
    n = options.clients * (options.requests + WARM_UP)
    report(times, options.clients, before, cpu / n)


def mixed_rows() -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    rows = []
    start = np.datetime64("2020-01-01T00:00")
    for _ in range(N_ROWS):
        row: dict[str, Any] = {
            f"x{i}": None if rng.random() < 0.05 else round(rng.normal(10 * i, 3), 3)
            for i in range(5)
        }
        row |= {f"count{i}": int(rng.integers(90)) for i in range(2)}
        row |= {f"cat{i}": f"value {rng.integers(k)}" for i, k in enumerate((3, 5, 12, 30))}
        moment = (start + rng.integers(900 * 1440)).item()
        price = f"{rng.gamma(2, 900):,.2f}".translate(str.maketrans(",.", ".,"))
        row["member"] = "yes" if rng.random() < 0.4 else "no"
        row["since"] = f"{moment:%Y-%m-%d}"
        row["seen"] = f"{moment:%d.%m.%Y %H:%M}"
        row["price"] = f"{price} €"
        row["target"] = "buys" if row["count0"] > 45 else "leaves"
        rows.append(row)
    return rows


def without_target(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name != "target"}


def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def measured(
    host: str, port: int, bodies: Sequence[bytes], n_requests: int, n_clients: int
) -> list[float]:
    """Seconds of every request of all clients, without their first ones."""
    times: list[list[float]] = [[] for _ in range(n_clients)]
    clients = [
        threading.Thread(target=ask, args=(host, port, bodies, n_requests, own)) for own in times
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return [seconds for own in times for seconds in own[WARM_UP:]]


def ask(host: str, port: int, bodies: Sequence[bytes], n_requests: int, times: list[float]) -> None:
    connection = http.client.HTTPConnection(host, port)
    headers = {"Content-Type": "application/json"}
    for k in range(n_requests + WARM_UP):
        start = time.perf_counter()
        connection.request("POST", "/predict", bodies[k % len(bodies)], headers)
        response = connection.getresponse()
        answer = response.read()
        times.append(time.perf_counter() - start)
        assert response.status == 200, answer
    connection.close()


def cpu_seconds(process: int) -> float:
    """CPU time of a process so far, which other work on the machine does not change by much."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(times: Sequence[float], n_clients: int, load_before: float | None, cpu: float) -> None:
    p50, p90, p99, p999 = (1e3 * float(np.quantile(times, q)) for q in (0.5, 0.9, 0.99, 0.999))
    print(f"{len(times):,} requests of one row, {n_clients} at once, milliseconds:")
    print(f"median {p50:.2f}, p90 {p90:.2f}, p99 {p99:.2f}, p99.9 {p999:.2f}")
    print(f"CPU time of the server: {1e3 * cpu:.2f} a request")
    load = machine.load_average()
    print(f"{machine.describe()['cpu']}, load average {load_before} before, {load} after")


if __name__ == "__main__":
    main()
