"""Harmless variations: each must load without an error and give the same answers."""

import csv
import re
import unicodedata
from decimal import Decimal

from graph_schema import TABLES
from tests.mutations.draft import ID_TABLES, Draft, NotHere, Spot
from tests.mutations.expect import Expect, Result, family
from tests.mutations.expect import operator as mutation
from tests.mutations.operators.encodings import beyond_ascii, encoded
from tests.mutations.operators.files import needed


def control(name: str):
    return mutation(f"control {name}", control=True)


def variants(name: str, options: dict[str, object]):
    return family(f"control {name}".rstrip(), options, control=True)


@control("I8 order of rows")
def rows(d: Draft) -> Result:
    for grid in d.tables.values():
        d.rng.shuffle(grid.rows)
    return Expect("same")


@control("I8 order of columns")
def columns(d: Draft) -> Result:
    for grid in d.tables.values():
        order = d.rng.sample(range(len(grid.header)), len(grid.header))
        grid.header = [grid.header[i] for i in order]
        grid.rows = [[row[i] for i in order] for row in grid.rows]
    return Expect("same")


@control("I8 order of rows and columns in a workbook")
def rows_of_book(d: Draft) -> Result:
    rows(d)
    d.form = "xlsx"
    return columns(d)


@variants("", {"I8 CRLF": "\r\n", "C07 CR": "\r", "C07 CR CR LF": "\r\r\n"})
def newlines(d: Draft, newline: str) -> Result:
    d.dialect.newline = newline
    return Expect("same")


@control("B01 byte order mark")
def mark(d: Draft) -> Result:
    d.dialect.start = b"\xef\xbb\xbf"
    return Expect("same")


@variants("I8 quoting", {"everything": csv.QUOTE_ALL, "all but numbers": csv.QUOTE_NONNUMERIC})
def quoting(d: Draft, style: int) -> Result:
    d.dialect.quoting = style
    return Expect("same")


@variants(
    "C08 trailing", {"blank lines": "\n\n\n", "lines of spaces": "  \n \n", "lines of commas": ",,,\n,\n"}
)
def trailing(d: Draft, end: str) -> Result:
    d.dialect.end = end
    return Expect("same")


@control("I8 no line end after the last row")
def no_end(d: Draft) -> Result:
    for name in d.tables:
        d.raw[f"{name}.csv"] = d.bytes_of(name).removesuffix(b"\n")
    return Expect("same")


@variants("C01 delimiter", {"semicolon": ";", "tab": "\t", "bar": "|"})
def delimiter(d: Draft, mark: str) -> Result:
    d.dialect.delimiter = mark
    return Expect("same")


@variants("C01 declared delimiter", {"semicolon": ";", "tab": "\t"})
def declared_delimiter(d: Draft, mark: str) -> Result:
    d.dialect.delimiter = d.settings["delimiter"] = mark
    return Expect("same", same="rows")


@control("C09 sep= line as spreadsheet programs write it")
def sep(d: Draft) -> Result:
    d.dialect.delimiter = ";"
    d.dialect.start = b"sep=;\n"
    return Expect("same")


@control("C11 trailing delimiters below a header without one")
def trailing_delimiter(d: Draft) -> Result:
    table = d.pick(list(d.tables))
    for row in d.grid(table).rows:
        row += ["", ""]
    return Expect("same")


@control("D05 header in capitals, with spaces and hyphens")
def header(d: Draft) -> Result:
    for grid in d.tables.values():
        grid.header = [
            f" {name.upper()}\u00a0" if i % 2 else name.replace("_", "-")
            for i, name in enumerate(grid.header)
        ]
    return Expect("same", rows=tuple((name, len(grid.rows)) for name, grid in d.tables.items()))


@control("D03 blank optional columns left out")
def blank_columns(d: Draft) -> Result:
    for name, grid in d.tables.items():
        for column in [
            c for c in grid.header if not TABLES[name].column(c).required and not any(grid.cells(c))
        ]:
            place = grid.at(column)
            for row in (grid.header, *grid.rows):
                del row[place]
    return Expect("same")


@control("D03 every optional column there and blank")
def all_columns(d: Draft) -> Result:
    for name, grid in d.tables.items():
        for column in TABLES[name]:
            if column.name not in grid.header:
                grid.insert(column.name, [""] * len(grid.rows), d.rng.randrange(len(grid.header) + 1))
    return Expect("same")


