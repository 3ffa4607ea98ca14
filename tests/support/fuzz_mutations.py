"""Model files damaged at random: by seeds, so that every file that fails can be made again.

Half of them bear a checksum that is true of their content, written from the format's description:
it is a seal against accidents, and who means harm can compute it as well as anyone.
"""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tests.support.fuzz_bases import base_files
from tests.support.fuzz_files import (
    NAMES,
    Raw,
    content_of,
    framed,
    header_of,
    networks_of,
    parts_of,
    put_together,
    seal,
    sealed_file,
    text_of,
)
from tests.support.fuzz_nested import HOSTILE, disturb, disturbed_text, places

NUMBERS = [0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e-45, -1e-40, 5e-324, 3e38, -3e38, 1e308]


@dataclass(frozen=True)
class Mutated:
    """A mutated file, how it came about, and whether its checksum fits."""

    data: bytes
    how: str
    sealed: bool


def mutated(seed: int) -> Mutated:
    """File number `seed`: even numbers are sealed."""
    rng = random.Random(seed)
    if seed % 2:
        change = rng.choice(UNSEALED)
        return Mutated(change(rng, any_base(rng)), change.__name__, sealed=False)
    change = rng.choice(SEALED)
    data = change(rng)
    return Mutated(data, change.__name__, sealed=True)


def any_base(rng: random.Random) -> bytes:
    return rng.choice(list(base_files().values()))


def flipped_bits(rng: random.Random, data: bytes) -> bytes:
    content = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def replaced_bytes(rng: random.Random, data: bytes) -> bytes:
    at, n = rng.randrange(len(data)), rng.choice((1, 2, 8, 100))
    return data[:at] + rng.randbytes(n) + data[at + n :]


