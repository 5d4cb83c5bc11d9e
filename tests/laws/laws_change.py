"""Laws that say how an answer moves when the data does, and what must hold within one answer.

Each law takes a chain and a question to ask; numbers in brackets are those of the guide.
"""

import math
from copy import deepcopy

from tests.cases import COUNTED
from tests.laws import reference
from tests.laws.cells import figures, times
from tests.laws.strategies import YEAR
from tests.laws.tools import (
    amount,
    dice,
    known,
    near,
    output_of,
    placed,
    quantities,
    rebuilt,
    recipe,
    split_sums,
    tables,
    this_year,
    ways,
)
from valuechain import questions
from valuechain.gaps import VIEWS
from valuechain.gaps.split import SPLIT


def reference_implementation(chain, ask):
    """[40] The gaps of every zone are those of the slow reference. Where every figure is known.

    But for missing middles, chains without a final product and missing enablers: those have cases of their
    own, worked out by hand.
    """
    rows = tables(chain)
    if not known(rows):
        return
    zones = [(r["region_id"], None) for r in rows["regions"]] or [(None, None)]
    found = quantities(ask(chain, boundary="owner"))
    for zone in {owner for owner, _, _ in found} | set(reference.tops(rows).values()):
        if list(reference.tops(rows).values()).count(zone) > 1:
            _agree(found, zone, reference.gaps(rows, YEAR, reference.insiders(rows, owner=zone)))
    for region, _ in zones:
        asked = {"region": region} if region else {}
        found = quantities(ask(chain, **asked))
        _agree(found, region, reference.gaps(rows, YEAR, reference.insiders(rows, region)))


CHECKED = (*COUNTED, "unused_by_product", "round_trip")


def _agree(found, zone, wanted):
    found = {(kind, p): q for (z, kind, p), q in found.items() if z == zone and kind in CHECKED}
    wanted = {key: None if q is None else float(q) for key, q in wanted.items()}
    assert set(found) == set(wanted), (zone, found, wanted)
    assert all(near(found[key], q) for key, q in wanted.items()), (zone, found, wanted)


def conservation(chain, ask):
    """[17] Pieces of the split add up to the known outflow; exact where no flow is given by share.

    Only of products that a recipe takes and that are not final; what leaves is counted from the flow rows.
    """
    rows = tables(chain)
    taken = {r["product_id"] for r in rows["process_flows"] if r["role"] == "feedstock"}
    final = {r["product_id"] for r in rows["products"] if r["stage"] == 4}
    exact = all(r["share"] is None for r in rows["flows"])
    for region in [r["region_id"] for r in rows["regions"]] or [None]:
        inside, wanted = reference.insiders(rows, region), {}
        for f in this_year(rows, "flows"):
            makes = f["from_id"] in inside and not f["from_id"].startswith("m-")
            if makes and f["to_id"] not in inside and f["product_id"] in taken - final:
                key = (region, f["product_id"])
                wanted[key] = wanted.get(key, 0.0) + (amount(rows, f) or 0.0)
        found = split_sums(ask(chain, **({"region": region} if region else {})))
        wanted = {key: q for key, q in wanted.items() if q}
        assert set(found) == set(wanted), (region, found, wanted)
        assert all(near(found[key], q, exact) for key, q in wanted.items()), (region, found, wanted)


def closing(chain, ask):
    """[1, 2] A maker of the missing amount closes that gap, one of half of it halves it; no other gap changes.

    But for the products that the recipes of the missing one touch, all the way up: those gaps may grow. Of
    gaps whose size is exact, and in a place where no more leaves than is made. The views along a chain are left
    out: one new maker may end or lengthen a chain, and leave by-products.
    """
    region, gap = _missing(chain, ask)
    if gap is None:
        return
    base, skip = quantities(ask(chain, region=region)), recipe(tables(chain), gap.product_id)
    for part in (1.0, 0.5):
        other = _with_maker(chain, region, gap.product_id, gap.quantity * part)
        found = quantities(ask(other, region=region))
        left = found.pop((region, "missing_input", gap.product_id), 0.0)
        assert near(left, gap.quantity * (1 - part)), (gap.gap_id, part, left)
        for key in {*found, *base} - {(region, "missing_input", gap.product_id)}:
            if key[1] in COUNTED and key[2] not in skip:
                assert near(found.get(key), base.get(key)), (gap.gap_id, part, key)


