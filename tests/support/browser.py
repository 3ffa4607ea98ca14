"""Pages in Chromium, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.served import PATIENCE

__all__ = ["needs_browser", "shown"]

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
needs_browser = pytest.mark.skipif(not BROWSER, reason="needs Chromium")


def shown(url: str, folder: Path, language: str = "en") -> str:
    """The page's document in a browser, once it has asked and answered."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    options += [f"--user-data-dir={folder}", f"--accept-lang={language}", f"--lang={language}"]
    command = [BROWSER, *options, "--virtual-time-budget=20000", "--dump-dom", url]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE * 3
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
