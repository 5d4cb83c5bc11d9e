"""I: graph and balances; and what dataset.toml says."""

from tests.mutations.draft import Draft, NotHere, Spot
from tests.mutations.expect import Expect, at, family, operator


@operator("I02 delivery to oneself", cell=True)
def i02(d: Draft):
    spot = d.spot(["ref"], tables=("flows",), columns=("to_id",))
    d.put(spot, d.get(Spot("flows", spot.row, "from_id")))
    return at(d, spot, "warning", "flow.self")


@operator("I03 the same product twice in a recipe", cell=True)
def i03(d: Draft):
    grid = d.grid("process_flows")
    row = list(d.pick(grid.rows))
    row[grid.at("quantity")] = "0.77"
    grid.rows.append(row)
    line = grid.line(len(grid.rows) - 1)
    return Expect("error", ("key.duplicate",), "process_flows.csv", line)


@operator("I02 feedstock of a process is its own product", cell=True)
def i02_recipe(d: Draft):
    processes, grid = d.grid("processes"), d.grid("process_flows")
    row = d.pick(processes.rows)
    process, main = row[processes.at("process_id")], row[processes.at("main_product_id")]
    source = grid.rows[0][grid.at("source_id")]
    cells = {"process_id": process, "product_id": main, "role": "feedstock", "quantity": "0.5"}
    grid.rows.append(d.blank_row("process_flows", source_id=source, **cells))
    return at(d, Spot("process_flows", len(grid.rows) - 1, "product_id"), "warning", "recipe.self_input")


@operator("H01 target link to a product that does not exist", cell=True)
def h01_link(d: Draft):
    spot = d.spot(["list"], columns=("target_links",))
    d.put(spot, d.get(spot) + "; cemnt>nothing")
    return [at(d, spot, "error", "ref.not_found", value=value) for value in ("cemnt", "nothing")]


@operator("I05 own parent", cell=True)
def i05(d: Draft):
    spot = d.spot(["ref"], tables=("ownership",), columns=("owned_id",))
    d.put(spot, d.get(Spot("ownership", spot.row, "owner_id")))
    return at(d, spot, "error", "owner.self", "owner.cycle")


@operator("I05 owners in a circle")
def i05_circle(d: Draft):
    grid = d.grid("ownership")
    row = d.pick(grid.rows)
    owner, owned = row[grid.at("owner_id")], row[grid.at("owned_id")]
    source = row[grid.at("source_id")]
    grid.rows.append(d.blank_row("ownership", owner_id=owned, owned_id=owner, source_id=source))
    if owned == owner:
        raise NotHere("own parent")
    return Expect("warning", ("owner.circle", "owner.cycle"), audit=True, value=owner)


@operator("I05 regions inside each other", cell=True)
def i05_regions(d: Draft):
    spot = d.spot(["ref"], tables=("regions",), columns=("parent_id",))
    child = d.get(Spot("regions", spot.row, "region_id"))
    grid = d.grid("regions")
    parent = grid.cells("region_id").index(d.get(spot))
    grid.rows[parent][grid.at("parent_id")] = child
    lines = (d.line(spot), grid.line(parent))
    return at(d, spot, "error", "region.cycle", line=lines)


@operator("I06 parallel flows without a mark", cell=True)
def i06(d: Draft):
    """Kept or refused, never the last one only."""
    grid = d.grid("flows")
    row = list(d.pick(grid.rows))
    row[grid.at("quantity")] = "7"
    if "share" in grid.header:
        row[grid.at("share")] = ""
    grid.rows.append(row)
    return Expect("error", ("key.duplicate",), "flows.csv", grid.line(len(grid.rows) - 1))


@operator("I07 sells more than all of its output", cell=True)
def i07(d: Draft):
    """Two shares of one output, 0.7 and 0.8."""
    flows = d.grid("flows")
    enterprise = d.grid("enterprises").cells("enterprise_id")[0]
    product = "cement" if not d.settings["catalogue"] else "alumina"
    source = flows.rows[0][flows.at("source_id")]
    d.column("flows", "share")
    for share, name in (("0.7", "x1"), ("0.8", "x2")):
        market = d.grid("markets").cells("market_id")[0]
        row = {"from_id": enterprise, "to_id": market, "product_id": product, "flow_id": name, "share": share}
        flows.rows.append(d.blank_row("flows", source_id=source, **row))
    return Expect("warning", ("share.sum",), audit=True, value=enterprise)


