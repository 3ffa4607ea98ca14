"""The exports of a fitted table estimator, as methods: those of the model that its file holds."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from rosenblatt.persistence import SavedModel

__all__ = ["TableExporting"]


class TableExporting:
    """Networks with a table's encoding that can be written for other programs."""

    def _saved(self) -> SavedModel:
        from rosenblatt.tabular.saving import saved_model_of

        return saved_model_of(cast(Any, self))

    def to_onnx(self, path: str | PathLike[str] | None = None) -> Any:
        """An ONNX model that raw cells go into: see `rosenblatt.persistence.SavedModel.to_onnx`."""
        return self._saved().to_onnx(path)

    def to_c(self, path: str | PathLike[str] | None = None, *, name: str = "predict") -> str:
        """A C99 file that raw cells go into: see `rosenblatt.persistence.SavedModel.to_c`."""
        return self._saved().to_c(path, name=name)

    def to_sql(
        self,
        path: str | PathLike[str] | None = None,
        *,
        table: str = "rows",
        keys: Sequence[str] = (),
    ) -> str:
        """A SELECT over raw cells: see `rosenblatt.persistence.SavedModel.to_sql`."""
        return self._saved().to_sql(path, table=table, keys=keys)

    def to_javascript(self, path: str | PathLike[str] | None = None) -> str:
        """An ES module of raw cells: see `rosenblatt.persistence.SavedModel.to_javascript`."""
        return self._saved().to_javascript(path)

    def to_r(self, path: str | PathLike[str] | None = None, *, name: str = "network") -> str:
        """A function of R of raw cells: see `rosenblatt.persistence.SavedModel.to_r`."""
        return self._saved().to_r(path, name=name)

    def to_pmml(self, path: str | PathLike[str] | None = None) -> str:
        """PMML 4.4 of raw cells: see `rosenblatt.persistence.SavedModel.to_pmml`."""
        return self._saved().to_pmml(path)
