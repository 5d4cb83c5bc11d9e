"""Rows of a sheet as the tables of a dataset.

Every row of fact says from which row of which sheet it comes; the source is the spreadsheet, graded `reported`:
somebody states the figures, nobody has measured them here. Products that are recognised are the catalogue's; what
is not is a product of the dataset's own, with its words, without a stage.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph_schema import TABLES, Dataset, DatasetError
from graph_schema.checks.check import RawTable, examine
from graph_schema.checks.findings import Findings
from loaders.catalogue import reference_tables
from loaders.recognition import Match, hs
from loaders.spreadsheet.columns import Guess
from loaders.spreadsheet.facts import MARKET, Facts, fits, own_unit
from loaders.spreadsheet.header import Sheet
from loaders.spreadsheet.makers import Makers
from loaders.spreadsheet.names import Ids, slug
from loaders.spreadsheet.places import Places
from loaders.spreadsheet.rows import Row, Rows
from valuechain.model import ValueChain

Cell = tuple[str, str]
Table = list[dict[str, Any]]


@dataclass(slots=True)
class Own:
    """A product of the dataset's own: the words of the sheet, and the codes that stand beside them."""

    id: str
    name: str
    codes: set[str]
    units: Counter[str]


def own_products(parts: Mapping[Cell, Sequence[Match]], catalogue: Mapping[str, str]) -> dict[str, Own]:
    """Return the products of the sheet's own by their words in small letters."""
    names: dict[str, str] = {}
    for matches in parts.values():
        for match in matches:
            if not match.used:
                key = match.text.casefold()
                names[key] = min(names.get(key, match.text), match.text)
    ids = Ids(catalogue, "product")
    return {
        key: Own(ids.give(names[key], f"{names[key]} own"), names[key], set(), Counter())
        for key in sorted(names)
    }


def without_unfit(parts: Mapping[Cell, list[Match]], rows: Sequence[Row]) -> dict[Cell, list[Match]]:
    """Return the matches without probable ones that no unit of their rows fits: concrete in m3 is no bentonite."""
    counted: dict[Cell, set[str]] = {}
    for row in rows:
        for year in row.years.values():
            counted.setdefault((row.product, row.hs_code), set()).update(
                unit for _, unit in year.amounts.values()
            )
    units = _catalogue_units()
    made = dict(parts)
    for cell, matches in parts.items():
        match = matches[0] if len(matches) == 1 else None
        stated = sorted(counted.get(cell, ()))
        if match is None or match.state != "probable" or not stated:
            continue
        unit = units.get(match.id or "", "")
        if unit and not any(fits(one, unit) for one in stated):
            reason = f"{match.name} is counted in {unit}, this in {stated[0]}"
            made[cell] = [replace(match, state="candidate", id=None, name="", reason=reason)]
    return made


def _catalogue_units() -> dict[str, str]:
    products = reference_tables()["products"]
    units = (unit or "t" for unit in products["unit"].to_pylist())
    return dict(zip(products["product_id"].to_pylist(), units, strict=True))


