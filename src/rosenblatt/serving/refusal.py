"""A request that is refused: the status and one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import final

from starlette.responses import Response

__all__ = ["BUG", "JSON", "Refusal"]

JSON = "application/json"


@final
class Refusal(Exception):
    """What a client is told.

    Parameters
    ----------
    status : int
        Of HTTP.
    sentence : str
    headers : mapping, optional
    """

    def __init__(
        self, status: int, sentence: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self._status = status
        self._headers = headers

    def response(self) -> Response:
        text = json.dumps({"error": str(self)})
        return Response(text, self._status, self._headers, media_type=JSON)


BUG = Refusal(500, "this is a bug in rosenblatt, please report it with what the server has printed")
