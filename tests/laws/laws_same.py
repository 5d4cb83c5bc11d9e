"""Laws that say: this change of the data changes no figure, or all of them alike.

Each law takes a chain and a question to ask; numbers in brackets are those of the guide. "Exact" is to the
bit, else to one part in a thousand million. Amounts of the generated data are exact in binary.
"""

from copy import deepcopy

from tests.laws import reference
from tests.laws.cells import figures, times
from tests.laws.strategies import ALPHABETS, YEAR, build
from tests.laws.tools import (
    amount,
    assert_same,
    dice,
    placed,
    rebuilt,
    renamed,
    scaled,
    tables,
    this_year,
    ways,
    without,
)


def row_order(chain, ask):
    """[5] Rows of every table in any order: the whole answer is the same, exact, words and all."""
    rows, rng = tables(chain), dice(chain)
    for found in rows.values():
        rng.shuffle(found)
    other = rebuilt(chain, rows)
    assert other.fingerprint == chain.fingerprint
    for way in ways(chain, ask):
        assert ask(other, **way).as_dict() == ask(chain, **way).as_dict()


TIES = ("chains", "partners", "simulate", "changes", "data-gaps")


def relabelling(chain, ask):
    """[4] Any bijection of ids renames the answer and changes no figure.

    Not so for a circle of owners (it ends at its first member by id), nor for two prices of one product
    that differ in nothing but the market's id; neither is generated. Ids break ties: which rows are the first
    few (`TIES`), at which product of a loop of one stage a chain begins, and which of equal ways and closing
    options are shown. So every other time, and for `TIES` always, the new ids stand in the order of the old, and
    all is compared; else those are left out.
    """
    rows, rng = tables(chain), dice(chain)
    old = [(t, r[c]) for t, c in _ENTITIES for r in rows[t]]
    fresh = [f"x{n:03}" for n in rng.sample(range(1000), len(old))]
    in_order = ask.name in TIES or rng.random() < 0.5
    if in_order:
        old, fresh = sorted(old, key=lambda named: named[1]), sorted(fresh)
    new = dict(zip(old, fresh, strict=True))
    back = {fresh_id: name for (_, name), fresh_id in new.items()}
    home = chain.dataset.home_region
    other = build(renamed(rows, lambda t, i: new[t, i]), new.get(("regions", home), ""))
    for way in ways(chain, ask):
        asked = {**way, "region": new["regions", way["region"]]} if "region" in way else way
        found, base = figures(ask(other, **asked), lambda i: back.get(i, i)), figures(ask(chain, **way))
        if not in_order:
            found, base = _without_ties(found), _without_ties(base)
        assert_same(found, base, why=f"relabelled {way}")


def _without_ties(found):
    found = {key: cells for key, cells in found.items() if not str(key[0]).startswith("no_final_product")}
    middle = {key: cells for key, cells in found.items() if str(key[0]).startswith("missing_middle")}
    return without(found | without(middle, "routes"), "closing")


_ENTITIES = (
    ("regions", "region_id"), ("enterprises", "enterprise_id"), ("products", "product_id"),
    ("processes", "process_id"), ("markets", "market_id"),
)  # fmt: skip


def scaling(chain, ask):
    """[6] All amounts times 2^m: sizes times 2^m, exact where no flow is given by share; shares the same.

    Chains round to twelve digits, which is not exact in binary.
    """
    factor = 2.0 ** dice(chain).choice((-6, -2, 1, 5, 9))
    rows = tables(chain)
    other = rebuilt(chain, scaled(rows, factor))
    exact = all(r["share"] is None for r in rows["flows"]) and ask.name not in ("chains", "simulate")
    for way in ways(chain, ask):
        assert_same(figures(ask(other, **way)), figures(ask(chain, **way), size=factor), exact, "scaled")


def names_do_not_matter(chain, ask):
    """[42] Any names: no figure, id or order changes, and markup in a name never reaches the page."""
    rows, rng = tables(chain), dice(chain)
    for found in rows.values():
        for row in found:
            if row.get("name") is not None:
                row["name"] = "<i>" + "".join(rng.choices(ALPHABETS, k=rng.randint(1, 12)))
    other = rebuilt(chain, rows)
    for way in ways(chain, ask):
        answer, base = ask(other, **way), ask(chain, **way)
        assert_same(figures(answer), figures(base), exact=True, why="renamed")
        assert list(figures(answer)) == list(figures(base))
        assert "<i>" not in answer._repr_html_()


