"""The application: health, schema, predictions and a page to try them on."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, final

import anyio
from anyio import to_thread
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from rosenblatt.errors import InputError
from rosenblatt.serving.answers import csv_response, json_response, prefers_csv
from rosenblatt.serving.body import read_body
from rosenblatt.serving.description import operation, schema_of
from rosenblatt.serving.guard import Guard
from rosenblatt.serving.interface import Servable
from rosenblatt.serving.page import page_response
from rosenblatt.serving.refusal import BUG, JSON, Refusal
from rosenblatt.serving.rows import rows_of, supported, too_many_cells
from rosenblatt.serving.settings import Settings
from rosenblatt.support.coverage import checked_coverage
from rosenblatt.support.finite_json import finite_json

__all__ = ["application"]

# Threads that work on rows at once hand the interpreter to each other at every call of Arrow, and
# each row takes thrice the time. There is one for few rows, and one for many beside it: Python's
# values take up to thirty times the memory of a text.
LONG = 1 << 16


def application(model: Servable, settings: Settings) -> Guard:
    """What a server of ASGI runs."""
    endpoints = Endpoints(model, settings)
    # The pages that FastAPI has for its schema load scripts from elsewhere.
    app = FastAPI(
        title="rosenblatt",
        version="1",  # of these paths
        summary=f"Predicts {model.target.name!r}.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # by an answer without a sentence
    )
    get: Any = functools.partial(app.add_api_route, methods=["GET"], response_model=None)
    get("/", endpoints.page, include_in_schema=False)
    get("/health", endpoints.health, summary="Whether the server is there")
    get("/schema", endpoints.schema, summary="The columns and the target")
    app.add_api_route(
        "/predict",
        endpoints.predict,
        methods=["POST"],
        response_model=None,
        summary="Predict rows",
        openapi_extra=operation(model),
    )
    app.add_exception_handler(HTTPException, not_there)
    app.add_exception_handler(Exception, bug)
    return Guard(app, settings)


@final
class Endpoints:
    """What each path answers.

    Parameters
    ----------
    model : Servable
    settings : Settings
    """

    def __init__(self, model: Servable, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self._schema = finite_json(schema_of(model, settings))
        self._few_rows, self._many_rows = anyio.CapacityLimiter(1), anyio.CapacityLimiter(1)

    async def page(self) -> Response:
        return page_response()

    async def health(self) -> Response:
        return Response('{"status": "ok"}', media_type=JSON)

    async def schema(self) -> Response:
        return Response(self._schema, media_type=JSON)

    async def predict(self, request: Request) -> Response:
        headers = request.headers
        try:
            media_type = supported(
                headers.get("content-type", ""), headers.get("content-encoding", "")
            )
            body = await read_body(request, self._settings.max_body)
            as_csv = prefers_csv(headers.get("accept", ""))
            limiter = self._many_rows if len(body) > LONG else self._few_rows
            coverage = coverage_of(request.query_params)
            work = functools.partial(self._answered, body, media_type, as_csv, coverage)
            return await to_thread.run_sync(work, limiter=limiter)
        except Refusal as refusal:
            return refusal.response()
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it

    def _answered(
        self, body: bytes, media_type: str, as_csv: bool, coverage: float | None
    ) -> Response:
        model, most_cells = self._model, self._settings.most_cells
        status = 400
        try:
            file = rows_of(body, media_type, model, most_cells)
            status = 422
            classes = model.target.classes
            n_columns = len(classes) * (1 if coverage is None else 2)
            if len(file.table) * n_columns > most_cells:
                raise too_many_cells(most_cells)
            answer = model.predict(file.table, coverage)
            notes = (*file.notes, *answer.notes)
            return csv_response(answer, notes) if as_csv else json_response(answer, notes, classes)
        except InputError as error:
            raise Refusal(status, str(error)) from error
        except OSError as error:  # a body of CSV is kept in a file while it is read
            raise Refusal(503, f"the system reports an error: {error.strerror}") from error
        except MemoryError as error:
            raise Refusal(503, "out of memory: send fewer rows at a time") from error


def coverage_of(parameters: Mapping[str, str]) -> float | None:
    """Of the intervals or sets that a request asks for, if it does.

    Raises
    ------
    Refusal
        Of one that is no number between 0 and 1.
    """
    given = parameters.get("coverage")
    if given is None:
        return None
    try:
        return checked_coverage(float(given))
    except ValueError as error:
        words = error if isinstance(error, InputError) else "coverage must be a number, such as 0.9"
        raise Refusal(400, str(words)) from None


async def not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        sentence = f"{request.url.path} does not take {request.method}: see /openapi.json"
    else:
        sentence = "there is nothing here: see /, /health, /schema, /predict and /openapi.json"
    return Refusal(error.status_code, sentence, error.headers).response()


async def bug(request: Request, error: Exception) -> Response:
    """The server prints the traceback as well."""
    return BUG.response()
