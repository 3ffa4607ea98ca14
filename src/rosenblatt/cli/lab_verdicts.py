"""The verdicts of the last runs of the lab on this machine, in the user's folder of states."""

from __future__ import annotations

import json
import os
from pathlib import Path

from rosenblatt.lab.verdict import Verdict
from rosenblatt.support.atomic import replaced_file

__all__ = ["last_verdicts", "remember"]


def last_verdicts() -> dict[str, Verdict]:
    """id → verdict, of those that ran; none where the file is missing or is no such file."""
    try:
        path = state_file()
        if not path.is_file():  # a pipe would be waited for
            return {}
        known = json.loads(path.read_text("utf-8"))
        return {str(id): Verdict(verdict) for id, verdict in known.items()}
    except (OSError, ValueError, AttributeError, RuntimeError):
        return {}


def remember(id: str, verdict: str) -> None:
    """Keep a verdict; where the folder cannot be written, it is not kept."""
    try:
        path = state_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        with replaced_file(path) as file:
            file.write(json.dumps({**last_verdicts(), id: verdict}).encode())
    except (OSError, ValueError, RuntimeError):
        return


def state_file() -> Path:
    """In the folder that the XDG specification gives to states, or of Windows's local data.

    RuntimeError for a user without a home, as in a container.
    """
    home = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    folder = Path(home) if home else Path.home() / ".local" / "state"
    return folder / "rosenblatt" / "lab.json"