def cut_short(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def inserted(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    what = rng.choice((rng.randbytes(rng.randrange(1, 200)), b"\0" * 64, b"[" * 900, data[:at]))
    return data[:at] + what + data[at:]


def removed(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.randrange(1, 300) :]


def spliced(rng: random.Random, data: bytes) -> bytes:
    other = any_base(rng)
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def swapped(rng: random.Random, data: bytes) -> bytes:
    """The header of one, the content of another."""
    n = 8 + int.from_bytes(data[:8], "little")
    return data[:n] + content_of(any_base(rng))


def other_length(rng: random.Random, data: bytes) -> bytes:
    length = int.from_bytes(data[:8], "little")
    lengths = (0, 1, 2, length - 8, length - 1, length + 1, length + 8, len(data), 10**6, 2**24)
    return struct.pack("<Q", rng.choice((*lengths, 2**24 + 1, 2**32, 2**63, 2**64 - 1))) + data[8:]


def header_disturbed(rng: random.Random, data: bytes) -> bytes:
    header = header_of(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if places(header):
            disturb(rng, header)
    return framed(text_of(header), content_of(data))


def header_text_disturbed(rng: random.Random, data: bytes) -> bytes:
    text = text_of(header_of(data))
    for _ in range(rng.choice((1, 1, 3))):
        text = disturbed_text(rng, text)
    return framed(text, content_of(data))


def metadata_unsealed(rng: random.Random, data: bytes) -> bytes:
    header = header_of(data)
    metadata = json.loads(header["__metadata__"]["rosenblatt"])
    disturb(rng, metadata)
    header["__metadata__"]["rosenblatt"] = text_of(metadata)
    return framed(text_of(header), content_of(data))


def metadata_disturbed(rng: random.Random) -> bytes:
    parts = parts_of(any_base(rng))
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        disturb(rng, parts.metadata)
    return put_together(parts)


def metadata_text_disturbed(rng: random.Random) -> bytes:
    parts = parts_of(any_base(rng))
    text = disturbed_text(rng, text_of(parts.metadata))
    return sealed_file(text, parts.tensors, list(parts.tensors))


def of_two_files(rng: random.Random) -> bytes:
    """A part of another file's metadata, or all its tensors, in this one."""
    parts, other = parts_of(any_base(rng)), parts_of(any_base(rng))
    if rng.random() < 0.3:
        parts.tensors = other.tensors
    else:
        key = rng.choice(list(other.metadata))
        parts.metadata[key] = other.metadata[key]
    if rng.random() < 0.3:
        parts.metadata["encoding"]["target"] = other.metadata["encoding"]["target"]
    return put_together(parts)


def odd_numbers(rng: random.Random) -> bytes:
    """Weights that are not finite, denormal or huge; both float types; tensors moved about."""
    parts = parts_of(any_base(rng))
    for name in rng.sample(list(parts.tensors), rng.randrange(1, len(parts.tensors) + 1)):
        array = parts.tensors[name].reshape(-1)
        with np.errstate(all="ignore"):
            match rng.randrange(4):
                case 0:
                    array[rng.randrange(len(array))] = rng.choice(NUMBERS)
                case 1:
                    array[:] = rng.choice(NUMBERS)
                case 2:
                    array[:] = np.frombuffer(rng.randbytes(array.nbytes), array.dtype)
                case _:
                    array *= rng.choice((-1, 1e30, 1e-30, 0))
    return put_together(parts)


def odd_tensors(rng: random.Random) -> bytes:
    """Other types, shapes, names and orders."""
    parts = parts_of(any_base(rng))
    name = rng.choice(list(parts.tensors))
    array = parts.tensors[name]
    match rng.randrange(6):
        case 0:
            parts.tensors[name] = array.astype(np.float32 if array.itemsize == 8 else np.float64)
        case 1:
            parts.tensors[name] = rng.choice((array.T, array[:1], array[None], array.reshape(-1)))
        case 2:
            del parts.tensors[name]
        case 3:
            parts.tensors[rng.choice(("more", "", "layers.9.weight", "\n", "é" * 3000))] = array
        case 4:
            parts.tensors = {n: a.astype(np.float32) for n, a in parts.tensors.items()}
        case _:
            parts.tensors |= {f"more.{k}": np.ones(1, np.float32) for k in range(3000)}
    return put_together(parts, rng)


def another_network(rng: random.Random) -> bytes:
    """Layers changed, and tensors of the shapes that they ask for: much of it is a true model."""
    parts = parts_of(any_base(rng))
    prefix, network = rng.choice(networks_of(parts))
    layers = network["layers"]
    for _ in range(rng.choice((1, 2))):
        disturb(rng, rng.choice(layers))
    widths = [parts.metadata["n_inputs"], *(layer.get("n_outputs") for layer in layers)]
    if all(type(width) is int and 0 < width < 500 for width in widths):
        for k, (n_in, n_out) in enumerate(pairwise(widths)):
            for which, shape in (("weight", (n_in, n_out)), ("bias", (n_out,))):
                parts.tensors[f"{prefix}layers.{k}.{which}"] = np.full(shape, 0.1, np.float32)
    return put_together(parts)


def another_number_of_networks(rng: random.Random) -> bytes:
    """Copies of networks and of their tensors, or some of one alone; one network is refused."""
    base = rng.choice([data for data in base_files().values() if b"MemberData" in data])
    parts = parts_of(base)
    members = parts.metadata["members"]
    n = rng.choice((0, 1, 2, 5, 300))
    parts.metadata["members"] = [rng.choice(members) for _ in range(n)]
    if rng.random() < 0.8:
        tensors = parts.tensors
        parts.tensors = {
            f"members.{k}.{name.removeprefix(prefix)}": array
            for k, member in enumerate(parts.metadata["members"])
            for prefix in (f"members.{members.index(member)}.",)
            for name, array in tensors.items()
            if name.startswith(prefix)
        }
    return put_together(parts, rng)


def hostile_columns(rng: random.Random) -> bytes:
    """Odd categories, names, classes, scalings; the network has as many inputs as they take."""
    parts = parts_of(any_base(rng))
    encoding = parts.metadata["encoding"]
    for _ in range(rng.choice((1, 1, 3))):
        disturb(rng, rng.choice([*encoding["columns"], encoding["target"]]))
    n_inputs = features_of(encoding)
    if 0 < n_inputs < 5000:
        parts.metadata["n_inputs"] = n_inputs
        for prefix, _ in networks_of(parts):
            weight = parts.tensors[f"{prefix}layers.0.weight"]
            weights = np.resize(weight, (n_inputs, weight.shape[1]))
            parts.tensors[f"{prefix}layers.0.weight"] = weights
            if f"{prefix}layers.0.projection" in parts.tensors:
                parts.tensors[f"{prefix}layers.0.projection"] = weights
    return put_together(parts)


def bulk(rng: random.Random) -> bytes:
    """Much of one thing, which is where a text of few bytes asks for many."""
    parts = parts_of(any_base(rng))
    n = rng.choice((10, 300, 3000, 20_000))
    of = rng.choice(
        ("[]", "{}", "0", "257", "1.5", '""', '"a"', "null", '{"":0}', '{"kind":"ReLU"}')
    )
    many = Raw("[" + ",".join([of] * n) + "]")
    keys = Raw("{" + ",".join(f'"{k}":0' for k in range(n)) + "}")
    distinct = [f"{k}" for k in range(n)]
    encoding, summary = parts.metadata["encoding"], parts.metadata["summary"]
    match rng.randrange(7):
        case 0:
            parts.metadata["more"] = many
        case 1:
            encoding["columns"] = rng.choice((many, keys))
        case 2:
            for column in encoding["columns"]:
                if column["kind"] == "Category":
                    column[rng.choice(("categories", "others"))] = distinct
                    column["name"] = "n" * rng.choice((1, 20_000))
        case 3:
            encoding["columns"] = encoding["columns"] * (1 + n // 100)
            for k, column in enumerate(encoding["columns"]):
                encoding["columns"][k] = column | {"name": str(k)}
        case 4:
            encoding["target"]["classes"] = distinct
            encoding["target"]["counts"] = [1] * n
        case 5:
            _, network = rng.choice(networks_of(parts))
            network["layers"] *= 1 + n // 100
        case _:
            summary["parts"] = [{"kind": "PartSize", "part": "train", "rows": 1}] * n
    return put_together(parts)


def odd_header(rng: random.Random) -> bytes:
    """Headers that other writers could have made, and such as none would."""
    data = any_base(rng)
    header, content = header_of(data), content_of(data)
    names = [name for name in header if name != "__metadata__"]
    entry = header[rng.choice(names)]
    match rng.randrange(7):
        case 0:
            entry["data_offsets"] = rng.choice(([0, 4], [-4, 0], [4, 0], [0, len(content)], [0]))
        case 1:
            entry["shape"] = rng.choice(
                ([], [0], [-1], [True], [1.0], [2**40, 2**40], [1] * 50, "x")
            )
        case 2:
            entry["dtype"] = rng.choice(
                ("F16", "BF16", "I64", "f32", None, 32, ["F32"], "F64", "F32")
            )
        case 3:
            other = header[rng.choice(names)]
            entry["data_offsets"] = other["data_offsets"]
        case 4:
            entry[rng.choice(("more", "", "dtype "))] = rng.choice(HOSTILE)
        case 5:
            entry["shape"] = [Raw("9" * 4000)] * rng.choice((1, 2, 40))
        case _:
            header["__metadata__"][rng.choice(("format", "more"))] = rng.choice(HOSTILE)
    return framed(text_of(resealed(header, content)), content)


def resealed(header: dict[str, Any], content: bytes) -> dict[str, Any]:
    """The checksum of what the header describes, as far as that makes sense."""
    metadata = header["__metadata__"]["rosenblatt"]
    described = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin_end, shape = entry.get("data_offsets"), entry.get("shape")
        if isinstance(shape, list) and all(type(length) is int for length in shape):
            dtype = NAMES.get(str(entry.get("dtype")), "")
            shape = tuple(shape)
        else:
            dtype, shape = "", ()
        if not isinstance(begin_end, list) or [type(x) for x in begin_end] != [int, int]:
            begin_end = [0, 0]
        described.append((name, dtype, shape, content[slice(*begin_end)]))
    header["__metadata__"]["rosenblatt_sha256"] = seal(metadata, described)
    return header


FEATURES: dict[str, Callable[[dict[str, Any]], int]] = {
    "Number": lambda column: 1 + column["indicator"],
    "Boolean": lambda column: 1 + column["indicator"],
    "Category": lambda c: len(c["categories"]) + bool(c["others"]) + c["indicator"],
    "Date": lambda column: 1 + 2 * len(column["cycles"]) + column["indicator"],
    "Dropped": lambda column: 0,
}


def features_of(encoding: dict[str, Any]) -> int:
    """How many features the columns take, or 0 where they make no sense."""
    try:
        total = sum(FEATURES[column["kind"]](column) for column in encoding["columns"])
    except (KeyError, TypeError, AttributeError):
        return 0
    return total if isinstance(total, int) else 0


UNSEALED: list[Callable[[random.Random, bytes], bytes]] = [
    *(flipped_bits, replaced_bytes, cut_short, inserted, removed, spliced, swapped, other_length),
    *(header_disturbed, header_disturbed, header_text_disturbed, metadata_unsealed),
]
SEALED: list[Callable[[random.Random], bytes]] = [
    *(metadata_disturbed, metadata_disturbed, metadata_text_disturbed, of_two_files, odd_numbers),
    *(odd_tensors, another_network, another_number_of_networks, hostile_columns, hostile_columns),
    *(odd_header, bulk),
]