def prices_scale_values_only(chain, ask):
    """Prices times 2^m (another currency): values times 2^m, exact; no other figure changes."""
    factor, rows = 2.0 ** dice(chain).choice((-3, 4, 9)), tables(chain)
    for row in rows["prices"]:
        row["price"] *= factor
    other = rebuilt(chain, rows)
    for way in ways(chain, ask):
        wanted = figures(ask(chain, **way), money=factor)
        assert_same(figures(ask(other, **way)), wanted, exact=True, why="prices")


def splitting(chain, ask):
    """[8] One enterprise becomes two of the same place and owner, all amounts halved: no gap changes.

    By owner: an enterprise that was on its own is now a holding of two, so its zone is new.
    """
    rows, rng = tables(chain), dice(chain)
    who = rng.choice([r["enterprise_id"] for r in rows["enterprises"]])
    twin, top = f"{who}-2", reference.tops(rows)
    alone = list(top.values()).count(top[who]) == 1
    other = _halved(rows, "production", ("enterprise_id",), ("output", "capacity"), {who: twin})
    other = _halved(other, "flows", ("from_id", "to_id"), ("quantity", "value"), {who: twin})
    (row,) = (r for r in rows["enterprises"] if r["enterprise_id"] == who)
    other["enterprises"].append({**row, "enterprise_id": twin})
    if top[who] == who:
        other["ownership"].append(dict.fromkeys(other["ownership"][0] if other["ownership"] else ()))
        other["ownership"][-1] |= {"owner_id": who, "owned_id": twin, "share": 1.0}
    else:
        other["ownership"] += [{**r, "owned_id": twin} for r in rows["ownership"] if r["owned_id"] == who]
    split = rebuilt(chain, other)
    for way in ways(chain, ask):
        found = without(figures(ask(split, **way)), "closing")
        found = {key: cells for key, cells in found.items() if not (alone and cells.get("owner_id") == who)}
        assert_same(found, without(figures(ask(chain, **way)), "closing"), why=f"{who} split {way}")


def _halved(rows, table, ends, columns, twins):
    rows, more = deepcopy(rows), []
    for row in rows[table]:
        named = {end: twins[row[end]] for end in ends if row[end] in twins}
        if named:
            row |= {c: times(row[c], 0.5) for c in columns}
            more.append({**row, **named})
            if table == "flows" and row["share"] is not None and "to_id" in named:
                row["share"], more[-1]["share"] = row["share"] / 2, row["share"] / 2
    rows[table] += more
    return rows


def parallel_flows(chain, ask):
    """[24] Every flow written as two parallel ones, told apart by flow_id: no figure changes."""
    rows = tables(chain)
    more = []
    for row in rows["flows"]:
        row |= {c: times(row[c], 0.5) for c in ("quantity", "share", "value")}
        more.append({**row, "flow_id": f"{row['flow_id'] or ''}bis"})
    rows["flows"] += more
    other = rebuilt(chain, rows)
    for way in ways(chain, ask):
        assert_same(figures(ask(other, **way)), figures(ask(chain, **way)), why="parallel")


def pass_through(chain, ask):
    """[25] A trader beside the seller buys and sells the same tonnes: no figure changes.

    Beside the seller: where a trader stands elsewhere, the border is crossed elsewhere. By territory only:
    by owner the trader may be a stranger to the seller.
    """
    rows, rng = tables(chain), dice(chain)
    makers = {r["enterprise_id"]: r for r in rows["enterprises"]}
    sold = [f for f in this_year(rows, "flows") if f["from_id"] in makers]
    if not sold:
        return
    flow = rng.choice(sold)
    rows["enterprises"].append({**makers[flow["from_id"]], "enterprise_id": "trader", "name": "trader"})
    rows["flows"].append({**flow, "to_id": "trader", "process_id": None, "flow_id": "in"})
    flow |= {"from_id": "trader", "quantity": amount(tables(chain), flow), "share": None, "basis": "derived"}
    rows["flows"][-1]["basis"] = "derived"
    other = rebuilt(chain, rows)
    for way in placed(chain, ask):
        found, base = (without(figures(ask(c, **way)), "basis", "closing") for c in (other, chain))
        assert_same(found, base, why=f"trader {way}")


