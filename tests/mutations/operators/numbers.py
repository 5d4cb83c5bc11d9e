"""F: numbers and shares."""

from tests.mutations.draft import Draft, NotHere, Spot
from tests.mutations.expect import Expect, at, family, operator


def anything(text: str) -> bool:
    return True


def amount(d: Draft, **how) -> Spot:
    """A cell of a column that holds amounts: never negative, without an upper limit."""
    how.setdefault("where", anything)
    return d.spot(["number"], fits=lambda column: column.low == 0 and column.high is None, **how)


def number(d: Draft) -> Spot:
    return d.spot(["number"], where=anything)


@family(
    "F01",
    {"NaN": "NaN", "nan": "nan", "F02 inf": "inf", "F02 -Infinity": "-Infinity", "F02 ∞": "∞"},
    cell=True,
)
def f01(d: Draft, text: str):
    spot = number(d)
    d.put(spot, text)
    return at(d, spot, "error", "number.not_finite", value=text)


@family(
    "F04", {"1e400": "1e400", "1e308": "1e308", "40 digits": "9" * 40, "2 to the 63rd": str(2**63)}, cell=True
)
def f04(d: Draft, text: str):
    spot = amount(d)
    d.put(spot, text)
    return at(d, spot, "error", "number.out_of_range", "number.not_finite", value=text)


@family("F03", {"negative": "-5", "negative with a fraction": "-0.25"}, cell=True)
def f03(d: Draft, text: str):
    spot = d.spot(["number"], fits=lambda column: column.low == 0, where=anything)
    d.put(spot, text)
    return at(d, spot, "error", "number.negative", "number.range", "share.range", value=text)


@operator("F06 decimal comma in a column of points", cell=True)
def f06(d: Draft):
    spot = amount(d)
    points = [s for s in d.spots(["number"], tables=[spot.table], columns=[spot.column]) if "." in d.get(s)]
    points = [s for s in points if s.row != spot.row and len(d.get(s).partition(".")[2]) != 3]
    if not points:
        raise NotHere("no points")
    d.put(spot, "12,5")
    lines = (d.line(spot), *map(d.line, points))
    return at(d, spot, "error", "number.mixed", "number.ambiguous", "number.format", line=lines)


@operator("F06 comma that may be decimal or thousands", cell=True)
def f06_ambiguous(d: Draft):
    spot = amount(d)
    others = d.spots(["number"], tables=[spot.table], columns=[spot.column])
    if any(not d.get(s).isdigit() for s in others):
        raise NotHere("the column tells")
    d.put(spot, "1,234")
    return at(d, spot, "error", "number.ambiguous", value="1,234")


@operator("F07 point that may be decimal or thousands", cell=True)
def f07_point(d: Draft):
    spot = d.spot(["number"], tables=("production", "flows"), columns=("output", "capacity", "quantity"))
    others = d.spots(["number"], tables=[spot.table], columns=[spot.column])
    if any(not d.get(s).isdigit() for s in others):
        raise NotHere("the column tells")
    d.put(spot, "1.500")
    return at(d, spot, "warning", "number.point", value="1.500")


@operator("F07 thousands comma in a column of points", cell=True)
def f07_comma(d: Draft):
    """It must not be read as 1.234; as 1234 only with a word about it."""
    spot = amount(d)
    others = [
        d.get(s) for s in d.spots(["number"], tables=[spot.table], columns=[spot.column]) if s.row != spot.row
    ]
    if not any("." in text and len(text.partition(".")[2]) != 3 for text in others):
        raise NotHere("no points")
    d.put(spot, "1,234")
    codes = ("number.thousands", "number.mixed", "number.ambiguous")
    return at(d, spot, "told", *codes, value="1,234")


@family(
    "F07",
    {
        "space for thousands": "1 234",
        "no-break space for thousands": "1\u00a0234",
        "narrow no-break space for thousands": "1\u202f234",
        "apostrophe for thousands": "1'234",
    },
    cell=True,
)
def f07(d: Draft, text: str):
    spot = amount(d, columns=("employees", "value", "price"))
    base = d.copy()
    d.put(spot, text)
    base.put(spot, "1234")
    return at(d, spot, "either", "number.format", "number.ambiguous", base=base, same="rows")