def _rename(d: Draft, table: str, ids: dict[str, str]) -> None:
    for spot in d.refer(table):
        d.put(spot, ids.get(d.get(spot), d.get(spot)))
    for spot in d.spots(["list"], columns=("target_links",)) if table == "products" else ():
        parts = re.split("([>;])", d.get(spot))
        d.put(spot, "".join(ids.get(part, part) for part in parts))
    grid = d.grid(table)
    for row in grid.rows:
        row[0] = ids.get(row[0], row[0])
    if table == "regions":
        d.settings["home_region"] = ids.get(str(d.settings["home_region"]), d.settings["home_region"])


LATIN = str.maketrans(
    "абвгдежзийклмнопрстуфхцчшщъыьэюяқңәөұүғһі", "abvgdejziiklmnoprstufhccss_y_euaqnaouughi"
)


def _own_tables(d: Draft) -> list[str]:
    """Tables whose ids mean nothing to the reference catalogue."""
    shared = ("products", "processes", "sources") if d.settings["catalogue"] else ("processes",)
    return [name for name in ID_TABLES if name in d.tables and d.tables[name].rows and name not in shared]


@control("E ids renamed to Latin letters and digits")
def latin(d: Draft) -> Result:
    back = []
    for table in _own_tables(d):
        grid = d.grid(table)
        keep = [row[0] for row in grid.rows if not d.settings["catalogue"] or table != "products"]
        ids = {old: old.lower().translate(LATIN) for old in keep}
        if len(set(ids.values())) < len(ids):
            raise NotHere("two names became one")
        _rename(d, table, ids)
        back += [(new, old) for old, new in ids.items()]
    return Expect("same", same="answers", renamed=tuple(back))


@variants(
    "E10",
    {
        "E10 ids NA, null, None": ("NA", "null", "None", "nan"),
        "E11 ids with leading zeros": ("007", "010", "7", "10"),
        "E12 ids of 12 digits": ("000140001234", "120340005678", "990840000123", "000000000001"),
        "E13 ids like numbers with exponents": ("1E5", "100000", "1e-5", "0x10"),
        "E14 ids of 64 characters": ("a" * 64, "a" * 63 + "b", "ұ" * 64, "1" * 64),
        "E15 ids TRUE and dates": ("TRUE", "2024-01-01", "FALSE", "1.2"),
    },
)
def odd_ids(d: Draft, names: tuple[str, ...]) -> Result:
    table = d.pick(["enterprises", "markets"])
    old = [row[0] for row in d.grid(table).rows][: len(names)]
    ids = dict(zip(old, names, strict=False))
    _rename(d, table, ids)
    d.form = d.rng.choice(["csv", "csv", "parquet", "xlsx"])
    back = tuple((new, before) for before, new in ids.items())
    return Expect("same", same="answers", renamed=back)


@control("A13 stray files")
def stray(d: Draft) -> Result:
    d.raw |= {
        "Thumbs.db": b"\0\1\2",
        ".DS_Store": b"\0\0\0\1Bud1",
        "~$production.xlsx": b"\x07Ivan",
        ".~lock.flows.csv#": b",ivan,pc,;",
        "~$flows.csv": b"\x07",
        ".flows.csv.swp": b"b0VIM",
        "readme.txt": "Оқыңыз".encode(),
        "production.csv.bak": b"old",
        "report.pdf": b"%PDF-1.7",
    }
    d.after.append(lambda path: (path / "old").mkdir())
    return Expect("same")


@control("F13 t written as kt with values divided by 1000")
def kilo(d: Draft) -> Result:
    spots = [
        spot
        for table in ("production", "flows")
        for spot in d.spots(["unit"], tables=[table], where=lambda text: text == "t")
    ]
    if not spots:
        raise NotHere("nothing in tonnes")
    for spot in spots:
        for column in TABLES[spot.table].amounts:
            if column in d.grid(spot.table).header:
                cell = Spot(spot.table, spot.row, column)
                if d.get(cell):
                    d.put(cell, str(Decimal(d.get(cell)) / 1000))
        d.put(spot, "kt")
    return Expect("same", same="answers")


@variants(
    "F13 kt spelled",
    {
        "тыс. т": "тыс. т",
        "тыс.тонн": "тыс.тонн",
        "thousand tonnes": "thousand tonnes",
        "kt/year": "kt/year",
        "мың т": "мың т",
    },
)
def spelled(d: Draft, word: str) -> Result:
    spots = d.spots(["unit"], tables=("production", "flows"), where=lambda text: text == "kt")
    if not spots:
        raise NotHere("nothing in kt")
    for spot in spots:
        d.put(spot, word)
    return Expect("same")


