"""A connection to Ray: to a cluster that there is, or to one of this machine's own."""

from __future__ import annotations

import importlib
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rosenblatt.parallel.ray_output import deaths_logged
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.optional_dependencies import missing

__all__ = ["connected", "imported_ray", "started_nodes", "trust_note"]

# For a cluster that is started here. Actors would run at niceness 15 otherwise, behind everything
# else on the machine; a node that does not answer is given up after some 6 s; and Ctrl-C would be
# looked for once a second while a result is waited for.
SETTINGS = {
    "RAY_worker_niceness": "0",
    "RAY_health_check_initial_delay_ms": "2000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "2000",
    "RAY_health_check_failure_threshold": "3",
    "RAY_get_check_signal_interval_milliseconds": "50",
    "RAY_USAGE_STATS_ENABLED": "0",
}
OBJECT_STORE_BYTES = 512 << 20
PATIENCE = 10.0  # seconds for an answer of the machine at an address
ASKED: set[str] = set()  # the addresses of which has been said what joining means


def imported_ray() -> Any:
    """The module `ray`.

    Raises
    ------
    ImportError
        With the command that installs it.
    """
    try:
        import ray
    except ImportError as error:
        raise missing("training on a cluster", "ray", error) from error
    return ray


def trust_note(address: str | None) -> str:
    """What joining this cluster means, the first time that this process asks; empty otherwise.

    Of a cluster on other machines alone.
    """
    if address is None or address in ASKED:
        return ""
    ASKED.add(address)
    host, _ = host_and_port(address)
    if host in ("auto", "local", "localhost", "inproc", "::1") or host.startswith("127."):
        return ""
    return (
        f"the cluster at {address} runs your code, and whoever can send to it can run theirs on"
        " this machine: join only one that you trust"
    )


@contextmanager
def connected(address: str | None, processes: int, store_bytes: int = 0) -> Iterator[Any]:
    """Ray, connected; what is started or connected here is ended with it.

    Parameters
    ----------
    address : str, optional
        Of a cluster: 'auto', or a host and port. Without it the connection that the process has is
        used, or else a cluster is started on this machine.
    processes : int
        Actors that there will be.
    store_bytes : int
        What the object store has to hold beside messages.

    Raises
    ------
    ConnectionError
        If nothing answers at the address.
    """
    ray = imported_ray()
    if ray.is_initialized():
        yield ray
        return
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    if address is not None:
        if note := trust_note(address):
            warn_caller(note)
        try:
            check_listens(address)
            with loopback_kept():  # or it would look for 127.0.0.1 at the machine's own address
                ray.init(address=address, **quiet)
        except (OSError, RuntimeError, ValueError) as error:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ConnectionError(
                f"no Ray cluster answers at {address!r} ({first}): start one by `ray start --head`,"
                " or leave the address out for a cluster on this machine."
            ) from error
    else:
        keep_token_private()
        before = {name: os.environ.get(name) for name in SETTINGS}
        os.environ.update({k: v for k, v in SETTINGS.items() if before[k] is None})
        try:
            with loopback_kept():
                ray.init(
                    address="local",
                    num_cpus=max(processes, os.cpu_count() or 1),
                    include_dashboard=False,
                    object_store_memory=OBJECT_STORE_BYTES + 2 * store_bytes,
                    _node_ip_address="127.0.0.1",
                    **quiet,
                )
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
    try:
        with deaths_logged():
            yield ray
    finally:
        ray.shutdown()


def check_listens(address: str) -> None:
    """OSError where nobody listens at a host and port: Ray would try again for minutes."""
    host, port = host_and_port(address)
    if host and port.isdecimal() and int(port) < 2**16:
        socket.create_connection((host, int(port)), PATIENCE).close()


def host_and_port(address: str) -> tuple[str, str]:
    """Both parts of an address; the port is empty if there is none."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    return (host.strip("[]"), port) if colon else (port.strip("[]"), "")


@contextmanager
def started_nodes(nodes: int, cpus: int) -> Iterator[tuple[Any, Any]]:
    """Ray, and its `Cluster` of several nodes on this machine, for demonstrations.

    In a process that has not imported Ray yet, which reads the environment then.
    """
    keep_token_private()
    for name, value in {**SETTINGS, "RAY_AUTH_MODE": "token"}.items():
        os.environ.setdefault(name, value)
    ray = imported_ray()
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": cpus})
    try:
        for _ in range(nodes - 1):
            cluster.add_node(num_cpus=cpus)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        yield ray, cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


@contextmanager
def loopback_kept() -> Iterator[None]:
    """Let Ray listen at 127.0.0.1 where it is told to.

    On Linux it replaces that address by the machine's own, and then listens on all interfaces.
    """
    services: Any = importlib.import_module("ray._private.services")
    resolve = services.resolve_ip_for_localhost
    services.resolve_ip_for_localhost = lambda host: host
    try:
        yield
    finally:
        services.resolve_ip_for_localhost = resolve


def keep_token_private() -> None:
    """Make sure that Ray's token, which lets run code, can be read by its owner alone.

    Ray itself writes the file with the permissions of any other.
    """
    folder = Path.home() / ".ray"
    folder.mkdir(mode=0o700, exist_ok=True)
    token = folder / "auth_token"
    try:
        with os.fdopen(os.open(token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        token.chmod(0o600)