def neutral_elements(chain, ask):
    """[14] An idle enterprise, a sale of 0 t and an unused product: no gap changes.

    The sale of 0 t goes to a market: a *purchase* of 0 t says which route the buyer runs. In processing depth
    a recorded sale of 0 t says that nothing leaves, so only rows with an outflow on record stay as they are, and
    what follows a product down the chain (retained share, mean depth) is left out.
    """
    rows, rng = tables(chain), dice(chain)
    idle = {**rows["enterprises"][0], "enterprise_id": "idle", "name": "idle"}
    rows["products"].append({**rows["products"][0], "product_id": "unused", "name": "unused"})
    sale = dict.fromkeys(c for c in chain.own_table("flows").column_names)
    seller = rng.choice(rows["enterprises"])["enterprise_id"]
    product = rng.choice([p["product_id"] for p in rows["products"]])
    rows["enterprises"].append(idle)
    rows["flows"].append(
        {**sale, "from_id": seller, "to_id": "m-abroad", "product_id": product, "year": YEAR}
        | {"quantity": 0.0, "flow_id": "nil", "unit": "t"}
    )
    other = rebuilt(chain, rows)
    for way in ways(chain, ask):
        found, base = (without(figures(ask(c, **way)), "closing") for c in (other, chain))
        if ask.name == "missing-links":  # a sale of 0 t says what a maker without sales on record sells
            found, base = (without(one, "share") for one in (found, base))
        if ask.name == "processing-depth":
            base = {key: cells for key, cells in base.items() if cells["outflow"] is not None}
            found = {key: cells for key, cells in found.items() if key in base}
            found, base = (without(one, "retained", "mean_depth") for one in (found, base))
        assert_same(found, base, why=f"neutral {seller} {product} {way}")


def worse_source_changes_nothing(chain, ask):
    """A second source of worse grade, with other amounts, for every fact: the better one is used."""
    rows = tables(chain)
    more = deepcopy(rows)
    rows["sources"] = [{"source_id": "a", "title": "guess", "grade": "expert", "year": 2024}]
    rows["sources"] += [{"source_id": "b", "title": "book", "grade": "reported", "year": 2000}]
    for table, column in _AMOUNTS:
        for row in rows[table]:
            row["source_id"] = "b"
        for row in more[table]:
            row |= {"source_id": "a", column: times(row[column], 4.0)}
        rows[table] += more[table]
    other = rebuilt(chain, rows)
    for way in ways(chain, ask):
        assert_same(figures(ask(other, **way)), figures(ask(chain, **way)), exact=True, why="sources")


_AMOUNTS = (
    ("production", "output"), ("flows", "quantity"), ("process_flows", "quantity"), ("ownership", "share"),
)  # fmt: skip


def doubled(chain, factor):
    """Return the rows of a chain beside a copy: other regions and enterprises, amounts times `factor`."""
    rows = tables(chain)
    moved = ("regions", "enterprises")
    copy = renamed(scaled(rows, factor), lambda t, i: f"{i}-copy" if t in moved else i)
    both = deepcopy(rows)
    for table in (*moved, "ownership", "production", "flows", "coverage"):
        both[table] += copy[table]
    return both


def disjoint_union(chain, ask):
    """[12] Two datasets without a common region or enterprise answer together as each alone.

    Not so for a dataset without regions: there all of it is one zone, and gaps are not linear.
    """
    if not len(chain.ids("regions")):
        return
    union, rows = rebuilt(chain, doubled(chain, 4.0)), tables(chain)
    twins = {r[c]: f"{r[c]}-copy" for t, c in _ENTITIES[:2] for r in rows[t]}
    for way in ways(chain, ask, home=False):
        answer, found = ask(chain, **way), figures(ask(union, **way))
        wanted, copy = figures(answer), figures(answer, lambda i: twins.get(i, i), size=4.0)
        if "region" in way:
            found |= figures(ask(union, **{**way, "region": twins[way["region"]]}))
        assert_same(without(found, "closing"), without({**wanted, **copy}, "closing"), why=f"union {way}")


def duplicate(chain, ask):
    """[13] The dataset twice, under new ids and regions: totals of the country double, shares stay.

    Claims of completeness are left out: what is complete for one country says nothing of two.
    """
    plain = rebuilt(chain, {**tables(chain), "coverage": []})
    rows = doubled(plain, 1.0)
    if not rows["regions"]:
        found, base = figures(ask(rebuilt(chain, rows))), figures(ask(plain), size=2.0)
        assert_same(without(found, "closing"), without(base, "closing"), why="twice")
        return
    top = {**rows["regions"][0], "region_id": "world", "parent_id": None, "level": "country"}
    for row in rows["regions"]:
        row["parent_id"] = row["parent_id"] or "world"
    rows["regions"].append(top)
    found = figures(ask(rebuilt(chain, rows), region="world"), lambda i: "kz" if i == "world" else i)
    base = figures(ask(plain, region="kz"), size=2.0)
    assert_same(without(found, "closing"), without(base, "closing"), why="twice")


