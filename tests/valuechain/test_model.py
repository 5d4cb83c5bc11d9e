"""The chain: immutable, sorted, fingerprinted, changed only by making a copy."""

import random

import networkx as nx
import pyarrow as pa
import pytest

from graph_schema import TABLES, DatasetError, NotFoundError, ParameterError
from graph_schema.arrow import arrow_schema
from tests.cases import chain_of, flow, makes, plants, products, recipe
from valuechain import ValueChain, enterprise_graph, question, questions, recipe_graph, value_chain_graph
from valuechain.audits import audits
from valuechain.model import best_rows


def small(**more):
    tables = {
        "products": products(ore=0, metal=1),
        "enterprises": plants(mine="R", smelter="R"),
        **recipe("smelt", "metal", ore=2.0),
        "production": [makes("mine", "ore", 100), makes("smelter", "metal", 10)],
        "flows": [flow("mine", "abroad", "ore", 60), flow("mine", "smelter", "ore", 20)],
    }
    return chain_of(**{**tables, **more})


def shuffled(chain, seed):
    rng = random.Random(seed)
    tables = {}
    for name in TABLES:
        rows = chain.own_table(name).to_pylist()
        rng.shuffle(rows)
        tables[name] = pa.Table.from_pylist(rows, schema=arrow_schema(TABLES[name]))
    return ValueChain(chain.dataset, tables)


def test_order_of_rows_changes_nothing():
    chain = small()
    for seed in range(5):
        assert shuffled(chain, seed).fingerprint == chain.fingerprint


@pytest.mark.parametrize(
    "more",
    [
        {"flows": [flow("mine", "abroad", "ore", 60.5)]},
        {"flows": [flow("mine", "abroad", "ore", None)]},
        {
            "enterprises": [
                *plants(mine="R"),
                {"enterprise_id": "smelter", "name": "Smelter", "region_id": "R"},
            ]
        },
        {"production": [makes("mine", "ore", 100, capacity=100), makes("smelter", "metal", 10)]},
    ],
)
def test_any_change_changes_the_fingerprint(more):
    assert small(**more).fingerprint != small().fingerprint


def test_a_table_is_a_copy():
    chain = small()
    frame = chain.table("flows")
    frame.loc[:, "quantity"] = 0
    assert chain.table("flows")["quantity"].sum() == 80


def test_with_rows_leaves_the_base_alone_and_replaces_by_key():
    chain = small()
    before = chain.fingerprint
    more = chain.with_rows("production", enterprise_id="smelter", product_id="metal", output=50)
    assert chain.fingerprint == before
    assert more.own_table("production").num_rows == 2
    assert more.table("production").set_index("product_id").loc["metal", "output"] == 50
    same = chain.with_rows("production", enterprise_id="smelter", product_id="metal", output=10, unit="t")
    assert same.fingerprint == before


def test_with_rows_reports_every_problem():
    with pytest.raises(DatasetError) as caught:
        small().with_rows(
            "production",
            {"enterprise_id": "smelterr", "product_id": "metal", "output": 5},
            {"enterprise_id": "smelter", "product_id": "metal", "output": -5},
        )
    told = {(p.line, p.column) for p in caught.value.problems if p.severity == "error"}
    assert told == {(1, "enterprise_id"), (2, "output")}
    assert any("smelter" in p.hint for p in caught.value.problems)


SOURCES = [
    {"source_id": "guess", "title": "Guess", "year": 2021, "grade": "expert"},
    {"source_id": "old", "title": "Old report", "year": 2018, "grade": "reported"},
    {"source_id": "new", "title": "New report", "year": 2019, "grade": "reported"},
]


def test_the_better_grade_then_the_newer_source_wins_and_the_conflict_is_kept():
    rows = [makes("mine", "ore", output, source_id=s) for s, output in (("guess", 1), ("old", 2), ("new", 3))]
    chain = small(production=rows, sources=SOURCES)
    best, conflicts = best_rows(chain, "production")
    assert best["output"].to_pylist() == [3]
    assert [[r["output"] for r in group] for group in conflicts] == [[3, 2, 1]]
    (finding,) = [f for f in audits(chain) if f.code == "fact.conflict"]
    assert "3 (new), 2 (old), 1 (guess)" in finding.message


def test_a_row_may_carry_its_own_grade():
    rows = [
        makes("mine", "ore", 1, source_id="guess", grade="observed"),
        makes("mine", "ore", 3, source_id="new"),
    ]
    assert small(production=rows, sources=SOURCES).facts("production")["output"].to_pylist() == [1]


def test_reference_rows_give_way_to_own_rows():
    reference = {
        name: pa.Table.from_pylist(rows, schema=arrow_schema(TABLES[name]))
        for name, rows in {
            "products": [
                {"product_id": "metal", "name": "Reference metal"},
                {"product_id": "wire", "name": "Wire"},
            ],
        }.items()
    }
    own = small()
    chain = ValueChain(own.dataset, {n: own.own_table(n) for n in TABLES}, reference=reference)
    assert chain.names("products") == {"metal": "METAL", "ore": "ORE", "wire": "Wire"}
    assert chain.own_table("products").num_rows == 2


