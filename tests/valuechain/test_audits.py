"""Audits: each warns on the fault it is for, and stays quiet on the sound twin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import chain_of, flow, makes, plants, products, recipe
from valuechain.audits import audits
from valuechain.rounding import Range, rounding


def small(**more):
    tables = {
        "products": products(ore=0, metal=1),
        "enterprises": plants(mine="R", smelter="R", boss="R"),
        **recipe("smelt", "metal", ore=2.0),
        "production": [makes("mine", "ore", 100), makes("smelter", "metal", 10)],
    }
    return chain_of(**{**tables, **more})


def codes(chain, verdict="warning"):
    return {f.code for f in audits(chain) if f.verdict == verdict}


OWNED = [{"owner_id": "boss", "owned_id": "mine", "share": 0.6}]


@pytest.mark.parametrize(
    ("code", "sound", "faulty", "words"),
    [
        (
            "share.sum",
            {"ownership": [*OWNED, {"owner_id": "smelter", "owned_id": "mine", "share": 0.4}]},
            {"ownership": [*OWNED, {"owner_id": "smelter", "owned_id": "mine", "share": 0.7}]},
            "add up to 1.3",
        ),
        (
            "owner.circle",
            {"ownership": OWNED},
            {"ownership": [*OWNED, {"owner_id": "mine", "owned_id": "boss", "share": 0.6}]},
            "boss <- mine <- boss",
        ),
        (
            "share.sum",
            {"flows": [flow("mine", "abroad", "ore", share=0.6), flow("mine", "rest", "ore", share=0.4)]},
            {"flows": [flow("mine", "abroad", "ore", share=0.6), flow("mine", "rest", "ore", share=0.7)]},
            "add up to 1.3",
        ),
        (
            "balance.capacity",
            {"production": [makes("mine", "ore", 104, capacity=100)]},
            {"production": [makes("mine", "ore", 160, capacity=100)]},
            "more than its capacity of 100",
        ),
        (
            "balance.capacity",
            {"production": [makes("mine", "ore", 100, capacity=100)]},
            {"production": [makes("mine", "ore", 100_000, capacity=100)]},
            "about 1,000: is a unit wrong",
        ),
        (
            "balance.sold",
            {"flows": [flow("mine", "abroad", "ore", 100)]},
            {"flows": [flow("mine", "abroad", "ore", 150)]},
            "sells 150 t of ore but makes and buys only 100",
        ),
        (
            "balance.sold",
            {"flows": [flow("mine", "abroad", "ore", 100)]},
            {"flows": [flow("mine", "abroad", "ore", 100_000)]},
            "about 1,000: is a unit wrong",
        ),
    ],
)
def test_audit(code, sound, faulty, words):
    assert code not in codes(small(**sound))
    (finding,) = [f for f in audits(small(**faulty)) if f.code == code]
    assert finding.verdict == "warning"
    assert words in finding.message
    assert finding.figures


def balance(output, metal, *flows, **more):
    chain = small(
        production=[makes("works", "ore", output), makes("works", "metal", metal)], flows=list(flows), **more
    )
    return [f for f in audits(chain) if f.code == "balance.mass"]


WORKS = {"enterprises": plants(works="R", other="R")}


def test_mass_balance_of_an_enterprise():
    (good,) = balance(101, 27, flow("works", "abroad", "ore", 47), **WORKS)
    assert good.verdict == "ok"
    (bad,) = balance(101, 27, flow("works", "abroad", "ore", 11), **WORKS)
    assert bad.verdict == "warning"
    assert "keeps 90 t of ORE" in bad.message
    assert "output of works · ore (101 t)" in bad.message


def test_less_kept_than_needed_warns_even_without_recorded_sales():
    (bad,) = balance(31, 27, **WORKS)
    assert bad.verdict == "warning"
    assert not [f for f in balance(311, 27, **WORKS) if f.verdict == "warning"], (
        "sales may just not be recorded"
    )


def test_nothing_is_said_where_a_figure_is_unknown():
    assert balance(None, 27, flow("works", "abroad", "ore", 47), **WORKS) == []
    assert balance(101, 27, flow("works", "abroad", "ore", None), **WORKS) == []


def test_mass_balance_of_a_region_joins_its_enterprises():
    chain = small(
        production=[makes("mine", "ore", 101), makes("smelter", "metal", 27)],
        flows=[flow("mine", "abroad", "ore", 11)],
    )
    (bad,) = [f for f in audits(chain) if f.code == "balance.mass"]
    assert bad.subject == "R · ore"
    assert bad.verdict == "warning"


@pytest.mark.parametrize(
    ("value", "half"),
    [
        (1_500_000, 50_000),
        (250_000, 5_000),
        (0.67, 0.005),
        (1_005_000, 500),
        (0, 0),
        (1, 0.05),
        (123.456, 0.0005),
    ],
)
def test_rounding_is_half_a_unit_of_the_last_digit_at_most_5_percent(value, half):
    assert rounding(float(value)) == pytest.approx(half)


@given(st.floats(1e-3, 1e9), st.floats(1e-3, 1e9))
def test_ranges_hold_their_figures(a, b):
    for r in (
        Range.of(a) + Range.of(b),
        Range.of(a) * Range.of(b),
        Range.of(a) / Range.of(b),
        Range.of(a) - Range.of(b),
    ):
        assert r.low <= r.value <= r.high


def test_conflict_names_both_sources():
    sources = [
        {"source_id": s, "title": s, "grade": "reported", "year": y} for s, y in (("a", 2019), ("b", 2020))
    ]
    rows = [makes("mine", "ore", 100, source_id="a"), makes("mine", "ore", 120, source_id="b")]
    (finding,) = [f for f in audits(small(production=rows, sources=sources)) if f.code == "fact.conflict"]
    assert "120 (b), 100 (a)" in finding.message
