"""The smallest example of each fault that the laws once found in the library, with what it should say."""

from dataclasses import replace

from tests.cases import COUNTED
from tests.laws.strategies import MARKETS, REGIONS, YEAR, build
from valuechain import questions
from valuechain.answer import columns
from valuechain.differences import differences, measure_of

FED = (("t1", "p0", "feedstock"),)


def chain(production, flows=(), lines=FED, home="", in_plant=""):
    """A chain of products p0 to p3 and processes t1 to t3, each making the product of its number."""
    rows = {
        "regions": [{"region_id": r, "name": r, "parent_id": p, "level": v} for r, p, v in REGIONS],
        "markets": [{"market_id": m, "name": m, "kind": k} for m, k in MARKETS],
        "enterprises": [{"enterprise_id": f"e{i}", "name": f"e{i}", "region_id": "r1"} for i in range(3)],
        "products": [
            {"product_id": f"p{i}", "name": f"p{i}", "stage": float(i)}
            | ({"kind": "in-plant"} if in_plant == f"p{i}" else {})
            for i in range(4)
        ],
        "processes": [
            {"process_id": t, "name": t, "main_product_id": f"p{t[1]}"} for t in sorted({x[0] for x in lines})
        ],
        "process_flows": [
            {"process_id": t, "product_id": p, "role": r, "quantity": 1.0, "unit": "t"} for t, p, r in lines
        ],
        "production": [
            {"enterprise_id": e, "product_id": p, "output": x, "capacity": k, "year": YEAR}
            for e, p, x, k in production
        ],
        "flows": [
            {"from_id": a, "to_id": b, "product_id": p, "quantity": q, "year": YEAR, "flow_id": str(i)}
            for i, (a, b, p, q) in enumerate(flows)
        ],
    }
    return build(rows, home or "r1")


def gaps(of, product="p0"):
    answer = questions()["missing-links"](of, product=product, kind=COUNTED)
    return {row.kind: (row.quantity, row.bound) for row in answer}


def depth(of, product="p0"):
    (row,) = questions()["processing-depth"](of, product=product)
    return row


def test_unknown_local_final_use_leaves_less_for_the_plant():
    made = [("e0", "p0", 10.0, None), ("e1", "p1", 20.0, None)]
    found = gaps(chain(made, [("e0", "m-local", "p0", None)]))
    assert found == {"missing_input": (10.0, "at_least")}


def test_unknown_by_product_could_meet_the_need():
    lines = (*FED, ("t2", "p3", "feedstock"), ("t2", "p0", "by_product"))
    found = gaps(chain([("e1", "p1", 20.0, None), ("e2", "p2", None, None)], lines=lines))
    assert found["missing_input"][1] in ("at_most", "unknown")


def test_unknown_output_is_not_idle_capacity():
    made = [("e0", "p0", 50.0, None), ("e1", "p1", None, 100.0)]
    found = gaps(chain(made, [("e0", "m-abroad", "p0", 50.0)]))
    assert found.get("price_leakage", (None, ""))[1] not in ("exact", "at_least")


def test_sale_of_nothing_is_no_gap():
    made = [("e0", "p0", 10.0, None), ("e1", "p1", 10.0, None)]
    found = gaps(chain(made, [("e0", "m-abroad", "p0", 0.0), ("m-abroad", "e1", "p0", None)]))
    assert "unconnected" not in found


def test_shared_purchase_leaves_no_crumb():
    made = [("e0", "p0", 863.25, None)]
    made += [("e1", "p1", 91.75, None), ("e1", "p2", 30.25, None), ("e1", "p3", 46.25, None)]
    flows = [("e0", "m-abroad", "p0", 863.25), ("m-abroad", "e1", "p0", 863.25)]
    lines = tuple((f"t{i}", "p0", "feedstock") for i in (1, 2, 3))
    assert "capacity_gap" not in gaps(chain(made, flows, lines))


def test_rest_of_the_country_supplies_the_country():
    found = gaps(chain([("e1", "p1", 10.0, None)], [("m-rest", "e1", "p0", 10.0)], home="kz"))
    assert "missing_input" not in found


def test_transfer_inside_a_plant_is_use():
    made = [("e0", "p0", 110.0, None), ("e0", "p1", 100.0, None), ("e1", "p1", 10.0, None)]
    found = depth(chain(made, [("e0", "e1", "p0", 10.0)]))
    assert (found.used, found.conversion) == (110.0, 1.0)


def test_unknown_local_flow_is_not_no_use():
    made = [("e0", "p0", 20.0, None), ("e1", "p1", 10.0, None), ("e2", "p1", 10.0, None)]
    found = depth(chain(made, [("e0", "e1", "p0", 5.0), ("e0", "e2", "p0", None)]))
    assert found.conversion != 0.25


def test_unknown_capacity_behind_a_stage_inside_the_plant_could_take_the_outflow():
    made, sold = [("e0", "p0", 50.0, None), ("e1", "p2", 10.0, None)], [("e0", "m-abroad", "p0", 40.0)]
    lines = (*FED, ("t2", "p1", "feedstock"))
    assert gaps(chain(made, sold, lines, in_plant="p1")) == {"capacity_gap": (40.0, "at_most")}
    made[1] = ("e1", "p2", 10.0, 25.0)
    found = gaps(chain(made, sold, lines, in_plant="p1"))
    assert found == {"price_leakage": (15.0, "exact"), "capacity_gap": (25.0, "exact")}


def test_what_the_rest_of_the_country_supplies_is_converted():
    found = depth(
        chain([("e0", "p0", 0.0, None), ("e1", "p1", 10.0, None)], [("m-rest", "e1", "p0", 10.0)], home="kz")
    )
    assert (found.output, found.used, found.conversion) == (0.0, 10.0, 1.0)
    assert "(10, by recipe)" in found.reason


def test_gap_whose_route_gives_no_amount_is_not_simulated_unasked():
    of = chain([("e0", "p0", 50.0, None)], [("e0", "m-abroad", "p0", 40.0)])
    assert questions()["simulate"](of).rows
    (line,) = (r for r in of.own_table("process_flows").to_pylist())
    blank = of.with_rows("process_flows", {**line, "quantity": None})
    answer = questions()["simulate"](blank)
    assert not answer.rows
    assert "known amounts" in " ".join(answer.caveats)


def test_size_that_is_no_longer_known_keeps_its_unit():
    made = [("e0", "p0", 50.0, None), ("e1", "p1", 10.0, None)]
    answer = questions()["critical"](chain(made, [("e0", "e1", "p0", 10.0)]))
    size = measure_of(answer)
    unit = columns(answer.row_type)[size].unit
    known = replace(answer, rows=(replace(answer.rows[0], **{size: 8.0, unit: "t"}),))
    blank = replace(answer, rows=(replace(answer.rows[0], **{size: None, unit: ""}),))
    for before, after, what in ((known, blank, "now unknown"), (blank, known, "now known")):
        (change,) = differences(chain(made), before, after)
        assert (change.what, change.unit) == (what, "t")
        assert "8 t" in change.reason