def _missing(chain, ask):
    """Return a region and a gap there that more supply must narrow, else (None, None)."""
    for region in chain.ids("regions"):
        depth = {r.product_id: r for r in _depth(chain, region)}
        for row in ask(chain, region=region, kind="missing_input"):
            seen = depth.get(row.product_id)
            made = seen is None or (seen.outflow or 0.0) <= 0.0
            if row.quantity is not None and row.bound == "exact" and made and not _sold_here(chain, row):
                return region, row
    return None, None


def _depth(chain, region, product=()):
    return questions()["processing-depth"](chain, region=region, product=product)


def _sold_here(chain, row):
    markets = ("m-local", "m-rest")
    return any(
        f["to_id"] in markets and f["product_id"] == row.product_id
        for f in chain.own_table("flows").to_pylist()
    )


def _with_maker(chain, region, product, output, process=None):
    rows = tables(chain)
    rows["enterprises"].append({**dict.fromkeys(rows["enterprises"][0]), "enterprise_id": "new"})
    rows["enterprises"][-1] |= {"name": "new", "region_id": region, "kind": "plant"}
    rows["production"].append(dict.fromkeys(chain.own_table("production").column_names))
    rows["production"][-1] |= {"enterprise_id": "new", "product_id": product, "process_id": process}
    rows["production"][-1] |= {"year": YEAR, "output": output, "unit": "t"}
    return rebuilt(chain, rows)


def monotone_supply(chain, ask):
    """[15] More supply of a product never widens its gap, and never touches its outflow."""
    rows = tables(chain)
    if not known(rows) or not rows["regions"]:
        return
    region, rng = rows["regions"][0]["region_id"], dice(chain)
    product = rng.choice([p["product_id"] for p in rows["products"]])
    base = quantities(ask(chain, region=region, product=product))
    loop = product in _runs_on_itself(rows, product)
    for output in (1.0, 64.0):
        found = quantities(ask(_with_maker(chain, region, product, output), region=region, product=product))
        lack = base.get((region, "missing_input", product), 0.0)
        assert loop or (found.get((region, "missing_input", product), 0.0) or 0.0) <= (lack or 0.0) + 1e-9
        assert loop or near(sum(_pieces(found).values()), sum(_pieces(base).values()))


def _runs_on_itself(rows, product):
    """Products of in-plant stages: one more maker may need its own product by a hidden stage."""
    return recipe(rows, product) | {product} if any(r["kind"] == "in-plant" for r in rows["products"]) else ()


def _pieces(found):
    return {key: q for key, q in found.items() if key[1] in SPLIT and q is not None}


def monotone_demand(chain, ask):
    """[15] One more user of a product never narrows what is missing of it."""
    rows = tables(chain)
    lines = [r for r in rows["process_flows"] if r["role"] == "feedstock" and r["quantity"] is not None]
    if not known(rows) or not rows["regions"] or not lines:
        return
    line = dice(chain).choice(lines)
    (main,) = (r["main_product_id"] for r in rows["processes"] if r["process_id"] == line["process_id"])
    back = {r["product_id"] for r in rows["process_flows"] if r["role"] == "by_product"}
    product, region = line["product_id"], rows["regions"][0]["region_id"]
    if product in back | {main} or any(r["kind"] == "in-plant" for r in rows["products"]):
        return  # an in-plant stage may need the product once more
    base = quantities(ask(chain, region=region)).get((region, "missing_input", product)) or 0.0
    for output in (0.25, 64.0):
        other = _with_maker(chain, region, main, output, line["process_id"])
        found = quantities(ask(other, region=region)).get((region, "missing_input", product)) or 0.0
        assert base - 1e-9 <= found <= base + line["quantity"] * output + 1e-9, (product, base, found)


def more_capacity(chain, ask):
    """[15] More capacity moves `capacity_gap` to `price_leakage`; nothing else changes. In-plant too."""
    rows = tables(chain)
    for row in rows["production"]:
        row["capacity"] = times(row["output"], 4.0) if row["capacity"] is None else row["capacity"] * 4
    other = rebuilt(chain, rows)
    for way in ways(chain, ask):
        base, found = quantities(ask(chain, **way)), quantities(ask(other, **way))
        for key in {*base, *found}:
            before, after = base.get(key) or 0.0, found.get(key) or 0.0
            if key[1] == "capacity_gap":
                assert after <= before + 1e-9, (key, before, after)
            elif key[1] == "price_leakage":
                assert after >= before - 1e-9, (key, before, after)
            else:
                assert near(after, before), (key, before, after)


