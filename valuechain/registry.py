"""The questions that can be asked. An analysis is a function from a `ValueChain` to rows.

`@analysis` reads the function's parameters, their units and its row class off its signature and
returns the function unchanged. The command line, HTTP, the page and the documentation are read off the
registry: adding a question means adding one file to `valuechain/analyses/`.
"""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from graph_schema import Key, NotFoundError, ParameterError, Quantity, Text
from graph_schema.cells.text import nearest
from valuechain.answer import Answer, Meaning, columns, meaning
from valuechain.audits import audits
from valuechain.coefficients import coefficients_told
from valuechain.evidence import Evidence
from valuechain.model import ValueChain
from valuechain.naming import not_found

_NUMBER = re.compile(
    r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(nan|inf|infinity)", re.I | re.A
)
"""What counts as a number in a parameter. Python alone would take 1_000 and full-width digits too."""

Caveats = Callable[..., Iterable[str]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question: type, default, and what it means."""

    name: str
    kind: type
    many: bool
    default: Any
    meaning: Meaning | None

    @property
    def description(self) -> str:
        """What the parameter does, with its unit."""
        unit = f" [{self.meaning.unit}]" if isinstance(self.meaning, Quantity) else ""
        return (self.meaning.description if self.meaning else self.name) + unit

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it takes, if they are few."""
        return self.meaning.choices if isinstance(self.meaning, Text) else ()

    @property
    def is_dataset(self) -> bool:
        """Whether it takes a second dataset: a `ValueChain` here, an address or an id at the doors."""
        return self.kind is ValueChain

    def parse(self, value: Any) -> Any:
        """Return `value` (text, a number or a list) in the parameter's type; `ParameterError` if unfit."""
        if self.many:
            values = value if isinstance(value, tuple | list) else (value,)
            return tuple(self._one(v) for v in values)
        return None if value is None else self._one(value)

    def _one(self, value: Any) -> Any:
        if self.is_dataset:
            if isinstance(value, ValueChain):
                return value
            raise ParameterError(self.name, f"{value!r} is no loaded dataset")
        try:
            if self.kind is not str and isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
                raise ValueError(value)
            parsed = self.kind(value)
        except (TypeError, ValueError, OverflowError):
            article = "a whole number" if self.kind is int else "a number"
            raise ParameterError(self.name, f"{value!r} is not {article}") from None
        if isinstance(parsed, float) and not -1e300 < parsed < 1e300:
            raise ParameterError(self.name, f"{value!r} is not a finite number")
        if self.choices and parsed not in self.choices:
            close = nearest(str(parsed), self.choices)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise ParameterError(self.name, f"{value!r} is not one of {', '.join(self.choices)}.{hint}")
        return parsed


@dataclass(frozen=True, slots=True)
class Analysis:
    """One question: call it with a chain and parameters to get an `Answer`."""

    name: str
    title: str
    function: Callable[..., Iterable[Any]]
    row_type: type
    parameters: tuple[Parameter, ...]
    reads: tuple[str, ...]
    key: tuple[str, ...]
    table: tuple[str, ...]
    place: int
    caveats: Caveats | None

    @property
    def question(self) -> str:
        """The question in one sentence: the first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @property
    def description(self) -> str:
        """The function's docstring."""
        return inspect.cleandoc(self.function.__doc__ or "")

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called `name`; `ParameterError` if there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = tuple(p.name for p in self.parameters)
        close = nearest(name, names)
        hint = f" Did you mean {close[0]}?" if close else f" It has {', '.join(names)}."
        raise ParameterError(name, f"{self.name} has no such parameter.{hint}")

    def __call__(self, chain: ValueChain, **given: Any) -> Answer[Any]:
        """Ask the question of `chain`; parameters not given take their defaults."""
        asked = {name: self.parameter(name).parse(value) for name, value in given.items()}
        values = {p.name: asked.get(p.name, p.default) for p in self.parameters}
        if values.get("year") is None:
            values["year"] = _year(chain)
        for parameter in self.parameters:
            _exists(chain, parameter, values[parameter.name])
        rows = tuple(self.function(chain, **values))
        sources = _sources((chain, *(v for v in values.values() if isinstance(v, ValueChain))), rows)
        return Answer(
            question=self.name,
            title=self.title,
            rows=rows,
            row_type=self.row_type,
            parameters={name: _named(value) for name, value in values.items()},
            dataset={"id": chain.dataset.id, "fingerprint": chain.fingerprint, "year": values["year"]},
            sources=sources,
            caveats=tuple(self._caveats(chain, rows, values)),
        )

    def _caveats(self, chain: ValueChain, rows: tuple[Any, ...], values: dict[str, Any]) -> Iterator[str]:
        for name in self.reads:
            if not chain.arrow(name).num_rows:
                yield f"{self.name} reads {name}, and {name} has no rows."
        aside = sum(c.set_aside for c in chain.counts)
        if aside:
            yield f"{aside} rows of the dataset were set aside at load because they did not validate."
        if self.caveats:
            yield from self.caveats(chain, rows, **values)
        if rows and "process_flows" in self.reads and "production" in self.reads:
            yield from coefficients_told(chain, values["year"])
        yield from _doubtful(chain, rows, values["year"])


def analysis(
    *,
    title: str,
    reads: tuple[str, ...],
    key: tuple[str, ...],
    table: tuple[str, ...] = (),
    place: int = 99,
    caveats: Caveats | None = None,
) -> Callable[[Callable[..., Iterable[Any]]], Callable[..., Any]]:
    """Register a function as a question and return it unchanged.

    Parameters
    ----------
    title
        Heading for pages and help.
    reads
        Tables that the answer rests on; an empty one is named in the answer's caveats.
    key
        Columns that together name a row: the same in another year, dataset or scenario.
    table
        Columns of a table that people read, the most telling first (default: all); JSON and files hold all.
    place
        Where it stands among the questions on the way from what is missing to what could be done.
    caveats
        Called with (chain, rows, **parameters): sentences that a reader of the answer must know.
    """

    def register(function: Callable[..., Iterable[Any]]) -> Callable[..., Any]:
        hints = get_type_hints(function, include_extras=True)
        (row_type,) = get_args(hints.pop("return"))
        defaults = {n: p.default for n, p in inspect.signature(function).parameters.items()}
        parameters = tuple(_parameter(n, h, defaults[n]) for n, h in hints.items() if n != "chain")
        name = function.__name__.replace("_", "-")
        _REGISTRY[name] = Analysis(
            name, title, function, row_type, parameters, reads, key, table, place, caveats
        )
        return function

    return register


_REGISTRY: dict[str, Analysis] = {}


@cache
def questions() -> Mapping[str, Analysis]:
    """Return every question by name, in the order of their places."""
    package = importlib.import_module("valuechain.analyses")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"valuechain.analyses.{module.name}")
    return types.MappingProxyType(dict(sorted(_REGISTRY.items(), key=lambda q: (q[1].place, q[0]))))


