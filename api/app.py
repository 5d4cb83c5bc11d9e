"""The web application: wiring only. Routes are in `api.routes`, pages in `api.pages`.

Every answer, errors included, carries headers that keep a page from loading or running anything foreign.
The interactive /docs of FastAPI come from a public network and are left out; /openapi.json is complete.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from api.guard import Guard
from api.pages import start_page
from api.problem_json import add_handlers, responses
from api.routes import api_routes, matched
from api.shelf import Shelf
from api.version import version
from valuechain import ValueChain


def create_app(chains: ValueChain | Mapping[str, ValueChain] | Iterable[ValueChain]) -> FastAPI:
    """Return the application that serves one or several datasets.

    >>> from loaders import load
    >>> app = create_app(load("pavlodar"))
    >>> app.title
    'valuechain'
    """
    shelf = Shelf(chains)
    app = FastAPI(
        title="valuechain",
        version=version(),
        summary="Which vertical link is missing, why, how large it is, and who could close it.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(Guard)
    add_handlers(app, _links(shelf))
    app.include_router(api_routes(shelf))

    @app.get("/", include_in_schema=False)
    def start(request: Request) -> Response:
        tags = [shelf.tag(name) for name in shelf.chains]
        return matched(request, ("start", tags), lambda: HTMLResponse(start_page(shelf)))

    @app.get("/datasets/{dataset}", include_in_schema=False, responses=responses(404))
    def report(dataset: str, request: Request) -> Response:
        return matched(request, shelf.tag(dataset, "report"), lambda: HTMLResponse(shelf.page(dataset)))

    return app


def _links(shelf: Shelf) -> list[tuple[str, str]]:
    """Return where a lost reader can go: the start page and the reports."""
    reports = [
        (f"/datasets/{quote(name, safe='')}", f"Report: {chain.dataset.title or name}")
        for name, chain in shelf.chains.items()
    ]
    return [("/", "Start page"), *reports]