@operator("I06 two sources disagree")
def i06_sources(d: Draft):
    """Both are kept, the better one is used, and the audits show it."""
    grid = d.grid("production")
    row = d.pick([r for r in grid.rows if r[grid.at("output")]])
    other = list(row)
    other[grid.at("output")] = f"{float(row[grid.at('output')]) * 1.5:g}"
    others = [s for s in d.grid("sources").cells("source_id") if s != row[grid.at("source_id")]]
    other[grid.at("source_id")] = str(d.pick(others))
    if any(r[: grid.at("output")] == other[: grid.at("output")] and r is not row for r in grid.rows):
        raise NotHere("more sources already")
    capacity = grid.at("capacity")
    other[capacity] = ""
    grid.rows.append(other)
    product = row[grid.at("product_id")]
    return Expect("warning", ("fact.conflict",), audit=True, value=product)


@family(
    "Q",
    {
        "dataset.toml broken": ('title = "x', ("dataset.toml",)),
        "dataset.toml in cp1251": ('title = "Павлодар"'.encode("cp1251"), ("dataset.toml",)),
        "dataset.toml is a web page": ("<html><body>404</body></html>", ("dataset.toml",)),
        "dataset.toml with a key twice": ("base_year = 2020\nbase_year = 2021\n", ("dataset.toml",)),
    },
)
def toml(d: Draft, variant):
    content, codes = variant
    d.raw["dataset.toml"] = content if isinstance(content, bytes) else content.encode()
    also = ("dataset.base_year", "dataset.currency", "file.missing", "ref.not_found")
    return Expect("error", codes, "dataset.toml", also=also)


@family(
    "Q dataset.toml",
    {
        "base year in quotes": ("base_year", "2020"),
        "base year of two digits": ("base_year", 20),
        "catalogue in words": ("catalogue", "yes"),
        "currency unknown": ("currency", "TENGE"),
        "decimal mark unknown": ("decimal", ";"),
        "delimiter of two characters": ("delimiter", "::"),
        "home region a number": ("home_region", 7),
        "title with a control character": ("title", "a\\u0007b"),
    },
)
def settings(d: Draft, variant):
    key, value = variant
    d.settings[key] = value
    if key == "title":
        d.raw["dataset.toml"] = d.toml().replace("\\\\u", "\\u").encode()
    also = ("dataset.base_year", "dataset.currency", "file.missing", "ref.not_found")
    return Expect("error", ("dataset.value",), "dataset.toml", column=key, also=also)


@family("Q", {f"dataset.toml under the name {name}": name for name in ("dataset.toml.txt", "dataset.tml")})
def toml_name(d: Draft, name: str):
    """Every row has its year and its currency here, so nothing else betrays that the settings are gone."""
    for kind, table in (("year", "base_year"), ("currency", "currency")):
        for spot in d.spots([kind], where=lambda text: not text):
            d.put(spot, str(d.settings[table]))
    for table in ("production", "flows", "prices", "indicators"):
        if table in d.tables and "year" not in d.tables[table].header:
            raise NotHere("no column for the year")
    d.raw |= {"dataset.toml": None, name: d.toml().encode()}
    return Expect("told", ("file.unknown", "dataset.missing"), name)


@operator("Q dataset.toml with a mistyped key")
def unknown_key(d: Draft):
    d.settings["licens"] = "x"
    return Expect("warning", ("dataset.unknown_key",), "dataset.toml", column="licens", hint="licence")


@operator("Q no base year, rows without a year")
def no_year(d: Draft):
    del d.settings["base_year"]
    if not d.spots(["year"], tables=("production", "flows"), where=lambda text: not text):
        raise NotHere("every row has its year")
    return Expect("error", ("dataset.base_year",), column="year")


@operator("Q no currency, money without one")
def no_currency(d: Draft):
    del d.settings["currency"]
    spot = d.spot(["currency"], tables=("prices", "flows"))
    d.put(spot, "")
    return Expect("error", ("dataset.currency",), f"{spot.table}.csv", column="currency")
