"""A cluster is joined at an address where somebody listens; elsewhere it is said at once."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from rosenblatt.parallel import ray_cluster


class NoRay:
    """Stands for Ray, which would try to reach an address for minutes."""

    def is_initialized(self) -> bool:
        return False

    def init(self, **_: Any) -> None:
        raise AssertionError("Ray is asked, and nobody listens")


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "ray://127.0.0.1:{}", "localhost:{}"])
def test_nobody_listens(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "imported_ray", NoRay)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        address = form.format(taken.getsockname()[1])
        with (
            pytest.raises(ConnectionError, match=r"no Ray cluster answers at .*refused"),
            ray_cluster.connected(address, 2),
        ):
            pass


def test_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "imported_ray", NoRay)
    monkeypatch.setattr(ray_cluster, "ASKED", {"host.invalid:6379"})
    with (
        pytest.raises(ConnectionError, match=r"no Ray cluster answers at 'host\.invalid:6379'"),
        ray_cluster.connected("host.invalid:6379", 2),
    ):
        pass
