"""Defaults and units: after this every amount is in its product's unit and every fact has its year.

An amount is multiplied by the factor from its unit to the product's unit, a price per unit is divided by
it; the `unit` cell then holds the product's unit. Blank years become the base year, blank product units
`t`, blank currencies (only beside money) the dataset's. A coefficient may be written per unit of the main
product (`kWh/t`). The unit of a product must measure an amount. Of a product that the catalogue's recipes count
it must be the catalogue's; a blank means `t` there too. A row whose product is not known keeps its amounts.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.cells.text import did_you_mean
from graph_schema.cells.units import USUAL, UnitError, canonical, factor
from graph_schema.checks.catalogue import same_unit, unit_words
from graph_schema.checks.findings import Findings
from graph_schema.checks.sheet import Sheet, bad_rows
from graph_schema.dataset import Dataset

DEFAULT_UNIT = "t"
_MONEY = {"flows": "value", "prices": "price"}


def fill_defaults(sheet: Sheet, dataset: Dataset, findings: Findings) -> None:
    """Fill in the year and the currency that the dataset gives."""
    if "year" in sheet.table.key and sheet.size:
        blank = bad_rows(sheet.columns["year"].is_null())
        blank = blank[~sheet.faulted("year")[blank] & sheet.trusted()[blank]]
        if dataset.base_year is not None:
            sheet.fill("year", dataset.base_year)
        elif len(blank):
            findings.add(
                "dataset.base_year", sheet.raw.file, sheet.raw.lines[int(blank[0])], "year", count=len(blank)
            )
    money = _MONEY.get(sheet.table.name)
    if money and sheet.size:
        paid = sheet.columns[money].is_valid()
        blank = bad_rows(pc.and_(paid, sheet.columns["currency"].is_null()))
        blank = blank[~sheet.faulted("currency")[blank] & sheet.trusted()[blank]]
        if dataset.currency:
            sheet.fill("currency", dataset.currency, paid)
        elif len(blank):
            line = sheet.raw.lines[int(blank[0])]
            findings.add("dataset.currency", sheet.raw.file, line, "currency", count=len(blank))


def product_units(products: Sheet, reference: pa.Table | None, counted: Mapping[str, str]) -> dict[str, str]:
    """Check the units of the dataset's products and return the unit of every product.

    `counted` holds the units on which the coefficients of the catalogue rest.
    """
    blank = products.columns["unit"].is_null().to_pylist()
    if products.size:
        products.fill("unit", DEFAULT_UNIT)
    spelled: dict[str, str] = {}
    flaws: dict[str, UnitError] = {}
    for unit in products.columns["unit"].unique().to_pylist():
        try:
            spelled[unit] = canonical(unit)
        except UnitError as error:
            flaws[unit] = error
    cells, ids = (products.columns[name].to_pylist() for name in ("unit", "product_id"))
    cells = [spelled.get(unit, unit) for unit in cells]
    products.columns["unit"] = pa.array(cells, pa.string())
    pairs = list(enumerate(zip(ids, cells, strict=True)))
    other = {row for row, (key, unit) in pairs if key in counted and not same_unit(unit, counted[key])}
    rows = np.array(sorted(other), dtype=np.int64)
    products.fault(
        "unit.catalogue", rows, "unit", lambda r: unit_words(ids[r], cells[r], counted[ids[r]], blank[r])
    )
    for code, unknown in (("unit.unknown", True), ("unit.dimension", False)):
        flawed = [r for r, (_, unit) in pairs if unit in flaws and flaws[unit].unknown is unknown]
        rows = np.array([row for row in flawed if row not in other], dtype=np.int64)
        products.fault(code, rows, "unit", lambda row: _words(flaws[cells[row]], ids[row]))
    units = {}
    if reference is not None:
        known, theirs = reference["product_id"].to_pylist(), reference["unit"].to_pylist()
        units = dict(zip(known, (unit or DEFAULT_UNIT for unit in theirs), strict=True))
    own = {key: "" if unit in flaws else unit for _, (key, unit) in pairs if key}
    return {**units, **own, **{key: counted[key] for row, (key, _) in pairs if row in other}}


def convert(sheet: Sheet, units: Mapping[str, str], main_units: Mapping[str, str]) -> None:
    """Convert the amounts of `sheet` to the unit of each row's product."""
    if not sheet.size:
        return
    encoded = [_encoded(sheet.columns[name]) for name in ("product_id", "unit")]
    mains = _encoded(sheet.columns["process_id"]) if "coefficient" in sheet.table.amounts.values() else None
    if mains:
        encoded.append(mains)
    combined = np.ravel_multi_index([codes for codes, _ in encoded], [len(names) for _, names in encoded])
    cases = pa.array(combined).dictionary_encode()
    inverse = cases.indices.to_numpy()
    factors: list[float] = []
    targets: list[str | None] = []
    flaws: dict[int, tuple[str, UnitError]] = {}
    for place, case in enumerate(cases.dictionary.to_numpy()):
        codes = np.unravel_index(case, [len(names) for _, names in encoded])
        product, unit, *process = (names[code] for code, (_, names) in zip(codes, encoded, strict=True))
        target = units.get(product or "", "")
        per = main_units.get(process[0] or "", "") if process else ""
        try:
            factors.append(_factor(unit, target, per))
        except UnitError as error:
            factors.append(1.0)
            flaws[place] = product or "", error
        targets.append(target or unit)
    for code, unknown in (("unit.unknown", True), ("unit.dimension", False)):
        places = [place for place, (_, error) in flaws.items() if error.unknown is unknown]
        rows = np.flatnonzero(np.isin(inverse, places))
        sheet.fault(
            code, rows, "unit", lambda row: _words(flaws[int(inverse[row])][1], flaws[int(inverse[row])][0])
        )
    _scale(sheet, np.array(factors)[inverse])
    sheet.columns["unit"] = pa.array(targets, pa.string()).take(pa.array(inverse))


def _factor(unit: str | None, target: str, per: str) -> float:
    if not unit or not target:
        return 1.0
    try:
        return factor(unit, target)
    except UnitError:
        amount, slash, main = unit.rpartition("/")
        if not (slash and per):
            raise
        return factor(amount, target) / factor(main, per)


def _scale(sheet: Sheet, factors: np.typing.NDArray[np.float64]) -> None:
    if (factors == 1).all():
        return
    for name, meaning in sheet.table.amounts.items():
        turn = pc.divide if meaning == "price" else pc.multiply
        sheet.columns[name] = turn(sheet.columns[name], pa.array(factors))


def _encoded(array: pa.Array) -> tuple[np.typing.NDArray[np.int64], list[str | None]]:
    encoded = array.dictionary_encode()
    names = [*encoded.dictionary.to_pylist(), None]
    return encoded.indices.fill_null(len(names) - 1).to_numpy().astype(np.int64), names


def _words(error: UnitError, product: str = "") -> dict[str, object]:
    if error.unknown:
        known = did_you_mean(error.nearest) or f"known are for example {USUAL}"
        return {"unit": error.unit, "nearest": known}
    likely = f"likely one of {error.likely}" if error.likely else ""
    return {"unit": error.unit, "to": error.to, "product": product, "likely": likely}
