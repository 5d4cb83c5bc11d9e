"""The HTTP API: one route per question of the registry, views of it, and the lists that lead there.

A route's parameters, their types and units, and the schema of its rows are read off the question, so
/openapi.json is true by construction. What an endpoint answers is `Answer.as_dict()`, in pages.
"""

import hashlib
from dataclasses import make_dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from api import listing
from api.accept import json_taken
from api.paging import CURSOR, LIMIT, MOST, page
from api.problem_json import PROBLEMS, kinds, responses
from api.query import openapi_parameter, parsed
from api.shelf import Shelf
from api.version import version
from api.views import FORMATS, OPTIONS, options, view
from graph_schema import NotFoundError
from graph_schema.cells.text import nearest
from valuechain import question, questions
from valuechain.registry import Analysis

SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:"
)
"""A view runs its own script and nothing else: it cannot reach the page around it, nor the network."""


def api_routes(shelf: Shelf) -> APIRouter:
    """Return the routes under /api/v1."""
    router = APIRouter(responses=responses(404, 422, 500))
    json = APIRouter(prefix="/api/v1", dependencies=[Depends(json_taken)], responses=responses(406))
    pictures = APIRouter(prefix="/api/v1")
    _lists(json, shelf)
    for analysis in questions().values():
        _answers(json, shelf, analysis)

    @json.get("/datasets/{dataset}/answers/{name}", include_in_schema=False)
    def unknown_question(dataset: str, name: str) -> None:
        shelf.chain(dataset)
        question(name)

    _views(pictures, shelf)
    router.include_router(json)
    router.include_router(pictures)
    return router


def matched(request: Request, tag: Any, make: Any) -> Response:
    """Return `make()` with an ETag of `tag`; 304 without making it if the client has that already."""
    etag = f'"{hashlib.sha256(repr(tag).encode()).hexdigest()[:24]}"'
    known = {t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")}
    response = Response(status_code=304) if known & {etag, "*"} else make()
    response.headers["ETag"] = etag
    return response


def _lists(router: APIRouter, shelf: Shelf) -> None:
    @router.get("", tags=["start"], operation_id="get_start")
    def start() -> dict[str, Any]:
        """Return where to go from here."""
        links = {name: f"/api/v1/{name}" for name in ("questions", "datasets", "problems")}
        links |= {"self": "/api/v1", "openapi": "/openapi.json", "html": "/"}
        return {"title": "valuechain", "version": version(), "links": links}

    @router.get("/questions", tags=["start"], operation_id="list_questions")
    def list_questions(request: Request) -> Response:
        """Return what can be asked, with parameters, columns and units."""
        parsed(request.query_params, ())
        return matched(request, ("questions", version()), lambda: JSONResponse(listing.listed_questions()))

    @router.get("/datasets", tags=["start"], operation_id="list_datasets")
    def list_datasets(request: Request) -> Response:
        """Return the datasets that are served."""
        parsed(request.query_params, ())
        return JSONResponse(listing.listed_datasets(shelf.chains))

    @router.get("/datasets/{dataset}", tags=["start"], operation_id="get_dataset")
    def get_dataset(dataset: str, request: Request) -> Response:
        """Return one dataset: its tables, years, and what loading found."""
        parsed(request.query_params, ())
        chain = shelf.chain(dataset)
        return matched(request, shelf.tag(dataset), lambda: JSONResponse(listing.details(dataset, chain)))

    @router.get("/problems", tags=["start"], operation_id="list_problems")
    def list_problems() -> dict[str, Any]:
        """Return every kind of error: what the `type` of a problem document leads to."""
        return {"items": list(kinds().values()), "next": None}

    @router.get(f"{PROBLEMS.removeprefix('/api/v1')}/{{code}}", tags=["start"], operation_id="get_problem")
    def get_problem(code: str) -> dict[str, Any]:
        """Return one kind of error."""
        if code not in kinds():
            raise NotFoundError("problem", code, nearest(code, kinds()))
        return kinds()[code]


def _answers(router: APIRouter, shelf: Shelf, analysis: Analysis) -> None:
    """Add the route of one question."""
    parameters = (*analysis.parameters, LIMIT, CURSOR)
    described = [openapi_parameter(p) for p in parameters]
    described[-2]["schema"] |= {"minimum": 1, "maximum": MOST}

    def ask(dataset: str, request: Request) -> Response:
        given = parsed(request.query_params, parameters, shelf.chain)
        limit, cursor = given.pop("limit", LIMIT.default), given.pop("cursor", None)
        found = page(shelf.answer(dataset, analysis.name, given), limit, cursor)
        tag = shelf.tag(dataset, analysis.name, sorted(given.items()), limit, cursor)
        return matched(request, tag, lambda: JSONResponse(found.as_dict()))

    router.add_api_route(
        f"/datasets/{{dataset}}/answers/{analysis.name}",
        ask,
        operation_id=f"ask_{analysis.name.replace('-', '_')}",
        summary=analysis.question,
        description=analysis.description,
        tags=["answers"],
        response_model=_answer_model(analysis),
        openapi_extra={"parameters": described},
    )


def _answer_model(analysis: Analysis) -> type:
    """Return the shape of an answer with the rows of one question, for the schema."""
    name = "".join(part.capitalize() for part in analysis.name.split("-"))
    thing = dict[str, Any]
    fields = [("question", str), ("rows", list[analysis.row_type]), ("units", dict[str, str])]  # type: ignore[name-defined]
    fields += [("parameters", thing), ("dataset", thing), ("sources", list[thing]), ("caveats", list[str])]
    return make_dataclass(f"{name}Answer", [*fields, ("next", str | None)], kw_only=True)


def _views(router: APIRouter, shelf: Shelf) -> None:
    """Add the pictures of a question's answer."""

    def get_view(dataset: str, name: str, form: str, request: Request) -> Response:
        chain, analysis = shelf.chain(dataset), question(name)
        if form not in FORMATS:
            raise NotFoundError("format", form, tuple(FORMATS))
        given = parsed(request.query_params, options(analysis), shelf.chain)

        def make() -> Response:
            headers = {"Content-Security-Policy": SANDBOX}
            return Response(
                view(chain, form, analysis, given), media_type=FORMATS[form].media_type, headers=headers
            )

        return matched(request, shelf.tag(dataset, name, form, sorted(given.items())), make)

    router.add_api_route(
        "/datasets/{dataset}/views/{name}.{form}",
        get_view,
        operation_id="get_view",
        summary="The answer to a question as a picture",
        description=f"Formats: {', '.join(FORMATS)}. Takes the question's parameters; limit and, of a question without "
        "them, product and region go with the picture of the chain.",
        tags=["views"],
        response_class=Response,
        openapi_extra={"parameters": [openapi_parameter(p) for p in OPTIONS]},
    )
