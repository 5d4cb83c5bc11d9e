"""The checks that look beyond one cell, without any file."""

import pyarrow as pa
import pytest

from graph_schema import TABLES, Dataset, DatasetError
from graph_schema.arrow import arrow_schema
from graph_schema.checks.check import RawTable, check, check_rows, examine
from graph_schema.mistakes.make import MISTAKES, codes, problem

DATASET = Dataset("x", base_year=2020, currency="USD")


def raw(name, *rows, file=""):
    header = tuple(dict.fromkeys(key for row in rows for key in row))
    columns = {key: [row.get(key) for row in rows] for key in header}
    return RawTable(name, file or f"{name}.csv", header, columns, range(2, len(rows) + 2))


def table(name, *rows):
    return pa.Table.from_pylist(
        [{c.name: row.get(c.name) for c in TABLES[name]} for row in rows], arrow_schema(TABLES[name])
    )


BASE = (
    raw("enterprises", {"enterprise_id": "e1", "name": "A"}, {"enterprise_id": "e2", "name": "B"}),
    raw(
        "products",
        {"product_id": "p", "name": "P", "unit": "т"},
        {"product_id": "q", "name": "Q", "unit": None},
    ),
    raw("production", {"enterprise_id": "e1", "product_id": "p", "output": 1, "unit": "kt"}),
)


def test_every_table_is_in_the_result_in_its_schema():
    checked = check(BASE, DATASET)
    assert set(checked.tables) == set(TABLES)
    for name, rows in checked.tables.items():
        assert rows.schema.equals(arrow_schema(TABLES[name]))
    assert [(c.table, c.read, c.loaded, c.set_aside) for c in checked.counts] == [
        ("enterprises", 2, 2, 0),
        ("products", 2, 2, 0),
        ("production", 1, 1, 0),
    ]


def test_defaults_and_conversion():
    tables = check(BASE, DATASET).tables
    assert tables["products"]["unit"].to_pylist() == ["t", "t"]
    (row,) = tables["production"].to_pylist()
    assert (row["output"], row["unit"], row["year"]) == (1000, "t", 2020)


def test_a_price_is_divided_where_an_amount_is_multiplied():
    prices = raw("prices", {"product_id": "p", "market_id": "m", "price": 5000, "unit": "kt"})
    markets = raw("markets", {"market_id": "m", "name": "M", "kind": "abroad"})
    (row,) = check((*BASE, prices, markets), DATASET).tables["prices"].to_pylist()
    assert (row["price"], row["unit"], row["currency"]) == (5, "t", "USD")


def test_a_coefficient_is_per_unit_of_the_main_product():
    processes = raw("processes", {"process_id": "x", "name": "X", "main_product_id": "p"})
    flows = raw(
        "process_flows",
        {"process_id": "x", "product_id": "power", "role": "enabler", "quantity": 500, "unit": "kWh"},
        {"process_id": "x", "product_id": "q", "role": "feedstock", "quantity": 2, "unit": "kt/kt"},
        {"process_id": "x", "product_id": "p", "role": "output", "quantity": 1, "unit": None},
    )
    power = raw("products", {"product_id": "p", "name": "P", "unit": "t"}, {"product_id": "q", "name": "Q"}, {
        "product_id": "power", "name": "Power", "unit": "MWh"})  # fmt: skip
    rows = check((BASE[0], power, BASE[2], processes, flows), DATASET).tables["process_flows"].to_pylist()
    assert [(row["quantity"], row["unit"]) for row in rows] == [(0.5, "MWh"), (2, "t"), (1, "t")]


def test_reference_rows_count_and_own_rows_override_them():
    reference = {
        "products": table(
            "products", {"product_id": "p", "name": "P", "unit": "MWh"}, {"product_id": "r", "name": "R"}
        ),
        "processes": table("processes", {"process_id": "x", "name": "X", "main_product_id": "r"}),
    }
    production = raw(
        "production",
        {"enterprise_id": "e1", "product_id": "p", "output": 1, "unit": "kt"},  # the own p is in t
        {"enterprise_id": "e1", "product_id": "r", "output": 1, "unit": "kt", "process_id": "x"},
    )
    rows = check((*BASE[:2], production), DATASET, reference=reference).tables["production"].to_pylist()
    assert [(row["output"], row["unit"]) for row in rows] == [(1000, "t"), (1000, "t")]
    own_only = examine((BASE[0], production), DATASET, reference=reference)
    assert [p.code for p in own_only.problems] == ["unit.dimension"]  # without the own p, MWh holds
    assert own_only.tables["products"].num_rows == 0


def test_one_mistake_is_reported_once_in_strict_mode():
    bad = raw("enterprises", {"enterprise_id": "e1", "name": None}, {"enterprise_id": "e2", "name": "B"})
    checked = examine((bad, *BASE[1:]), DATASET)
    assert [p.code for p in checked.problems] == ["cell.required"]
    assert checked.refused


