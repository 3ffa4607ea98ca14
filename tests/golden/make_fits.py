"""Records the bits of small fits in fits.json, and compares those of the program at hand with them.

    python -m tests.golden.make_fits              compares, at every level that this processor has
    python -m tests.golden.make_fits --record     writes fits.json anew

from the repository's root. A change of the program that is to leave numbers alone is shown to by
the first; the second belongs with one that changes bits on purpose, and says so in its commit.

fit_cases.py has the fits, kept_fits.py those that go on from an older version's checkpoint. Of each
are kept digests of its parameters, its state, what it predicts, its curves and its history, for
each level of the engine (see environment.py). Where NumPy, SciPy or BLAS compute in it they are
kept for each environment in fits.json as well, and compared where there is the same. Recording
takes OpenBLAS's kernels in turn, and fails where a fit that is held to be the engine's alone
follows from them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.environment import (
    LEVELS,
    arrays_environment,
    as_told,
    engine_environment,
    take_level,
)
from tests.golden.fit_cases import CASES as FITS
from tests.golden.kept_fits import RESUMED

CASES = FITS | RESUMED
FILE = Path(__file__).with_name("fits.json")
ROOT = Path(__file__).parents[2]
# OpenBLAS's kernels for x86-64 in NumPy's and SciPy's wheels, but for those of old processors, and
# whether NumPy's own loops have AVX-512 beside them.
KERNELS = (
    ("SkylakeX", True),
    ("Haswell", True),
    ("Haswell", False),
    ("Sandybridge", True),
)
NO_SUCH_LEVEL = "this processor, or this install, has no build of that level"
ELSEWHERE = "written with other libraries or on another processor"
NOT_HERE = "not on this processor: no AVX512-BF16, or the checkpoint is of other BLAS kernels"


def found(level: int) -> dict[str, Any]:
    """The environment, and of each fit its reason to stop and its digests; in this process."""
    if not take_level(level):
        raise SystemExit(f"level {level}: {NO_SUCH_LEVEL}")
    from rosenblatt.engine import has_bfloat16

    fits = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, case in CASES.items():
            if case.bfloat16 and not has_bfloat16():
                continue
            try:
                parts = case.run()
            except Exception as error:  # the others are to be compared all the same
                if not (case.of_one_blas and ELSEWHERE in str(error)):
                    fits[name] = {"error": repr(error)}
                continue
            reason = parts.pop("stop_reason", None)
            fits[name] = {
                "stop_reason": reason,
                "digests": {k: digest(v) for k, v in parts.items()},
            }
    return {"engine": engine_environment(), "arrays": arrays_environment(), "fits": fits}


def digest(part: Any) -> str:
    """The first 64 bits of the SHA-256 of a part's bytes."""
    sha = hashlib.sha256()
    for piece in pieces(part):
        sha.update(piece)
    return sha.hexdigest()[:16]


