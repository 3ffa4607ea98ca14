"""Nodes that go, come and are cut off, in clusters of several nodes on this machine."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ray = pytest.importorskip("ray")

FIT = """
    import sys, threading, time, warnings
    import numpy as np
    from functools import partial
    from sklearn.datasets import load_digits
    from rosenblatt import MLPClassifier
    from rosenblatt.cluster.inproc import InProcess
    from rosenblatt.cluster.plan import ClusterPlan
    from rosenblatt.cluster.ray_transport import RayTransport
    from rosenblatt.cluster.trainer import ClusterTrainer
    from rosenblatt.estimators.access import fit_by
    from rosenblatt.parallel.ray_cluster import connected, started_nodes

    X, y = load_digits(return_X_y=True)
    PLAN = ClusterPlan(workers=3, servers=2)

    def fitted(transport, during=None):
        est = MLPClassifier((32,), max_iter=4, n_iter_no_change=9, batch_size=10, random_state=0)
        est.set_params(callbacks=[] if during is None else [during])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fit_by(est, partial(ClusterTrainer, plan=PLAN, transport=transport), X / 16, y)
        return est, [str(w.message) for w in caught]

    def show(est, said):
        expected, _ = fitted(InProcess())
        print("same", np.array_equal(est.model_.parameters, expected.model_.parameters))
        print("rows", *(entry["rows"] for entry in est.history_))
        print("lost", *(entry["workers_lost"] for entry in est.history_))
        print("seconds", *(round(entry["seconds"], 1) for entry in est.history_))
        print("waited", any("waits for a place for" in word for word in said))
"""

NODES = """
    def nodes_of(transport, cluster):
        # Of every actor: the number of the node whose raylet is its process's parent.
        raylets = {
            node.all_processes["raylet"][0].process.pid: k
            for k, node in enumerate(cluster.list_all_nodes())
        }
        signs = [transport.sign_of_server(s) for s in transport.servers]
        signs += [transport.sign_of_worker(w) for w in transport.workers]
        found = []
        for pid in transport.ray.get(signs):
            fields = open(f"/proc/{pid}/status").read().split()
            found.append(raylets[int(fields[fields.index("PPid:") + 1])])
        return found

    with started_nodes(2, cpus=2) as (ray, cluster):
        transport = RayTransport(ray, lost_after=3.0)

        begun = threading.Event()

        def during(event):
            if event.epoch == 1:
                on = nodes_of(transport, cluster)
                print("before", *sorted(on[:2]), *sorted(on[2:]))
                threading.Timer(0.3 * event.record["seconds"], begun.set).start()

        found = []
        fit = threading.Thread(target=lambda: found.append(fitted(transport, during)), daemon=True)
        fit.start()
        begun.wait(120)
        # The second node goes, with a server and a worker; for the workers there is no place on
        # the first one alone, until a third node has come. Ray starts nodes in the main thread.
        cluster.remove_node(cluster.list_all_nodes()[1], allow_graceful=False)
        time.sleep(20)
        cluster.add_node(num_cpus=2)
        fit.join(120)
        transport.end()
        show(*found[0])
"""

JOINING = """
    with connected(sys.argv[1], 5) as ray:
        transport = RayTransport(ray, lost_after=3.0)

        def during(event):
            print("epoch", event.epoch, round(event.record["seconds"], 2), flush=True)
            if event.epoch == 1:
                sys.stdin.readline()  # until the other end is ready to cut

        try:
            est, said = fitted(transport, during)
        finally:
            transport.end()
        show(est, said)
"""


def values(shown: str) -> dict[str, list[str]]:
    lines = [line.split() for line in shown.splitlines() if line.strip()]
    return {first: others for first, *others in lines}


def test_a_node_goes_with_a_worker_and_a_server_and_another_one_comes() -> None:
    script = textwrap.dedent(FIT) + textwrap.dedent(NODES)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False
    )
    assert not done.returncode, done.stderr[-2000:]
    found = values(done.stdout)
    assert found["before"][:2] == ["0", "1"]  # a server each
    assert "1" in found["before"][2:]
    assert found["same"] == ["True"]
    assert found["rows"] == ["1797"] * 4
    assert int(found["lost"][1]) >= 1
    assert found["waited"] == ["True"]


def command(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=check, timeout=120)


def may_make_networks() -> bool:
    if shutil.which("ip") is None:
        return False
    name = f"rb-try-{os.getpid()}"
    made = command("ip", "netns", "add", name, check=False).returncode == 0
    if made:
        command("ip", "netns", "del", name)
    return made


@contextmanager
def two_hosts() -> Iterator[tuple[str, str]]:
    """Two network namespaces with a cable between them: 10.77.0.1 and 10.77.0.2."""
    names = f"rb-a-{os.getpid()}", f"rb-b-{os.getpid()}"
    try:
        for name in names:
            command("ip", "netns", "add", name)
            command("ip", "-n", name, "link", "set", "lo", "up")
        one, two = names
        command(
            *("ip", "link", "add", "cable", "netns", one),
            *("type", "veth", "peer", "name", "cable", "netns", two),
        )
        for k, name in enumerate(names, 1):
            command("ip", "-n", name, "addr", "add", f"10.77.0.{k}/24", "dev", "cable")
            command("ip", "-n", name, "link", "set", "cable", "up")
        yield names
    finally:
        for name in names:
            for pid in command("ip", "netns", "pids", name, check=False).stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            command("ip", "netns", "del", name, check=False)


@pytest.mark.skipif(not may_make_networks(), reason="needs the right to make networks")
def test_a_node_whose_network_is_cut_is_replaced(tmp_path: Path) -> None:
    """What it still sends when the cable is back is refused."""
    settings = {
        "RAY_health_check_initial_delay_ms": "2000",
        "RAY_health_check_period_ms": "1000",
        "RAY_health_check_timeout_ms": "2000",
        "RAY_health_check_failure_threshold": "3",
        "RAY_worker_niceness": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }
    start = Path(sys.executable).with_name("ray")
    with two_hosts() as (one, two):
        given = ["env", *(f"{name}={value}" for name, value in settings.items())]

        def at(host: str, *words: str) -> list[str]:
            return ["ip", "netns", "exec", host, *given, *words]

        common = ["--num-cpus=4", "--object-store-memory=100000000", "--disable-usage-stats"]
        command(
            *at(one, str(start), "start", "--head", "--node-ip-address=10.77.0.1", "--port=6379"),
            *("--include-dashboard=false", *common),
        )
        command(
            *at(two, str(start), "start", "--address=10.77.0.1:6379"),
            *("--node-ip-address=10.77.0.2", *common),
        )
        script = textwrap.dedent(FIT) + textwrap.dedent(JOINING)
        with subprocess.Popen(
            at(one, sys.executable, "-c", script, "10.77.0.1:6379"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as caller:
            assert caller.stdin is not None
            assert caller.stdout is not None
            line = caller.stdout.readline().split()
            assert line[:2] == ["epoch", "1"], caller.stderr.read() if caller.stderr else ""
            caller.stdin.write("\n")
            caller.stdin.flush()
            time.sleep(0.3 * float(line[2]))
            command("ip", "-n", two, "link", "set", "cable", "down")
            epoch = caller.stdout.readline()  # the second one, which goes on without the node
            command("ip", "-n", two, "link", "set", "cable", "up")
            shown, errors = caller.communicate(timeout=200)
    found = values(epoch + shown)
    assert not caller.returncode, errors[-2000:]
    assert found["same"] == ["True"]
    assert found["rows"] == ["1797"] * 4
    assert sum(map(int, found["lost"])) >= 1
