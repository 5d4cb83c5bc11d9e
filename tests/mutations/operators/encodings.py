"""B: bytes and encodings."""

from tests.mutations.draft import Draft, NotHere
from tests.mutations.expect import Expect, at, family, operator


def beyond_ascii(d: Draft) -> list[str]:
    return [name for name, grid in d.tables.items() if not d.bytes_of(name).isascii() and grid.rows]


def encoded(d: Draft, table: str, encoding: str) -> bytes:
    """The table in another encoding, letters that it lacks replaced by their Russian neighbours."""
    text = d.bytes_of(table).decode()
    if encoding == "cp1251":
        text = text.translate(str.maketrans("ӘәҒғҚқҢңӨөҰұҮүҺһ", "АаГгКкНнОоУуУуХх"))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise NotHere(str(error)) from error


@family("B04", {"cp1251 not declared": "cp1251", "B05 kz1048 not declared": "kz1048"})
def b04(d: Draft, encoding: str):
    table = d.pick(beyond_ascii(d))
    content = encoded(d, table, encoding)
    d.raw[f"{table}.csv"] = content
    first = next(i for i, byte in enumerate(content) if byte >= 0x80)
    line = content[:first].count(b"\n") + 1
    return Expect("error", ("encoding.not_utf8",), f"{table}.csv", line, hint="encoding")


@operator("B04 declared cp1251, one file is UTF-8")
def b04_utf8(d: Draft):
    d.settings["encoding"] = "cp1251"
    tables = beyond_ascii(d)
    return Expect("warning", ("encoding.is_utf8",), f"{d.pick(tables)}.csv")


@operator("B05 a byte that the declared encoding does not have")
def b05(d: Draft):
    table = d.pick(beyond_ascii(d))
    d.settings["encoding"] = "cp1251"
    for other in beyond_ascii(d):
        d.raw[f"{other}.csv"] = encoded(d, other, "cp1251")
    content = d.raw[f"{table}.csv"].removesuffix(b"\n")
    line = content.count(b"\n") + 1
    d.raw[f"{table}.csv"] = content + b"\x98\n"
    return Expect("error", ("encoding.not_utf8",), f"{table}.csv", line)


@family(
    "B03",
    {"B03 declared encoding that does not exist": "utf-9", "B03 declared codec that is no text": "base64"},
)
def b03_unknown(d: Draft, encoding: str):
    d.settings["encoding"] = encoding
    return Expect(
        "error", ("dataset.value", "encoding.unknown"), "dataset.toml", column="encoding", value=encoding
    )


@operator("B03 UTF-16 with its mark")
def b03(d: Draft):
    table = d.pick(list(d.tables))
    d.raw[f"{table}.csv"] = d.bytes_of(table).decode().encode("utf-16")
    codes = ("encoding.utf16", "encoding.not_utf8", "file.not_csv")
    return Expect("either", codes, f"{table}.csv", rows=((table, len(d.grid(table).rows)),))


@family("B03 UTF-16 without a mark", {"little endian": "utf-16-le", "big endian": "utf-16-be"})
def b03_unmarked(d: Draft, encoding: str):
    table = d.pick(list(d.tables))
    d.raw[f"{table}.csv"] = d.bytes_of(table).decode().encode(encoding)
    return Expect("error", ("encoding.utf16", "encoding.not_utf8", "file.not_csv"), f"{table}.csv")


@operator("B02 double byte order mark")
def b02(d: Draft):
    table = d.pick(list(d.tables))
    d.raw[f"{table}.csv"] = b"\xef\xbb\xbf\xef\xbb\xbf" + d.bytes_of(table)
    codes = ("header.invisible", "column.missing", "column.lookalike")
    return Expect("either", codes, f"{table}.csv", rows=((table, len(d.grid(table).rows)),))


