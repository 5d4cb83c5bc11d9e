"""C: the dialect of CSV files."""

from tests.mutations.draft import LEAVES, Draft, NotHere
from tests.mutations.expect import Expect, at, family, operator

BROKEN = ("ref.not_found", "ref.wrong_table", "dataset.home_region")


@operator("C02 header with commas, rows with semicolons")
def c02(d: Draft):
    table = d.pick(list(d.tables))
    d.grid(table)
    header, *rows = d.bytes_of(table).split(b"\n")
    if any(b'"' in row or b";" in row for row in rows):
        raise NotHere("quotes or semicolons")
    d.raw[f"{table}.csv"] = b"\n".join([header, *(row.replace(b",", b";") for row in rows)])
    return Expect("error", ("row.width", "csv.delimiter"), f"{table}.csv", 2, also=BROKEN)


@operator("C02 one row with another delimiter", cell=True)
def c02_row(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables])
    grid = d.grid(table)
    row = d.pick(
        [i for i, cells in enumerate(grid.rows) if not any(c in cell for cell in cells for c in '",;\n')]
    )
    line = grid.line(row)
    other = d.pick([";", "\t", "|"])
    lines = d.bytes_of(table).decode().split("\n")
    lines[line - 1] = lines[line - 1].replace(",", other)
    d.raw[f"{table}.csv"] = "\n".join(lines).encode()
    hint = repr(other)
    return Expect("error", ("row.width",), f"{table}.csv", line, hint=hint, rows=((table, len(grid.rows)),))


@operator("C01 another delimiter declared than used")
def c01(d: Draft):
    d.settings["delimiter"] = d.pick([";", "|", "\t"])
    table = d.pick(list(d.tables))
    codes = ("header.not_found", "csv.delimiter", "column.missing")
    return Expect("error", codes, f"{table}.csv", also=(*codes, *BROKEN, "row.width", "csv.quote"))


@operator("C03 quote that is never closed")
def c03(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables])
    grid = d.grid(table)
    rows = [
        i for i, cells in enumerate(grid.rows) if cells[0] and not any(c in x for x in cells for c in '",\n')
    ]
    row = d.pick(rows)
    line = grid.line(row)
    lines = d.bytes_of(table).split(b"\n")
    lines[line - 1] = b'"' + lines[line - 1]
    d.raw[f"{table}.csv"] = b"\n".join(lines)
    return Expect("error", ("csv.quote", "cell.huge"), f"{table}.csv", line, rows=((table, row),))


@operator("C03 quote that is never closed in the header")
def c03_header(d: Draft):
    table = d.pick(list(d.tables))
    rows = ((table, 0),)
    d.raw[f"{table}.csv"] = b'"' + d.bytes_of(table).replace(b'"', b"")
    codes = ("csv.quote", "cell.huge", "header.not_found", "column.missing")
    return Expect("error", codes, f"{table}.csv", 1, also=BROKEN, rows=rows)


@operator("C04 bare quotes in a name")
def c04(d: Draft):
    spot = d.spot(
        ["text"], columns=("name", "name_ru", "name_kk", "note"), where=lambda text: "," not in text
    )
    base = d.copy()
    base.put(spot, 'ТОО "Завод" №1')
    d.put(spot, "ТОО QUOTEЗаводQUOTE №1")
    d.raw[f"{spot.table}.csv"] = d.bytes_of(spot.table).replace(b"QUOTE", b'"')
    rows = ((spot.table, len(d.grid(spot.table).rows)),)
    return Expect(
        "either", ("csv.quote",), f"{spot.table}.csv", d.line(spot), base=base, rows=rows, same="rows"
    )


@operator("C05 row one cell too long", cell=True)
def c05_long(d: Draft):
    table, row = _row(d)
    d.grid(table).rows[row].append("лишнее")
    return Expect("error", ("row.width",), f"{table}.csv", d.grid(table).line(row), also=BROKEN)


@operator("C05 row one cell too short", cell=True)
def c05_short(d: Draft):
    table, row = _row(d)
    d.grid(table).rows[row].pop()
    return Expect("error", ("row.width",), f"{table}.csv", d.grid(table).line(row), also=BROKEN)


@operator("C05 row cut down to its id", cell=True)
def c05_id(d: Draft):
    table, row = _row(d)
    del d.grid(table).rows[row][1:]
    return Expect("error", ("row.width",), f"{table}.csv", d.grid(table).line(row), also=BROKEN)


def _row(d: Draft) -> tuple[str, int]:
    table = str(d.pick(list(d.tables)))
    rows = [i for i, cells in enumerate(d.grid(table).rows) if len(cells) > 2 and cells[0]]
    return table, int(str(d.pick(rows)))


@operator("C05 row shifted to the right by one cell", cell=True)
def c05_right(d: Draft):
    """Nothing stands out but the blank first cell, and what no longer fits its column."""
    table = d.pick([name for name in LEAVES if name in d.tables])
    grid = d.grid(table)
    row = d.pick([i for i, cells in enumerate(grid.rows) if not cells[-1]])
    grid.rows[row] = ["", *grid.rows[row][:-1]]
    return Expect("error", ("cell.required",), f"{table}.csv", grid.line(row), grid.header[0])


