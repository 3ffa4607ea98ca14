"""The command that serves a model over HTTP."""

from __future__ import annotations

import contextlib
from pathlib import Path

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.served_model import ServedModel
from rosenblatt.cli.start import give_back_termination
from rosenblatt.persistence import load_model
from rosenblatt.serving import Settings
from rosenblatt.serving.server import listening, run, url_of

__all__ = ["run_serve"]


def run_serve(model: Path, settings: Settings, screen: Screen) -> Json:
    """Serve a model file until Ctrl-C, which is the way to end it."""
    served = ServedModel(load_model(model))
    give_back_termination()  # the server ends its work first, and then by the signal
    with listening(settings) as opened:
        with contextlib.suppress(KeyboardInterrupt):
            screen.say(f"{model} predicts {served.target.name!r} at {url_of(opened)}, until Ctrl-C")
            run(served, settings, opened)
        screen.say("stopped")
    return {}
