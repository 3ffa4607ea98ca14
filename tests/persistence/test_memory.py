"""No file takes more than four times its size and a mebibyte before it is refused.

NumPy and Python tell tracemalloc what they allocate; a process of its own tells what that misses.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from rosenblatt.errors import InputError
from rosenblatt.persistence import load_model, save_model
from rosenblatt.persistence.container import MAX_HEADER_BYTES
from rosenblatt.persistence.json_text import memory_for
from rosenblatt.persistence.memory_budget import Allowances
from rosenblatt.table.columns import Category
from tests.support.fuzz_bases import base_files, model_of
from tests.support.fuzz_files import (
    Raw,
    content_of,
    framed,
    header_of,
    parts_of,
    put_together,
    text_of,
)

LARGE = 300_000
LARGER = 600_000  # beside which a system's own pages do not matter

# Texts of which a few bytes ask for many.
SHAPES: dict[str, Callable[[int], str]] = {
    "lists": lambda k: "[]",
    "lists in lists": lambda k: "[[[[]]]]",
    "objects": lambda k: "{}",
    "objects in objects": lambda k: '{"a":{"b":{"c":{}}}}',
    "numbers": lambda k: "1.5",
    "texts": lambda k: f'"{k}"',
    "wide texts": lambda k: f'"🟣{k}"',
    "blanks": lambda k: '" "        ',
    "objects of one": lambda k: f'{{"{k}":1.5}}',
    "objects of one again": lambda k: '{"a":1.5}',
    "keys that end alike": lambda k: f'{{"{k},\\"a":1.5}}',
    "objects of six": lambda k: '{"":0,"b":1.5,"c":1,"d":1,"e":1,"f":2}',
    "layers": lambda k: (
        '{"kind":"LayerData","n_outputs":1,"activation":{"kind":"Tanh"},"normalization":null,'
        '"dropout":0.0,"residual":true}'
    ),
    "numeric columns": lambda k: (
        f'{{"kind":"Number","name":"{k}","integral":true,"scaling":{{"kind":"Scaling","center":1.5,'
        '"spread":2.5,"mean":0.1,"std":1.1},"indicator":false}'
    ),
    "truth values": lambda k: (
        f'{{"kind":"Boolean","name":"{k}","indicator":true,"often_true":true}}'
    ),
    "parts": lambda k: '{"kind":"PartSize","part":"","rows":300}',
    "scores": lambda k: '{"kind":"Score","model":"","part":"","metric":"","value":1.5}',
}


def many(of: Callable[[int], str], n_bytes: int) -> str:
    items: list[str] = []
    while n_bytes > 0:
        items.append(of(len(items)))
        n_bytes -= len(items[-1]) + 1
    return f"[{','.join(items)}]"


def object_of(key: Callable[[int], str], n_bytes: int) -> str:
    return "{" + many(lambda k: f'"{key(k)}":1.5', n_bytes)[1:-1] + "}"


# Of so many bytes, more or less.
TEXTS: dict[str, Callable[[int], str]] = {
    **{name: functools.partial(many, of) for name, of in SHAPES.items()},
    "an object of many": functools.partial(object_of, str),
    "one key again and again": functools.partial(object_of, lambda k: "a"),
    "an object of keys that end alike": functools.partial(object_of, lambda k: f'{k},\\"a'),
    "a text of escapes": lambda n: '"' + r"\"" * (n // 2) + '"',
    "a wide text of escapes": lambda n: '"' + r"\"" * (n // 2) + r'\ud83d\ude00"',
    "a wide text": lambda n: '"' + "a" * n + '🟣"',
}
# What is refused only after it was taken for what it says.
BELIEVED = {
    "texts": "in categories",
    "wide texts": "in categories",
    "layers": "in layers",
    "numeric columns": "in columns",
    "truth values": "in columns",
    "parts": "in parts",
    "scores": "in parts",
}


def hostile_files() -> dict[str, Callable[[int], bytes]]:
    files = {
        f"{name} {place}": functools.partial(placed, place, text)
        for name, text in TEXTS.items()
        for place in ("in the header", "in our metadata", BELIEVED.get(name))
        if place is not None
    }
    return files | {
        "weights": weights_that_are_not_finite,
        "many tensors": many_tensors,
        "many networks": many_networks,
    }


def placed(where: str, make: Callable[[int], str], n_bytes: int) -> bytes:
    text = make(n_bytes)
    base = base_files()["number, float32"]
    if where == "in the header":
        return filled_up(framed(text_of(header_of(base) | {"more": Raw(text)}), content_of(base)))
    parts = parts_of(base)
    # What the description can say is followed by weights that are refused.
    parts.tensors["layers.0.weight"][0, 0] = np.nan
    encoding = parts.metadata["encoding"]
    match where:
        case "in our metadata":
            parts.metadata["more"] = Raw(text)
        case "in columns":
            encoding["columns"] = Raw(text)
        case "in layers":
            parts.metadata["layers"] = Raw(text)
        case "in parts":
            parts.metadata["summary"]["parts"] = Raw(text)
        case "in categories":
            column = next(c for c in encoding["columns"] if c["kind"] == "Category")
            column["name"], column["categories"] = "n" * 1000, Raw(text)
            column["others"] = []
    return filled_up(put_together(parts))


def filled_up(data: bytes) -> bytes:
    """With as many blanks as the reader asks for before it parses such a text."""
    n = int.from_bytes(data[:8], "little")
    header, content = data[8 : 8 + n].rstrip(b" "), data[8 + n :]
    texts = json.loads(header)["__metadata__"]["rosenblatt"].encode(errors="replace")
    allowances = Allowances(len(header), len(content))
    blanks = allowances.blanks(memory_for(header), memory_for(texts), header.count(b"dtype"))
    blanks += -(len(header) + blanks) % 8
    assert len(header) + blanks <= MAX_HEADER_BYTES
    return (len(header) + blanks).to_bytes(8, "little") + header + b" " * blanks + content


def weights_that_are_not_finite(n_bytes: int) -> bytes:
    n_units = n_bytes // 64
    parts = parts_of(base_files()["number, float32"])
    parts.metadata["layers"][0]["n_outputs"] = n_units
    n_in = parts.metadata["n_inputs"]
    parts.tensors["layers.0.weight"] = np.full((n_in, n_units), np.nan, np.float32)
    parts.tensors["layers.0.bias"] = np.zeros(n_units, np.float32)
    parts.tensors["layers.1.weight"] = np.zeros((n_units, 4), np.float32)
    return put_together(parts)


def many_tensors(n_bytes: int) -> bytes:
    parts = parts_of(base_files()["number, float32"])
    parts.tensors |= {f"layers.{k}.bias": np.zeros(1, np.float32) for k in range(9, n_bytes // 80)}
    return filled_up(put_together(parts))


def many_networks(n_bytes: int) -> bytes:
    """Each as small as can be, and all of them sound: what is wrong is one tensor too many."""
    parts = parts_of(base_files()["mean of numbers, float32"])
    encoding = parts.metadata["encoding"]
    encoding["columns"] = [{"kind": "Boolean", "name": "", "indicator": False, "often_true": True}]
    layer = parts.metadata["members"][0]["layers"][-1]
    n = n_bytes // 400
    parts.metadata["n_inputs"] = 1
    parts.metadata["members"] = [
        {"kind": "MemberData", "input_noise": k / n, "layers": [layer]} for k in range(n)
    ]
    parts.tensors = {
        f"members.{k}.layers.0.{name}": np.ones(shape, np.float32)
        for k in range(n)
        for name, shape in (("weight", (1, 1)), ("bias", (1,)))
    }
    parts.tensors["more"] = np.ones(1, np.float32)
    return filled_up(put_together(parts))


@pytest.fixture
def warm(tmp_path: Path) -> Path:
    """Where a file may lie; what is imported and cached by the first one is nobody's."""
    path = tmp_path / "model"
    path.write_bytes(base_files()["number, float32"])
    load_model(path)
    return path


