"""The query of a request, read by the registry's own parameters: the same verdict as on the command line.

An unknown parameter, one given twice that may be given once, and a value that does not fit are refused, all
of them at once.
"""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.datastructures import QueryParams

from graph_schema import Key, ParameterError, Quantity
from graph_schema.cells.text import nearest
from valuechain import ValueChain
from valuechain.answer import plain
from valuechain.registry import Parameter

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", ValueChain: "string"}


class QueryError(ParameterError):
    """All that is wrong with the parameters of one request."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        super().__init__(*errors[0])


def parsed(
    query: QueryParams, parameters: Iterable[Parameter], dataset: Callable[[str], ValueChain] | None = None
) -> dict[str, Any]:
    """Return the values of a query; `QueryError` with everything that does not fit.

    `dataset` finds a served dataset by its id, for parameters that take a second one.
    """
    known = {p.name: p for p in parameters}
    errors = [(name, _unknown(name, known)) for name in query if name not in known]
    given: dict[str, Any] = {}
    for name, parameter in known.items():
        values = query.getlist(name)
        try:
            if len(values) > 1 and not parameter.many:
                raise ParameterError(name, "it is given more than once; this parameter takes one value")
            if values and dataset and parameter.is_dataset:
                given[name] = dataset(values[0])
            elif values:
                given[name] = parameter.parse(values if parameter.many else values[0])
        except ParameterError as error:
            errors.append((name, str(error).removeprefix(f"{name}: ")))
    if errors:
        raise QueryError(errors)
    return given


def openapi_parameter(parameter: Parameter) -> dict[str, Any]:
    """Return the OpenAPI description of one parameter: type, choices, unit, default."""
    schema: dict[str, Any] = {"type": _TYPES[parameter.kind]}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if isinstance(parameter.meaning, Quantity):
        schema["x-unit"] = parameter.meaning.unit
    if isinstance(parameter.meaning, Key):
        schema["x-key"] = parameter.meaning.table
    if parameter.many:
        schema = {"type": "array", "items": schema}
    if parameter.default is not None:
        schema["default"] = plain(parameter.default)
    described = parameter.description + ("; repeated: any of them" if parameter.many else "")
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": described,
        "schema": schema,
    }


def _unknown(name: str, known: Iterable[str]) -> str:
    close = nearest(name, known)
    return "there is no such parameter. " + (
        f"Did you mean {close[0]}?" if close else f"There are {', '.join(known)}."
    )
