"""`python -m book [--quick] [--jobs N]`: builds both sites, or says why not."""

from __future__ import annotations

import argparse
import os

from book.building import build
from book.folders import BUILT, LANGUAGES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m book", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="experiments with fewer seeds and steps"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    arguments = parser.parse_args()
    # A list of fonts of its own: the user's may be older than the fonts with Chinese characters.
    os.environ.setdefault("MPLCONFIGDIR", str(BUILT / "matplotlib"))
    problems = build(arguments.quick, arguments.jobs)
    for problem in problems:
        print(problem)
    if not problems:
        print("\n".join(str(BUILT / language / "index.html") for language in LANGUAGES))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