def test_graphs_point_the_way_material_flows():
    chain = small()
    recipes_graph, trade = recipe_graph(chain), enterprise_graph(chain)
    assert nx.has_path(recipes_graph, ("product", "ore"), ("product", "metal"))
    assert not nx.has_path(recipes_graph, ("product", "metal"), ("product", "ore"))
    assert trade[("enterprise", "mine")][("market", "abroad")][0]["quantity"] == 60
    everything = value_chain_graph(chain)
    assert isinstance(everything, nx.MultiDiGraph)
    assert {d["kind"] for _, _, d in everything.edges(data=True)} >= {
        "recipe",
        "supplies",
        "produces",
        "located_in",
    }
    with pytest.raises(nx.NetworkXError):
        everything.add_node("x")


def test_parallel_flows_stay_apart_in_the_graph():
    chain = small(
        flows=[flow("mine", "abroad", "ore", 5, flow_id="a"), flow("mine", "abroad", "ore", 7, flow_id="b")]
    )
    assert sum(d["quantity"] for _, _, d in enterprise_graph(chain).edges(data=True)) == 12


@pytest.mark.parametrize(
    ("parameters", "error", "words"),
    [
        ({"regoin": "R"}, ParameterError, "Did you mean region?"),
        ({"kind": "capacity_gab"}, ParameterError, "Did you mean capacity_gap?"),
        ({"min_quantity": "many"}, ParameterError, "'many' is not a number"),
        ({"min_quantity": float("nan")}, ParameterError, "not a finite number"),
        ({"region": "RR"}, NotFoundError, "Did you mean R"),
        ({"product": ("ore", "metl")}, NotFoundError, "metal"),
        ({"region": "R", "level": "region"}, ParameterError, "either a region or a level"),
        ({"boundary": "owner", "region": "R"}, ParameterError, "goes with boundary = territory"),
        ({"owner": "mine"}, ParameterError, "goes with boundary = owner"),
        ({"year": "soon"}, ParameterError, "not a whole number"),
    ],
)
def test_a_wrong_parameter_says_what_is_right(parameters, error, words):
    with pytest.raises(error, match=None) as caught:
        questions()["missing-links"](small(), **parameters)
    assert words in str(caught.value)


def test_an_unknown_question_names_the_nearest():
    with pytest.raises(NotFoundError, match="missing-links"):
        question("mising-links")


@pytest.mark.parametrize("name", list(questions()))
def test_every_question_is_declared_in_full(name):
    asked = questions()[name]
    assert asked.question.endswith("?")
    assert asked.parameter("year")
    assert all(p.meaning and p.description for p in asked.parameters)
    from valuechain.answer import columns

    assert all(columns(asked.row_type).values()), "every column says what it means"
    assert {*asked.key, *asked.table} <= columns(asked.row_type).keys()
    assert ">>>" in asked.description, "a worked example"


@pytest.mark.parametrize("name", list(questions()))
@pytest.mark.parametrize("dataset", ["pavlodar", "pavlodar-public"])
def test_the_key_of_a_question_names_each_row_once(name, dataset):
    from loaders import load

    asked = questions()[name]
    keys = [tuple(getattr(row, column) for column in asked.key) for row in asked(load(dataset))]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", list(questions()))
def test_every_question_answers_the_empty_chain_and_says_why(name):
    answer = questions()[name](chain_of(products=[], enterprises=[]))
    assert len(answer) == 0
    assert answer.caveats
    assert answer.as_dict()["rows"] == []


def test_another_year_is_another_answer():
    chain = small(flows=[flow("mine", "abroad", "ore", 60), flow("mine", "abroad", "ore", 7, year=2019)])
    ask = questions()["missing-links"]
    assert [r.quantity for r in ask(chain, kind="missing_processing", year=2019)] == [7]
    assert "Years with data: 2019, 2020" in " ".join(ask(chain, year=1999).caveats)


def test_rows_set_aside_at_load_are_named_in_every_answer():
    from graph_schema import RowCount

    own = small()
    chain = ValueChain(
        own.dataset, {n: own.own_table(n) for n in TABLES}, counts=(RowCount("flows", 5, 3, 2),)
    )
    for asked in questions().values():
        assert "2 rows of the dataset were set aside" in " ".join(asked(chain).caveats)


def test_notebook_display_escapes_names():
    bad = {"enterprise_id": "mine", "name": "<script>alert(1)</script>", "region_id": "R"}
    chain = small(enterprises=[bad, *plants(smelter="R")])
    html = questions()["missing-links"](chain)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "enterprises" in chain._repr_html_()
    assert chain.fingerprint in repr(chain)


def test_frame_has_the_declared_columns_and_units():
    answer = questions()["missing-links"](small())
    assert answer.frame["quantity"].tolist() == [r.quantity for r in answer]
    assert answer.units["quantity"] == "unit"
    assert next(iter(answer.frame.columns)) == "gap_id"
