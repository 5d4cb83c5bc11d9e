"""The question `recipes`, the grades told of coefficients, and the shortest ways; worked out by hand."""

import pytest

from loaders import load
from loaders.catalogue import reference_chain
from tests.cases import chain_of, makes, plants, products, recipe
from valuechain import questions
from valuechain.coefficients import coefficients_told, run_here
from valuechain.paths.shortest import from_raw, to_final
from valuechain.recipes import recipes as arrays

ask = questions()["recipes"]
YEAR = 2020


def ways(chain, found):
    """Ways as lines of product ids."""
    r, ids = arrays(chain), chain.ids("products")
    return [
        [str(ids[r.feedstock.product[w[0]]]), *(str(ids[r.main[r.feedstock.process[n]]]) for n in w)]
        for w in found
    ]


def smelting(**more):
    return chain_of(
        products=products(ore=0, metal=1, wire=4, lead=1),
        enterprises=plants(mill="R"),
        **recipe("smelt", "metal", ore=2.0),
        production=[makes("mill", "metal", 10)],
        **more,
    )


def test_a_recipe_is_told_with_every_coefficient_and_its_source():
    (row,) = ask(reference_chain(), product="alumina").rows[2:3]
    assert row.process_id == "AL04"
    assert [(one.product_id, one.quantity, one.unit, one.source_id) for one in row.feedstock] == [
        ("aluminium-hydroxide", 1.53, "t", "IAI-H")
    ]
    assert (row.coefficients, row.stated, row.by_formula) == (1, 1, 0)
    assert [e.row for e in row.evidence] == ["AL04 · aluminium-hydroxide · feedstock"]


def test_ways_to_make_come_before_what_takes():
    rows = ask(reference_chain(), product="primary-aluminium").rows
    assert rows[0].process_id == "AL08"
    assert all(any(one.product_id == "primary-aluminium" for one in row.lines) for row in rows[1:])
    assert {"AL09", "AL10", "AL11", "AL16", "AL28"} <= {row.process_id for row in rows[1:]}


def test_without_a_product_the_recipes_are_those_that_plants_run():
    chain = smelting()
    assert [row.process_id for row in ask(chain, year=YEAR)] == ["smelt"]
    assert [
        row.process_id for row in ask(chain_of(products=products(ore=0), enterprises=[]), year=YEAR)
    ] == []
    assert (
        "which = all"
        in ask(
            chain_of(products=products(ore=0, metal=1), enterprises=[], **recipe("smelt", "metal", ore=2.0)),
            year=YEAR,
        ).caveats[-1]
    )


def test_grades_are_counted_apart():
    graded = [
        {
            "process_id": "smelt",
            "product_id": p,
            "role": "feedstock",
            "quantity": 1.0,
            "unit": "t",
            "grade": g,
        }
        for p, g in (("ore", "reported"), ("scrap", "inferred"), ("dross", "expert"), ("slag", None))
    ] + [{"process_id": "smelt", "product_id": "flux", "role": "input", "quantity": None, "unit": "t"}]
    chain = chain_of(
        products=products(ore=0, scrap=0, dross=0, slag=0, flux=0, metal=1),
        enterprises=plants(mill="R"),
        processes=[{"process_id": "smelt", "name": "Smelting", "main_product_id": "metal"}],
        process_flows=graded,
        production=[makes("mill", "metal", 10)],
    )
    (row,) = ask(chain, year=YEAR).rows
    assert (row.coefficients, row.stated, row.by_formula) == (4, 1, 1)
    assert "1 of 4 coefficients stated, 1 computed, 2 typical" in row.reason
    assert "FLUX (amount unknown)" in row.reason
    told = " ".join(ask(chain, year=YEAR).caveats)
    assert "Of 4 coefficients 1 are stated" in told
    assert "1 lines have no figure: unknown, not none." in told
    (needs,) = coefficients_told(chain, YEAR)
    assert "rests on 4 coefficients of recipes: 1 stated by a source, 1 computed, 2 typical" in needs
    assert "(smelt dross, smelt slag)" in needs


def test_tiny_amounts_are_written_without_powers():
    row = next(r for r in ask(reference_chain(), product="gallium").rows if r.by_products)
    assert "0.00001 t Gallium" in [line.amount for line in row.by_products]


@pytest.mark.parametrize("name", ["processing-depth", "linkage", "integration", "critical", "missing-links"])
def test_answers_name_the_grade_of_the_coefficients_they_rest_on(name):
    (told,) = [
        c for c in questions()[name](load("pavlodar")).caveats if c.startswith("What plants need rests on")
    ]
    assert "stated by a source" in told
    assert "typical (" in told


def test_processes_that_run_here_are_those_of_the_accounts():
    chain = smelting()
    assert chain.ids("processes")[run_here(chain, YEAR)].tolist() == ["smelt"]
    assert len(run_here(chain, 1999)) == 0


def test_shortest_ways_lead_to_final_and_from_raw():
    chain = chain_of(
        products=products(ore=0, metal=1, billet=2, wire=4, cable=4),
        enterprises=[],
        **recipe("smelt", "metal", ore=2.0),
    )
    assert ways(chain, to_final(chain, "ore")) == []
    assert ways(chain, from_raw(chain, "metal")) == [["ore", "metal"]]


def test_of_two_ways_the_shorter_is_told():
    chain = reference_chain()
    found = ways(chain, to_final(chain, "bauxite"))
    assert ["bauxite", "alumina", "primary-aluminium", "aluminium-foundry-alloy", "aluminium-wheels"] in found
    assert len({way[-1] for way in found}) == len(found), "one way for each end"
    assert [len(way) for way in found] == sorted(map(len, found))
    stages = dict(
        zip(*(chain.arrow("products")[c].to_pylist() for c in ("product_id", "stage")), strict=True)
    )
    assert {stages[way[-1]] for way in found} == {4}


def test_a_loop_ends():
    chain = reference_chain()
    assert all(len(set(way)) == len(way) for way in ways(chain, to_final(chain, "steel-scrap")))


def test_own_rows_that_replace_the_catalogue_are_named():
    chain = load("pavlodar").with_rows(
        "process_flows",
        process_id="AL08",
        product_id="alumina",
        role="feedstock",
        quantity=1.9,
        unit="t",
        grade="observed",
    )
    answer = ask(chain, product="alumina")
    assert any(
        c.startswith("The dataset's own rows replace the catalogue's: AL08 alumina 1.93 -> 1.9.")
        for c in answer.caveats
    )
    row = next(r for r in answer.rows if r.process_id == "AL08")
    assert str(row.feedstock[0]) == "1.9 t Alumina (observed, no source)"
    assert "The catalogue says of its own figures: " in row.reason