GUESSED = ("arms_length_guessed", "open_sales_guessed", "open_bought_guessed")
"""What rests on ends without an owner on record: an enterprise cut off may have been the one that names it."""


def restriction(chain, ask):
    """[19] The answer for a region is that of the region's own data, crossing flows as import or export.

    Not so for a missing enabler: who provides a service may stand in the country around, which is cut off; nor
    for the names of suppliers outside, which are one market now, nor for the regions around that have no other maker.
    Owners outside stay, for who controls a plant is no flow.
    """
    rows, rng = tables(chain), dice(chain)
    if not rows["regions"]:
        return
    region = rng.choice(rows["regions"])["region_id"]
    inside = reference.insiders(rows, region)
    makers = {r["enterprise_id"] for r in rows["enterprises"]}
    cut = deepcopy(rows)
    known = set(inside)
    while above := {r["owner_id"] for r in rows["ownership"] if r["owned_id"] in known} - known:
        known |= above
    cut["enterprises"] = [r for r in cut["enterprises"] if r["enterprise_id"] in known]
    cut["production"] = [r for r in cut["production"] if r["enterprise_id"] in inside]
    cut["ownership"] = [r for r in cut["ownership"] if {r["owner_id"], r["owned_id"]} <= known]
    cut["flows"] = [f for f in cut["flows"] if {f["from_id"], f["to_id"]} & inside & makers]
    for number, flow in enumerate(cut["flows"]):
        flow["flow_id"] = str(number)
        if flow["from_id"] in makers - inside:
            by_share = flow["quantity"] is None and flow["share"] is not None
            quantity = amount(rows, flow) if flow["year"] == YEAR else None
            flow |= {"from_id": "m-abroad", "quantity": quantity, "share": None}
            flow["basis"] = "derived" if by_share else flow["basis"]
        if flow["to_id"] in makers - inside:
            flow["to_id"] = "m-abroad"
    if not any(r["year"] == YEAR for r in (*cut["production"], *cut["flows"])):
        return
    found, base = (
        {
            key: cells
            for key, cells in without(
                figures(ask(one, region=region)), "closing", "suppliers", "sole_in", *GUESSED
            ).items()
            if not str(key[0]).startswith("missing_enabler")
        }
        for one in (rebuilt(chain, cut), chain)
    )
    assert_same(found, base, why=f"only {region}")


def year_by_year(chain, ask):
    """Rows of another year change nothing in this one, whichever is asked first.

    But for what a claim of completeness says of makers: one on record for another year makes it doubtful.
    """
    rows = tables(chain)
    other = scaled(rows, 2.0)
    for table in ("production", "flows"):
        rows[table] = [r for r in rows[table] if r["year"] == YEAR]
        rows[table] += [{**r, "year": YEAR + 1} for r in other[table] if r["year"] == YEAR]
    both = rebuilt(chain, rows)
    for way in placed(chain, ask):
        answer = ask(chain, **way)
        base, doubled_base = figures(answer), figures(answer, size=2.0)
        found = figures(ask(both, year=YEAR + 1, **way))
        found, doubled_base = (
            {
                key: {n: c for n, c in cells.items() if not n.endswith(("value", *_CLAIMS))}
                for key, cells in one.items()
            }
            for one in (found, doubled_base)
        )
        assert_same(found, doubled_base, why="next year")
        found, base = (
            {key: {n: c for n, c in cells.items() if not n.endswith(_CLAIMS)} for key, cells in one.items()}
            for one in (figures(ask(both, year=YEAR, **way)), base)
        )
        assert_same(found, base, why="this year")


_CLAIMS = ("absence", "declared", "sole_in")


SAME = {
    law.__name__: law
    for law in (
        row_order, relabelling, scaling, names_do_not_matter, prices_scale_values_only, splitting,
        parallel_flows, pass_through, neutral_elements, worse_source_changes_nothing, disjoint_union,
        duplicate, restriction, year_by_year,
    )
}  # fmt: skip
