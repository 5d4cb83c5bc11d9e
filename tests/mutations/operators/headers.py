"""D: headers."""

from graph_schema import TABLES
from tests.mutations.draft import LEAVES, Draft, NotHere
from tests.mutations.expect import Expect, family, operator

GONE = ("ref.not_found", "ref.wrong_table", "dataset.home_region")


def _required(d: Draft, tables=tuple(TABLES)) -> tuple[str, str]:
    options = [
        (name, column.name)
        for name in tables
        if name in d.tables and d.tables[name].rows
        for column in TABLES[name]
        if column.required
    ]
    return d.pick(options)


def _optional(d: Draft) -> tuple[str, str]:
    options = [
        (name, column)
        for name, grid in d.tables.items()
        for column in grid.header
        if not TABLES[name].column(column).required and any(grid.cells(column))
    ]
    return d.pick(options)


@operator("D01 required column missing")
def d01(d: Draft):
    table, column = _required(d)
    grid = d.grid(table)
    place = grid.at(column)
    for row in (grid.header, *grid.rows):
        del row[place]
    return Expect(
        "error", ("column.missing", "header.not_found"), f"{table}.csv", 1, column=(column, ""), also=GONE
    )


@operator("D02 required column renamed")
def d02(d: Draft):
    table, column = _required(d)
    typo = column.replace("_", "", 1) + "s" if "_" in column else column + "s"
    d.grid(table).header[d.grid(table).at(column)] = typo
    return Expect("error", ("column.missing",), f"{table}.csv", 1, column, hint=typo, also=GONE)


@operator("D02 optional column renamed")
def d02_optional(d: Draft):
    table, column = _optional(d)
    if column in ("parent_id", "source_id", "year", "unit", "share"):
        raise NotHere("other rows or keys hang on it")
    d.grid(table).header[d.grid(table).at(column)] = column + "x"
    return Expect("warning", ("column.unknown",), f"{table}.csv", 1, column + "x", hint=column)


@operator("D04 the same column twice")
def d04(d: Draft):
    table = d.pick(list(d.tables))
    grid = d.grid(table)
    column = d.pick(grid.header)
    grid.insert(column, grid.cells(column))
    return Expect("error", ("column.duplicate",), f"{table}.csv", 1, column)


@operator("D04 the same column twice with other values")
def d04_other(d: Draft):
    table, column = _optional(d)
    grid = d.grid(table)
    name = d.pick([column.upper(), f" {column}", column])
    grid.insert(name, ["7"] * len(grid.rows))
    return Expect("error", ("column.duplicate",), f"{table}.csv", 1, column)


@operator("D06 Cyrillic letter in a required column's name")
def d06(d: Draft):
    table, column = _required(d)
    name = _look_alike(column)
    d.grid(table).header[d.grid(table).at(column)] = name
    codes = ("column.lookalike", "column.missing")
    return Expect("error", codes, f"{table}.csv", 1, column, hint="CYRILLIC", also=GONE)


@operator("D06 Cyrillic letter in an optional column's name")
def d06_optional(d: Draft):
    table, column = _optional(d)
    d.grid(table).header[d.grid(table).at(column)] = _look_alike(column)
    return Expect("error", ("column.lookalike",), f"{table}.csv", 1, column, hint="CYRILLIC", also=GONE)


def _look_alike(column: str) -> str:
    for latin, cyrillic in zip("ceopax", "сеорах", strict=True):
        if latin in column:
            return column.replace(latin, cyrillic, 1)
    raise NotHere(column)


@family(
    "D07",
    {"unknown column": "inventory_2", "column of formulas": "=1+1", "column of a sheet program": "Столбец1"},
)
def d07(d: Draft, name: str):
    table = d.pick(list(d.tables))
    grid = d.grid(table)
    grid.insert(name, ["1.5"] * len(grid.rows), d.rng.randrange(len(grid.header) + 1))

    def look(report) -> str:
        chain = report.chain
        return (
            "" if chain is None or name not in chain.table(table).columns else f"{name} got into the results"
        )

    return Expect("warning", ("column.unknown",), f"{table}.csv", 1, value=name, look=look)


@operator("D08 values under a blank name")
def d08(d: Draft):
    table = d.pick(list(d.tables))
    grid = d.grid(table)
    grid.insert("", ["забыто"] * len(grid.rows), d.rng.randrange(len(grid.header) + 1))
    return Expect("error", ("header.blank_name",), f"{table}.csv", 1)


@operator("D08 no header line at all")
def d08_none(d: Draft):
    table = d.pick([name for name in d.tables if len(d.tables[name].rows) > 1])
    grid = d.grid(table)
    content = d.bytes_of(table)
    d.raw[f"{table}.csv"] = content[content.index(b"\n") + 1 :]
    if "\n" in "".join(grid.rows[0]):
        raise NotHere("a line break in the first row")
    return Expect("error", ("header.not_found", "column.missing"), f"{table}.csv", 1, also=GONE)


@operator("D09 two names swapped")
def d09(d: Draft):
    """Only where the types differ: two texts that change places cannot be seen."""
    swaps = {
        "production": ("enterprise_id", "product_id"),
        "flows": ("from_id", "product_id"),
        "prices": ("product_id", "market_id"),
        "cluster_members": ("cluster_id", "member_id"),
        "process_flows": ("role", "quantity"),
    }
    table = d.pick([name for name in swaps if name in d.tables and name in LEAVES])
    grid = d.grid(table)
    one, other = map(grid.at, swaps[table])
    grid.header[one], grid.header[other] = grid.header[other], grid.header[one]
    codes = ("ref.not_found", "ref.wrong_table", "choice.unknown", "number.words")
    return Expect("error", codes, f"{table}.csv", 2)
