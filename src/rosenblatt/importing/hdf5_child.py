"""A program that reads HDF5 from its input and writes what is in it, for `hdf5_file`.

The HDF5 library may stand still, or end its process, at a damaged file: here that is a process of
its own, with limits to its time and memory. It writes a line of JSON, and arrays of float64.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import h5py
import numpy as np

SECONDS, BYTES_A_SECOND, SPARE, DEEPEST, MOST = 4, 10**7, 2**26, 16, 20_000


def limit(n_bytes: int) -> None:
    """Processor time and memory of this process, where the system has such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + n_bytes // BYTES_A_SECOND,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:  # how much there is already is not told: macOS, or no /proc
        return
    resource.setrlimit(resource.RLIMIT_AS, (taken + n_bytes + SPARE,) * 2)


def texts_of(item: Any) -> dict[str, Any]:
    """The attributes that are texts, or lists of them."""
    found: dict[str, Any] = {}
    for name in item.attrs:
        value = item.attrs[name]
        if isinstance(value, bytes | str):
            found[name] = value.decode("utf-8") if isinstance(value, bytes) else value
        elif isinstance(value, np.ndarray) and value.ndim < 2:
            listed = np.atleast_1d(value).tolist()
            if all(isinstance(one, bytes | str) for one in listed):
                found[name] = [o.decode("utf-8") if isinstance(o, bytes) else o for o in listed]
    return found


class Reader:
    """Everything below a group; what is not read has the reason in place of its shape."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.groups: dict[str, dict[str, Any]] = {}
        self.arrays: dict[str, Any] = {}
        self.content: list[bytes] = []

    def group(self, group: Any, path: str, depth: int) -> None:
        self.groups[path] = texts_of(group)
        if depth > DEEPEST or len(self.groups) + len(self.arrays) > MOST:
            raise ValueError("too many groups")
        for name in group:
            below = f"{path}/{name}" if path else name
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                self.arrays[below] = "link"
                continue
            item = group[name]
            if isinstance(item, h5py.Group):
                self.group(item, below, depth + 1)
            elif isinstance(item, h5py.Dataset):
                self.array(item, below)

    def array(self, item: Any, path: str) -> None:
        if item.shape is None or item.dtype.kind not in "fiu":
            self.arrays[path] = "kind"
        elif item.chunks is not None or item.external or item.is_virtual:
            self.arrays[path] = "pieces"
        elif 8 * item.size > self.allowed:
            self.arrays[path] = "large"
        elif item.id.get_storage_size() < item.nbytes:
            self.arrays[path] = "cut"
        else:
            self.allowed -= 8 * item.size
            self.arrays[path] = list(item.shape)
            self.content.append(np.asarray(item[()], "<f8").tobytes())


def main() -> None:
    data, allowed = sys.stdin.buffer.read(), int(sys.argv[1])
    limit(len(data) + 3 * allowed)
    reader = Reader(allowed)
    with h5py.File(io.BytesIO(data), "r") as file:
        reader.group(file, "", 0)
    told = {"groups": reader.groups, "arrays": reader.arrays}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(reader.content))


if __name__ == "__main__":
    main()
