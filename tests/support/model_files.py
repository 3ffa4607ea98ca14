"""Model files with changed content, written from the format's description, not by our code."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.numpy import load_file, save_file


def rewrite(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    """Apply `change` to a file's metadata and tensors and give it a checksum that fits them."""
    with safe_open(path, "np") as file:
        metadata = json.loads(file.metadata()["rosenblatt"])
    tensors = load_file(path)
    change(metadata, tensors)
    text = json.dumps(metadata)
    parts = [text.encode()]
    for name in sorted(tensors):
        array = tensors[name]
        parts += [f"{name} {array.dtype.name} {array.shape}".encode(), array.tobytes()]
    digest = hashlib.sha256(b"".join(struct.pack("<Q", len(part)) + part for part in parts))
    texts = {"rosenblatt": text, "rosenblatt_sha256": digest.hexdigest()}
    save_file(tensors, path, texts)