def question(name: str) -> Analysis:
    """Return the question called `name`; `NotFoundError` with the nearest names if there is none."""
    found = questions().get(name)
    if found is None:
        raise NotFoundError("question", name, nearest(name, tuple(questions())))
    return found


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    plain_type = get_args(hint)[0] if get_origin(hint) is not None and hasattr(hint, "__metadata__") else hint
    many = get_origin(plain_type) is tuple
    options = [a for a in get_args(plain_type) if a not in (type(None), Ellipsis)]
    kind = options[0] if options else plain_type
    return Parameter(name, kind, many, default, meaning(hint))


def _named(value: Any) -> Any:
    """Return a parameter as it stands in the answer: a dataset by its id and fingerprint."""
    if isinstance(value, ValueChain):
        return {"id": value.dataset.id, "fingerprint": value.fingerprint}
    return value


def _year(chain: ValueChain) -> int:
    if chain.year is not None:
        return chain.year
    if chain.years:
        return chain.years[-1]
    raise ParameterError("year", "the dataset has no base year and no dated rows; say which year")


def _exists(chain: ValueChain, parameter: Parameter, value: Any) -> None:
    if not isinstance(parameter.meaning, Key) or value is None:
        return
    table = parameter.meaning.table
    for one in value if parameter.many else (value,):
        if chain.row(table, one) is None:
            raise not_found(chain, table, one)


def _doubtful(chain: ValueChain, rows: tuple[Any, ...], year: int) -> Iterator[str]:
    """Yield what the audits have against the products of an answer, and what no recipe knows."""
    told = {getattr(row, "product_id", None) for row in rows}
    for finding in audits(chain, year):
        everywhere = finding.code in ("product.no_recipe", "audit.size")
        if finding.verdict == "warning" and (everywhere or told & set(finding.products)):
            yield f"Audit: {finding.message}"


def _sources(chains: tuple[ValueChain, ...], rows: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    """Return the sources that rows name, each from the first dataset that has it."""
    wanted = sorted({s for row in rows for s in _source_ids(row)})
    found = (next((r for c in chains if (r := c.row("sources", s)) is not None), None) for s in wanted)
    return tuple(row for row in found if row is not None)


def _source_ids(value: Any) -> Iterator[str]:
    if isinstance(value, Evidence):
        yield from (value.source_id,) if value.source_id else ()
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _source_ids(one)
    elif dataclasses.is_dataclass(value):
        for name in columns(type(value)):
            part = getattr(value, name)
            if name == "source_id" and part:
                yield part
            elif isinstance(part, tuple):
                yield from _source_ids(part)
