"""Which column of a file is which column of a table.

Names are compared without regard to case, outer space, hyphens and normal form. A name that only looks
like a known one (a Cyrillic letter in it) is an error, a name that is not known is a warning.
"""

from collections import Counter

from graph_schema.cells.text import did_you_mean, difference, nearest, nfc, skeleton, visible
from graph_schema.checks.findings import Findings
from graph_schema.checks.raw import RawTable
from graph_schema.columns import Table

MOST_COLUMNS = 500
"""Columns that a file may have."""

_NAMED_SINGLY = 5


def match_header(raw: RawTable, table: Table, findings: Findings) -> dict[str, str]:
    """Return, for each column of `table` that `raw` has, the key of its cells in `raw.columns`."""
    if len(raw.header) > MOST_COLUMNS:
        findings.add("header.too_wide", raw.file, 1, found=len(raw.header), limit=MOST_COLUMNS)
        return {}
    names = {raw.key(place): _plain(name) for place, name in enumerate(raw.header)}
    matched = {name: key for key, name in names.items() if name in table}
    if not matched:
        first = ", ".join(raw.header[:5])
        findings.add(
            "header.not_found", raw.file, 1, value=first, table=table.name, columns=columns_of(table)
        )
        return {}
    for name, count in Counter(_plain(name) for name in raw.header).items():
        if count > 1 and name:
            findings.add("column.duplicate", raw.file, 1, name, count=count)
    unknown = {key: name for key, name in names.items() if name not in table}
    alike = _lookalikes(raw, table, matched, unknown, findings)
    _blank_names(raw, unknown, findings)
    _missing(raw, table, {*matched, *alike.values()}, unknown, findings)
    _unknown(raw, table, {k: n for k, n in unknown.items() if n and k not in alike}, findings)
    return matched


def columns_of(table: Table) -> str:
    """Name the columns that `table` needs."""
    return ", ".join(column.name for column in table if column.required)


def _plain(name: str) -> str:
    return "_".join(visible(nfc(name)).casefold().replace("-", " ").replace("_", " ").split())


def _lookalikes(
    raw: RawTable, table: Table, matched: dict[str, str], unknown: dict[str, str], findings: Findings
) -> dict[str, str]:
    absent = {skeleton(column.name): column.name for column in table if column.name not in matched}
    found = {key: absent[skeleton(name)] for key, name in unknown.items() if skeleton(name) in absent}
    for key, column in found.items():
        odd = difference(unknown[key], column)
        findings.add("column.lookalike", raw.file, 1, column, key, odd=odd)
    return found


def _blank_names(raw: RawTable, unknown: dict[str, str], findings: Findings) -> None:
    for place, key in enumerate(map(raw.key, range(len(raw.header)))):
        if key in unknown and not unknown[key]:
            filled = any(str(value or "").strip() for value in raw.cells(key))
            code = "header.blank_name" if filled else "header.blank_column"
            findings.add(code, raw.file, 1, number=place + 1)


def _missing(
    raw: RawTable, table: Table, present: set[str], unknown: dict[str, str], findings: Findings
) -> None:
    for column in table:
        if column.required and column.name not in present:
            near = nearest(column.name, filter(None, unknown.values()), 1)
            hint = f"is it the column {near[0]}?" if near else f"it holds: {column.description}"
            findings.add("column.missing", raw.file, 1, column.name, nearest=hint)


def _unknown(raw: RawTable, table: Table, unknown: dict[str, str], findings: Findings) -> None:
    keys = list(unknown)
    if len(keys) > _NAMED_SINGLY:
        names = f"{len(keys)} columns ({', '.join(keys[:_NAMED_SINGLY])}, ...) are"
        findings.add("column.unknown", raw.file, 1, value=keys[0], names=names, table=table.name)
        return
    known = [column.name for column in table]
    for key in keys:
        near = did_you_mean(nearest(unknown[key], known, 1))
        findings.add(
            "column.unknown", raw.file, 1, key, key, names="the column is", table=table.name, nearest=near
        )