@control("F06 decimal comma where the column proves it")
def comma(d: Draft) -> Result:
    done = 0
    for name, grid in d.tables.items():
        for column in grid.header:
            if TABLES[name].column(column).kind != "number":
                continue
            cells = [text for text in grid.cells(column) if "." in text]
            if cells and all(len(text.partition(".")[2]) != 3 for text in cells):
                place = grid.at(column)
                for row in grid.rows:
                    row[place] = row[place].replace(".", ",")
                done += 1
    if not done:
        raise NotHere("no decimals")
    return Expect("same")


@control("F06 decimal comma declared")
def declared_comma(d: Draft) -> Result:
    d.settings["decimal"] = ","
    for spot in d.spots(["number"], where=lambda text: "." in text):
        d.put(spot, d.get(spot).replace(".", ","))
    return Expect("same", same="rows")


@control("C01 table as a Russian spreadsheet program saves it")
def russian(d: Draft) -> Result:
    """Semicolons, decimal commas, CRLF, a byte order mark."""
    d.dialect.delimiter, d.dialect.newline, d.dialect.start = ";", "\r\n", b"\xef\xbb\xbf"
    return comma(d)


@control("F07 thousands by spaces")
def thousands(d: Draft) -> Result:
    spots = d.spots(["number"], where=lambda text: text.isdigit() and len(text) > 3)
    space = d.pick([" ", "\u00a0", "\u202f"])
    for spot in spots:
        d.put(spot, f"{int(d.get(spot)):,}".replace(",", space))
    return Expect("same")


@variants("F05 numbers written", {"with exponents": "{:e}", "with zeros": "{}.000000", "with a plus": "+{}"})
def written(d: Draft, form: str) -> Result:
    for spot in d.spots(["number"], where=lambda text: text.isdigit() and int(text) < 10**6):
        d.put(spot, form.format(int(d.get(spot))))
    return Expect("same")


@control("F05 minus nothing for a zero")
def minus_zero(d: Draft) -> Result:
    spot = d.spot(["number"], where=lambda text: text == "0")
    d.put(spot, "-0.0")
    return Expect("same")


@variants("B04 declared", {"cp1251": "cp1251", "windows-1251": "windows-1251", "B05 kz1048": "kz1048"})
def declared(d: Draft, encoding: str) -> Result:
    short = "kz1048" if encoding == "kz1048" else "cp1251"
    base = d.copy()
    d.settings["encoding"] = encoding
    for name in beyond_ascii(d):
        content = encoded(d, name, short)
        d.raw[f"{name}.csv"] = content
        base.raw[f"{name}.csv"] = content.decode(short).encode()
    return Expect("same", same="rows", base=base)


@variants("E06 all text", {"in decomposed letters": "NFD", "in composed letters": "NFC"})
def decomposed(d: Draft, form: str) -> Result:
    for grid in d.tables.values():
        grid.rows = [[unicodedata.normalize(form, cell) for cell in row] for row in grid.rows]
    return Expect("same")


@control("C12 line breaks in notes")
def breaks(d: Draft) -> Result:
    spot = d.spot(["text"], columns=("note",))
    base = d.copy()
    base.form = "xlsx"
    for draft, end in ((d, "\r\n"), (base, "\n")):
        draft.put(spot, f'бірінші{end}екінші; "үшінші", төртінші')
    d.dialect.newline = "\r\n"
    return Expect("same", same="rows", base=base)


@control("A01 tables without rows left out")
def empty(d: Draft) -> Result:
    table = d.pick([name for name in TABLES if name not in needed(d) and name not in d.tables])
    required = [column.name for column in TABLES[str(table)] if column.required]
    d.raw[f"{table}.csv"] = (",".join(required) + "\n").encode()
    return Expect("same")


@control("A12 file names in capitals")
def capitals(d: Draft) -> Result:
    for name in list(d.tables):
        d.raw |= {f"{name}.csv": None, f"{name.capitalize()}.CSV": d.bytes_of(name)}
    rows = tuple((name, len(grid.rows)) for name, grid in d.tables.items())
    return Expect("same", rows=rows)


@control("unchanged")
def unchanged(d: Draft) -> Result:
    return Expect("same")