class Builder:
    """Puts rows, matches, places and makers together."""

    def __init__(
        self, sheet: Sheet, guesses: Sequence[Guess], rows: Rows, places: Places, makers: Makers,
        parts: Mapping[Cell, Sequence[Match]], own: Mapping[str, Own], findings: Findings,
    ) -> None:  # fmt: skip
        self._sheet, self._rows, self._places, self._makers = sheet, rows, places, makers
        self._parts, self._own, self._findings = parts, own, findings
        headers: dict[str, str] = {}
        for guess in sorted(guesses, key=lambda one: one.column.key):
            headers.setdefault(guess.role, guess.column.key)
        self._count_units()
        self._own_units = {one.id: own_unit(one.units) for one in own.values()}
        self.facts = Facts(sheet.place, _catalogue_units() | self._own_units, findings, headers)
        self.unnamed = 0
        """Rows that name no product."""
        self.source = slug(sheet.file.rpartition(".")[0]) or "spreadsheet"

    def _count_units(self) -> None:
        for row in self._rows.rows:
            matches = self._parts[row.product, row.hs_code]
            for match in matches:
                one = None if match.used else self._own.get(match.text.casefold())
                if one is not None and len(matches) == 1:
                    one.codes.update(hs.codes(row.hs_code))
                    one.units.update(unit for year in row.years.values() for _, unit in year.amounts.values())

    def tables(self, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Table]:
        """Return the rows of every table; `known` holds enterprises of another dataset by id."""
        for row, maker in zip(self._rows.rows, self._makers.of_row, strict=True):
            matches = self._parts[row.product, row.hs_code]
            self.unnamed += not matches
            products = {self._id(match): match for match in reversed(matches)}
            listed = [(one, match.text, _doubtful(match)) for one, match in reversed(products.items())]
            self.facts.add(row, maker.id, listed)
        production, flows = self.facts.tables(self.source)
        return {
            "regions": [{**row, "source_id": self.source} for row in self._places.rows.values()],
            "enterprises": [self._enterprise(maker, known) for maker in self._makers.all()],
            "ownership": self._ownership(),
            "products": self._products(production),
            "production": production,
            "flows": flows,
            "markets": [{**MARKET, "source_id": self.source}] if flows else [],
            "sources": [self._source()],
        }

    def _id(self, match: Match) -> str:
        if match.used and match.id:
            return match.id
        return self._own[match.text.casefold()].id

    def _at(self, lines: Sequence[int]) -> str:
        words = f"row{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines[:20]))}"
        words += ", ..." if len(lines) > 20 else ""
        return f"{words} of {f'sheet {self._sheet.title}' if self._sheet.title else self._sheet.file}"

    def _enterprise(self, maker: Any, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        old = dict(known.get(maker.id, {}))
        kept = {
            name: old.get(name)
            for name in ("kind", "management_level", "latitude", "longitude", "name_kk", "name_ru")
        }
        spellings = [name.replace(";", ",") for name in maker.names]
        name = old.get("name") or spellings[0]
        aliases = [*str(old.get("aliases") or "").split(";"), *sorted(spellings)]
        aliases = [one for one in dict.fromkeys(aliases) if one and one != name]
        notes = [self._at(maker.lines)] + (["named as an owner"] if maker.owner_only else [])
        return {
            **kept, "enterprise_id": maker.id, "name": name, "aliases": ";".join(aliases) or None,
            "kind": kept["kind"] or ("company" if maker.owner_only else None), "employees": maker.employees,
            "region_id": maker.place or self._there(old.get("region_id")), "source_id": self.source,
            "note": "; ".join(notes),
        }  # fmt: skip

    def _there(self, place: str | None) -> str | None:
        return place if place in self._places.rows else None

    def _ownership(self) -> Table:
        return [
            {
                "owner_id": owner,
                "owned_id": owned,
                "share": share,
                "source_id": self.source,
                "note": self._at([line]),
            }
            for (owner, owned), (share, line) in sorted(self._makers.owners.items())
        ]

    def _products(self, production: Table) -> Table:
        made = {row["product_id"] for row in production}
        return [
            {
                "product_id": one.id, "name": one.name, "kind": "good", "unit": self._own_units[one.id],
                "hs_code": " ".join(sorted(one.codes)) or None, "source_id": self.source,
                "note": "words of the spreadsheet, not recognised; stage not known",
            }
            for one in sorted(self._own.values(), key=lambda one: one.id)
            if one.id in made
        ]  # fmt: skip

    def _source(self) -> dict[str, Any]:
        title = f"{self._sheet.file}, sheet {self._sheet.title}" if self._sheet.title else self._sheet.file
        return {
            "source_id": self.source,
            "title": title,
            "grade": "reported",
            "note": self._sheet.above[:500] or None,
        }


def _doubtful(match: Match) -> tuple[str, ...]:
    if match.state == "probable":
        return (f"product probable: '{match.text}' taken for {match.name}",)
    return (f"product: '{match.text}'",)


def chain_of(dataset: Dataset, tables: Mapping[str, Table]) -> ValueChain:
    """Return the checked dataset.

    Raises
    ------
    DatasetError
        If the tables do not validate.
    """
    raws = []
    for name, rows in tables.items():
        if not rows and not TABLES[name].needed:
            continue
        header = tuple(
            column.name
            for column in TABLES[name]
            if name in tables and (not rows or any(column.name in row for row in rows))
        )
        columns: dict[str, Sequence[object]] = {
            column: [row.get(column) for row in rows] for column in header
        }
        raws.append(RawTable(name, f"{name}.csv", header, columns, range(2, len(rows) + 2)))
    reference = reference_tables()
    checked = examine(raws, dataset, reference=reference)
    if checked.refused:
        raise DatasetError(checked.problems, checked.counts)
    return ValueChain(
        dataset, checked.tables, reference=reference, problems=checked.problems, counts=checked.counts
    )


def row_cells(rows: Sequence[Row]) -> list[Cell]:
    """Return each distinct pair of product words and code."""
    return list(dict.fromkeys((row.product, row.hs_code) for row in rows))