@operator("B06 one row in another encoding")
def b06(d: Draft):
    spot = d.spot(["text"], where=lambda text: not text.isascii() and "\n" not in text)
    line = d.line(spot)
    lines = d.bytes_of(spot.table).split(b"\n")
    text = lines[line - 1].decode()
    lines[line - 1] = text.encode("kz1048", errors="replace")
    if lines[line - 1] == text.encode() or lines[line - 1].isascii():
        raise NotHere("no other bytes")
    d.raw[f"{spot.table}.csv"] = b"\n".join(lines)
    return Expect("error", ("encoding.not_utf8",), f"{spot.table}.csv", line)


@family(
    "B07",
    {
        "invalid byte": b"\xff",
        "half of a surrogate pair": b"\xed\xa0\x80",
        "overlong form": b"\xc0\xaf",
        "lone continuation byte": b"\x80",
    },
)
def b07(d: Draft, odd: bytes):
    spot = d.spot(["text"], where=lambda text: text.isalnum() or " " in text)
    content = d.bytes_of(spot.table)
    lines = content.split(b"\n")
    line = d.line(spot)
    lines[line - 1] = lines[line - 1] + odd
    d.raw[f"{spot.table}.csv"] = b"\n".join(lines)
    offset = len(b"\n".join(lines[:line])) - len(odd)
    return Expect("error", ("encoding.not_utf8",), f"{spot.table}.csv", line, value=str(offset))


@operator("B08 NUL in a text", cell=True)
def b08(d: Draft):
    spot = d.spot(["text"])
    d.put(spot, d.get(spot)[:1] + "\0" + d.get(spot)[1:])
    return at(d, spot, "error", "cell.control", "file.nul", "file.not_csv", also=("column.missing",))


@operator("B08 NUL in an id", cell=True)
def b08_id(d: Draft):
    spot = d.spot(["id"], tables=[name for name in d.tables if name != "sources"])
    d.put(spot, d.get(spot) + "\0")
    return at(
        d,
        spot,
        "error",
        "cell.control",
        "id.characters",
        "file.not_csv",
        also=("ref.not_found", "ref.wrong_table", "dataset.home_region"),
    )


@operator("B08 tail of NULs")
def b08_tail(d: Draft):
    table = d.pick(list(d.tables))
    d.raw[f"{table}.csv"] = d.bytes_of(table) + b"\0" * 512
    return Expect("error", ("file.nul_tail", "row.width", "file.not_csv", "cell.control"), f"{table}.csv")


@family(
    "B09",
    {"vertical tab": "\x0b", "escape": "\x1b", "C1 control": "\x9b", "non-character": "\ufffe"},
    cell=True,
)
def b09(d: Draft, odd: str):
    spot = d.spot(["text"])
    d.put(spot, d.get(spot) + odd + "x")
    return at(d, spot, "error", "cell.control", "file.not_csv")


@operator("B10 text decoded wrongly long ago", cell=True)
def b10(d: Draft):
    spot = d.spot(["text"], columns=("name", "name_ru", "name_kk", "note"))
    wrong = "Павлодар".encode().decode("cp1252")
    d.put(spot, wrong)
    look = _kept(spot.table, spot.column, wrong)
    return at(d, spot, "warning", "cell.mojibake", hint="Павлодар", look=look)


def _kept(table: str, column: str, text: str):
    def look(report) -> str:
        chain = report.chain
        held = chain is None or text in chain.own_table(table)[column].to_pylist()
        return "" if held else f"the text {text!r} was changed"

    return look


@family(
    "B11",
    {"right-to-left override": "\u202e", "zero-width space": "\u200b", "soft hyphen": "\xad"},
    cell=True,
)
def b11(d: Draft, odd: str):
    spot = d.spot(
        ["text"], columns=("name", "name_ru", "statement", "title"), where=lambda text: len(text) > 1
    )
    d.put(spot, d.get(spot)[0] + odd + d.get(spot)[1:])
    return at(d, spot, "warning", "cell.invisible")
