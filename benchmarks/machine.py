"""What the numbers were measured on: without it they mean nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import scipy.linalg  # noqa: F401 - so that the pools of both BLAS libraries are listed
from threadpoolctl import threadpool_info

__all__ = ["describe", "load_average", "usable_cores"]

_PACKAGES = (
    "rosenblatt",
    "numpy",
    "scipy",
    "scikit-learn",
    "torch",
    "jax",
    "jaxlib",
    "threadpoolctl",
)
_PREFIXES = (
    "OPENBLAS_",
    "OMP_",
    "GOMP_",
    "KMP_BLOCKTIME",
    "KMP_AFFINITY",
    "MKL_",
    "BLIS_",
    "VECLIB_",
    "XLA_FLAGS",
    "JAX_",
    "TORCHINDUCTOR_",
    "MALLOC_",
    "LD_PRELOAD",
)


def describe() -> dict[str, Any]:
    """Processor, cores, versions, BLAS and the settings of the environment that steer it."""
    return {
        "cpu": _cpu_model(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "cores_usable": usable_cores(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in _PACKAGES},
        "thread_pools": [
            {key: pool.get(key) for key in ("internal_api", "version", "architecture", "prefix")}
            for pool in threadpool_info()
        ],
        "environment": {k: v for k, v in sorted(os.environ.items()) if k.startswith(_PREFIXES)},
    }


def usable_cores() -> int:
    """The cores of the process's affinity, or fewer where OMP_NUM_THREADS asks for fewer."""
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(wanted)) if wanted.isdecimal() and int(wanted) else cores


def load_average() -> float | None:
    """Runnable processes, mean of the last minute; None where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
