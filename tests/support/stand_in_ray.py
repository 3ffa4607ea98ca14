"""A stand-in for the part of Ray that searches and ensembles use: tasks in threads, on copies.

Everything is pickled on its way, as by Ray; what differs is that no process is started.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import cloudpickle


class RayTaskError(Exception):
    def as_instanceof_cause(self) -> BaseException:
        assert self.__cause__ is not None
        return self.__cause__


class Reference:
    """To a stored value."""

    count = 0

    def __init__(self, value: Any) -> None:
        self.value = cloudpickle.dumps(value)
        Reference.count += 1
        self.number = Reference.count

    def hex(self) -> str:
        return f"stand-in {self.number}"


class StandInRay(types.ModuleType):
    """Has `remote`, `put`, `wait`, `get`, `cancel`, and counts the calls."""

    def __init__(self, cpus: int = 2) -> None:
        super().__init__("ray")
        self.cpus, self.pool = cpus, ThreadPoolExecutor(cpus)
        self.stored: list[int] = []
        self.calls = 0
        self.exceptions = types.SimpleNamespace(RayTaskError=RayTaskError)

    def is_initialized(self) -> bool:
        return True

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": float(self.cpus)}

    def put(self, value: Any) -> Reference:
        reference = Reference(value)
        self.stored.append(len(reference.value))
        return reference

    def remote(self, **_: Any) -> Callable[[Any], Any]:
        def of(function: Any) -> Any:
            def begin(reference: Any, *given: Any) -> Future[Any]:
                self.calls += 1
                parcel = cloudpickle.dumps((function, given))

                def work() -> Any:
                    task, arrived = cloudpickle.loads(parcel)
                    return cloudpickle.dumps(task(reference, *arrived))

                return self.pool.submit(work)

            return types.SimpleNamespace(remote=begin)

        return of

    def wait(self, calls: list[Any], timeout: float) -> tuple[list[Any], list[Any]]:
        done, rest = wait(calls, timeout)
        return list(done), list(rest)

    def get(self, what: Any) -> Any:
        if isinstance(what, Reference):
            return cloudpickle.loads(what.value)
        try:
            return cloudpickle.loads(what.result())
        except Exception as error:
            raise RayTaskError(str(error)) from error

    def cancel(self, call: Any, force: bool = False) -> None:
        call.cancel()


def installed(monkeypatch: Any, cpus: int = 2) -> StandInRay:
    """The stand-in, which `import ray` then gives."""
    ray = StandInRay(cpus)
    monkeypatch.setitem(sys.modules, "ray", ray)
    return ray