def bounds(chain, ask):
    """[16] Gaps are above zero and finite; what is missing is at most what is needed; shares lie in 0 to 1."""
    for way in ways(chain, ask):
        for row in ask(chain, **way):
            if ask.name == "processing-depth":
                for name in ("conversion", "retained"):
                    value = getattr(row, name)
                    assert value is None or -1e-9 <= value <= 1 + 1e-9, (row.product_id, name, value)
                assert row.mean_depth is None or -1e-9 <= row.mean_depth <= 4 + 1e-9, row.product_id
                continue
            assert row.quantity is None or 0 < row.quantity < math.inf, row.gap_id
            assert (row.quantity is None) == (row.bound == "unknown"), row.gap_id
            if row.kind == "missing_input" and row.quantity is not None and row.region_id:
                for depth in _depth(chain, row.region_id, (row.product_id,)):
                    assert depth.required is None or row.quantity <= depth.required + 1e-9, row.gap_id


def regions_and_country(chain, ask):
    """[16] Netting between regions only helps: a country's gaps are at most the sum of its regions' gaps.

    Where every enterprise stands in a region, no zone sells more of a product than it makes, and all
    figures are known. What the country loses is what the regions lose less what they sell each other.
    """
    rows = tables(chain)
    if not known(rows) or not rows["regions"]:
        return
    rows["enterprises"] = [
        {**r, "region_id": "r2" if r["region_id"] in ("kz", None) else r["region_id"]}
        for r in rows["enterprises"]
    ]
    other = rebuilt(chain, rows)
    whole, parts = ask(other, region="kz"), ask(other, level="region")
    for (_, product), q in split_sums(whole).items():
        below = sum(v for (_, p), v in split_sums(parts).items() if p == product)
        assert q <= below + 1e-9, (product, q, below)
    if _sells_what_it_makes(rows):
        lack = {p: q for (_, kind, p), q in quantities(whole).items() if kind == "missing_input"}
        for product, q in lack.items():
            below = [v for (_, k, p), v in quantities(parts).items() if (k, p) == ("missing_input", product)]
            assert q is None or None in below or q <= sum(below) + 1e-9, (product, q, below)


def _sells_what_it_makes(rows):
    sold = {}
    for f in this_year(rows, "flows"):
        key = (f["from_id"], f["product_id"])
        sold[key] = sold.get(key, 0.0) + (amount(rows, f) or 0.0)
    return all(q <= (output_of(rows, *key) or 0.0) for key, q in sold.items() if not key[0].startswith("m-"))


def no_outflow(chain, ask):
    """[10] Nothing leaves, and the data says so: a balanced conversion is 1, and 0 is not divided by 0.

    By-products that arise, and in the country what is bought in the rest of it, are supply without an output.
    """
    rows = tables(chain)
    home = chain.dataset.home_region or ("kz" if rows["regions"] else None)
    inside = reference.insiders(rows, home)
    rows["flows"] = [f for f in rows["flows"] if f["from_id"] not in inside or f["to_id"] in inside]
    complete = dict.fromkeys(chain.own_table("coverage").column_names)
    if home:
        rows["coverage"].append({**complete, "region_id": home, "what": "flows", "complete": "yes"})
    for row in ask(rebuilt(chain, rows), **({"region": home} if home else {})):
        supply = (row.output or 0.0) + (row.inflow or 0.0)
        if row.basis == "balanced" and supply:
            assert row.conversion == 1.0, (row.product_id, row.conversion)
        other = _returned(rows, row.product_id) or _from_the_country(rows, row.product_id)
        if not supply and row.output is not None and not other:
            assert row.conversion is None, (row.product_id, row.conversion)


def _returned(rows, product):
    return any(r["role"] == "by_product" and r["product_id"] == product for r in rows["process_flows"])


def _from_the_country(rows, product):
    return any(f["from_id"] == "m-rest" and f["product_id"] == product for f in this_year(rows, "flows"))


def all_outflow(chain, ask):
    """[11] All of a raw product leaves and none comes in: its conversion is 0 and nothing is retained."""
    rows = tables(chain)
    raw = "p0"
    if not known(rows) or _returned(rows, raw):
        return
    rows["flows"] = [f for f in rows["flows"] if f["product_id"] != raw]
    makers = {r["enterprise_id"] for r in rows["production"] if r["product_id"] == raw}
    blank = dict.fromkeys(chain.own_table("flows").column_names)
    for who in makers:
        quantity = output_of(rows, who, raw)
        rows["flows"].append({**blank, "from_id": who, "to_id": "m-abroad", "product_id": raw, "year": YEAR})
        rows["flows"][-1] |= {"quantity": quantity, "unit": "t"}
    for way in placed(chain, ask):
        for row in ask(rebuilt(chain, rows), product=raw, **way):
            if row.output:
                assert (row.conversion, row.outflow) == (0.0, row.output), (row.conversion, row.outflow)
                assert row.retained in (0.0, None), row.retained


