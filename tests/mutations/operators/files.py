"""A: files and folders."""

import gzip
import io
import os
import zipfile
from pathlib import Path

from graph_schema import TABLES
from tests.mutations.draft import LEAVES, Draft, NotHere
from tests.mutations.expect import Expect, family, operator


def missing_codes(draft: Draft, table: str) -> tuple[str, ...]:
    """What else goes wrong when the rows of `table` are gone."""
    return ("ref.not_found", "ref.wrong_table", "dataset.home_region") if table not in LEAVES else ()


def needed(draft: Draft) -> list[str]:
    names = [name for name, table in TABLES.items() if table.needed]
    return [
        name
        for name in names
        if name in draft.tables and (name != "products" or not draft.settings["catalogue"])
    ]


@operator("A01 needed table missing")
def a01(d: Draft):
    table = d.pick(needed(d))
    d.raw[f"{table}.csv"] = None
    del d.tables[table]
    return Expect("error", ("file.missing",), value=table, also=missing_codes(d, table))


@operator("A01 optional table under a mistyped name")
def a01_typo(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables and not TABLES[name].needed])
    typo = table.replace("s", "", 1) if "s" in table else table + "s"
    d.raw |= {f"{table}.csv": None, f"{typo}.csv": d.bytes_of(table)}
    return Expect("warning", ("file.unknown",), f"{typo}.csv", hint=table, rows=((table, 0),))


@family(
    "A01 table under another suffix:",
    {suffix: suffix for suffix in (".csv.txt", ".tsv", ".xls", ".csv.gz", " (1).csv")},
)
def a01_suffix(d: Draft, suffix: str):
    """Not read, so it must be said: file managers hide the last suffix."""
    table = d.pick([name for name in LEAVES if name in d.tables and not TABLES[name].needed])
    d.raw |= {f"{table}.csv": None, f"{table}{suffix}": d.bytes_of(table)}
    return Expect("told", ("file.unknown",), f"{table}{suffix}", value=table, rows=((table, 0),))


@operator("A01 a table that others refer to under a mistyped name")
def a01_referred(d: Draft):
    table = d.pick(
        [name for name in ("markets", "regions", "clusters") if name in d.tables and d.refer(name)]
    )
    d.raw |= {f"{table}.csv": None, f"{table[:-1]}.csv": d.bytes_of(table)}
    return Expect("error", ("ref.not_found",), also=missing_codes(d, table), rows=((table, 0),))


@family(
    "A02",
    {"file of no bytes": b"", "byte order mark only": b"\xef\xbb\xbf", "A04 white space": b" \n\t\r\n \n"},
)
def a02(d: Draft, content: bytes):
    table = d.pick(list(d.tables))
    d.raw[f"{table}.csv"] = content
    return Expect("error", ("file.empty",), f"{table}.csv")


@operator("A03 header only, nobody refers to it")
def a03(d: Draft):
    d.grid("production").rows.clear()
    return Expect("warning", ("table.no_rows",), "production.csv")


@operator("A03 header only, others refer to it")
def a03_referred(d: Draft):
    d.grid("enterprises").rows.clear()
    return Expect("error", ("table.no_rows", "ref.not_found"), also=("ref.not_found",))


