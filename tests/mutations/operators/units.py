"""F: units, and figures that are a thousand times what they should be."""

from tests.mutations.draft import Draft, NotHere, Spot
from tests.mutations.expect import Expect, at, family, operator

MASS = ("", "t", "kt", "Mt")


def _amounts(d: Draft) -> list[Spot]:
    """Unit cells of rows of mass products."""
    found = []
    units = {}
    if "products" in d.tables:
        grid = d.tables["products"]
        units = dict(zip(grid.cells("product_id"), grid.cells("unit"), strict=True))
    for table in ("production", "flows", "prices"):
        for spot in d.spots(["unit"], tables=[table], where=lambda text: text in ("t", "kt", "Mt")):
            product = d.get(Spot(table, spot.row, "product_id"))
            if units.get(product, "t") in MASS:
                found.append(spot)
    return found


@family(
    "F13",
    {
        "unit unknown": "пудиков",
        "unit ambiguous: tons": "tons",
        "unit ambiguous: mt": "mt",
        "unit ambiguous: Mton": "Mton",
        "unit of light: nt": "nt",
        "unit of no amount: degC": "degC",
        "unit ambiguous: kton": "kton",
        "unit mistyped as carat": "ct",
        "unit with a typing error": "kilotone",
        "unit that is a number": "1000",
        "unit of nonsense": "t;kt",
    },
    cell=True,
)
def f13(d: Draft, text: str):
    spot = d.pick(_amounts(d))
    d.put(spot, text)
    return at(d, spot, "error", "unit.unknown", value=text)


@operator("F13 unknown unit of a product", cell=True)
def f13_product(d: Draft):
    spot = d.spot(["unit"], tables=("products",))
    d.put(spot, "вагонов")
    return at(d, spot, "error", "unit.unknown", value="вагонов")


@family(
    "F14", {"MWh of a metal": "MWh", "cubic metres of a metal": "м3", "pieces of a metal": "шт"}, cell=True
)
def f14(d: Draft, text: str):
    spot = d.pick(_amounts(d))
    d.put(spot, text)
    return at(d, spot, "error", "unit.dimension", value=text)


@operator("F14 tonnes of electricity", cell=True)
def f14_power(d: Draft):
    row = d.blank_row(
        "production",
        enterprise_id=d.grid("enterprises").cells("enterprise_id")[0],
        product_id=_power(d),
        unit="kt",
    )
    grid = d.grid("production")
    row[grid.at("output")] = "12"
    grid.rows.append(row)
    return at(d, Spot("production", len(grid.rows) - 1, "unit"), "error", "unit.dimension", hint="MWh")


def _power(d: Draft) -> str:
    return "electricity" if d.settings["catalogue"] else "power"


def _capacities(d: Draft) -> list[Spot]:
    grid = d.grid("production")
    output, capacity = grid.at("output"), grid.at("capacity")
    rows = [i for i, row in enumerate(grid.rows) if row[output] and row[capacity]]
    return [Spot("production", row, "output") for row in rows]


@operator("F12 output a thousand times too big, capacity known", cell=True)
def f12(d: Draft):
    spot = d.pick(_capacities(d))
    d.put(spot, str(float(d.get(spot)) * 1000))
    codes = ("capacity.exceeded", "balance.capacity", "number.outlier")
    return at(d, spot, "warning", *codes, audit=True)


@operator("F16 output above capacity", cell=True)
def f16(d: Draft):
    spot = d.pick(_capacities(d))
    capacity = float(d.get(Spot("production", spot.row, "capacity")))
    d.put(spot, f"{capacity * 1.2:g}")
    return at(d, spot, "warning", "capacity.exceeded", "balance.capacity", audit=True)


@operator("F16 capacity of 0 beside an output", cell=True)
def f16_zero(d: Draft):
    spot = d.spot(["number"], tables=("production",), columns=("output",))
    d.column("production", "capacity")
    d.put(Spot("production", spot.row, "capacity"), "0")
    return at(d, spot, "warning", "capacity.exceeded", "balance.capacity", audit=True)


@operator("F12 kilotonnes written as tonnes: sells more than it makes", cell=True)
def f12_flow(d: Draft):
    """A flow in kt whose seller's output of the same year is known, ten thousand times that output."""
    production = d.grid("production")
    year = str(d.settings["base_year"])
    made = [
        (row[production.at("enterprise_id")], row[production.at("product_id")], row[production.at("unit")])
        for row in production.rows
        if row[production.at("output")] and row[production.at("year")] in ("", year)
    ]
    seller, product, unit = d.pick(made)
    output = next(
        float(row[production.at("output")])
        for row in production.rows
        if row[production.at("enterprise_id")] == seller
        and row[production.at("product_id")] == product
        and row[production.at("output")]
        and row[production.at("year")] in ("", year)
    )
    market = str(d.pick(d.grid("markets").cells("market_id")))
    flows = d.grid("flows")
    flows.rows.append(
        d.blank_row(
            "flows", from_id=seller, to_id=market, product_id=product, quantity=f"{output * 900:.0f}", unit=unit,
            flow_id="slip", source_id=flows.rows[0][flows.at("source_id")],
        )
    )  # fmt: skip
    return Expect("warning", ("balance.sold", "number.outlier"), audit=True, value=product)


@operator("F13 unit blank where the product is counted in tonnes", cell=True)
def f13_blank(d: Draft):
    """A blank unit is the product's: the figure must be taken as it stands."""
    spots = [s for s in _amounts(d) if s.table == "production" and d.get(s) == "t"]
    if not spots:
        raise NotHere("no row in tonnes")
    d.put(d.pick(spots), "")
    return Expect("same", same="rows")
