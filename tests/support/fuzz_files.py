"""A model file taken apart and put together, with a checksum that fits or without."""

from __future__ import annotations

import hashlib
import json
import random
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

SIZES = {"F32": 4, "F64": 8}
NAMES = {"F32": "float32", "F64": "float64"}


class Raw(str):
    """JSON text that stands in the file as it is."""


@dataclass
class Parts:
    """A model file taken apart."""

    metadata: Any
    tensors: dict[str, np.ndarray]


def header_of(data: bytes) -> dict[str, Any]:
    n = int.from_bytes(data[:8], "little")
    header: dict[str, Any] = json.loads(data[8 : 8 + n])
    return header


def content_of(data: bytes) -> bytes:
    return data[8 + int.from_bytes(data[:8], "little") :]


def parts_of(data: bytes) -> Parts:
    header, content = header_of(data), content_of(data)
    metadata = json.loads(header.pop("__metadata__")["rosenblatt"])
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(content[begin:end], NAMES[entry["dtype"]])
        tensors[name] = array.reshape(entry["shape"]).copy()
    return Parts(metadata, tensors)


def networks_of(parts: Parts) -> list[tuple[str, dict[str, Any]]]:
    """Of each network what its tensors' names begin with, and what has its layers."""
    if "members" not in parts.metadata:
        return [("", parts.metadata)]
    return [(f"members.{k}.", member) for k, member in enumerate(parts.metadata["members"])]


def text_of(value: Any) -> str:
    """JSON in which raw texts stand as they are."""
    raws: list[str] = []

    def marked(node: Any) -> Any:
        if isinstance(node, Raw):
            raws.append(node)
            return f"@raw{len(raws) - 1}@"
        if isinstance(node, dict):
            return {key: marked(item) for key, item in node.items()}
        return [marked(item) for item in node] if isinstance(node, list) else node

    text = json.dumps(marked(value), ensure_ascii=False)
    for k, raw in enumerate(raws):
        text = text.replace(f'"@raw{k}@"', raw)
    return text


def framed(header: str, content: bytes) -> bytes:
    raw = header.encode(errors="surrogatepass")
    raw += b" " * (-len(raw) % 8)
    return struct.pack("<Q", len(raw)) + raw + content


def seal(metadata: str, tensors: list[tuple[str, str, tuple[int, ...], bytes]]) -> str:
    """The documented checksum: of the metadata, then name, type, shape and bytes by name."""
    parts = [metadata.encode(errors="surrogatepass")]
    for name, dtype, shape, content in sorted(tensors):
        parts += [f"{name} {dtype} {shape}".encode(errors="surrogatepass"), content]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(struct.pack("<Q", len(part)) + part)
    return digest.hexdigest()


def sealed_file(metadata: str, tensors: dict[str, np.ndarray], order: list[str]) -> bytes:
    """A whole file of any metadata text and any tensors, which lie in the order given."""
    entries: dict[str, Any] = {}
    content = b""
    described = []
    for name in order:
        array = np.ascontiguousarray(tensors[name])
        raw, dtype = array.tobytes(), {4: "F32", 8: "F64"}[array.dtype.itemsize]
        entries[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [len(content), len(content) + len(raw)],
        }
        content += raw
        described.append((name, NAMES[dtype], array.shape, raw))
    texts = {"rosenblatt": metadata, "rosenblatt_sha256": seal(metadata, described)}
    header = json.dumps({"__metadata__": texts, **entries}, ensure_ascii=False)
    return framed(header, content)


def put_together(parts: Parts, rng: random.Random | None = None) -> bytes:
    order = list(parts.tensors)
    if rng is not None and rng.random() < 0.5:
        rng.shuffle(order)
    return sealed_file(text_of(parts.metadata), parts.tensors, order)