def test_lenient_follows_references():
    bad = raw("enterprises", {"enterprise_id": "e1", "name": None}, {"enterprise_id": "e2", "name": "B"})
    checked = check((bad, *BASE[1:]), DATASET, lenient=True)
    assert [p.code for p in checked.problems] == ["cell.required", "ref.set_aside"]
    assert checked.tables["production"].num_rows == 0
    assert all(c.read == c.loaded + c.set_aside for c in checked.counts)


def test_a_long_chain_of_references_is_followed_to_its_end():
    regions = [
        {"region_id": f"r{i}", "name": "R", "parent_id": f"r{i - 1}" if i else None} for i in range(60)
    ]
    regions[0]["name"] = None
    checked = check((*BASE, raw("regions", *regions)), DATASET, lenient=True)
    assert checked.tables["regions"].num_rows == 0


def test_a_table_that_is_not_there_may_be_referred_to_by_nobody():
    bad = raw(
        "enterprises",
        {"enterprise_id": "e1", "name": "A", "region_id": "r"},
        {"enterprise_id": "e2", "name": "B"},
    )
    (found,) = examine((bad, *BASE[1:]), DATASET).problems
    assert (found.code, found.hint) == ("ref.not_found", "regions has no rows")


def test_two_sources_may_state_the_same_fact():
    sources = raw("sources", {"source_id": "s", "title": "S"})
    production = raw(
        "production",
        {"enterprise_id": "e1", "product_id": "p", "output": 1, "source_id": "s"},
        {"enterprise_id": "e1", "product_id": "p", "output": 2, "source_id": None},
    )
    assert examine((*BASE[:2], production, sources), DATASET).problems == ()
    twice = raw(
        "production",
        *[{"enterprise_id": "e1", "product_id": "p", "output": i, "source_id": None} for i in (1, 2)],
    )
    (found,) = examine((*BASE[:2], twice), DATASET).problems
    assert (found.code, found.line) == ("key.duplicate", 3)
    assert "line 2" in found.message


def test_a_blank_year_and_the_base_year_are_the_same_year():
    rows = [
        {"enterprise_id": "e1", "product_id": "p", "output": i, "year": year}
        for i, year in ((1, None), (2, 2020))
    ]
    assert [p.code for p in examine((*BASE[:2], raw("production", *rows)), DATASET).problems] == [
        "key.duplicate"
    ]


def test_no_base_year_is_one_mistake_not_one_per_row():
    rows = [{"enterprise_id": "e1", "product_id": product} for product in ("p", "q")]
    (found,) = examine((*BASE[:2], raw("production", *rows)), Dataset("x")).problems
    assert found.code == "dataset.base_year"
    assert "2 rows" in found.message


def test_an_id_may_not_be_both_enterprise_and_market():
    markets = raw("markets", {"market_id": "e1", "name": "M", "kind": "abroad"})
    assert [p.code for p in examine((*BASE, markets), DATASET).problems] == ["id.two_tables"]


def test_a_reference_that_fits_two_tables_is_a_warning():
    clusters = raw("clusters", {"cluster_id": "p", "name": "C"})
    indicators = raw("indicators", {"subject_id": "p", "metric": "m", "value": 1})
    checked = check((*BASE, clusters, indicators), DATASET)
    assert [(p.code, p.severity) for p in checked.problems] == [("ref.two_tables", "warning")]


def test_f15_shares_of_one_source_add_up_to_one():
    rows = [
        {"owner_id": "e1", "owned_id": "e2", "share": 0.7},
        {"owner_id": "e3", "owned_id": "e2", "share": 0.3},
    ]
    three = raw("enterprises", *[{"enterprise_id": f"e{i}", "name": "E"} for i in (1, 2, 3)])
    assert examine((three, *BASE[1:], raw("ownership", *rows)), DATASET).problems == ()
    rows[1]["share"] = 0.4
    (found,) = examine((three, *BASE[1:], raw("ownership", *rows)), DATASET).problems
    assert found.code == "share.sum"
    assert "1.1" in found.message


def test_f13_f14_units():
    production = raw(
        "production",
        {"enterprise_id": "e1", "product_id": "p", "output": 1, "unit": "tonnnes"},
        {"enterprise_id": "e2", "product_id": "p", "output": 1, "unit": "MWh"},
    )
    unknown, wrong = examine((*BASE[:2], production), DATASET).problems
    assert (unknown.code, wrong.code) == ("unit.unknown", "unit.dimension")
    assert "tonnes" in unknown.hint
    assert "kt" in wrong.hint


def test_the_order_of_rows_and_tables_does_not_change_the_problems():
    rows = [{"enterprise_id": "e9", "product_id": f"p{i}", "output": "x"} for i in range(50)]
    one = examine((*BASE[:2], raw("production", *rows)), DATASET)
    other = examine((raw("production", *rows), *reversed(BASE[:2])), DATASET)
    assert one.problems == other.problems