def threshold(chain, ask):
    """[44] A threshold leaves out the known gaps below it, those and no others; one at it stays."""
    base = {r.gap_id: r.quantity for r in ask(chain)}
    sizes = sorted(q for q in base.values() if q is not None)
    for least in {*sizes[:1], *sizes[-1:], *(q + 0.125 for q in sizes[:2])}:
        found = {r.gap_id: r.quantity for r in ask(chain, min_quantity=least)}
        assert found == {k: q for k, q in base.items() if q is None or q >= least}, (least, found, base)


def explanation(chain, ask):
    """[45] The flows shown as evidence of an outflow's pieces add up to the pieces, routes apart."""
    rows = tables(chain)
    for region in [r["region_id"] for r in rows["regions"]] or [None]:
        inside, parts, shown = reference.insiders(rows, region), {}, {}
        for row in ask(chain, **({"region": region} if region else {})):
            if row.kind not in SPLIT or row.quantity is None:
                continue
            parts.setdefault(row.product_id, []).append(row.quantity)
            total = 0.0
            for cell in row.evidence:
                seller = cell.row.split(" · ")[0]
                arrives = cell.table == "flows" and cell.row.split(" · ")[1] in inside
                if cell.table == "flows" and not arrives:
                    output = output_of(rows, seller, row.product_id) if cell.column == "share" else 1.0
                    total += (times(cell.value, output) if output is not None else None) or 0.0
            shown.setdefault(row.product_id, set()).add(round(total, 6))
        for product, found in parts.items():
            assert shown[product] == {round(sum(found), 6)}, (region, product, found, shown[product])


def honest_bounds(chain, ask):
    """Filling in the blanks keeps what was said of them: exact stays, at least grows, at most shrinks.

    Blank outputs are filled within the capacity, blank capacities at or above the output. A figure of
    processing depth stays where its basis does; the retained share and the mean depth rest on the bases of
    all products down the chain, so nothing is asked of them.
    """
    rows, rng = tables(chain), dice(chain)
    filled = deepcopy(rows)
    for row in filled["process_flows"]:
        row["quantity"] = rng.choice((0.5, 1.0, 2.0)) if row["quantity"] is None else row["quantity"]
    for row in filled["production"]:
        most = 64.0 if row["capacity"] is None else row["capacity"]
        row["output"] = rng.choice((0.0, 0.25, 1.0)) * most if row["output"] is None else row["output"]
        row["capacity"] = row["output"] * rng.choice((1, 2)) if row["capacity"] is None else row["capacity"]
    for row in filled["flows"]:
        if row["quantity"] is None and row["share"] is None:
            row["quantity"] = float(rng.choice((0, 1, 64)))
    other = rebuilt(chain, filled)
    for way in ways(chain, ask):
        base, found = figures(ask(chain, **way)), figures(ask(other, **way))
        for key, cells in base.items():
            _holds(ask.name, key, cells, found.get(key))


def _holds(question, key, said, true):
    if question == "processing-depth":
        same_basis = true is not None and said["basis"] == true["basis"]
        for name in ("used", "conversion") if same_basis else ():
            assert said[name] is None or near(said[name], true[name]), (key, name, said, true)
        return
    size, bound = said["quantity"], said["bound"]
    real = 0.0 if true is None else true["quantity"]
    if real is None and key[0].startswith(VIEWS):
        return  # which way leads there can change with the amounts: then its size is another question
    assert bound != "exact" or near(size, real), (key, bound, size, real)
    assert bound != "at_least" or (real is not None and size <= real + 1e-9), (key, bound, size, real)
    assert bound != "at_most" or (real is not None and size >= real - 1e-9), (key, bound, size, real)


LINKS, DEPTH = ("missing-links",), ("processing-depth",)
CHANGE = {
    law.__name__: law
    for law in (
        reference_implementation, conservation, closing, monotone_supply, monotone_demand, more_capacity,
        bounds, regions_and_country, no_outflow, all_outflow, threshold, explanation, honest_bounds,
    )
}  # fmt: skip
ASKS = dict.fromkeys(CHANGE, LINKS) | {
    "bounds": LINKS + DEPTH, "honest_bounds": LINKS + DEPTH, "no_outflow": DEPTH, "all_outflow": DEPTH,
}  # fmt: skip
