"""What a client takes: the `Accept` header against what an address offers.

The API answers JSON and says so where that is not wanted; a browser gets a page where there is nothing.
"""

from collections.abc import Iterator

from fastapi import Request
from starlette.exceptions import HTTPException

JSON = "application/json"


def takes(accept: str, media_type: str) -> bool:
    """Whether a client with this `Accept` header takes a media type; without a header it takes everything.

    >>> takes("text/csv", JSON), takes("text/html, */*;q=0.8", JSON), takes("", JSON)
    (False, True, True)
    """
    ranges = list(_ranges(accept))
    kind = media_type.partition("/")[0]
    for wanted in (media_type, f"{kind}/*", "*/*"):  # the nearest range decides, RFC 9110
        weights = [weight for name, weight in ranges if name == wanted]
        if weights:
            return max(weights) > 0
    return not ranges


def wants_a_page(request: Request) -> bool:
    """Whether a client, like a browser, asks for HTML before all else."""
    first = next(_ranges(request.headers.get("accept", "")), ("", 0.0))
    return first[0] == "text/html" and first[1] > 0


def json_taken(request: Request) -> None:
    """Refuse a request whose client does not take JSON: 406 with what is offered."""
    accept = ",".join(request.headers.getlist("accept"))
    if not takes(accept, JSON):
        raise HTTPException(406, f"This address offers {JSON} only; the request takes {accept}.")


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (p.strip().lower() for p in part.split(";"))
        if name:
            yield name, _weight(parameters)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
