from __future__ import annotations

from typing import Any, ClassVar, final

from benchmarks.tables.contenders.base import Contender


class Ours(Contender):
    """The table estimators of rosenblatt, which take the frame as it is."""

    package = distribution = "rosenblatt"
    preset: ClassVar[str]

    def build(self, classify: bool, seed: int, threads: int) -> Any:
        from rosenblatt import TableClassifier, TableRegressor

        kind = TableClassifier if classify else TableRegressor
        return kind(preset=self.preset, random_state=seed)

    @classmethod
    def version(cls) -> str:
        """That of the code that runs, which may be a checkout."""
        import rosenblatt

        return rosenblatt.__version__


@final
class Default(Ours):
    name, short, preset = "rosenblatt", "ours", "default"


@final
class Fast(Ours):
    name, short, preset = "rosenblatt-fast", "fast", "fast"


@final
class Best(Ours):
    name, short, preset = "rosenblatt-best", "best", "best"