@operator("A05 cut in the middle of a row")
def a05(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables and len(d.tables[name].rows) > 1])
    grid = d.grid(table)
    row = d.rng.randrange(len(grid.rows))
    kept = d.rng.randrange(1, len(grid.header))
    whole, part = grid.rows[:row], grid.rows[row][:kept]
    part[-1] = part[-1][: len(part[-1]) // 2]
    if not any(cell.strip() for cell in part) or any(
        '"' in cell or "\n" in cell or "," in cell for cell in part
    ):
        raise NotHere("cut inside a quoted cell")
    line = grid.line(row)
    grid.rows = whole
    d.raw[f"{table}.csv"] = d.bytes_of(table) + ",".join(part).encode()
    return Expect("error", ("row.width",), f"{table}.csv", line, hint="cut off", rows=((table, row + 1),))


@operator("A05 cut inside a quoted cell")
def a05_quoted(d: Draft):
    spot = d.spot(
        ["text"], tables=LEAVES, where=lambda text: "," in text and '"' not in text and "\n" not in text
    )
    grid = d.grid(spot.table)
    content = d.bytes_of(spot.table)
    cell = f'"{d.get(spot)}"'.encode()
    where = content.rindex(cell) + len(cell) // 2
    while where < len(content) and content[where] & 0xC0 == 0x80:
        where += 1
    d.raw[f"{spot.table}.csv"] = content[:where]
    line = content[:where].count(b"\n") + 1
    row = next(i for i in range(len(grid.rows)) if grid.line(i) == line)
    return Expect("error", ("csv.quote",), f"{spot.table}.csv", line, rows=((spot.table, row),))


@operator("A07 cut inside a UTF-8 character")
def a07(d: Draft):
    spot = d.spot(["text"], tables=tuple(d.tables), where=lambda text: not text.isascii())
    content = d.bytes_of(spot.table)
    where = max(i for i, byte in enumerate(content) if byte >= 0xC0) + 1
    d.raw[f"{spot.table}.csv"] = content[:where]
    line = content[:where].count(b"\n") + 1
    return Expect("error", ("encoding.not_utf8",), f"{spot.table}.csv", line, value=str(where - 1))


def _replace(d: Draft, make) -> str:
    table = d.pick(list(d.tables))
    d.raw[f"{table}.csv"] = None
    d.after.append(lambda path: make(path / f"{table}.csv"))
    return f"{table}.csv"


def _link(target: str):
    return lambda path: path.symlink_to(target)


def _link_out(path: Path) -> None:
    outside = path.parent.parent / "outside.csv"
    outside.write_text("region_id,name\n")
    path.symlink_to(outside)


@family(
    "A08",
    {
        "folder in place of a file": (lambda path: path.mkdir(), "file.not_regular"),
        "pipe in place of a file": (lambda path: os.mkfifo(path), "file.not_regular"),
        "link to a device": (_link("/dev/zero"), "file.outside_dataset"),
        "A09 broken link": (_link("nowhere.csv"), "file.outside_dataset"),
        "A09 link in a circle": (lambda path: path.symlink_to(path.name), "file.outside_dataset"),
        "A09 link out of the dataset": (_link_out, "file.outside_dataset"),
    },
)
def a08(d: Draft, variant):
    make, code = variant
    return Expect("error", (code, "file.not_regular"), _replace(d, make))


def _zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("table.csv", content)
    return packed.getvalue()


PAGE = (
    '<!DOCTYPE html>\n<html lang="ru"><head><title>502</title></head><body>Ошибка, повторите</body></html>\n'
)


@family(
    "A10",
    {
        "gzip": lambda d, content: gzip.compress(content, mtime=0),
        "zip": lambda d, content: _zipped(content),
        "web page": lambda d, content: PAGE.encode(),
        "web page with a byte order mark": lambda d, content: b"\xef\xbb\xbf" + PAGE.encode(),
        "PDF": lambda d, content: b"%PDF-1.7\n" + content,
        "random bytes": lambda d, content: d.rng.randbytes(2000),
    },
)
def a10(d: Draft, make):
    table = d.pick(list(d.tables))
    d.raw[f"{table}.csv"] = make(d, d.bytes_of(table))
    return Expect("error", ("file.not_csv", "encoding.not_utf8"), f"{table}.csv")


@operator("A11 conflict markers", cell=True)
def a11(d: Draft):
    table = d.pick(list(d.tables))
    grid = d.grid(table)
    row = d.rng.randrange(len(grid.rows))
    line = grid.line(row)
    lines = d.bytes_of(table).split(b"\n")
    mine = lines[line - 1]
    lines[line - 1 : line] = [b"<<<<<<< HEAD", mine, b"=======", mine, b">>>>>>> theirs"]
    if b'"' in mine:
        raise NotHere("a quoted row")
    d.raw[f"{table}.csv"] = b"\n".join(lines)
    return Expect("error", ("file.conflict_markers", "row.width"), f"{table}.csv", line)


@operator("A12 a table twice, in other case")
def a12(d: Draft):
    table = d.pick(list(d.tables))
    other = table.capitalize() if d.rng.random() < 0.5 else table.upper()
    d.raw[f"{other}.CSV"] = d.bytes_of(table)
    return Expect("error", ("file.duplicate_table",), value=table, also=missing_codes(d, table))


@operator("A14 a table as CSV and as Parquet")
def a14(d: Draft):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = d.pick(list(d.tables))
    grid = d.grid(table)
    rows = {name: grid.cells(name)[:1] for name in grid.header}
    d.after.append(lambda path: pq.write_table(pa.table(rows), path / f"{table}.parquet"))
    return Expect("error", ("file.duplicate_table",), value=table, also=missing_codes(d, table))


@operator("A10 workbook beside the tables")
def a10_workbook(d: Draft):
    table = d.pick(list(d.tables))
    book = d.copy()
    book.form = "xlsx"
    d.raw[f"{table}.csv"] = None

    def place(path: Path) -> None:
        book.write(path.parent).rename(path / f"{table}.xlsx")

    d.after.append(place)
    return Expect("error", ("file.not_csv", "file.unknown", "excel.format"), f"{table}.xlsx")