def test_no_table_at_all():
    checked = examine((), DATASET)
    assert {p.code for p in checked.problems} == {"file.missing"}
    assert checked.refused
    with pytest.raises(DatasetError):
        check((), DATASET, lenient=True)


def test_new_rows_go_through_the_same_checks():
    existing = check(BASE, DATASET).tables
    new = [{"enterprise_id": "e2", "product_id": "q", "output": 2, "unit": "кт"}]
    (row,) = check_rows("production", new, existing, DATASET, {}).to_pylist()
    assert (row["output"], row["unit"], row["year"]) == (2000, "t", 2020)
    new = [
        {"enterprise_id": "e3", "product_id": "q", "output": -2},
        {"enterprise_id": "e1", "product_id": "q", "outputs": 1},
    ]
    with pytest.raises(DatasetError) as refused:
        check_rows("production", new, existing, DATASET, {})
    assert {(p.file, p.line, p.code) for p in refused.value.problems} == {
        ("<rows>", 1, "column.unknown"),
        ("<rows>", 1, "ref.not_found"),
        ("<rows>", 1, "number.negative"),
    }


def test_new_rows_may_replace_but_not_resemble():
    existing = check(BASE, DATASET).tables
    assert (
        check_rows("enterprises", [{"enterprise_id": "e1", "name": "New"}], existing, DATASET).num_rows == 1
    )
    with pytest.raises(DatasetError, match=r"id\.case_twin"):
        check_rows("enterprises", [{"enterprise_id": "E1", "name": "New"}], existing, DATASET)
    with pytest.raises(DatasetError, match=r"id\.two_tables"):
        check_rows("markets", [{"market_id": "e1", "name": "M", "kind": "abroad"}], existing, DATASET)


def test_every_code_has_a_meaning_and_a_wording_that_can_be_filled_in():
    listed = codes()
    assert len({code for code, _, _ in listed}) == len(listed) == len(MISTAKES)
    for code, severity, meaning in listed:
        found = problem(code, "f.csv", 2, "c", "v")
        assert (found.code, found.severity) == (code, severity)
        assert severity in ("error", "warning")
        assert meaning
        assert found.message
        assert "{" not in found.message + found.hint


@pytest.mark.parametrize(("unit", "code"), [("degC", "unit.unknown"), ("MW", "unit.dimension")])
def test_f14_a_product_is_counted_in_amounts(unit, code):
    products = raw("products", {"product_id": "p", "name": "P", "unit": unit, "stage": 1.5})
    checked = examine([BASE[0], products, BASE[2]], DATASET)
    assert [(p.code, p.file, p.line, p.column) for p in checked.problems] == [
        (code, "products.csv", 2, "unit"),
    ]
    assert checked.problems[0].hint


def recipes(*rows):
    """Processes P: p from q, and Q: q from p; each row is process, product, role, quantity."""
    names = ("process_id", "product_id", "role", "quantity")
    processes = [
        {"process_id": key, "name": key, "main_product_id": key.lower()}
        for key in dict.fromkeys(r[0] for r in rows)
    ]
    flows = raw("process_flows", *(dict(zip(names, row, strict=True)) for row in rows))
    checked = examine([*BASE, raw("processes", *processes), flows], DATASET)
    assert not checked.refused
    return [(p.code, p.line) for p in checked.problems]


def test_i02_a_process_that_feeds_on_its_own_product():
    assert recipes(("P", "p", "feedstock", 0.5)) == [("recipe.self_input", 2)]
    assert recipes(("P", "q", "feedstock", 1), ("P", "p", "input", 1)) == [("recipe.self_input", 3)]
    assert recipes(("P", "q", "feedstock", 1), ("P", "p", "input", 0.1)) == []  # as seed potatoes
    assert recipes(("P", "q", "feedstock", 1), ("P", "p", "by_product", 1)) == []


def test_i04_a_loop_that_gives_more_than_it_takes():
    assert recipes(("P", "q", "feedstock", 0.9), ("Q", "p", "feedstock", 0.5)) == [("recipe.gain", 2)]
    assert recipes(("P", "q", "feedstock", 2), ("Q", "p", "feedstock", 0.5)) == []
    assert recipes(("P", "q", "feedstock", 2), ("Q", "p", "feedstock", None)) == []


def test_i04_what_something_else_adds_is_no_gain():
    assert recipes(("P", "q", "feedstock", 0.5), ("Q", "p", "feedstock", 1), ("Q", "q", "input", 0.1)) == []


def test_problems_of_a_whole_file_stand_before_those_of_its_lines():
    from graph_schema import Problem

    whole, line = (Problem("a.csv", at, "", "c", "error", "", "m") for at in (None, 2))
    assert sorted([line, whole]) == [whole, line]