def pieces(part: Any) -> Iterator[bytes]:
    """Names, float types, shapes and bytes."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield name.encode()
            yield from pieces(value)
    elif isinstance(part, np.ndarray | np.generic) and part.dtype != object:
        yield f"{part.dtype.str} {part.shape}".encode()
        yield np.ascontiguousarray(part).tobytes()
    elif isinstance(part, Sequence) and not isinstance(part, str):
        yield f"{len(part)} of".encode()
        for value in part:
            yield from pieces(value)
    else:
        yield repr(part).encode()


def found_elsewhere(level: int, environment: Mapping[str, str]) -> dict[str, Any] | None:
    """What `found` says in a process of that environment; None where it has no such level."""
    command = [sys.executable, "-m", "tests.golden.make_fits", "--found", str(level)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    if NO_SUCH_LEVEL in done.stderr:
        return None
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def record() -> None:
    """Write fits.json; RuntimeError where a fit is not as it was said to be."""
    environments: dict[str, Any] = {}
    reasons: dict[str, Any] = {}
    # Of each fit, by what was found, where that was.
    places: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    engine = None
    for kernels, avx512 in KERNELS:
        name = f"{kernels}, {'' if avx512 else 'no '}AVX-512"
        for level in LEVELS:
            here = found_elsewhere(level, as_told(kernels, avx512))
            if here is None or here != found_elsewhere(level, as_told(kernels, avx512)):
                raise RuntimeError(
                    f"two runs with {name} at level {level} differ, or there is none"
                )
            environments[name], engine = here["arrays"], here["engine"]
            for fit, result in here["fits"].items():
                if "error" in result:
                    raise RuntimeError(f"{fit} with {name} at level {level}: {result['error']}")
                place = f"{level}, {name}" if follows_from_arrays(fit, level) else f"{level}"
                seen = places[fit][json.dumps(result["digests"])]
                if place not in seen:
                    seen.append(place)
                if reasons.setdefault(fit, result["stop_reason"]) != result["stop_reason"]:
                    raise RuntimeError(f"{fit} ends otherwise with {name} at level {level}")
    fits, wrong = {}, []
    for fit, by_digests in places.items():
        fits[fit] = [{"holds": at, "digests": json.loads(d)} for d, at in by_digests.items()]
        everywhere = [place for at in by_digests.values() for place in at]
        if len(set(everywhere)) < len(everywhere):
            wrong.append(fit)
    if wrong:
        raise RuntimeError(f"follow from more than the engine: {wrong}")
    recorded = {"engine": engine, "arrays": environments, "stop_reasons": reasons, "fits": fits}
    FILE.write_text(in_lines(recorded))
    print(f"{len(fits)} fits in {len(environments)} environments at levels {LEVELS}")


def in_lines(recorded: dict[str, Any]) -> str:
    """As JSON with a line for each entry of a section, and for each record of a fit."""
    sections = []
    for section, entries in recorded.items():
        lines = []
        for name, entry in entries.items():
            whole = json.dumps(entry)
            if isinstance(entry, list):
                whole = "[\n   " + ",\n   ".join(map(json.dumps, entry)) + "]"
            lines.append(f"  {json.dumps(name)}: {whole}")
        sections.append(f" {json.dumps(section)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def follows_from_arrays(fit: str, level: int) -> bool:
    """Whether BLAS or NumPy compute in it: at level 0 all of the engine's products are BLAS's."""
    return CASES[fit].of_arrays or level == 0


def compared(level: int, of_arrays: bool | None = None) -> dict[str, Any]:
    """What differs from fits.json at a level, what is not comparable and why, and what is the same.

    Parameters
    ----------
    of_arrays : bool or None
        Only fits in which NumPy, SciPy and BLAS compute, or those in which they do not.
    """
    recorded = json.loads(FILE.read_text())
    here = found_elsewhere(level, os.environ)
    if here is None:
        return {"differing": [], "same": [], "not compared": {"all": NO_SUCH_LEVEL}}
    environments = [k for k, told in recorded["arrays"].items() if told == here["arrays"]]
    same, differing, left_out = [], [], {}
    for name, records in recorded["fits"].items():
        if of_arrays not in (None, follows_from_arrays(name, level)):
            continue
        place = f"{level}"
        result = here["fits"].get(name)
        if result and "error" in result:
            differing.append(f"{name}: {result['error']}")
            continue
        if recorded["engine"] != here["engine"]:
            left_out[name] = f"recorded for {recorded['engine']}, this is {here['engine']}"
            continue
        if follows_from_arrays(name, level):
            if not environments:
                left_out[name] = f"not recorded for {here['arrays']}"
                continue
            place = f"{level}, {environments[0]}"
        expected = next((r["digests"] for r in records if place in r["holds"]), None)
        if expected is None or (result is None and CASES[name].bfloat16):
            left_out[name] = f"not recorded at {place}" if result else NOT_HERE
            continue
        if result is None:
            differing.append(f"{name}: refused where it was recorded")
            continue
        parts = [
            k
            for k in {**expected, **result["digests"]}
            if expected.get(k) != result["digests"].get(k)
        ]
        if recorded["stop_reasons"][name] != result["stop_reason"]:
            parts.append(f"stop_reason ({result['stop_reason']!r})")
        if parts:
            differing.append(f"{name}: {', '.join(parts)}")
        else:
            same.append(name)
    return {"differing": differing, "same": same, "not compared": left_out}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--record", action="store_true", help="write fits.json anew")
    parser.add_argument("--check", action="store_true", help="compare, which is the default")
    parser.add_argument("--level", type=int, action="append", choices=LEVELS, help="of the engine")
    parser.add_argument("--json", choices=["native", "arrays"], help="the comparison, as JSON")
    parser.add_argument("--found", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.found is not None:
        print(json.dumps(found(given.found)))
        return 0
    if given.record:
        record()
        return 0
    failed = False
    for level in given.level or LEVELS:
        outcome = compared(level, None if given.json is None else given.json == "arrays")
        failed = failed or bool(outcome["differing"])
        if given.json:
            print(json.dumps(outcome))
            continue
        left_out = outcome["not compared"]
        print(
            f"level {level}: {len(outcome['same'])} fits the same,"
            f" {len(outcome['differing'])} differ, {len(left_out)} not compared"
        )
        for text in outcome["differing"]:
            print(f"  differs: {text}")
        for reason in sorted(set(left_out.values())):
            print(f"  {reason}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
