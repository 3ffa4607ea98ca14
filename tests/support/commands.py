"""Options of short trainings by the command."""

from __future__ import annotations

QUICK = ["--epochs", "40", "--hidden", "16"]
