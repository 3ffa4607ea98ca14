"""Many fits at once: threads that share them out, and what ends them all."""

from rosenblatt.crew.crew import Crew
from rosenblatt.crew.halting import CUT, Halt

__all__ = ["CUT", "Crew", "Halt"]