@pytest.mark.parametrize("make", hostile_files().values(), ids=hostile_files())
def test_python_and_numpy_allocate_no_more(warm: Path, make: Callable[[int], bytes]) -> None:
    data = make(LARGE)
    warm.write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            load_model(warm)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 4 * len(data) + 2**20


# A fork for every file, of a process that has held nothing large: its peak is the reader's.
READER = """
import os, sys
from pathlib import Path
from rosenblatt.errors import InputError
from rosenblatt.persistence import load_model

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(field))

for path in map(Path, sys.argv[2:]):
    child = os.fork()
    if not child:
        load_model(Path(sys.argv[1]))  # by which the code itself is there
        Path("/proc/self/clear_refs").write_text("5")
        before = memory("VmRSS")
        try:
            load_model(path)
        except InputError:
            print(memory("VmHWM") - before, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    "names",
    [
        [f"{name} {place}" for name, place in BELIEVED.items()],
        pytest.param(list(hostile_files()), marks=pytest.mark.slow),
    ],
    ids=["believed", "all"],
)
def test_the_process_grows_by_no_more(warm: Path, names: list[str]) -> None:
    """As the kernel counts, which sees what no tracer does."""
    paths = []
    for k, name in enumerate(names):
        paths.append(warm.with_name(f"{k}"))
        paths[-1].write_bytes(hostile_files()[name](LARGER))
    command = [sys.executable, "-c", READER, str(warm), *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    grown = list(map(int, done.stdout.split()))
    assert len(grown) == len(paths)
    for name, path, n in zip(names, paths, grown, strict=True):
        assert n <= 4 * path.stat().st_size + 2**20, name


def test_a_long_description_beside_few_weights_is_kept_whole(tmp_path: Path) -> None:
    """Its header is filled up, and any reader of the format takes it."""
    saved = model_of("linear", np.float32)
    columns = tuple(
        replace(column, others=(*column.others, *(f"customer {k}" for k in range(60_000))))
        if isinstance(column, Category)
        else column
        for column in saved.encoding.columns
    )
    saved = replace(saved, encoding=replace(saved.encoding, columns=columns))
    save_model(tmp_path / "model", saved)
    assert load_model(tmp_path / "model").encoding == saved.encoding
    assert sorted(load_file(tmp_path / "model")) == ["layers.0.bias", "layers.0.weight"]
