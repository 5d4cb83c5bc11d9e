"""The gaps once more, slowly: plain Python, fractions, no arrays. Written from the definitions alone."""

from collections import defaultdict
from fractions import Fraction

ZERO = Fraction(0)


def tops(rows):
    """Ultimate owner of every enterprise: majority control, or an only owner of unknown share, to the top."""
    owners = defaultdict(list)
    for r in rows["ownership"]:
        owners[r["owned_id"]].append(r)
    control = {
        e: r["owner_id"]
        for e, found in owners.items()
        for r in found
        if (r["share"] is None and len(found) == 1) or (r["share"] or 0) > 0.5
    }

    def top(e):
        return top(control[e]) if e in control else e

    return {r["enterprise_id"]: top(r["enterprise_id"]) for r in rows["enterprises"]}


def insiders(rows, region=None, owner=None):
    """Ends of flows that lie inside a zone: a region with all in it, an owner, or everything."""
    if owner is not None:
        return {e for e, t in tops(rows).items() if t == owner}
    parent = {r["region_id"]: r["parent_id"] for r in rows["regions"]}

    def within(place):
        return place is not None and (place == region or within(parent[place]))

    country = region is None or {r["region_id"]: r["level"] for r in rows["regions"]}[region] == "country"
    kinds = ("local_final", "rest_of_country") if country else ("local_final",)
    here = {r["enterprise_id"] for r in rows["enterprises"] if region is None or within(r["region_id"])}
    return here | {m["market_id"] for m in rows["markets"] if m["kind"] in kinds}


def made_of(product, feed, main):
    """Return {q: amount of the product in one unit of q} along the fewest steps, the least where several."""
    found, front = {product: Fraction(1)}, {product}
    for _ in range(8):
        fresh = {}
        for w, q in main.items():
            for p in front & set(feed[w]):
                if q not in found:
                    fresh[q] = min(found[p] * feed[w][p], fresh.get(q, found[p] * feed[w][p]))
        found, front = found | fresh, set(fresh)
    return {q: k for q, k in found.items() if q != product}


def gaps(rows, year, inside):  # noqa: C901 - one page, to be read beside the definitions
    """Return {(kind, product): quantity} of one zone; None where a need is only conditional."""
    make = [r for r in rows["production"] if r["year"] == year]
    flows = [r for r in rows["flows"] if r["year"] == year]
    lines = {role: defaultdict(dict) for role in ("feedstock", "by_product", "input", "output", "enabler")}
    for r in rows["process_flows"]:
        lines[r["role"]][r["process_id"]][r["product_id"]] = Fraction(r["quantity"])
    feed, main = lines["feedstock"], {r["process_id"]: r["main_product_id"] for r in rows["processes"]}
    in_plant = {r["product_id"] for r in rows["products"] if r["kind"] == "in-plant"}
    stage = {r["product_id"]: r["stage"] for r in rows["products"]}
    own = {(r["enterprise_id"], r["product_id"]) for r in make}
    bought = {(f["to_id"], f["product_id"]) for f in flows}
    handled = own | bought
    total, need, full, sure, maybe, shown = (defaultdict(Fraction) for _ in range(6))
    amount, takes, made = defaultdict(Fraction), defaultdict(set), set(own)
    arise, opened, listed, consumed = defaultdict(Fraction), set(), set(), set()
    jobs = [(r["enterprise_id"], r["product_id"], r["process_id"], Fraction(r["output"]),
             Fraction(r["output"] if r["capacity"] is None else r["capacity"])) for r in make]  # fmt: skip
    for e, p, _, output, _ in jobs:
        amount[e, p] += output
    while jobs:
        hidden = defaultdict(lambda: [ZERO, ZERO])
        made |= {job[:2] for job in jobs}
        for e, p, t, output, capacity in jobs:
            ways = [w for w in main if main[w] == p and t in (None, w)]
            proven = [w for w in ways if any((e, f) in handled for f in feed[w])] if t is None else []
            ways = proven or ways
            total[p] += output if e in inside else 0
            for w in ways if len(ways) == 1 and e in inside else ():
                for b, a in lines["by_product"][w].items():
                    total[b] += ZERO if (e, b) in own else a * output
            for b in {b for w in ways for b in lines["by_product"][w]} if e in inside else ():
                parts = {lines["by_product"][w].get(b) for w in ways}
                if (e, b) in own:
                    listed.add((e, b))
                elif len(parts) == 1:
                    arise[b] += parts.pop() * output
                else:
                    opened.add(b)
            for f in {f for w in ways for f in feed[w]}:
                takes[e, f] |= {w for w in ways if f in feed[w]}
                certain = all(f in feed[w] for w in ways)
                least = min(feed[w].get(f, ZERO) for w in ways)
                if certain and f in in_plant and (e, f) not in made:
                    hidden[e, f][0] += least * output
                    hidden[e, f][1] += least * capacity
                if e in inside:
                    (sure if certain else shown if (e, f) in bought else maybe)[f] += 1
                    need[f] += least * output if certain else 0
                    full[f] += least * capacity if certain else 0
        jobs = [(e, f, None, x, k) for (e, f), (x, k) in hidden.items()]
    leaves, buys, final, arrives = (defaultdict(Fraction) for _ in range(4))
    markets = {m["market_id"] for m in rows["markets"]}
    sold = {(f["from_id"], f["product_id"]) for f in flows}
    for e, b in listed:
        arise[b] += amount[e, b]
    for f in flows:
        a, b, p = f["from_id"], f["to_id"], f["product_id"]
        q = Fraction(f["share"]) * amount[a, p] if f["quantity"] is None else Fraction(f["quantity"])
        if a in inside and a not in markets:
            (leaves if b not in inside else final if b in markets else defaultdict(Fraction))[p] += q
        elif a in inside and b in inside:
            total[p] += q
        if {a, b} <= inside - markets and f["quantity"] != 0 and (b, p) not in sold:
            consumed.add(p)
        if a not in inside and b in inside and b not in markets:
            arrives[p] += q
        if a not in inside and b in inside and takes[b, p] & {f["process_id"] or w for w in takes[b, p]}:
            buys[p] += q
    found = {}
    for p in stage:
        out = leaves[p] if any(p in feed[w] for w in main) and stage[p] < 4 else ZERO
        connected = min(out, buys[p])
        leaked = min(out - connected, max(full[p] - need[p], ZERO))
        rest = "capacity_gap" if sure[p] or shown[p] else "missing_processing"
        found |= {("unconnected", p): connected, ("price_leakage", p): leaked}
        found[rest, p] = out - connected - leaked
        lack = need[p] - max(total[p] - leaves[p] - final[p], ZERO)
        settled = arrives[p] or not any(q == p and e in inside for e, q in made)
        open_need = (shown[p] and settled) or (maybe[p] and not sure[p] and not shown[p])
        found["missing_input", p] = lack if lack > 0 else None if open_need else ZERO
        left, idle = arise[p] - final[p], not (sure[p] or shown[p] or maybe[p] or p in consumed)
        known_use = idle and any(p in feed[w] for w in main)
        found["unused_by_product", p] = (
            ZERO if not known_use else left if left > 0 else None if p in opened else ZERO
        )
        back = sum(arrives[q] * k for q, k in made_of(p, feed, main).items() if stage[q] >= stage[p])
        found["round_trip", p] = min(leaves[p], back) if stage[p] < 4 else ZERO
    return {key: q for key, q in found.items() if q is None or q > 0}
