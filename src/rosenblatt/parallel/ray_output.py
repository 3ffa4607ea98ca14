"""What Ray prints of its own accord."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["deaths_logged"]


@contextmanager
def deaths_logged() -> Iterator[None]:
    """Send what Ray reports of its processes to its log.

    Ray 2.60 prints it to standard output, also with `log_to_driver=False`, where it would be among
    what a command writes. That a worker had to be replaced is said by the fit.
    """
    worker: Any = importlib.import_module("ray._private.worker")
    printed = worker.print_to_stdstream

    def logged(data: dict[str, Any], **options: Any) -> None:
        if data.get("pid") == "raylet":
            logging.getLogger("ray").info("%s", "\n".join(data["lines"]))
        else:
            printed(data, **options)

    worker.print_to_stdstream = logged
    try:
        yield
    finally:
        worker.print_to_stdstream = printed
