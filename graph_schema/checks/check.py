"""Checks a dataset: every problem of every table at once, and the tables that are left.

What is counted: per table, rows read = rows loaded + rows set aside. In strict mode any error refuses the
dataset; the counts then say how many rows are good and how many are not. In lenient mode bad rows, and
rows that refer to them, are set aside; mistakes that leave a whole file in doubt are refused all the same.
Warnings never set a row aside. Rows of the dataset override reference rows with the same id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from graph_schema.checks.amounts import DEFAULT_UNIT, convert, fill_defaults, product_units
from graph_schema.checks.catalogue import check_overrides, counted_units
from graph_schema.checks.findings import Findings
from graph_schema.checks.header import columns_of
from graph_schema.checks.hints import Elsewhere
from graph_schema.checks.keys import check_keys
from graph_schema.checks.raw import RawTable as RawTable
from graph_schema.checks.recipes import check_recipes
from graph_schema.checks.references import References
from graph_schema.checks.sense import check_sense
from graph_schema.checks.sheet import Sheet
from graph_schema.dataset import Dataset
from graph_schema.problems import DatasetError, Problem, RowCount
from graph_schema.tables import TABLES


@dataclass(frozen=True, slots=True)
class Checked:
    """Tables in the form of `arrow_schema`, with all problems and the rows counted per table."""

    tables: dict[str, pa.Table]
    problems: tuple[Problem, ...]
    counts: tuple[RowCount, ...]
    refused: bool


def check(
    raws: Iterable[RawTable],
    dataset: Dataset,
    *,
    reference: Mapping[str, pa.Table] | None = None,
    lenient: bool = False,
    found: Iterable[Problem] = (),
) -> Checked:
    """Check a dataset; `found` are problems met while reading.

    Raises
    ------
    DatasetError
        With all problems, if any is an error (in lenient mode: an error of a whole file).
    """
    checked = examine(raws, dataset, reference=reference, lenient=lenient, found=found)
    if checked.refused:
        raise DatasetError(checked.problems, checked.counts)
    return checked


def examine(
    raws: Iterable[RawTable],
    dataset: Dataset,
    *,
    reference: Mapping[str, pa.Table] | None = None,
    lenient: bool = False,
    found: Iterable[Problem] = (),
    elsewhere: Elsewhere | None = None,
) -> Checked:
    """Check a dataset as `check` does, without raising.

    `elsewhere` gives the tables of the catalogue where the dataset switches it off: hints name their ids.
    """
    reference, findings = reference or {}, Findings(found)
    read = {raw.name: raw for raw in raws}
    missing = _missing(read, reference, findings)
    sheets = {name: _sheet(name, read.get(name), findings, dataset, name in missing) for name in TABLES}
    for name in read:
        if not (name in reference and reference[name].num_rows):  # the catalogue's rows do
            _no_rows(sheets[name], findings)
    references = _relate(sheets, dataset, reference, findings, catalogue=reference, elsewhere=elsewhere)
    if lenient:
        references.set_aside()
    refused = findings.refused if lenient else findings.errors
    tables = {name: sheet.result() for name, sheet in sheets.items()}
    counts = tuple(sheets[name].count() for name in TABLES if name in read)
    return Checked(tables, findings.problems(), counts, refused)


def check_rows(
    table_name: str,
    rows: Sequence[Mapping[str, object]],
    existing: Mapping[str, pa.Table],
    dataset: Dataset,
    reference: Mapping[str, pa.Table] | None = None,
) -> pa.Table:
    """Check new rows of one table, given as Python values, beside the `existing` own tables.

    A row whose key is there already is meant to replace it. The place of a problem is the row's number
    from 1.

    Raises
    ------
    DatasetError
        With all problems of the rows.
    """
    reference, findings = reference or {}, Findings()
    header = tuple(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in header}
    raw = RawTable(table_name, "<rows>", header, columns, range(1, len(rows) + 1))
    around = {name: _joined(existing.get(name), reference.get(name)) for name in TABLES}
    around = {name: table for name, table in around.items() if table is not None}
    sheets = {n: _sheet(n, raw if n == table_name else None, findings, dataset) for n in TABLES}
    own = existing.get(table_name)
    _relate(sheets, dataset, around, findings, catalogue=reference, existing=own)
    if findings.errors:
        sheet = sheets[table_name]
        raise DatasetError(findings.problems(), (sheet.count(),))
    return sheets[table_name].result()


def _joined(own: pa.Table | None, reference: pa.Table | None) -> pa.Table | None:
    """Return reference rows, then own rows, so that own ones win where a later row overrides."""
    if own is None or reference is None:
        return reference if own is None else own
    return pa.concat_tables([reference.select(own.column_names), own])


def _sheet(
    name: str, raw: RawTable | None, findings: Findings, dataset: Dataset, missing: bool = False
) -> Sheet:
    raw = raw or RawTable(name, name, (), {}, (), partial=missing)
    return Sheet(TABLES[name], raw, findings, dataset.decimal)


def _relate(
    sheets: Mapping[str, Sheet],
    dataset: Dataset,
    reference: Mapping[str, pa.Table],
    findings: Findings,
    *,
    catalogue: Mapping[str, pa.Table],
    existing: pa.Table | None = None,
    elsewhere: Elsewhere | None = None,
) -> References:
    """Run the checks that look beyond one cell; `reference` holds the `catalogue` and existing rows."""
    for sheet in sheets.values():
        fill_defaults(sheet, dataset, findings)
        check_keys(sheet, existing if sheet.size else None)
    references = References(sheets, reference, elsewhere)
    references.check()
    references.home(dataset, findings)
    counted = counted_units(catalogue, DEFAULT_UNIT) if sheets["products"].size else {}
    units = product_units(sheets["products"], reference.get("products"), counted)
    mains = _main_units(sheets["processes"], reference.get("processes"), units)
    for sheet in sheets.values():
        if sheet.table.amounts:
            convert(sheet, units, mains)
    check_sense(sheets)
    check_recipes(sheets["process_flows"], sheets["processes"], reference)
    check_overrides(sheets["process_flows"], sheets["processes"], catalogue)
    return references


def _main_units(processes: Sheet, reference: pa.Table | None, units: Mapping[str, str]) -> dict[str, str]:
    """Return the unit of the main product of every process."""
    mains: dict[str, str] = {}
    for columns in (reference, processes.columns):
        if columns is not None:
            pairs = zip(
                columns["process_id"].to_pylist(), columns["main_product_id"].to_pylist(), strict=True
            )
            mains.update((process, units.get(product, "")) for process, product in pairs if process)
    return mains


def _missing(read: Mapping[str, RawTable], reference: Mapping[str, pa.Table], findings: Findings) -> set[str]:
    """Report and return the tables that are needed and absent; reference rows do where they exist."""
    present = ", ".join(read) or "no table at all"
    missing = set()
    for name, table in TABLES.items():
        known = reference.get(name)
        if table.needed and name not in read and not (known is not None and known.num_rows):
            missing.add(name)
            findings.add("file.missing", name, table=name, present=present, columns=columns_of(table))
    return missing


def _no_rows(sheet: Sheet, findings: Findings) -> None:
    if sheet.table.needed and not sheet.size and sheet.raw.header and not sheet.partial:
        findings.add("table.no_rows", sheet.raw.file, 1, table=sheet.table.name)