@family(
    "F08",
    {
        "hexadecimal": "0x10",
        "underscore": "1_000",
        "full-width digits": "１２３",
        "Arabic digits": "١٢٣",
        "minus sign U+2212": "−5",
        "brackets": "(5)",
        "per cent sign": "50%",
        "half": "½",
        "two points": "1.5.2",
        "exponent without digits": "5e",
        "two signs": "--5",
        "broken groups": "1 23 456",
        "lonely point": ".",
        "F09 n/a": "n/a",
        "F09 dash": "—",
        "F09 нет данных": "нет данных",
        "F09 около 5": "около 5",
        "F09 12 т": "12 т",
        "F09 TRUE": "TRUE",
        "F09 question mark": "5?",
        "F09 two numbers": "5-7",
        "F09 less than": "<5",
        "F10 #REF!": "#REF!",
        "F10 #ДЕЛ/0!": "#ДЕЛ/0!",
    },
    cell=True,
)
def f08(d: Draft, text: str):
    codes = ("format", "digits", "percent", "words", "unit", "boolean", "ambiguous", "negative")
    spot = amount(d)
    d.put(spot, text)
    return at(d, spot, "error", *(f"number.{code}" for code in codes), "cell.excel_error", value=text)


@operator("F10 error value of a spreadsheet in a text", cell=True)
def f10(d: Draft):
    spot = d.spot(["text"], fits=lambda column: not column.required and column.name != "metric")
    if spot.column in ("flow_id", "basis_of_price"):
        raise NotHere("part of a key")
    d.put(spot, "#Н/Д")
    return at(d, spot, "error", "cell.excel_error", value="#Н/Д")


@operator("F11 blank number stays unknown", cell=True)
def f11(d: Draft):
    spot = d.spot(
        ["number"], fits=lambda column: not column.required, tables=("production", "ownership", "enterprises")
    )
    d.put(spot, "")
    count = len(d.spots(["number"], tables=[spot.table], columns=[spot.column], where=lambda text: not text))
    base = d.copy()
    base.form = "xlsx"

    def look(report) -> str:
        chain = report.chain
        nulls = chain.own_table(spot.table)[spot.column].null_count if chain else count
        return "" if nulls == count else f"{nulls} blanks of {count}"

    return Expect("same", base=base, same="rows", look=look)


@family("F15", {"share above 1": "1.2", "per cent for a share": "67", "share of many": "100"}, cell=True)
def f15(d: Draft, text: str):
    spot = d.spot(["number"], columns=("share",), where=anything)
    d.put(spot, text)
    return at(d, spot, "error", "share.range", "number.range", value=text)


@operator("F15 shares that add up to 1.3")
def f15_sum(d: Draft):
    grid = d.grid("ownership")
    place = d.column("ownership", "share")
    owned = str(d.pick(grid.cells("owned_id")))
    source = grid.rows[grid.cells("owned_id").index(owned)][grid.at("source_id")]
    others = [name for name in d.grid("enterprises").cells("enterprise_id") if name != owned]
    held = {row[0] for row in grid.rows if row[grid.at("owned_id")] == owned}
    new = [name for name in others if name not in held]
    for owner, share in ((str(d.pick(new)), "0.7"), (str(d.pick(new)), "0.6")):
        row = d.blank_row("ownership", owner_id=owner, owned_id=owned, source_id=source)
        row[place] = share
        grid.rows.append(row)
    if grid.rows[-1][0] == grid.rows[-2][0]:
        raise NotHere("the same owner")
    return Expect("error", ("share.sum",), "ownership.csv", column="share", value=owned)


@operator("F15 share of nothing", cell=True)
def f15_zero(d: Draft):
    spot = d.spot(["number"], tables=("ownership",), columns=("share",), where=anything)
    d.put(spot, "0")
    return at(d, spot, "error", "share.range", "number.range", value="0")


@family(
    "F17", {"latitude of 152": ("latitude", "152.3"), "longitude of 500": ("longitude", "500")}, cell=True
)
def f17(d: Draft, variant: tuple[str, str]):
    column, text = variant
    table = d.pick([name for name in ("regions", "enterprises") if name in d.tables])
    row = d.rng.randrange(len(d.grid(table).rows))
    d.column(table, column)
    spot = Spot(table, row, column)
    d.put(spot, text)
    return at(d, spot, "error", "number.range", "geo.range", value=text)


@operator("F16 stage beyond the last", cell=True)
def f16_stage(d: Draft):
    spot = d.spot(["number"], tables=("products",), columns=("stage",))
    d.put(spot, "5")
    return at(d, spot, "error", "number.range", value="5")
