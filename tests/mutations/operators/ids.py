"""E: ids and Unicode."""

import unicodedata

from graph_schema import TABLES
from tests.mutations.draft import ID_TABLES, Draft, NotHere, Spot
from tests.mutations.expect import Expect, at, family, operator

LATIN, CYRILLIC = "aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ"
TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
GONE = ("ref.not_found", "ref.wrong_table", "dataset.home_region")


def twin(d: Draft, table: str, row: int, text: str) -> tuple[Spot, int]:
    """Add a row like `row` with the id `text`; its spot and the line of the other."""
    grid = d.grid(table)
    key = TABLES[table].key[0]
    copy = list(grid.rows[row])
    copy[grid.at(key)] = text
    grid.rows.append(copy)
    return Spot(table, len(grid.rows) - 1, key), grid.line(row)


def some_id(d: Draft, where=bool) -> Spot:
    return d.spot(["id"], tables=[name for name in ID_TABLES if name in d.tables], where=where)


@operator("E01 the same row twice", cell=True)
def e01(d: Draft):
    table = d.pick(list(d.tables))
    grid = d.grid(table)
    row = d.rng.randrange(len(grid.rows))
    grid.rows.insert(d.rng.randrange(row + 1, len(grid.rows) + 1), list(grid.rows[row]))
    again = max(i for i, cells in enumerate(grid.rows) if cells == grid.rows[row])
    lines = (grid.line(again), grid.line(row))
    return Expect(
        "error", ("key.duplicate", "id.duplicate"), f"{table}.csv", lines, value=str(grid.line(row))
    )


@operator("E02 the same key with other figures", cell=True)
def e02(d: Draft):
    spot = d.spot(["number", "text"], where=lambda text: True, fits=lambda column: not column.required)
    grid = d.grid(spot.table)
    if spot.column in TABLES[spot.table].key:
        raise NotHere("part of the key")
    other = list(grid.rows[spot.row])
    column = TABLES[spot.table].column(spot.column)
    other[grid.at(spot.column)] = "0.5" if column.kind == "number" else "другое"
    grid.rows.append(other)
    lines = (grid.line(len(grid.rows) - 1), d.line(spot))
    return Expect("error", ("key.duplicate", "id.duplicate"), f"{spot.table}.csv", lines)


@family("E03", {"blank id": "", "id of spaces": "  ", "id of a no-break space": "\u00a0"}, cell=True)
def e03(d: Draft, text: str):
    spot = some_id(d)
    d.put(spot, text)
    return at(d, spot, "error", "cell.required", "id.invisible", also=GONE)


@operator("E04 look-alike id with one Cyrillic letter", cell=True)
def e04(d: Draft):
    spot = some_id(d, lambda text: text.isascii() and any(c in LATIN for c in text))
    text = d.get(spot)
    letter = next(c for c in text if c in LATIN)
    other = text.replace(letter, letter.translate(TO_CYRILLIC), 1)
    new, line = twin(d, spot.table, spot.row, other)
    return at(d, new, "error", "id.confusable", line=(d.line(new), line), hint="CYRILLIC")


@operator("E05 whole id in the other script", cell=True)
def e05(d: Draft):
    table = d.pick([name for name in ("enterprises", "markets", "regions", "clusters") if name in d.tables])
    first, _ = twin(d, table, 0, "ABC-01")
    second, _ = twin(d, table, 0, "АВС-01")
    lines = (d.line(first), d.line(second))
    return at(d, second, "error", "id.confusable", line=lines, hint="CYRILLIC")


@operator("E06 id twin in decomposed letters", cell=True)
def e06(d: Draft):
    table = d.pick([name for name in ("enterprises", "markets", "regions", "clusters") if name in d.tables])
    first, _ = twin(d, table, 0, "алтай-2")
    second, _ = twin(d, table, 0, unicodedata.normalize("NFD", "алтай-2"))
    lines = (d.line(first), d.line(second))
    return at(d, second, "error", "key.duplicate", "id.duplicate", "id.confusable", line=lines)


@family(
    "E07",
    {
        "space after an id": " ",
        "no-break space after an id": "\u00a0",
        "zero-width space in an id": "\u200b",
        "soft hyphen in an id": "\u00ad",
        "word joiner in an id": "\u2060",
    },
    cell=True,
)
def e07(d: Draft, odd: str):
    spot = some_id(d, lambda text: len(text) > 2)
    text = d.get(spot)
    d.put(spot, text + odd if odd.isspace() else text[:2] + odd + text[2:])
    return at(d, spot, "error", "id.invisible", hint=text, also=GONE)


@operator("E08 ids that differ in case only", cell=True)
def e08(d: Draft):
    spot = some_id(d, lambda text: text.upper() != text.lower())
    text = d.get(spot)
    new, line = twin(d, spot.table, spot.row, text.upper() if text != text.upper() else text.lower())
    return at(d, new, "error", "id.case_twin", "id.confusable", line=(d.line(new), line))


@operator("E09 full-width twin of an id", cell=True)
def e09(d: Draft):
    spot = some_id(d, str.isascii)
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in d.get(spot))
    new, line = twin(d, spot.table, spot.row, wide)
    return at(d, new, "error", "id.confusable", "id.characters", line=(d.line(new), line))


@family(
    "E14",
    {
        "path as an id": "../../etc/passwd",
        "template as an id": "{{7*7}}",
        "address as an id": "a/b?c#d",
        "query as an id": "'})DETACH",
        "space inside an id": "цех 1",
        "line break inside an id": "цех\n1",
        "list as an id": "a;b",
    },
    cell=True,
)
def e14(d: Draft, text: str):
    spot = d.spot(["id"], tables=("enterprises", "markets", "clusters", "regions"))
    d.put(spot, text)
    return at(d, spot, "error", "id.characters", "id.invisible", "cell.control", also=GONE)


@operator("E15 id of ten thousand characters", cell=True)
def e15(d: Draft):
    spot = some_id(d)
    d.put(spot, "ұзын" * 2_500)
    return at(d, spot, "error", "id.too_long", also=GONE)


@operator("E04 two scripts in one word of an id", cell=True)
def e04_mixed(d: Draft):
    table = d.pick([name for name in ("enterprises", "markets", "clusters") if name in d.tables])
    new, _ = twin(d, table, 0, "завoд-99")
    return at(d, new, "warning", "id.mixed_script")


@operator("E16 one id for an enterprise and a market", cell=True)
def e16(d: Draft):
    shared = d.grid("enterprises").cells("enterprise_id")
    new, _ = twin(d, "markets", 0, str(d.pick(shared)))
    return at(d, new, "error", "id.two_tables", file=None, line=None, column=None, value=d.get(new))


@operator("E03 blank name", cell=True)
def e03_name(d: Draft):
    spot = d.spot(["text"], fits=lambda column: column.required and column.name != "metric")
    d.put(spot, "")
    return at(d, spot, "error", "cell.required")


@family(
    "E14 very long or odd text stays as it is",
    {"formula": "=HYPERLINK(1)", "markup": "<b>x</b>", "emoji": "🏭 завод"},
)
def e14_text(d: Draft, text: str):
    spot = d.spot(["text"], columns=("name", "note", "statement", "title", "name_ru"))
    d.put(spot, text)
    base = d.copy()
    base.form = "parquet"

    def look(report) -> str:
        column = report.chain.own_table(spot.table)[spot.column].to_pylist() if report.chain else []
        return "" if text in column else f"{text!r} was changed"

    return Expect("same", base=base, same="rows", look=look)
