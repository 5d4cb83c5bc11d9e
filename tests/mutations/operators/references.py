"""H: references."""

from graph_schema import TABLES
from tests.mutations.draft import Draft, NotHere, Spot
from tests.mutations.expect import Expect, at, family, file_of, operator
from tests.mutations.operators.ids import LATIN, TO_CYRILLIC

HINTED = {"regions", "enterprises", "markets", "clusters", "sources"}


def reference(d: Draft, where=bool, **how) -> Spot:
    return d.spot(["ref"], where=where, **how)


@operator("H01 dangling reference", cell=True)
def h01(d: Draft):
    spot = reference(d)
    d.put(spot, "жоқ-бұл-9")
    return at(d, spot, "error", "ref.not_found", value="жоқ-бұл-9")


@operator("H01 reference with a typing error", cell=True)
def h01_typo(d: Draft):
    """The hint names the id that was meant."""
    spot = reference(d, lambda text: len(text) > 6, fits=lambda column: set(column.refers) <= HINTED)
    text = d.get(spot)
    typo = text[:3] + text[4:]
    d.put(spot, typo)
    return at(d, spot, "error", "ref.not_found", value=typo, hint=text)


@operator("H02 reference in a look-alike spelling", cell=True)
def h02(d: Draft):
    spot = reference(d, lambda text: text.isascii() and any(c in LATIN for c in text))
    text = d.get(spot)
    letter = next(c for c in text if c in LATIN)
    d.put(spot, text.replace(letter, letter.translate(TO_CYRILLIC), 1))
    return at(d, spot, "error", "ref.not_found", hint=text)


@operator("H02 reference in other case", cell=True)
def h02_case(d: Draft):
    spot = reference(d, lambda text: text != text.upper())
    text = d.get(spot)
    d.put(spot, text.upper())
    return at(d, spot, "error", "ref.not_found", "id.case_twin", hint=text)


@family("H02", {"space after a reference": " ", "no-break space before a reference": "\u00a0"}, cell=True)
def h02_space(d: Draft, odd: str):
    spot = reference(d)
    text = d.get(spot)
    d.put(spot, text + odd if odd == " " else odd + text)
    return at(d, spot, "error", "id.invisible", "ref.not_found", hint=text)


@operator("H03 reference to an id of another table", cell=True)
def h03(d: Draft):
    spot = reference(d, fits=lambda column: len(column.refers) <= 2 and "enterprises" not in column.refers)
    also_sources = set(d.grid("sources").cells("source_id"))
    d.put(
        spot, str(d.pick([e for e in d.grid("enterprises").cells("enterprise_id") if e not in also_sources]))
    )
    return at(d, spot, "error", "ref.wrong_table", "ref.not_found", hint="enterprises")


@operator("H03 product where an enterprise belongs", cell=True)
def h03_product(d: Draft):
    spot = reference(d, columns=("enterprise_id", "from_id", "owner_id"))
    d.put(spot, str(d.pick(d.grid("products").cells("product_id"))))
    return at(d, spot, "error", "ref.wrong_table", hint="products")


@operator("H04 row deleted that others refer to")
def h04(d: Draft):
    """Each reference to it must be reported."""
    table = d.pick(
        [name for name in ("enterprises", "markets", "regions", "clusters", "sources") if name in d.tables]
    )
    grid = d.grid(table)
    held = [(s, d.get(s)) for s in d.refer(table)]
    ids = {text for _, text in held} & set(grid.cells(TABLES[table].key[0]))
    gone = str(d.pick(sorted(ids)))
    elsewhere = {
        row[0] for name, other in d.tables.items() if name != table and TABLES[name].columns[0].kind == "id"
        for row in other.rows
    }  # fmt: skip
    if gone in elsewhere or gone == d.settings["home_region"]:
        raise NotHere("known elsewhere too")
    grid.rows = [row for row in grid.rows if row[0] != gone]
    left = [s for s, text in held if text == gone and s.table != table]
    if not left or not grid.rows:
        raise NotHere("nobody refers to it")
    return [at(d, spot, "error", "ref.not_found", value=gone, also=("ref.not_found",)) for spot in left]


@operator("H05 blank reference that is needed", cell=True)
def h05(d: Draft):
    spot = reference(d, fits=lambda column: column.required)
    d.put(spot, "")
    return at(d, spot, "error", "cell.required")


@operator("H06 list in a cell for one reference", cell=True)
def h06(d: Draft):
    spot = reference(d, columns=("enterprise_id", "product_id", "region_id", "member_id", "owned_id"))
    d.put(spot, f"{d.get(spot)};{d.get(spot)}")
    return at(d, spot, "error", "ref.not_found", "id.characters", value=";")


@operator("H02 name in place of an id", cell=True)
def h02_name(d: Draft):
    enterprises = d.grid("enterprises")
    row = d.rng.randrange(len(enterprises.rows))
    name = enterprises.rows[row][enterprises.at("name")]
    spot = reference(d, columns=("enterprise_id", "owner_id", "from_id"))
    d.put(spot, name)
    text = enterprises.rows[row][0]
    return at(d, spot, "error", "ref.not_found", "id.characters", hint=text)


@family(
    "H07",
    {"word that is no choice": "завод", "choice with a typing error": None, "choice in the plural": "s"},
    cell=True,
)
def h07(d: Draft, text: str | None):
    spot = d.spot(["choice"])
    word = {None: d.get(spot)[1:], "s": d.get(spot) + "ses"}.get(text, text)
    d.put(spot, word)
    return at(d, spot, "error", "choice.unknown", value=word)


@family(
    "H07", {"currency unknown": "QQQ", "currency as a sign": "$", "currency in words": "тенге"}, cell=True
)
def h07_currency(d: Draft, text: str):
    spot = d.spot(["currency"], tables=("prices", "flows", "exchange_rates"))
    d.put(spot, text)
    return at(d, spot, "error", "currency.unknown", value=text)


@operator("H04 home region that is no region")
def h04_home(d: Draft):
    d.settings["home_region"] = "pavlodarr"
    return Expect("error", ("dataset.home_region",), "dataset.toml", value="pavlodarr")


@operator("H03 reference to itself as its own parent", cell=True)
def h03_parent(d: Draft):
    spot = d.spot(["ref"], tables=("regions",), columns=("parent_id",))
    d.put(spot, d.get(Spot("regions", spot.row, "region_id")))
    lines = tuple(d.grid("regions").line(i) for i in range(len(d.grid("regions").rows)))
    return Expect("error", ("region.cycle",), file_of(d, "regions"), lines, "parent_id")