@operator("C05 row shifted to the left by one cell", cell=True)
def c05_left(d: Draft):
    table = d.pick([name for name in ("production", "flows", "ownership", "prices") if name in d.tables])
    grid = d.grid(table)
    row = d.rng.randrange(len(grid.rows))
    grid.rows[row] = [*grid.rows[row][1:], ""]
    codes = ("ref.not_found", "ref.wrong_table", "cell.required")
    return Expect("error", codes, f"{table}.csv", grid.line(row))


@operator("C06 every row one cell longer than the header")
def c06(d: Draft):
    table = d.pick([name for name in d.tables if len(d.tables[name].rows) > 1])
    grid = d.grid(table)
    for number, row in enumerate(grid.rows, 1):
        row.insert(0, str(number))
    lines = tuple(grid.line(i) for i in range(len(grid.rows)))
    return Expect(
        "error",
        ("row.width",),
        f"{table}.csv",
        lines,
        also=("ref.not_found", "ref.wrong_table", "dataset.home_region"),
    )


@operator("C08 blank row between the others", cell=True)
def c08(d: Draft):
    table = d.pick([name for name in d.tables if len(d.tables[name].rows) > 1])
    grid = d.grid(table)
    row = d.rng.randrange(1, len(grid.rows))
    line = grid.line(row)
    lines = d.bytes_of(table).split(b"\n")
    lines.insert(line - 1, d.pick([b"", b"," * (len(grid.header) - 1), b"  "]))
    d.raw[f"{table}.csv"] = b"\n".join(lines)
    return Expect("warning", ("row.blank",), f"{table}.csv", line, rows=((table, len(grid.rows)),))


@family(
    "C09",
    {
        "title above the header": "Таблица 3. Данные предприятий за 2022 год\n",
        "comment above the header": "# exported on 2023-01-05\n",
        "title row of the same width": None,
    },
)
def c09(d: Draft, above: str | None):
    table = d.pick(list(d.tables))
    line = above or "Отчёт" + "," * (len(d.grid(table).header) - 1) + "\n"
    d.raw[f"{table}.csv"] = line.encode() + d.bytes_of(table)
    codes = ("header.not_found", "column.missing")
    return Expect(
        "error", codes, f"{table}.csv", 1, also=("ref.not_found", "ref.wrong_table", "dataset.home_region")
    )


@family(
    "C10",
    {"Итого": "Итого", "TOTAL": "TOTAL", "Барлығы": "Барлығы", "Всего по региону": "Всего по региону"},
    cell=True,
)
def c10(d: Draft, word: str):
    table = d.pick(
        [name for name in ("production", "flows", "process_flows", "ownership") if name in d.tables]
    )
    grid = d.grid(table)
    row = d.blank_row(table)
    row[0] = word
    figures = [i for i, name in enumerate(grid.header) if name in ("output", "quantity", "share", "value")]
    for place in figures[:1]:
        row[place] = "1"
    grid.rows.append(row)
    line = grid.line(len(grid.rows) - 1)
    return Expect(
        "error", ("row.total", "ref.not_found", "id.not_found"), f"{table}.csv", line, grid.header[0], word
    )


@operator("C11 trailing delimiter on each line")
def c11(d: Draft):
    table = d.pick(list(d.tables))
    grid = d.grid(table)
    grid.insert("", [""] * len(grid.rows))
    return Expect("warning", ("header.blank_name", "header.blank_column"), f"{table}.csv", 1)


@operator("C12 line break in a cell, a mistake further down", cell=True)
def c12(d: Draft):
    spot = d.spot(["number"], fits=lambda column: column.low == 0, where=lambda text: True)
    if spot.row == 0:
        raise NotHere("nothing above")
    grid = d.grid(spot.table)
    notes = [i for i, name in enumerate(grid.header) if name in ("note", "name_kk", "name_ru")]
    if not notes:
        raise NotHere("no text")
    for row in grid.rows[: spot.row]:
        row[notes[0]] += "\nвторая строка\nүшінші жол"
    d.put(spot, "abc")
    return at(d, spot, "error", "number.words", "number.format", value="abc")


@operator("C13 cell of a million characters")
def c13(d: Draft):
    spot = d.spot(["text"])
    d.put(spot, "я" * 1_000_000)
    codes = ("cell.too_long", "cell.huge")
    return Expect("error", codes, f"{spot.table}.csv", d.line(spot), also=BROKEN)


@operator("C13 five thousand columns")
def c13_wide(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables])
    grid = d.grid(table)
    for number in range(5_000):
        grid.header.append(f"extra{number}")
    grid.rows = [row + [""] * 5_000 for row in grid.rows]
    return Expect("error", ("header.too_wide",), f"{table}.csv", 1)


@operator("C14 thousands of bad rows")
def c14(d: Draft):
    grid = d.grid("production")
    for number in range(3_000):
        grid.rows.append(d.blank_row("production", enterprise_id=f"none-{number}", product_id="none"))

    def look(report) -> str:
        counted = sum("2,000 more" in p.message for p in report.problems if p.code == "ref.not_found")
        kept = sum(p.code == "ref.not_found" for p in report.problems)
        more = any("more of this kind" in p.message for p in report.problems)
        return "" if kept <= 1_001 and more else f"{kept} problems kept, {counted} counted"

    return Expect("error", ("ref.not_found",), "production.csv", column="enterprise_id", look=look)
