"""G: dates and years."""

from tests.mutations.draft import Draft, Spot
from tests.mutations.expect import at, family, operator
from tests.mutations.operators.numbers import anything


def _date(d: Draft) -> Spot:
    table, column = d.pick([("initiatives", "start"), ("initiatives", "end"), ("assessments", "date")])
    row = d.rng.randrange(len(d.grid(table).rows))
    d.column(table, column)
    spot = Spot(table, row, column)
    if table == "initiatives":
        d.column(table, "start")
        d.column(table, "end")
        d.put(Spot(table, row, "start"), "")
        d.put(Spot(table, row, "end"), "")
    return spot


@family(
    "G01",
    {
        "G01 30 February": "2024-02-30",
        "G01 month 13": "2024-13-01",
        "G01 year of five digits": "20224-01-01",
        "G01 words": "весной 2024",
        "G02 day and month in doubt": "03/04/2024",
        "G02 points": "03.04.2024",
        "G02 two-digit year": "3.4.24",
        "G03 serial number of a spreadsheet": "45292",
        "G06 time of day": "2024-05-01T10:00:00",
        "G06 time zone": "2024-05-01T00:00:00+06:00",
        "G06 second 60": "2024-12-31 23:59:60",
    },
    cell=True,
)
def g01(d: Draft, text: str):
    spot = _date(d)
    d.put(spot, text)
    return at(d, spot, "error", "date.invalid", "date.ambiguous", value=text)


@family(
    "G04",
    {"year 24": "24", "year 0": "0", "half a year": "2024.5", "year in words": "2022 г.", "two years": "2021-2022",
     "year with a thousands space": "2 022", "year of the Middle Ages": "1066", "year 9999": "9999"},
    cell=True,
)  # fmt: skip
def g04(d: Draft, text: str):
    spot = d.spot(["year"], where=anything)
    d.put(spot, text)
    return at(d, spot, "error", "year.format", "year.range", "number.range", value=text)


@operator("G05 end before its start", cell=True)
def g05(d: Draft):
    row = d.rng.randrange(len(d.grid("initiatives").rows))
    for column, text in (("start", "2026-03-01"), ("end", "2024-12-31")):
        d.column("initiatives", column)
        d.put(Spot("initiatives", row, column), text)
    return at(d, Spot("initiatives", row, "end"), "error", "date.order", value="2024-12-31")
