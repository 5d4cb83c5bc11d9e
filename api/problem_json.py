"""Errors over HTTP as RFC 9457 problem documents: what is wrong, where, and the nearest valid name.

`code` is the word of `api.errors`; `errors` points at the parameters that do not fit; `request_id` is in
the log and in the header too. An error of ours shows neither its text nor a stack: those go to the log.
A browser that finds nothing gets a small page with links instead.
"""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.accept import wants_a_page
from api.errors import FAULTS, UNEXPECTED, fault
from api.query import QueryError
from graph_schema import ParameterError, ValueChainError
from graph_schema.cells.text import nearest

MEDIA_TYPE = "application/problem+json"
PROBLEMS = "/api/v1/problems"
_LONGEST = 500
_METHOD = ("method", "This address does not take that method")
_ACCEPT = ("accept", "This address has no answer in a form that the request takes")
Links = Sequence[tuple[str, str]]

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "request_id": {"type": "string"},
    },
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of error answers."""
    content = {MEDIA_TYPE: {"schema": SCHEMA}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def add_handlers(app: FastAPI, links: Links = ()) -> None:
    """Make every error of an app a problem document; a browser gets a page with `links` for a 404.

    Parameters
    ----------
    links
        Addresses and words that lead on from where there is nothing.
    """

    def for_a_person(request: Request, error: Exception) -> Response:
        kind = fault(error)
        if kind.status == HTTPStatus.NOT_FOUND and wants_a_page(request):
            return _page(str(error), links)
        return problem(request, kind.status, kind.code, kind.title, str(error), _pointers(error))

    def of_http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 422
        if status == HTTPStatus.NOT_FOUND:
            detail = _nothing_at(request.url.path, (p for p in app.openapi()["paths"] if "{" not in p))
            if wants_a_page(request):
                return _page(detail, links)
            return problem(request, status, "not-found", "There is nothing of that name", detail)
        if status == HTTPStatus.NOT_ACCEPTABLE and isinstance(error, HTTPException):
            return problem(request, status, *_ACCEPT, error.detail)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            detail = f"{request.method} is not possible here; GET and HEAD are."
            return problem(request, status, *_METHOD, detail, headers={"Allow": "GET, HEAD"})
        return problem(request, status, "parameter", "A parameter does not fit", "The request does not fit.")

    app.add_exception_handler(ValueChainError, for_a_person)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_http)


def problem(
    request: Request,
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Iterable[tuple[str, str]] = (),
    headers: Any = None,
) -> JSONResponse:
    """Return one problem document."""
    content = {
        "type": f"{PROBLEMS}/{code}",
        "title": title,
        "status": status,
        "detail": _short(detail),
        "instance": _short(request.url.path),
        "code": code,
        "errors": [{"pointer": f"/query/{_short(name)}", "detail": _short(what)} for name, what in errors],
        "request_id": request.scope.get("request_id", ""),
    }
    made = JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)
    if status == HTTPStatus.NOT_FOUND:
        made.headers["Vary"] = "Accept"
    return made


def internal(request: Request) -> JSONResponse:
    """Return the problem document of an error of ours: it says nothing of the inside."""
    detail = "The request could not be answered. The log has the cause under the request id."
    return problem(request, UNEXPECTED.status, UNEXPECTED.code, UNEXPECTED.title, detail)


def kinds() -> dict[str, dict[str, Any]]:
    """Return every kind of problem by its code: what a problem's `type` leads to."""
    found = {
        f.code: {"code": f.code, "title": f.title, "status": f.status} for f in (*FAULTS.values(), UNEXPECTED)
    }
    ours = ((*_METHOD, 405), (*_ACCEPT, 406))
    return {**found, **{code: {"code": code, "title": title, "status": s} for code, title, s in ours}}


def _page(detail: str, links: Links) -> HTMLResponse:
    from api.pages import missing_page

    return HTMLResponse(missing_page(_short(detail), links), 404, {"Vary": "Accept"})


def _pointers(error: Exception) -> list[tuple[str, str]]:
    if isinstance(error, QueryError):
        return error.errors
    if isinstance(error, ParameterError):
        return [(error.parameter, str(error).removeprefix(f"{error.parameter}: "))]
    return []


def _nothing_at(path: str, known: Iterable[str]) -> str:
    close = nearest(path, known)
    return f"There is nothing at {path}." + (f" Did you mean {close[0]}?" if close else "")


def _short(text: str) -> str:
    safe = text.encode("utf-8", "replace").decode()
    return safe if len(safe) <= _LONGEST else f"{safe[: _LONGEST - 1]}…"
