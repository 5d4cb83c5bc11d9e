"""K: Parquet files."""

from pathlib import Path

from tests.mutations.draft import Draft, NotHere
from tests.mutations.expect import Expect, family, operator


def _parquet(d: Draft) -> str:
    d.form = "parquet"
    return str(d.pick(list(d.tables)))


@family(
    "K01",
    {
        "K01 Parquet file cut off": lambda d, data: data[: len(data) // 2],
        "K01 Parquet file of no bytes": lambda d, data: b"",
        "K01 Parquet footer missing": lambda d, data: data[:-8],
        "K01 web page as Parquet": lambda d, data: b"<html>404</html>",
        "K01 CSV text as Parquet": lambda d, data: b"region_id,name\nkz,Kazakhstan\n",
    },
)
def k01(d: Draft, change):
    table = _parquet(d)
    d.after.append(lambda path: _rewrite(path / f"{table}.parquet", lambda data: change(d, data)))
    return Expect("error", ("parquet.damaged", "parquet.checksum", "file.empty"), f"{table}.parquet")


def _rewrite(path: Path, change) -> None:
    path.write_bytes(change(path.read_bytes()))


@operator("K02 one bit flipped in a data page")
def k02(d: Draft):
    table = _parquet(d)
    throw = d.rng.random()

    def flip(data: bytes) -> bytes:
        footer = int.from_bytes(data[-8:-4], "little") + 8
        where = 4 + int(throw * (len(data) - footer - 4))
        return data[:where] + bytes([data[where] ^ 1 << int(throw * 8)]) + data[where + 1 :]

    d.after.append(lambda path: _rewrite(path / f"{table}.parquet", flip))
    return Expect("either", ("parquet.damaged", "parquet.checksum"), f"{table}.parquet")


def _typed(d: Draft, table: str, column: str, values) -> None:
    """Put other values of any type into a column of a Parquet file."""

    def change(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = path / f"{table}.parquet"
        old = pq.read_table(file)
        where = old.column_names.index(column)
        pq.write_table(old.set_column(where, column, pa.array(values)), file, write_page_checksum=True)

    d.after.append(change)


@operator("K03 id column of fractions")
def k03(d: Draft):
    d.form = "parquet"
    count = len(d.grid("markets").rows)
    _typed(d, "markets", "market_id", [1.5 + i for i in range(count)])
    codes = ("id.number_in_excel", "cell.type", "id.characters")
    return Expect(
        "error", codes, "markets.parquet", tuple(range(1, count + 1)), "market_id", also=("ref.not_found",)
    )


@operator("K03 nested cells")
def k03_nested(d: Draft):
    d.form = "parquet"
    count = len(d.grid("enterprises").rows)
    _typed(d, "enterprises", "name", [["a", "b"]] * count)
    return Expect("error", ("cell.type",), "enterprises.parquet", 1, "name")


@operator("K03 truth values for numbers")
def k03_true(d: Draft):
    d.form = "parquet"
    _typed(d, "production", "output", [True] * len(d.grid("production").rows))
    return Expect("error", ("number.boolean", "cell.type"), "production.parquet", 1, "output")


@operator("K03 bytes for texts")
def k03_bytes(d: Draft):
    d.form = "parquet"
    _typed(d, "enterprises", "name", [b"\xff\xfe"] * len(d.grid("enterprises").rows))
    return Expect("error", ("cell.type", "encoding.not_utf8"), "enterprises.parquet")


@operator("K04 two columns of one name")
def k04(d: Draft):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = _parquet(d)
    column = d.grid(table).header[0]
    name = d.pick([column, column.upper()])

    def change(path: Path) -> None:
        old = pq.read_table(path / f"{table}.parquet")
        both = pa.table([*old.columns, old[column]], names=[*old.column_names, name])
        pq.write_table(both, path / f"{table}.parquet")

    d.after.append(change)
    return Expect("error", ("column.duplicate",), f"{table}.parquet", column=column)


@operator("K03 NULs and NaN mixed: NaN is no blank")
def k03_nan(d: Draft):
    d.form = "parquet"
    grid = d.grid("production")
    if len(grid.rows) < 3:
        raise NotHere("too few rows")
    _typed(d, "production", "output", [None, float("nan"), *[1.0] * (len(grid.rows) - 2)])
    return Expect("error", ("number.not_finite",), "production.parquet", 2, "output")
